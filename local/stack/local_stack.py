"""The whole system on this machine as a context manager."""

import logging
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from local import dev_issuer
from local.stack import redis_server
from local.stack.aws_resource import ResourceMaker
from local.stack.error import Unreachable
from local.stack.plan import Plan, Urls
from local.stack.settings import StackSettings
from local.stack.stack_folder import StackFolder
from local.stack.supervisor import Supervisor
from local.stack.tcp_port import NO_PORTS

log = logging.getLogger(__name__)

#: Far longer than a cold start takes, even on a small and busy machine.
_START_TIMEOUT_S = 60.0


class LocalStack:
    """Starts everything on entry, keeps it running, and stops it on exit.

    `overrides` are variables for single programs, by name: {"generator": {"LLM_TIMEOUT_S": "5"}}. Those for the Lambda
    functions belong to "event-source". `usual_ports` are those of the API ("api") and the page ("web"), if free. If the
    start fails, everything is stopped again, and a `LocalError` is raised.
    """

    def __init__(
        self,
        settings: StackSettings,
        overrides: Mapping[str, Mapping[str, str]] | None = None,
        usual_ports: Mapping[str, int] = NO_PORTS,
    ) -> None:
        self._settings = settings
        self._overrides = overrides or {}
        self._usual_ports = usual_ports
        self._folder = StackFolder(settings.local_dir)
        self._urls: Urls | None = None
        self._supervisor = Supervisor(self._folder.logs, on_change=self._publish)

    @property
    def urls(self) -> Urls:
        """The addresses, once started."""
        if self._urls is None:
            raise RuntimeError("the stack is not started")
        return self._urls

    @property
    def logs(self) -> Path:
        """The folder with a log of each process."""
        return self._folder.logs

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
        return dev_issuer.token(self._folder.path, subject) if wanted else None

    def __enter__(self) -> Self:
        self._folder.take()
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
        self._folder.leave()

    def _start(self) -> None:
        """Start the independent programs side by side, then the API and the event source once the queues exist."""
        started_at = time.monotonic()
        token = secrets.token_urlsafe(24)
        plan = Plan(self._settings, self._overrides, self._usual_ports)
        first = plan.first(token)
        self._supervisor.start(*first)
        _use_given(self._settings, plan)
        if self._settings.aws_endpoint_url is None:
            self._supervisor.wait_ready("aws", timeout_s=_START_TIMEOUT_S)
        second = plan.second(token)
        self._supervisor.start(*second)
        self._supervisor.wait_ready(*(program.name for program in [*first, *second]), timeout_s=_START_TIMEOUT_S)
        plan.wait_healthy(_START_TIMEOUT_S)
        self._urls = plan.urls
        self._publish()
        log.info("Everything is ready after %.1f s", time.monotonic() - started_at)

    def _publish(self) -> None:
        if self._urls is not None:
            self._folder.file.write(lambda: self.processes, self._urls.known())


def _use_given(settings: StackSettings, plan: Plan) -> None:
    """Check the Redis that is given, and create the queues and the table on a given endpoint. Raises `Unreachable`."""
    if settings.redis_url is not None:
        redis_server.check(plan.urls.redis)
    if settings.aws_endpoint_url is not None:
        _make_on_given(plan.resources)


def _make_on_given(resources: ResourceMaker) -> None:
    from botocore.exceptions import BotoCoreError, ClientError  # imported late: slow and seldom needed

    try:
        resources.make()
    except (BotoCoreError, ClientError) as error:
        raise Unreachable("AWS_ENDPOINT_URL", resources.endpoint, str(error)) from None
