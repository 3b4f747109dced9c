"""The Lambda side of the stack in one process: its functions, what triggers them, and what is known of their processes."""

import asyncio
import logging
import os
from collections.abc import Mapping

from infra.local.event_source.mapping import EventSourceMapping, MappingConfig
from infra.local.event_source.queue import SqsQueue
from infra.local.event_source.schedule import run_schedule
from infra.local.event_source.settings import EventSourceSettings
from infra.local.runtime.pool import SandboxPool
from infra.local.runtime.sandbox import Function, RuntimeArgv, aws_runtime, best_runtime, plain_runtime
from infra.local.stack_file import replace_json

log = logging.getLogger(__name__)

#: Of the functions that only set things right; the queue of dead letters hides messages six times as long.
HOUSEKEEPING_TIMEOUT_S = 30


class EventSourceService:
    """Mappings `jobs` → worker and `jobs-dlq` → dead_letter, and the schedule → recover."""

    def __init__(self, settings: EventSourceSettings, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._environment = environment
        self._stopping = asyncio.Event()
        worker_s = settings.worker_timeout_s
        self._worker = self._pool("worker", worker_s, settings.worker_concurrency)
        self._dead_letter = self._pool("dead_letter", HOUSEKEEPING_TIMEOUT_S)
        self._recover = self._pool("recover", HOUSEKEEPING_TIMEOUT_S)
        self._mappings = [
            self._mapping(settings.jobs_queue_url, self._worker, worker_s, settings.worker_concurrency),
            self._mapping(settings.jobs_dlq_url, self._dead_letter, HOUSEKEEPING_TIMEOUT_S, 1),
        ]

    async def run(self) -> None:
        """Until `drain`, and then until what is under way is over."""
        s = self._settings
        try:
            async with asyncio.TaskGroup() as running:
                if not await self._worker.warm():
                    log.error("The worker does not start; see its log")
                for mapping in self._mappings:
                    running.create_task(mapping.run())
                running.create_task(
                    run_schedule(
                        "recover", s.aws_default_region, s.recovery_interval_s, self._recover.invoke, self._stopping
                    )
                )
                self._publish_pids(ready=True)
        finally:
            for pool in self._pools:
                await pool.end()

    async def drain(self) -> None:
        """Take nothing more on. Idempotent."""
        self._stopping.set()
        for mapping in self._mappings:
            await mapping.drain()

    @property
    def _pools(self) -> tuple[SandboxPool, ...]:
        return self._worker, self._dead_letter, self._recover

    def _pool(self, name: str, timeout_s: float, max_concurrency: int = 1) -> SandboxPool:
        s = self._settings
        function = Function(
            name=name.replace("_", "-"),
            handler=f"{s.lambda_module}.{name}",
            root=s.lambda_root,
            timeout_s=timeout_s,
            environment=self._environment,
            runtime=_RUNTIMES[s.lambda_runtime],
            log_dir=s.event_source_logs,
        )
        return SandboxPool(function, max_concurrency, on_change=self._publish_pids)

    def _mapping(self, url: str, pool: SandboxPool, timeout_s: float, concurrency: int) -> EventSourceMapping:
        config = MappingConfig(
            function_timeout_s=timeout_s,
            maximum_concurrency=concurrency,
            duplicate_rate=self._settings.event_source_duplicates,
        )
        return EventSourceMapping(SqsQueue(url), pool.invoke, config)

    def _publish_pids(self, *, ready: bool = False) -> None:
        """{"event_source": own id, "ready": bool, "processes": {name: id}}; once ready, it stays so."""
        self._ready = getattr(self, "_ready", False) or ready
        processes = {name: pid for pool in self._pools for name, pid in pool.pids.items()}
        content = {"event_source": os.getpid(), "ready": self._ready, "processes": processes}
        replace_json(self._settings.event_source_pids, content)


_RUNTIMES: Mapping[str | None, RuntimeArgv] = {
    None: best_runtime(),
    "awslambdaric": aws_runtime,
    "plain": plain_runtime,
}
