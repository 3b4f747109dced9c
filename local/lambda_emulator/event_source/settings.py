"""What the event source process is told by the stack, through its environment."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from foundation.settings import EnvironmentSettings
from local.project import ROOT


class EventSourceSettings(EnvironmentSettings):
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
