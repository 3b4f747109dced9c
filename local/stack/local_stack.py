"""The whole system on this machine as a context manager."""

import fcntl
import logging
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from foundation.settings import SettingsError
from local import dev_issuer
from local.stack import redis_server
from local.stack.aws_resource import ResourceMaker
from local.stack.error import AlreadyRunning, Unreachable
from local.stack.plan import Plan, Urls
from local.stack.settings import StackSettings
from local.stack.stack_file import StackFile
from local.stack.supervisor import Supervisor

log = logging.getLogger(__name__)

#: Far longer than a cold start takes, even on a small and busy machine.
_START_TIMEOUT_S = 60.0


class LocalStack:
    """Starts everything on entry, keeps it running, and stops it on exit.

    `overrides` are variables for single programs, by name: {"generator": {"LLM_TIMEOUT_S": "5"}}. Those for the Lambda
    functions belong to "event-source". If the start fails, everything is stopped again, and a `LocalError` is raised.
    """

    def __init__(self, settings: StackSettings, overrides: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._settings = settings
        self._overrides = overrides or {}
        self._folder = settings.local_dir
        self._logs = self._folder / "logs"
        self._file = StackFile(self._folder / "stack.json")
        self._lock: IO[str] | None = None
        self._urls: Urls | None = None
        self._supervisor = Supervisor(self._logs, on_change=self._publish)

    @property
    def urls(self) -> Urls:
        """The addresses, once started."""
        if self._urls is None:
            raise RuntimeError("the stack is not started")
        return self._urls

    @property
    def logs(self) -> Path:
        """The folder with a log of each process."""
        return self._logs

    @property
    def processes(self) -> dict[str, int]:
        """The current process ids by name, as in stack.json."""
        return self._supervisor.processes

    @property
    def has_offline_writer(self) -> bool:
        return self._settings.needs_offline_writer

    def token(self, subject: str) -> str | None:
        """A token for this stack. None if it does not ask for tokens, or only accepts another issuer's."""
        wanted = dev_issuer.is_wanted(self._settings.environment)
        return dev_issuer.token(self._folder, subject) if wanted else None

    def __enter__(self) -> Self:
        self._take_folder()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def wait(self) -> None:
        """Wait until the stack stops. Raises `LocalError` if it failed."""
        self._supervisor.wait()

    def stop(self) -> None:
        """Stop everything. Returns when all processes have ended. Idempotent."""
        self._supervisor.stop()
        self._file.remove()
        for name in ("env", "functions.json"):
            (self._folder / name).unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()

    def _take_folder(self) -> None:
        """Lock the folder and remove an earlier stack's files. Raises `AlreadyRunning`, `SettingsError`."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._logs.mkdir(mode=0o700, exist_ok=True)
            self._lock = (self._folder / "lock").open("w")
        except OSError as error:
            raise SettingsError([f"LOCAL_DIR: {self._folder} cannot be used: {error.strerror}"]) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise AlreadyRunning(self._folder) from None
        self._file.remove()
        for stale in [self._folder / "functions.json", *self._logs.glob("*.log")]:
            stale.unlink(missing_ok=True)

    def _start(self) -> None:
        """Start the independent programs side by side, then the API and the event source once the queues exist."""
        started_at = time.monotonic()
        token = secrets.token_urlsafe(24)
        plan = Plan(self._settings, self._overrides)
        first = plan.first(token)
        self._supervisor.start(*first)
        self._wait_for_stores(plan)
        second = plan.second(token)
        self._supervisor.start(*second)
        self._supervisor.wait_ready(*(program.name for program in [*first, *second]), timeout_s=_START_TIMEOUT_S)
        plan.wait_healthy(_START_TIMEOUT_S)
        self._urls = plan.urls
        self._publish()
        log.info("Everything is ready after %.1f s", time.monotonic() - started_at)

    def _wait_for_stores(self, plan: Plan) -> None:
        """Wait until Redis answers and the queues and the table exist. Raises `Unreachable`, `StartFailed`."""
        if self._settings.redis_url is not None:
            redis_server.check(plan.urls.redis)
        if self._settings.aws_endpoint_url is not None:
            _make_on_given(plan.resources)
        else:
            self._supervisor.wait_ready("aws", timeout_s=_START_TIMEOUT_S)

    def _publish(self) -> None:
        if self._urls is not None:
            self._file.write(lambda: self.processes, self._urls.known())


def _make_on_given(resources: ResourceMaker) -> None:
    from botocore.exceptions import BotoCoreError, ClientError  # imported late: slow and seldom needed

    try:
        resources.make()
    except (BotoCoreError, ClientError) as error:
        raise Unreachable("AWS_ENDPOINT_URL", resources.endpoint, str(error)) from None
