"""The settings of a stage, read from the environment once and checked as a whole. Needs no CDK."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from chalicelib.domain.record import MAX_DAYS, MIN_DAYS
from chalicelib.domain.timing import Timing
from foundation.llm import OPENAI_MODEL, OPENAI_URL
from foundation.llm_price import LlmPriceSettings
from foundation.settings import SettingsError
from foundation.token_limits import TokenLimits
from generator_service.settings import Settings as GeneratorSettings

#: API Gateway's own stage, which is part of the API's addresses.
API_STAGE = "api"
#: Jobs in one message batch of the worker (app.py), and jobs that one generator task runs.
WORKER_BATCH_SIZE = 10
JOBS_PER_TASK: int = GeneratorSettings.model_fields["generator_max_jobs"].default
#: Another task starts when the tasks run more than this share of `JOBS_PER_TASK`.
BUSY_SHARE = 0.6

#: The retention periods that CloudWatch accepts, up to a year.
RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 180, 365)

#: The generator's LLM settings apart from address, model and key, by the generator's own names.
LLM_SETTINGS = (
    *(name for name in GeneratorSettings.model_fields if name.startswith("llm_")),
    "openai_org_id",
    "openai_project_id",
)
_SECRET_NAME = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)


class InfraSettings(TokenLimits, LlmPriceSettings):
    """The settings of a stage."""

    #: Part of every name, so that one account can have several stages. "prod" has safer defaults.
    stage: str = Field(default="dev", pattern=r"^[a-z][a-z0-9-]{1,15}$")
    region: str = Field(default="us-east-1", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    #: "nat": private subnets that reach the internet through NAT gateways. "endpoints": subnets without any way to the
    #: internet; AWS is reached through VPC endpoints, and the LLM must be inside the VPC.
    egress: Literal["nat", "endpoints"] = "nat"
    #: Whether webhooks are sent. If unset: with EGRESS=nat, since their receivers are on the internet. With
    #: EGRESS=endpoints, set it only if the subnets have another way out, such as a transit gateway.
    webhooks: bool | None = None
    #: One for each of the two zones in prod, else one for both. docs/cost.md has the price.
    nat_gateways: int | None = Field(default=None, ge=1, le=2)
    architecture: Literal["arm64", "x86_64"] = "arm64"

    redis: Literal["replication", "serverless"] = "replication"
    redis_node_type: str = Field(default="cache.t4g.small", pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$")
    #: A replica in the second zone, and failover to it. Always on in prod.
    redis_multi_az: bool | None = None

    auth_mode: Literal["jwt", "none"] = "jwt"
    jwt_issuer: str | None = None
    jwt_audience: str | None = None
    #: The claim that must contain JWT_AUDIENCE (docs/security.md, "Issuers").
    jwt_audience_claim: Literal["aud", "client_id", "azp"] = "aud"
    jwt_jwks_url: str | None = Field(default=None, pattern=r"^https://")
    #: A PEM public key, which is not secret. HS256 would need a secret and is for local use only.
    jwt_public_key: str | None = Field(default=None, pattern=r"^-----BEGIN PUBLIC KEY-----")
    jwt_algorithms: str = Field(default="RS256", pattern=r"^(RS256|ES256)(,(RS256|ES256))*$")
    #: Must be "yes" if AUTH_MODE=none: everybody can then spend your LLM budget.
    accept_public_api_without_auth: str | None = None

    openai_base_url: str = Field(default=OPENAI_URL, pattern=r"^https?://")
    openai_model: str = OPENAI_MODEL
    #: The `LLM_SETTINGS` that are set, as the generator's environment variables (docs/providers.md).
    llm: Mapping[str, str] = Field(default_factory=dict)

    #: Quotas of one owner (docs/settings.md). If unset, the functions' own defaults apply.
    max_active_jobs: int | None = Field(default=None, ge=1)
    max_running_jobs: int | None = Field(default=None, ge=1)
    max_submissions_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_day: int | None = Field(default=None, ge=1_000)

    #: Spending limits (docs/cost.md): the tokens of all owners in a day, and of one job.
    daily_token_stop: int | None = Field(default=None, ge=1_000)
    job_token_budget: int | None = Field(default=None, ge=1_000)
    #: An owner with this many pieces cannot add one by hand.
    max_pieces: int | None = Field(default=None, ge=1)
    #: How long the records of jobs are kept.
    history_days: int | None = Field(default=None, ge=MIN_DAYS, le=MAX_DAYS)

    #: Batches that workers handle at once, each with up to `WORKER_BATCH_SIZE` jobs. If unset, as many as
    #: GENERATOR_MIN_TASKS can take.
    worker_max_concurrency: int | None = Field(default=None, ge=2, le=1000)
    #: Requests that the API function answers at once, long polls included: reserved for it, and its limit.
    #: If unset, it shares the concurrency of the account with every other function.
    api_reserved_concurrency: int | None = Field(default=None, ge=1)
    generator_min_tasks: int | None = Field(default=None, ge=1)
    generator_max_tasks: int = Field(default=4, ge=1, le=100)
    #: An image in ECR, with tag or digest. If unset, it is built from generator_service/Dockerfile, which needs Docker.
    generator_image: str | None = Field(
        default=None, pattern=r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/[^:@]+[:@]"
    )

    #: A collector beside the generator, which sends its spans to X-Ray: the AWS Distro for OpenTelemetry by tag or
    #: digest, such as public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3. If unset, there are no spans.
    otel_collector_image: str | None = Field(default=None, pattern=r"^[a-z0-9./_-]+[:@][A-Za-z0-9:._-]+$")

    #: The image's base; infra/deploy.sh adds the current digest.
    generator_base_image: str | None = Field(
        default=None, pattern=r"^[a-z0-9./_-]+(:[A-Za-z0-9._-]+)?(@sha256:[0-9a-f]{64})?$"
    )

    api_requests_per_s: int = Field(default=200, ge=1)
    api_burst: int = Field(default=400, ge=1)
    #: A web ACL before the API: limits for one token and one address, and for the size of a body.
    waf: bool | None = None
    log_retention_days: int = 14
    #: Who is told of alarms. If unset, they only appear on the dashboard.
    alarm_email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")
    #: A new worker version gets ten per cent of the batches for five minutes, and is rolled back if its alarm rings.
    canary: bool | None = None
    #: Any new value gives the functions new sandboxes (with a canary, a new version), which read the secrets again.
    secrets_rotated_at: str | None = None
    #: API Gateway has one logging role for each account and region; false if another stack owns it.
    api_account_role: bool = True

    @property
    def is_production(self) -> bool:
        return self.stage == "prod"

    @property
    def name(self) -> str:
        """The stack's name, and the prefix of every name in it."""
        return f"loresmith-{self.stage}"

    @property
    def timing(self) -> Timing:
        return Timing()

    @property
    def nat_count(self) -> int:
        return (self.nat_gateways or (2 if self.is_production else 1)) if self.egress == "nat" else 0

    @property
    def has_replica(self) -> bool:
        return self.is_production if self.redis_multi_az is None else self.redis_multi_az

    @property
    def min_tasks(self) -> int:
        return self.generator_min_tasks or (2 if self.is_production else 1)

    @property
    def max_batches(self) -> int:
        return self.worker_max_concurrency or min(1000, self.min_tasks * JOBS_PER_TASK // WORKER_BATCH_SIZE)

    @property
    def has_waf(self) -> bool:
        return self.is_production if self.waf is None else self.waf

    @property
    def has_canary(self) -> bool:
        return self.is_production if self.canary is None else self.canary

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if faults := [*_auth_faults(self), *_network_faults(self), *_capacity_faults(self)]:
            raise ValueError("\n".join(faults))
        return self

    @classmethod
    def given(cls, environment: Mapping[str, str]) -> dict[str, Any]:
        """The variables that are set. AWS_REGION or AWS_DEFAULT_REGION is the region."""
        given = super().given(environment)
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
        return given | ({"region": region} if region else {}) | {"llm": _llm_settings(environment)}

    @classmethod
    def faults_in(cls, environment: Mapping[str, str]) -> list[str]:
        return [*super().faults_in(environment), *_llm_faults(_llm_settings(environment))]


def has_webhooks(settings: InfraSettings) -> bool:
    """Only functions with a way to the internet can send them."""
    return settings.egress == "nat" if settings.webhooks is None else settings.webhooks


def _auth_faults(settings: InfraSettings) -> Iterator[str]:
    if settings.auth_mode == "none":
        if settings.accept_public_api_without_auth != "yes":
            yield (
                "AUTH_MODE: none opens the API to everybody, who can then spend your LLM budget. Use jwt, or set "
                "ACCEPT_PUBLIC_API_WITHOUT_AUTH=yes as well"
            )
        return
    for name in ("jwt_issuer", "jwt_audience"):
        if not getattr(settings, name):
            yield f"{name.upper()}: is required with AUTH_MODE=jwt"
    if (settings.jwt_jwks_url is None) is (settings.jwt_public_key is None):
        yield "JWT_JWKS_URL, JWT_PUBLIC_KEY: set one of the two with AUTH_MODE=jwt"


def _network_faults(settings: InfraSettings) -> Iterator[str]:
    if settings.egress == "endpoints":
        if settings.openai_base_url.startswith("https://api.openai.com"):
            yield "OPENAI_BASE_URL: must be an address inside the VPC with EGRESS=endpoints"
        if settings.jwt_jwks_url:
            yield "JWT_JWKS_URL: cannot be reached with EGRESS=endpoints; set JWT_PUBLIC_KEY"
        if settings.nat_gateways:
            yield "NAT_GATEWAYS: can only be set with EGRESS=nat"
        if settings.otel_collector_image:
            yield "OTEL_COLLECTOR_IMAGE: neither its registry nor X-Ray can be reached with EGRESS=endpoints"


def _capacity_faults(settings: InfraSettings) -> Iterator[str]:
    if settings.log_retention_days not in RETENTION_DAYS:
        yield f"LOG_RETENTION_DAYS: must be one of {', '.join(map(str, RETENTION_DAYS))}"
    if settings.is_production and not settings.has_replica:
        yield "REDIS_MULTI_AZ: cannot be off in prod"
    if settings.min_tasks > settings.generator_max_tasks:
        yield "GENERATOR_MIN_TASKS: must not be more than GENERATOR_MAX_TASKS"
    jobs = settings.max_batches * WORKER_BATCH_SIZE
    if jobs > settings.min_tasks * JOBS_PER_TASK:
        # Further tasks start only after minutes. Until then, the generators would refuse jobs again and again.
        yield (
            f"WORKER_MAX_CONCURRENCY: permits {jobs} jobs at once, more than GENERATOR_MIN_TASKS can take "
            f"({settings.min_tasks} x {JOBS_PER_TASK})"
        )


def _llm_settings(environment: Mapping[str, str]) -> dict[str, str]:
    names = (name.upper() for name in LLM_SETTINGS)
    return {name: environment[name] for name in names if environment.get(name, "").strip()}


def _llm_faults(llm: Mapping[str, str]) -> Iterator[str]:
    """Settings that the generator would refuse at start-up, and secrets, which do not belong in a task definition."""
    try:
        settings = GeneratorSettings.read({"OPENAI_API_KEY": "-", **llm})
    except SettingsError as error:
        yield from error.faults
        return
    yield from Timing(llm_timeout_s=settings.llm_timeout_s).faults()
    for name in ("LLM_EXTRA_HEADERS", "LLM_EXTRA_QUERY"):
        for key in json.loads(llm.get(name, "{}")):
            if _SECRET_NAME.search(key):
                yield (
                    f"{name}: {key} looks like a secret. Everybody who may read the task definition could read it. "
                    "Use OPENAI_API_KEY instead, which goes to Secrets Manager"
                )
