"""The settings of the local stack, from the environment and from `.env`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, field_validator

from chalicelib.domain.timing import Timing
from chalicelib.settings import Settings
from foundation.settings import HttpAddress
from foundation.token_limits import TokenLimits
from generator_service.settings import Settings as GeneratorSettings
from local import dev_issuer
from local.offline_writer.settings import OfflineWriterSettings
from local.page_server import build
from local.project import LOOPBACK, ROOT, Port

_TIMING = Timing()


class StackSettings(OfflineWriterSettings, TokenLimits):
    """All settings of the stack. Port 0 means the usual port, or any free one.

    The limits for one token are those of the local API.
    """

    #: The folder for logs, process ids and so on. Two stacks can run in two folders.
    local_dir: Path = ROOT / ".local"

    api_port: int = Port
    web_port: int = Port
    redis_port: int = Port
    aws_port: int = Port
    generator_port: int = Port
    functions_port: int = Port
    llm_port: int = Port

    #: A Redis that is already running. If set, the stack does not start one.
    redis_url: SecretStr | None = None
    #: An AWS endpoint that is already running, such as LocalStack's. If set, the stack does not start one.
    aws_endpoint_url: HttpAddress | None = None
    aws_emulator: Literal["moto", "ministack"] = "moto"

    #: If neither is set, the stack starts the offline writer.
    openai_api_key: SecretStr | None = None
    openai_base_url: HttpAddress | None = None
    #: So that progress is visible.
    offline_llm_latency_s: float = Field(default=0.4, ge=0)

    #: How many jobs run at the same time. The others stay in the queue, where the clock of their deadline does not run.
    worker_jobs: int = Field(default=50, ge=1)
    #: How many batches the worker handles at the same time. A batch has one to ten jobs, as they arrive.
    worker_concurrency: int = Field(default=50, ge=1, le=1000)
    #: The processes among which the batches are divided. On AWS, each has one batch at a time.
    worker_processes: int = Field(default=1, ge=1, le=1000)
    worker_timeout_s: float = Field(default=_TIMING.worker_timeout_s, gt=0)
    queue_visibility_s: int = Field(default=_TIMING.queue_visibility_s, gt=0)
    #: 60 on AWS; shorter here, so that you can watch the recovery from a crash.
    recovery_interval_s: float = Field(default=5, gt=0)

    #: Whether to serve the page from frontend/dist, which must be built. Unset: `make run` and `make stack` build it.
    serve_page: bool = False

    #: All environment variables, for the programs that the stack starts.
    environment: Mapping[str, str] = Field(default_factory=dict, repr=False)

    @field_validator("local_dir")
    @classmethod
    def _make_absolute(cls, folder: Path) -> Path:
        return folder.expanduser().resolve()

    @field_validator("serve_page")
    @classmethod
    def _require_built_page(cls, served: bool) -> bool:
        if served and not build.is_built():
            raise ValueError("the page is not built. Run `npm ci && npm run build -w frontend`, or unset SERVE_PAGE")
        return served

    @property
    def takes_foreign_tokens(self) -> bool:
        """Whether the API asks for tokens that only another issuer can issue."""
        return self.environment.get("AUTH_MODE") == "jwt" and dev_issuer.is_replaced(self.environment)

    @property
    def needs_offline_writer(self) -> bool:
        return self.openai_api_key is None and self.openai_base_url is None

    @classmethod
    def read(cls, environment: Mapping[str, str], dotenv: Mapping[str, str | None] | None = None) -> Self:
        """The settings of this environment. Raises `SettingsError` with every fault of any program.

        A variable in the environment overrides the one in `dotenv`, even if it is empty.
        """
        both = {name: value or "" for name, value in (dotenv or {}).items()} | dict(environment)
        # STAGE is the name of a deployment, which operators export (docs/operations.md). The stack ignores it.
        return super().read({name: value for name, value in both.items() if value.strip() and name != "STAGE"})

    @classmethod
    def given(cls, environment: Mapping[str, str]) -> dict[str, Any]:
        return super().given(environment) | {"environment": dict(environment)}

    @classmethod
    def faults_in(cls, environment: Mapping[str, str]) -> list[str]:
        return [*super().faults_in(environment), *_faults_of_the_programs(environment)]


def read_dotenv(folder: Path = ROOT) -> dict[str, str | None]:
    """The variables in the folder's `.env`; empty if there is no such file."""
    return dict(dotenv_values(folder / ".env", interpolate=False))


def _faults_of_the_programs(environment: Mapping[str, str]) -> Iterator[str]:
    """Faults that the Lambda functions or the generator would only report after their start."""
    issuer = dev_issuer.PLACEHOLDER if dev_issuer.is_wanted(environment) else {}
    yield from Settings.faults_in(dict(environment) | issuer)
    own = {"GENERATOR_HOST": LOOPBACK, "OPENAI_API_KEY": environment.get("OPENAI_API_KEY") or "none"}
    yield from GeneratorSettings.faults_in(dict(environment) | own)
