"""Settings that the stack passes to the event source process in its environment."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from foundation.settings import EnvironmentSettings
from local.project import ROOT


class EventSourceSettings(EnvironmentSettings):
    jobs_queue_url: str
    jobs_dlq_url: str
    #: Unset: no webhooks are sent.
    webhooks_queue_url: str | None = None
    worker_timeout_s: float = Field(gt=0)
    worker_concurrency: int = Field(ge=1, le=1000)
    worker_processes: int = Field(default=1, ge=1, le=1000)
    worker_jobs: int | None = Field(default=None, ge=1)
    recovery_interval_s: float = Field(gt=0)
    aws_default_region: str
    #: The port of Lambda's API, which invokes functions. 0: any free one.
    functions_port: int = Field(default=0, ge=0, le=65_535)
    #: The file that lists the processes of the functions.
    event_source_pids: Path
    #: The folder with one log per execution environment. Unset: they write to this process's output.
    event_source_logs: Path | None = None
    #: The share of batches to deliver twice, to test that the worker is idempotent.
    event_source_duplicates: float = Field(default=0, ge=0, le=1)
    #: AWS's runtime client, or this project's. Unset: AWS's if it is installed.
    lambda_runtime: Literal["awslambdaric", "plain"] | None = None
    #: The module with the functions, and its folder.
    lambda_module: str = "app"
    lambda_root: Path = ROOT
