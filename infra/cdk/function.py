"""The functions of app.py, and the time, memory, variables and rights of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_iam as iam

from chalicelib.adapter.dynamodb_table import BY_ENDED, LIBRARY
from chalicelib.adapter.dynamodb_webhooks import PARTITION
from foundation.limits import DEAD_LETTER_TIMEOUT_S, OPERATIONS_TIMEOUT_S, RECOVERY_TIMEOUT_S, WEBHOOK_TIMEOUT_S
from infra.cdk.function_role import allow
from infra.cdk.queues import Queues, WebhookQueues
from infra.cdk.secrets import Secrets
from infra.cdk.settings import API_STAGE, InfraSettings, has_webhooks
from infra.cdk.tables import Tables

#: API Gateway gives up after 29 s.
API_TIMEOUT_S = 29

_CONSUME = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes")
#: A conditional put in a transaction.
_ADD = ("dynamodb:PutItem",)
#: Read dead letters, and make them visible again at once.
_LOOK = ("sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes")
_READ_SECRET = ("secretsmanager:GetSecretValue",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What the functions use."""

    queues: Queues
    tables: Tables
    secrets: Secrets

    def send_jobs(self) -> iam.PolicyStatement:
        return allow(["sqs:SendMessage"], self.queues.jobs.queue_arn)

    def count_messages(self) -> iam.PolicyStatement:
        webhooks = [self.queues.webhooks.queue.queue_arn] if self.queues.webhooks else []
        return allow(["sqs:GetQueueAttributes"], self.queues.jobs.queue_arn, *webhooks)

    def handle_dead_letters(self, actions: Sequence[str]) -> iam.PolicyStatement:
        """On the dead-letter queue of every queue."""
        webhooks = [self.queues.webhooks.dead_letters.queue_arn] if self.queues.webhooks else []
        return allow(actions, self.queues.dead_letters.queue_arn, *webhooks)

    def read_password(self) -> iam.PolicyStatement:
        return allow(_READ_SECRET, self.secrets.redis_password.secret_arn)

    def change_documents(self) -> iam.PolicyStatement:
        """Read documents and their versions, and replace them in transactions."""
        actions = [f"dynamodb:{action}" for action in ("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")]
        return allow(actions, self.tables.library.table_arn)

    def add_records(self) -> iam.PolicyStatement:
        return allow(_ADD, self.tables.history.table_arn)

    def find_records(self) -> iam.PolicyStatement:
        """One at a time, by owner and job."""
        return allow(["dynamodb:GetItem"], self.tables.history.table_arn)

    def archive(self) -> list[iam.PolicyStatement]:
        """Keep what an ended job has written, and its record; tell its webhook."""
        return [allow(_ADD, self.tables.library.table_arn), self.add_records(), *self.tell_webhooks()]

    def tell_webhooks(self) -> list[iam.PolicyStatement]:
        """Read an owner's default webhook, and queue its notifications. Nothing if the stage sends no webhooks."""
        return [self.read_webhooks(), self.send_webhooks()] if self.queues.webhooks else []

    def send_webhooks(self, *others: str) -> iam.PolicyStatement:
        """`others`: further queues to send to."""
        return allow(["sqs:SendMessage"], self.webhook_queues.queue.queue_arn, *others)

    def read_webhooks(self) -> iam.PolicyStatement:
        """The defaults and secrets of owners, and nothing else in the library."""
        statement = allow(["dynamodb:GetItem"], self.tables.library.table_arn)
        statement.add_condition("ForAllValues:StringLike", {"dynamodb:LeadingKeys": [f"{PARTITION}*"]})
        return statement

    @property
    def webhook_queues(self) -> WebhookQueues:
        if self.queues.webhooks is None:
            raise ValueError("this stage sends no webhooks")
        return self.queues.webhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    #: The last part of its deployed name, and Chalice's logical id for it.
    name: str
    logical_id: str
    handler: str
    timeout_s: int
    memory_mb: int
    rights: Callable[[Resources], Sequence[iam.PolicyStatement]]
    #: Whether it gets the generator's token.
    calls_generator: bool = False
    #: Sandboxes that are reserved for it, which is also its limit. None: it shares the account's concurrency.
    reserved_concurrency: int | None = None


def functions(settings: InfraSettings) -> Sequence[Function]:
    """Every function of the stage; a test compares this with the packed app."""
    return (
        *([_webhook()] if has_webhooks(settings) else []),
        Function(
            name="api",
            logical_id="APIHandler",
            handler="lambda_entry.app",
            timeout_s=API_TIMEOUT_S,
            memory_mb=512,
            rights=_api_rights,
            reserved_concurrency=settings.api_reserved_concurrency,
        ),
        Function(
            name="worker",
            logical_id="Worker",
            handler="lambda_entry.worker",
            timeout_s=int(settings.timing.worker_timeout_s),
            memory_mb=1024,
            rights=_worker_rights,
            calls_generator=True,
        ),
        Function(
            name="dead-letter",
            logical_id="DeadLetter",
            handler="lambda_entry.dead_letter",
            timeout_s=DEAD_LETTER_TIMEOUT_S,
            memory_mb=512,
            rights=_dead_letter_rights,
        ),
        Function(
            name="recover",
            logical_id="Recover",
            handler="lambda_entry.recover",
            timeout_s=RECOVERY_TIMEOUT_S,
            memory_mb=512,
            rights=lambda r: [r.read_password(), r.send_jobs(), *r.archive()],
        ),
        *_operations(),
    )


def _operations() -> Iterator[Function]:
    """What the people on call invoke."""
    yield Function(
        name="ops-read",
        logical_id="OpsRead",
        handler="lambda_entry.ops_read",
        timeout_s=OPERATIONS_TIMEOUT_S,
        memory_mb=512,
        rights=lambda r: [r.read_password(), r.count_messages(), r.handle_dead_letters(_LOOK), r.find_records()],
    )
    yield Function(
        name="ops-write",
        logical_id="OpsWrite",
        handler="lambda_entry.ops_write",
        timeout_s=OPERATIONS_TIMEOUT_S,
        memory_mb=512,
        # It archives nothing itself: recovery does that, within a minute.
        rights=lambda r: [
            r.read_password(),
            r.send_jobs(),
            r.count_messages(),
            r.handle_dead_letters([*_LOOK, "sqs:DeleteMessage"]),
            *([r.send_webhooks()] if r.queues.webhooks else []),
        ],
    )


def _webhook() -> Function:
    """The function that sends webhooks."""
    return Function(
        name="webhook",
        logical_id="Webhook",
        handler="lambda_entry.webhook",
        timeout_s=WEBHOOK_TIMEOUT_S,
        memory_mb=512,
        rights=_webhook_rights,
    )


def _api_rights(r: Resources) -> list[iam.PolicyStatement]:
    return [
        r.read_password(),
        # /health needs the second to check the queue.
        allow(["sqs:SendMessage", "sqs:GetQueueAttributes"], r.queues.jobs.queue_arn),
        r.change_documents(),
        allow(["dynamodb:Query"], *(f"{r.tables.library.table_arn}/index/{index.name}" for index in LIBRARY.indexes)),
        allow(["dynamodb:Query"], f"{r.tables.history.table_arn}/index/{BY_ENDED.name}"),
        # A caller may have a delivery sent again.
        *([r.send_webhooks()] if r.queues.webhooks else []),
    ]


def _dead_letter_rights(r: Resources) -> list[iam.PolicyStatement]:
    consume = allow(_CONSUME, r.queues.dead_letters.queue_arn)
    return [r.read_password(), consume, r.add_records(), *r.tell_webhooks()]


def _webhook_rights(r: Resources) -> list[iam.PolicyStatement]:
    return [
        r.read_password(),
        allow(_CONSUME, r.webhook_queues.queue.queue_arn),
        r.send_webhooks(r.webhook_queues.dead_letters.queue_arn),
        r.read_webhooks(),
    ]


def _worker_rights(r: Resources) -> list[iam.PolicyStatement]:
    return [
        allow(_READ_SECRET, r.secrets.redis_password.secret_arn, r.secrets.generator_token.secret_arn),
        # A job that will be attempted again gets a new message.
        allow([*_CONSUME, "sqs:SendMessage"], r.queues.jobs.queue_arn),
        r.change_documents(),
        r.add_records(),
        *([r.send_webhooks()] if r.queues.webhooks else []),
    ]


def common_environment(
    settings: InfraSettings, resources: Resources, redis: Mapping[str, str], generator_target: str
) -> dict[str, str]:
    """The variables of `chalicelib.settings` that are not secret, and the name of the secret that all read."""
    found = {
        "STAGE": settings.stage,
        **redis,
        "REDIS_SECRET_ARN": resources.secrets.redis_password.secret_arn,
        "JOBS_QUEUE_URL": resources.queues.jobs.queue_url,
        "JOBS_DLQ_URL": resources.queues.dead_letters.queue_url,
        "LIBRARY_TABLE": resources.tables.library.table_name,
        "HISTORY_TABLE": resources.tables.history.table_name,
        "GENERATOR_TARGET": generator_target,
        "AUTH_MODE": settings.auth_mode,
        "API_BASE_PATH": f"/{API_STAGE}",
    }
    if webhooks := resources.queues.webhooks:
        found |= {
            "WEBHOOKS_QUEUE_URL": webhooks.queue.queue_url,
            "WEBHOOKS_DLQ_URL": webhooks.dead_letters.queue_url,
        }
    rotated = {"SECRETS_ROTATED_AT": settings.secrets_rotated_at} if settings.secrets_rotated_at else {}
    return found | rotated | _passed_on(settings) | (_token_check(settings) if settings.auth_mode == "jwt" else {})


_PASSED_ON = (
    "llm_prompt_usd_per_million",
    "llm_completion_usd_per_million",
    "max_active_jobs",
    "max_running_jobs",
    "max_submissions_per_minute",
    "tokens_per_day",
    "daily_token_stop",
    "job_token_budget",
    "max_pieces",
    "history_days",
)


def _passed_on(settings: InfraSettings) -> dict[str, str]:
    """The settings that only the functions use, if they are set."""
    return {name.upper(): str(value) for name in _PASSED_ON if (value := getattr(settings, name)) is not None}


def _token_check(settings: InfraSettings) -> dict[str, str]:
    found = {
        "JWT_ISSUER": settings.jwt_issuer,
        "JWT_AUDIENCE": settings.jwt_audience,
        "JWT_AUDIENCE_CLAIM": settings.jwt_audience_claim,
        "JWT_JWKS_URL": settings.jwt_jwks_url,
        "JWT_KEY": settings.jwt_public_key,
        "JWT_ALGORITHMS": settings.jwt_algorithms,
    }
    return {name: value for name, value in found.items() if value}
