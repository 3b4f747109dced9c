"""Creates the queues and the tables on the AWS endpoint, or updates them if they exist."""

import json
import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from chalicelib.adapter.dynamodb_table import EXPIRES_AT, TABLES, Table
from foundation.limits import (
    DEAD_LETTER_VISIBILITY_S,
    MAX_RECEIVE_COUNT,
    WEBHOOK_MAX_RECEIVE_COUNT,
    WEBHOOK_VISIBILITY_S,
)
from local.error import LocalError

if TYPE_CHECKING:
    from botocore.loaders import Loader
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

log = logging.getLogger(__name__)

JOBS_QUEUE = "jobs"
DEAD_LETTER_QUEUE = "jobs-dlq"
WEBHOOK_QUEUE = "webhooks"
WEBHOOK_DEAD_LETTER_QUEUE = "webhooks-dlq"


@dataclass(frozen=True, slots=True)
class Queues:
    jobs_url: str
    dead_letter_url: str
    webhooks_url: str
    webhook_dead_letter_url: str


class ResourceMaker:
    """Creates the queues and the tables on one endpoint. The supervisor calls it as a probe after each start."""

    def __init__(self, endpoint: str, environment: Mapping[str, str], jobs_visibility_s: int) -> None:
        self.endpoint = endpoint
        self._environment = environment
        self._jobs_visibility_s = jobs_visibility_s
        self._made: Queues | None = None

    @property
    def queues(self) -> Queues:
        """The queues, once created. Creating them again does not change their addresses."""
        if self._made is None:
            raise RuntimeError("the queues do not exist yet")
        return self._made

    def __call__(self) -> bool:
        """Try to create everything. Returns whether it exists now. Raises `LocalError` if a retry would not help."""
        from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError, WaiterError

        if not _listens(self.endpoint):
            return False
        try:
            self.make()
        except (ConnectionError, HTTPClientError, ClientError, WaiterError):
            log.debug("Queues and tables could not be created yet", exc_info=True)
            return False
        except BotoCoreError as error:
            raise LocalError(f"The queues cannot be created at {self.endpoint}: {error}") from error
        return True

    def make(self) -> None:
        """Create everything. Idempotent. Raises botocore's errors."""
        sqs, dynamodb = _clients(self.endpoint, self._environment)
        dead_letter_url = _ensure_queue(sqs, DEAD_LETTER_QUEUE, DEAD_LETTER_VISIBILITY_S)
        jobs_url = _ensure_queue(sqs, JOBS_QUEUE, self._jobs_visibility_s, (dead_letter_url, MAX_RECEIVE_COUNT))
        undelivered_url = _ensure_queue(sqs, WEBHOOK_DEAD_LETTER_QUEUE, WEBHOOK_VISIBILITY_S)
        redrive = undelivered_url, WEBHOOK_MAX_RECEIVE_COUNT
        webhooks_url = _ensure_queue(sqs, WEBHOOK_QUEUE, WEBHOOK_VISIBILITY_S, redrive)
        for table in TABLES:
            _ensure_table(dynamodb, table)
        self._made = Queues(jobs_url, dead_letter_url, webhooks_url, undelivered_url)


def _listens(endpoint: str) -> bool:
    address = urlsplit(endpoint)
    try:
        with socket.create_connection((address.hostname or "", address.port or 443), timeout=1):
            return True
    except OSError:
        return False


def _ensure_queue(sqs: "SQSClient", name: str, visibility_s: int, redrive: tuple[str, int] | None = None) -> str:
    """The queue's address. `redrive`: the address of its dead-letter queue, and after how many deliveries."""
    attributes = {"VisibilityTimeout": str(visibility_s)}
    if redrive is not None:
        found = sqs.get_queue_attributes(QueueUrl=redrive[0], AttributeNames=["QueueArn"])["Attributes"]
        policy = {"deadLetterTargetArn": found["QueueArn"], "maxReceiveCount": redrive[1]}
        attributes["RedrivePolicy"] = json.dumps(policy)
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type] # names are literals
    return url


def _ensure_table(dynamodb: "DynamoDBClient", table: Table) -> None:
    """Create the table, unless it exists."""
    try:
        dynamodb.create_table(**table.creation(table.name))
    except dynamodb.exceptions.ResourceInUseException:
        return
    dynamodb.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    expiry = {"AttributeName": EXPIRES_AT, "Enabled": True}
    dynamodb.update_time_to_live(TableName=table.name, TimeToLiveSpecification=expiry)  # type: ignore[arg-type]


@cache
def _loader() -> "Loader":
    """Reads the descriptions of AWS's services once for all stacks of this process."""
    from botocore.loaders import Loader

    return Loader()


def _clients(endpoint: str, environment: Mapping[str, str]) -> tuple["SQSClient", "DynamoDBClient"]:
    from botocore.config import Config  # imported late: it is slow, and other programs start meanwhile
    from botocore.session import Session

    # The profile comes from `environment`, not from this process.
    session = Session(session_vars={"profile": (None, None, None, None)})
    session.register_component("data_loader", _loader())
    if profile := environment.get("AWS_PROFILE"):
        session.set_config_variable("profile", profile)
    client = partial(
        session.create_client,
        endpoint_url=endpoint,
        region_name=environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=environment.get("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=environment.get("AWS_SECRET_ACCESS_KEY"),
        aws_session_token=environment.get("AWS_SESSION_TOKEN"),
        config=Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1}, proxies={}),
    )
    return cast("SQSClient", client("sqs")), cast("DynamoDBClient", client("dynamodb"))
