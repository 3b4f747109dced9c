"""What the event source process is told by the stack, through its environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.settings import fault_of
from local.error import SettingsFault
from local.project import ROOT


class EventSourceSettings(BaseModel):
    """Each field is the environment variable of its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    jobs_queue_url: str
    jobs_dlq_url: str
    worker_timeout_s: float = Field(gt=0)
    worker_concurrency: int = Field(ge=1, le=1000)
    recovery_interval_s: float = Field(gt=0)
    aws_default_region: str
    #: Where it says which processes run its functions.
    event_source_pids: Path
    #: One log for each execution environment; none: to the output of this process.
    event_source_logs: Path | None = None
    #: Share of batches that are delivered twice, to show that the worker is idempotent.
    event_source_duplicates: float = Field(default=0, ge=0, le=1)
    #: AWS's own runtime client, or the one of this project; unset: AWS's where it is installed.
    lambda_runtime: Literal["awslambdaric", "plain"] | None = None
    #: The module that has the functions, and the folder it lies in.
    lambda_module: str = "app"
    lambda_root: Path = ROOT

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Raises `SettingsFault` with every fault. Empty values count as unset."""
        given: dict[str, Any] = {name.lower(): value for name, value in environment.items() if value != ""}
        try:
            return cls.model_validate({name: given[name] for name in cls.model_fields if name in given})
        except ValidationError as error:
            raise SettingsFault([fault_of(problem) for problem in error.errors(include_input=False)]) from None
