"""The environment, read once and checked as a whole. Adapters and services are given values, never the environment."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    FilePath,
    SecretStr,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from chalicelib.domain.quota import UNLIMITED, Quota
from chalicelib.domain.timing import Timing

_ALGORITHMS = frozenset({"RS256", "ES256", "HS256"})
_MIN_SECRET_LENGTH = 32


def _is_http_address(address: str) -> str:
    """Raises `ValueError`."""
    if re.match(r"https?://[^/\s]", address) is None:
        raise ValueError("must be an address with http:// or https://")
    return address


HttpAddress = Annotated[str, AfterValidator(_is_http_address)]


_REDIS_URL = re.compile(
    # user and password up to the last @, host or IPv6 address, port, database, options
    r"rediss?://([^/?#\s]*@)?(\[[0-9a-fA-F:.]+\]|[^@/?#:\[\]\s]+)(:\d{1,5})?(/\d*)?(\?[^#\s]*)?"
)


def _fault_of_redis_url(url: str) -> str | None:
    """What is wrong with it, without quoting the password.

    To a URL parser, a / or # in a password ends the host: the client would connect to another host.
    """
    if not url.startswith(("redis://", "rediss://")):
        return "must start with redis:// or rediss://"
    if _REDIS_URL.fullmatch(url):
        return None
    return (
        "must be redis://user:password@host:port/number. In the user and the password, percent-encode everything but "
        "letters and digits: @ is %40, / is %2F, # is %23, ? is %3F, : is %3A, % is %25"
    )


class SettingsError(Exception):
    """The environment is not fit to run with; the message lists every fault, one a line."""


class Settings(BaseModel):
    """What the Lambdas are configured by. Each field is the environment variable of its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    #: Connections a process may hold for ordinary commands.
    redis_max_connections: int = Field(default=8, ge=2)
    #: Redis Cluster, as ElastiCache Serverless is: every key of a job is in one hash slot.
    redis_cluster: bool = False
    redis_timeout_s: float = Field(default=2.0, gt=0)
    jobs_queue_url: str = "http://127.0.0.1:5000/000000000000/jobs"
    worlds_table: str = "worlds"
    #: host:port, or any other gRPC target such as dns:///generator.jobs.local:50051.
    generator_target: str = "127.0.0.1:50051"
    generator_token: SecretStr | None = None
    generator_tls: bool = False
    #: A PEM file with the authority that signed the generator's certificate; the system's authorities without one.
    generator_tls_ca: FilePath | None = None
    #: "none": every caller is the same one; for local use. "jwt": the `sub` of a bearer token.
    auth_mode: Literal["none", "jwt"] = "none"
    jwt_issuer: str | None = None
    jwt_audience: str | None = None
    #: The claim that must contain JWT_AUDIENCE. Some issuers' access tokens do not name this API in `aud`; they name
    #: the client that they were issued to, in `client_id` (Amazon Cognito) or `azp` (Clerk, Keycloak).
    jwt_audience_claim: Literal["aud", "client_id", "azp"] = "aud"
    #: Where the issuer publishes its keys, or the one key itself: a PEM public key, or the secret of HS256.
    jwt_jwks_url: HttpAddress | None = None
    jwt_key: SecretStr | None = None
    #: Comma-separated.
    jwt_algorithms: str = "RS256"
    max_attempts: int = Field(default=3, ge=1, le=10)
    #: Quotas of one owner. Unset, they are 10, 5 and 60 where callers are told apart, and none where they are not.
    max_active_jobs: int | None = Field(default=None, ge=1)
    max_running_jobs: int | None = Field(default=None, ge=1)
    max_submissions_per_minute: int | None = Field(default=None, ge=1)
    #: Long polls that one process holds at the same time; more are answered at once.
    max_waiters: int = Field(default=64, ge=0)
    #: The deployment's name; with it metrics are written.
    stage: str | None = None
    #: For the estimated cost in the metrics (gpt-4o-mini, openai.com/api/pricing, 2026-11).
    llm_prompt_usd_per_million: float = Field(default=0.15, ge=0)
    llm_completion_usd_per_million: float = Field(default=0.60, ge=0)
    #: "*", or the one origin whose pages may use the API.
    cors_allow_origin: str = Field(default="*", pattern=r"^(\*|https?://[^/,\s]+)$")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    timing: Timing = Timing()

    @field_validator("redis_url")
    @classmethod
    def _is_redis_url(cls, url: SecretStr) -> SecretStr:
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
        )

    @property
    def algorithms(self) -> list[str]:
        return [name.strip() for name in self.jwt_algorithms.split(",")]

    @model_validator(mode="after")
    def _tokens_can_be_checked(self) -> Self:
        if self.auth_mode == "jwt" and (faults := list(self._token_faults())):
            raise ValueError("\n".join(faults))
        return self

    @model_validator(mode="after")
    def _deployed_ones_say_who_may_call(self) -> Self:
        if self.stage and "auth_mode" not in self.model_fields_set:
            raise ValueError("AUTH_MODE must be set where STAGE is")
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
            yield "JWT_ALGORITHMS: HS256 goes with JWT_KEY alone, and with no other algorithm"
        if self.algorithms == ["HS256"] and self.jwt_key and len(self.jwt_key.get_secret_value()) < _MIN_SECRET_LENGTH:
            yield f"JWT_KEY must have at least {_MIN_SECRET_LENGTH} characters for HS256 (RFC 7518, 3.2)"
        elif self.jwt_key:
            for name in sorted(_ALGORITHMS.intersection(self.algorithms)):
                if not _fits(self.jwt_key.get_secret_value(), name):
                    yield f"JWT_KEY is not the PEM of a public key for {name}"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """The settings of this environment. Raises `SettingsError` with every fault. Empty values count as unset."""
        given: dict[str, Any] = {name.lower(): value for name, value in environment.items() if value != ""}
        durations = {f.name: given[f.name] for f in fields(Timing) if f.name in given}
        known = {name: given[name] for name in cls.model_fields if name in given and name != "timing"}
        timing, late = _timing(durations)
        if faults := [*faults_of(cls, known), *late]:
            raise SettingsError("\n".join(faults))
        return cls.model_validate(known | {"timing": timing})


def _timing(durations: Mapping[str, str]) -> tuple[Timing, list[str]]:
    """The durations, and everything that is wrong with them; looked at even where other settings are wrong."""
    try:
        timing = TypeAdapter(Timing).validate_python(durations)
    except ValidationError as error:
        wrong = [fault_of(problem) for problem in error.errors(include_input=False)]
        unread = {str(problem["loc"][0]) for problem in error.errors()}
        _, others = _timing({name: value for name, value in durations.items() if name not in unread})
        return Timing(), [*wrong, *(fault for fault in others if not any(name.upper() in fault for name in unread))]
    return timing, timing.faults()


def _fits(key: str, algorithm: str) -> bool:
    from jwt import get_algorithm_by_name  # cryptography is slow to load, and most processes check no tokens
    from jwt.exceptions import InvalidKeyError

    try:
        prepared = get_algorithm_by_name(algorithm).prepare_key(key)
    except (InvalidKeyError, ValueError, TypeError):
        return False
    return not hasattr(prepared, "private_numbers")


def faults_of(model: type[BaseModel], given: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with these settings: with one by one, and with those together that can be read."""
    try:
        model.model_validate(given)
    except ValidationError as error:
        problems = error.errors(include_input=False)
    else:
        return []
    faults = [line for problem in problems for line in fault_of(problem).splitlines()]
    if wrong := {str(problem["loc"][0]) for problem in problems if problem["loc"]}:
        others = faults_of(model, {name: value for name, value in given.items() if name not in wrong})
        faults += [fault for fault in others if not any(name.upper() in fault for name in wrong)]
    return faults


def fault_of(problem: Any) -> str:
    """One of pydantic's problems with an environment, as "NAME: what is wrong with it"."""
    names = [str(step).upper() for step in problem["loc"]]
    said = str(problem["msg"]).removeprefix("Value error, ").partition(", unable to")[0]
    for start in ("Input should", "String should"):
        said = said.replace(start, "must")
    return f"{names[0]}: {said}" if names else said
