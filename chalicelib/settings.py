"""The settings of the Lambda functions. Adapters and services receive values and never read the environment."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, create_model, field_validator, model_validator

from chalicelib.domain.price import Price
from chalicelib.domain.quota import UNLIMITED, Quota
from chalicelib.domain.record import MAX_DAYS, MIN_DAYS
from chalicelib.domain.spending import MAX_BUDGET
from chalicelib.domain.timing import Timing
from chalicelib.domain.webhook_schedule import DEFAULT_S
from foundation.llm_price import LlmPriceSettings
from foundation.settings import EnvironmentSettings, HttpAddress

_ALGORITHMS = frozenset({"RS256", "ES256", "HS256"})
_MIN_SECRET_LENGTH = 32
MOST_PIECES = 5_000


_REDIS_URL = re.compile(
    # user and password up to the last @, host or IPv6 address, port, database, options
    r"rediss?://([^/?#\s]*@)?(\[[0-9a-fA-F:.]+\]|[^@/?#:\[\]\s]+)(:\d{1,5})?(/\d*)?(\?[^#\s]*)?"
)


def _fault_of_redis_url(url: str) -> str | None:
    """What is wrong with the URL, without quoting the password; None if nothing is.

    To a URL parser, a / or # in a password ends the host: the client would connect to another host.
    """
    if not url.startswith(("redis://", "rediss://")):
        return "must start with redis:// or rediss://"
    if _REDIS_URL.fullmatch(url):
        return None
    return (
        "must be redis://host:port/number, with user:password@ before the host if needed. Percent-encode all "
        "characters of both except letters and digits: @ is %40, / is %2F, # is %23, ? is %3F, : is %3A, % is %25"
    )


class _DurationSettings(EnvironmentSettings):
    """The base of `Durations`: each duration is one variable, and they are checked together."""

    @property
    def timing(self) -> Timing:
        return Timing(**self.model_dump())

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if faults := self.timing.faults():
            raise ValueError("\n".join(faults))
        return self


#: A variable for each field of `Timing`.
_FIELDS: dict[str, Any] = {each.name: (each.type, each.default) for each in fields(Timing)}
Durations = create_model("Durations", __base__=_DurationSettings, **_FIELDS)


class ImportSettings(EnvironmentSettings):
    """What `app.py` needs when it is imported, before it serves anything."""

    #: "*", or the one origin whose pages may use the API.
    cors_allow_origin: str = Field(default="*", pattern=r"^(\*|https?://[^/,\s]+)$")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Settings(ImportSettings, LlmPriceSettings):
    """All settings. Each field is the environment variable with its name in capitals."""

    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    #: Connections a process may hold for ordinary commands.
    redis_max_connections: int = Field(default=8, ge=2)
    #: Whether Redis is a cluster, such as ElastiCache Serverless. All keys of a job are in one hash slot.
    redis_cluster: bool = False
    redis_timeout_s: float = Field(default=2.0, gt=0)
    jobs_queue_url: str = "http://127.0.0.1:5000/000000000000/jobs"
    #: Only the operators' functions use it. The dead-letter function gets its messages from Lambda.
    jobs_dlq_url: str = "http://127.0.0.1:5000/000000000000/jobs-dlq"
    #: The queue of notifications for webhooks, and its dead-letter queue. Without both, no webhooks are sent.
    webhooks_queue_url: str | None = None
    webhooks_dlq_url: str | None = None
    #: Seconds between the attempts to deliver a webhook, comma-separated.
    webhook_retry_s: str = Field(default=",".join(map(str, DEFAULT_S)), pattern=r"^\d{1,6}(\.\d+)?(,\d{1,6}(\.\d+)?)*$")
    #: Whether webhooks may be sent to this machine, and without TLS. For local use only.
    webhook_allow_local: bool = False
    #: The part of the API's addresses before the routes, such as "/api", for the links in webhooks.
    api_base_path: str | None = Field(default=None, pattern=r"^(/[A-Za-z0-9._~-]+)+$")
    library_table: str = "library"
    history_table: str = "history"
    #: How long the record of a job is kept.
    history_days: int = Field(default=365, ge=MIN_DAYS, le=MAX_DAYS)
    #: host:port, or any other gRPC target such as dns:///generator.jobs.local:50051.
    generator_target: str = "127.0.0.1:50051"
    generator_token: SecretStr | None = None
    #: "none": all callers are the same anonymous one; for local use. "jwt": the `sub` of a bearer token is the caller.
    auth_mode: Literal["none", "jwt"] = "none"
    jwt_issuer: str | None = None
    jwt_audience: str | None = None
    #: The claim that must contain JWT_AUDIENCE. Some issuers' access tokens do not name this API in `aud`; they name
    #: the client that they were issued to, in `client_id` (Amazon Cognito) or `azp` (Clerk, Keycloak).
    jwt_audience_claim: Literal["aud", "client_id", "azp"] = "aud"
    #: The address of the issuer's keys, or a single key: a PEM public key, or the secret for HS256.
    jwt_jwks_url: HttpAddress | None = None
    jwt_key: SecretStr | None = None
    #: Comma-separated.
    jwt_algorithms: str = "RS256"
    max_attempts: int = Field(default=3, ge=1, le=10)
    #: Quotas of one owner. If unset, those of `Quota` apply with AUTH_MODE=jwt, and no limit with AUTH_MODE=none.
    #: Unfinished jobs: `Quota.max_unfinished`.
    max_active_jobs: int | None = Field(default=None, ge=1)
    max_running_jobs: int | None = Field(default=None, ge=1)
    max_submissions_per_minute: int | None = Field(default=None, ge=1)
    #: Tokens of one owner in a UTC day: `Quota.max_tokens`.
    tokens_per_day: int | None = Field(default=None, ge=1_000)
    #: Tokens of all owners together in a UTC day. If unset, there is no limit.
    daily_token_stop: int | None = Field(default=None, ge=1_000)
    #: Tokens of one job, with all its attempts.
    job_token_budget: int = Field(default=MAX_BUDGET, ge=1_000)
    #: An owner who keeps this many pieces cannot add one by hand. What jobs write is always kept. If unset,
    #: `MOST_PIECES` applies with AUTH_MODE=jwt, and no limit with AUTH_MODE=none.
    max_pieces: int | None = Field(default=None, ge=1)
    #: Long polls that one process holds at the same time; any more are answered at once.
    max_waiters: int = Field(default=64, ge=0)
    #: The name of the AWS stage. Metrics are written only if it is set.
    stage: str | None = None
    timing: Timing = Timing()

    @field_validator("redis_url")
    @classmethod
    def _check_redis_url(cls, url: SecretStr) -> SecretStr:
        if fault := _fault_of_redis_url(url.get_secret_value()):
            raise ValueError(fault)
        return url

    @property
    def quota(self) -> Quota:
        default = Quota() if self.auth_mode == "jwt" else UNLIMITED
        return Quota(
            max_unfinished=self.max_active_jobs or default.max_unfinished,
            max_running=self.max_running_jobs or default.max_running,
            max_submissions=self.max_submissions_per_minute or default.max_submissions,
            max_tokens=self.tokens_per_day or default.max_tokens,
        )

    @property
    def most_pieces(self) -> int | None:
        """None: no limit."""
        return self.max_pieces or (MOST_PIECES if self.auth_mode == "jwt" else None)

    @property
    def price(self) -> Price | None:
        """None if no prices are set."""
        prompt, completion = self.llm_prompt_usd_per_million, self.llm_completion_usd_per_million
        return None if prompt is None or completion is None else Price(prompt, completion)

    @property
    def webhook_delays_s(self) -> Sequence[float]:
        return [float(delay_s) for delay_s in self.webhook_retry_s.split(",")]

    @property
    def algorithms(self) -> list[str]:
        return [name.strip() for name in self.jwt_algorithms.split(",")]

    @model_validator(mode="after")
    def _check_tokens(self) -> Self:
        if self.auth_mode == "jwt" and (faults := list(self._token_faults())):
            raise ValueError("\n".join(faults))
        return self

    @model_validator(mode="after")
    def _check_stage(self) -> Self:
        if self.stage and "auth_mode" not in self.model_fields_set:
            raise ValueError("AUTH_MODE must be set if STAGE is")
        if self.stage and self.webhook_allow_local:
            raise ValueError("WEBHOOK_ALLOW_LOCAL cannot be set if STAGE is: owners could reach the function itself")
        return self

    def _token_faults(self) -> Iterator[str]:
        for name in ("jwt_issuer", "jwt_audience"):
            if not getattr(self, name):
                yield f"{name.upper()} is required with AUTH_MODE=jwt"
        if (self.jwt_jwks_url is None) is (self.jwt_key is None):
            yield "set either JWT_JWKS_URL or JWT_KEY with AUTH_MODE=jwt"
        if unknown := sorted(set(self.algorithms) - _ALGORITHMS):
            yield f"JWT_ALGORITHMS: {', '.join(unknown)} is not one of {', '.join(sorted(_ALGORITHMS))}"
        if "HS256" in self.algorithms and (self.algorithms != ["HS256"] or self.jwt_key is None):
            yield "JWT_ALGORITHMS: HS256 needs JWT_KEY, and cannot be combined with another algorithm"
        if self.algorithms == ["HS256"] and self.jwt_key and len(self.jwt_key.get_secret_value()) < _MIN_SECRET_LENGTH:
            yield f"JWT_KEY must have at least {_MIN_SECRET_LENGTH} characters for HS256 (RFC 7518, 3.2)"
        elif self.jwt_key:
            for name in sorted(_ALGORITHMS.intersection(self.algorithms)):
                if not _fits(self.jwt_key.get_secret_value(), name):
                    yield f"JWT_KEY is not the PEM of a public key for {name}"

    @classmethod
    def given(cls, environment: Mapping[str, str]) -> dict[str, Any]:
        """The variables that are set, and the durations if they are valid."""
        durations = Durations.given(environment)
        timing = {} if Durations.faults(durations) else {"timing": Durations.model_validate(durations).timing}
        return super().given(environment) | timing

    @classmethod
    def faults_in(cls, environment: Mapping[str, str]) -> list[str]:
        return [*super().faults_in(environment), *Durations.faults_in(environment)]


def _fits(key: str, algorithm: str) -> bool:
    from jwt import get_algorithm_by_name  # cryptography is slow to load, and most processes check no tokens
    from jwt.exceptions import InvalidKeyError

    try:
        prepared = get_algorithm_by_name(algorithm).prepare_key(key)
    except (InvalidKeyError, ValueError, TypeError):
        return False
    return not hasattr(prepared, "private_numbers")
