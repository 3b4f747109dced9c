"""The settings of the generator. No other module reads the environment."""

import json
import re
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from foundation.language_tag import canonical
from foundation.llm import LLM_TIMEOUT_S, OPENAI_MODEL, OPENAI_URL
from foundation.settings import EnvironmentSettings, HttpAddress

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def _header(value: SecretStr) -> SecretStr:
    """Raises `ValueError`."""
    if re.fullmatch(r"[\x20-\x7e]*", value.get_secret_value()) is None:
        raise ValueError(
            "has a character that is not allowed in an HTTP header, such as a line break or an invisible one. "
            "Copy it again"
        )
    return value


def _without_spaces(value: SecretStr) -> SecretStr:
    """Raises `ValueError`."""
    if " " in value.get_secret_value():
        raise ValueError("has a space in it. Copy it again")
    return value


def _json_object(text: object) -> object:
    """Raises `ValueError`."""
    try:
        value = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ValueError('must be a JSON object, such as {"name": "value"}')  # noqa: TRY004 - pydantic's contract
    return value


def _words(text: object) -> object:
    """Split "en, de" at its commas."""
    return tuple(filter(None, map(str.strip, text.split(",")))) if isinstance(text, str) else text


Tag = Annotated[str, AfterValidator(canonical)]
Header = Annotated[SecretStr, AfterValidator(_header)]
ApiKey = Annotated[Header, AfterValidator(_without_spaces)]


class Address(EnvironmentSettings):
    """The address on which the generator listens."""

    generator_host: str = "127.0.0.1"
    #: 0 picks a free port. The log line "The generator is listening" has it.
    generator_port: Annotated[int, Field(ge=0, le=65535)] = 50051

    @property
    def target(self) -> str:
        """host:port for gRPC. IPv6 addresses are in brackets."""
        host = f"[{self.generator_host}]" if ":" in self.generator_host else self.generator_host
        return f"{host}:{self.generator_port}"


class Settings(Address):
    """All settings of the generator."""

    IF_MISSING = MappingProxyType(
        {
            "openai_api_key": "is not set. "  # pragma: allowlist secret
            "Set it to the key of OpenAI or of the compatible server at OPENAI_BASE_URL, "
            "or start the local stack (make run), which has an offline writer that needs no key"
        }
    )

    #: When set, calls must carry `authorization: Bearer <token>` in their metadata.
    generator_token: SecretStr | None = None
    openai_api_key: ApiKey
    openai_base_url: HttpAddress = OPENAI_URL
    openai_model: str = OPENAI_MODEL
    #: Sent only to api.openai.com.
    openai_org_id: str | None = None
    openai_project_id: str | None = None
    #: How to ask for the form of an answer. "auto" finds out what the provider accepts.
    llm_response_format: Literal["auto", "json_schema", "json_schema_loose", "json_object", "text"] = "auto"
    #: "user": the rules go at the start of the user message.
    llm_system_role: Literal["auto", "system", "user"] = "auto"
    #: The provider's name for the limit on an answer's tokens.
    llm_limit_parameter: Literal["auto", "max_completion_tokens", "max_tokens"] = "auto"
    #: Tokens that a reasoning model may use in addition to its answer. Unset: 4,096 once a model turns out to reason.
    llm_reasoning_tokens: Annotated[int, Field(ge=0)] | None = None
    llm_reasoning_effort: str | None = None
    llm_temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    #: The languages that the model writes, as tags. Empty: every language. A job in any other is written in the first.
    llm_languages: Annotated[tuple[Tag, ...], BeforeValidator(_words)] = ()
    #: JSON objects that are added to each request.
    llm_extra_body: Annotated[dict[str, Any], BeforeValidator(_json_object)] = Field(default_factory=dict)
    llm_extra_query: Annotated[dict[str, str], BeforeValidator(_json_object)] = Field(default_factory=dict)
    llm_extra_headers: Annotated[dict[str, Header], BeforeValidator(_json_object)] = Field(default_factory=dict)
    #: Limit for one call to the LLM.
    llm_timeout_s: Annotated[float, Field(gt=0)] = LLM_TIMEOUT_S
    #: Limit for one call to a server that may have to load its model: it has not answered yet, or not for five minutes.
    llm_load_timeout_s: Annotated[float, Field(gt=0)] = 75.0
    #: Concurrent calls of all jobs together. A job makes two or three at a time, six at most (docs/scaling.md).
    llm_max_concurrency: Annotated[int, Field(ge=1)] = 256
    #: Calls for one answer, as long as the provider's errors are temporary.
    llm_max_attempts: Annotated[int, Field(ge=1, le=10)] = 4
    #: Concurrent jobs. Further jobs are rejected, and their callers are told when to try again.
    generator_max_jobs: Annotated[int, Field(ge=1)] = 128
    #: How long running jobs may continue after SIGTERM. Fargate kills the process after 120 s at most.
    drain_s: Annotated[float, Field(ge=0)] = 110.0
    #: An OTLP/HTTP collector for traces, such as http://127.0.0.1:4318.
    otel_exporter_otlp_endpoint: HttpAddress | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @model_validator(mode="after")
    def _require_token_if_reachable(self) -> Self:
        if self.generator_token is None and self.generator_host not in _LOOPBACK:
            raise ValueError(
                "GENERATOR_TOKEN: must be set, because other machines can reach GENERATOR_HOST, and without a token "
                "anybody could use the LLM at your expense"
            )
        return self

    @property
    def secrets(self) -> list[str]:
        """The values that no log line may show."""
        secrets = (self.openai_api_key, self.generator_token, *self.llm_extra_headers.values())
        return [secret.get_secret_value() for secret in secrets if secret]
