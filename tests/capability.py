"""Probes for what an AWS endpoint can do. They try it out and never look at the name of the product.

A test says what it needs, `@pytest.mark.needs("sqs.delay")`, and is skipped with the probe's reason if that is
missing. Only capabilities that some test needs have a probe.
"""

import io
import json
import os
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

#: Returns why the capability is missing, or None. An error of botocore counts as a reason.
Probe = Callable[[], str | None]
_ONCE = Config(connect_timeout=60, read_timeout=120, retries={"total_max_attempts": 1})


class Capabilities:
    """The capabilities of the endpoint in the environment. Each is probed once, when it is first asked for."""

    def __init__(self, probes: Mapping[str, Probe] | None = None) -> None:
        self._probes = PROBES if probes is None else probes
        #: Every capability that has been asked for → why it is missing, or None.
        self.found: dict[str, str | None] = {}

    def missing(self, name: str) -> str | None:
        """Return why the capability is missing, or None if the endpoint has it."""
        if name not in self.found:
            try:
                self.found[name] = self._probes[name]()
            except (BotoCoreError, ClientError) as error:
                self.found[name] = str(error)
        return self.found[name]


def table(found: Mapping[str, Mapping[str, str | None]]) -> Iterator[str]:
    """The lines of a table: which backend has which of the capabilities that were asked for."""
    names = sorted({name for capabilities in found.values() for name in capabilities})
    width = max(map(len, names), default=0)
    yield " " * width + "".join(f"  {backend:>10}" for backend in found)
    for name in names:
        yield f"{name:{width}}" + "".join(f"  {_word(found[backend], name):>10}" for backend in found)


def _word(capabilities: Mapping[str, str | None], name: str) -> str:
    if name not in capabilities:
        return "not asked"
    return "yes" if capabilities[name] is None else "no"


def package(source: str) -> bytes:
    """A Lambda package with a single module, `function`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("function.py", source)
    return packed.getvalue()


def lambda_client() -> Any:
    return boto3.client("lambda", config=_ONCE)


def lambda_role() -> str:
    """A role that functions can assume and that has no permissions."""
    return _lambda_role(os.environ["AWS_ENDPOINT_URL"])


@cache
def _lambda_role(endpoint: str) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam: Any = boto3.client("iam", config=_ONCE, endpoint_url=endpoint)
    try:
        role = iam.create_role(RoleName=f"probe-{uuid.uuid4().hex[:8]}", AssumeRolePolicyDocument=document)
        return str(role["Role"]["Arn"])
    finally:
        iam.close()


def _delay() -> str | None:
    with _queue() as (sqs, url):
        sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=60)
        return "a delayed message is received at once" if _receive(sqs, url) else None


def _message_group() -> str | None:
    with _queue() as (sqs, url):
        sqs.send_message(QueueUrl=url, MessageBody="mine", MessageGroupId="owner")
        kept = [message["Attributes"].get("MessageGroupId") for message in _receive(sqs, url)]
    return None if kept == ["owner"] else f"a standard queue's message came with the group {kept}"


def _trace_header() -> str | None:
    header = "Root=1-5759e988-bd862e3fe1be46a994272793"
    with _queue() as (sqs, url):
        attribute: Any = {"AWSTraceHeader": {"DataType": "String", "StringValue": header}}
        sqs.send_message(QueueUrl=url, MessageBody="traced", MessageSystemAttributes=attribute)
        kept = [message["Attributes"].get("AWSTraceHeader") for message in _receive(sqs, url)]
    return None if kept == [header] else f"a trace header came as {kept}"


def _dead_letters() -> str | None:
    with _queue() as (sqs, dead_url):
        arn = sqs.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
        with _queue(RedrivePolicy=redrive, VisibilityTimeout="0") as (_, url):
            sqs.send_message(QueueUrl=url, MessageBody="poison")
            received = len(_receive(sqs, url)), len(_receive(sqs, url)), len(_receive(sqs, dead_url))
    return None if received == (1, 0, 1) else f"maxReceiveCount 1: received (1st, 2nd, dead letter) {received} times"


def _tables() -> str | None:
    dynamodb: DynamoDBClient = boto3.client("dynamodb", config=_ONCE)
    try:
        dynamodb.list_tables()
    finally:
        dynamodb.close()
    return None


_PROBE_FUNCTION = """
import os

def handle(event, context):
    open(os.environ["MARK"], "w").close()
"""


def _functions_here() -> str | None:
    """Functions run on this machine. Tests read the files that they write."""
    functions, role = lambda_client(), lambda_role()
    name = f"probe-{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        mark = Path(folder) / "mark"
        try:
            functions.create_function(
                FunctionName=name,
                Runtime="python3.13",
                Handler="function.handle",
                Role=role,
                Code={"ZipFile": package(_PROBE_FUNCTION)},
                Environment={"Variables": {"MARK": str(mark)}},
            )
            functions.invoke(FunctionName=name)
            functions.delete_function(FunctionName=name)
        finally:
            functions.close()
        return None if mark.exists() else "a function that was invoked did not run on this machine"


PROBES: Mapping[str, Probe] = {
    "dynamodb": _tables,
    "lambda.functions_here": _functions_here,
    "sqs.dead_letters": _dead_letters,
    "sqs.delay": _delay,
    "sqs.message_group": _message_group,
    "sqs.trace_header": _trace_header,
}


@contextmanager
def _queue(**attributes: str) -> Iterator[tuple["SQSClient", str]]:
    sqs: SQSClient = boto3.client("sqs", config=_ONCE)
    named: Any = attributes
    url = sqs.create_queue(QueueName=f"probe-{uuid.uuid4().hex[:8]}", Attributes=named)["QueueUrl"]
    try:
        yield sqs, url
    finally:
        sqs.delete_queue(QueueUrl=url)
        sqs.close()


def _receive(sqs: "SQSClient", url: str) -> list[Any]:
    return list(sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"]).get("Messages", []))
