"""The Lambda functions of the stack and their triggers, in one process."""

import asyncio
import math
import os
from collections.abc import Mapping

from foundation.limits import DEAD_LETTER_TIMEOUT_S, OPERATIONS_TIMEOUT_S, RECOVERY_TIMEOUT_S, WEBHOOK_TIMEOUT_S
from local.lambda_emulator.error import HandlerBroken
from local.lambda_emulator.event_source.mapping import EventSourceMapping, MappingConfig
from local.lambda_emulator.event_source.queue import SqsQueue
from local.lambda_emulator.event_source.schedule import run_schedule
from local.lambda_emulator.event_source.settings import EventSourceSettings
from local.lambda_emulator.invoke_api import InvokeApi
from local.lambda_emulator.runtime.pool import SandboxPool
from local.lambda_emulator.runtime.sandbox import Function, RuntimeArgv, aws_runtime, best_runtime, plain_runtime
from local.process.json_file import replace_json

#: Batches of webhooks that are sent at the same time.
_WEBHOOK_BATCHES = 4


class EventSourceService:
    """The mappings of the queues to their functions, the schedule → recover, and what callers invoke."""

    def __init__(self, settings: EventSourceSettings, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._environment = environment
        self._stopping = asyncio.Event()
        self._ready = False
        worker_s = settings.worker_timeout_s
        worker = MappingConfig(
            function_timeout_s=worker_s,
            maximum_concurrency=settings.worker_concurrency,
            maximum_messages=settings.worker_jobs,
            duplicate_rate=settings.event_source_duplicates,
        )
        dead_letter = MappingConfig(
            function_timeout_s=DEAD_LETTER_TIMEOUT_S,
            maximum_concurrency=1,
            duplicate_rate=settings.event_source_duplicates,
        )
        self._worker = self._pool("worker", worker_s, settings.worker_concurrency, settings.worker_processes)
        self._dead_letter = self._pool("dead_letter", DEAD_LETTER_TIMEOUT_S)
        self._recover = self._pool("recover", RECOVERY_TIMEOUT_S)
        self._webhook = self._pool("webhook", WEBHOOK_TIMEOUT_S, _WEBHOOK_BATCHES)
        self._invoked = tuple(self._pool(name, OPERATIONS_TIMEOUT_S) for name in ("ops_read", "ops_write"))
        self._invoke_api = InvokeApi({pool.function.name: pool.invoke for pool in self._invoked})
        self._mappings = [
            EventSourceMapping(SqsQueue(settings.jobs_queue_url), self._worker.invoke, worker),
            EventSourceMapping(SqsQueue(settings.jobs_dlq_url), self._dead_letter.invoke, dead_letter),
        ]
        if settings.webhooks_queue_url is not None:
            webhook = MappingConfig(
                function_timeout_s=WEBHOOK_TIMEOUT_S,
                maximum_concurrency=_WEBHOOK_BATCHES,
                duplicate_rate=settings.event_source_duplicates,
            )
            queue = SqsQueue(settings.webhooks_queue_url)
            self._mappings.append(EventSourceMapping(queue, self._webhook.invoke, webhook))

    async def run(self) -> None:
        """Run until `drain` is called and the work in progress has ended.

        Raises `HandlerBroken`, and the errors of `EventSourceMapping.run`.
        """
        try:
            await self._invoke_api.start(self._settings.functions_port)
            await self._warm_up()
            async with asyncio.TaskGroup() as running:
                for mapping in self._mappings:
                    running.create_task(mapping.run())
                running.create_task(self._run_schedule())
        finally:
            await self._invoke_api.close()
            for pool in self._pools:
                await pool.end()

    async def drain(self) -> None:
        """Start no more work. Idempotent."""
        self._stopping.set()
        for mapping in self._mappings:
            await mapping.drain()

    async def _warm_up(self) -> None:
        """Start the worker before the first message. The other functions start with their first event."""
        if not await self._worker.warm():
            function = self._worker.function
            raise HandlerBroken(function.handler, function.log_dir and function.log_dir / f"{function.name}.log")
        self._ready = True
        self._publish_pids()

    async def _run_schedule(self) -> None:
        region, every_s = self._settings.aws_default_region, self._settings.recovery_interval_s
        await run_schedule("recover", region, every_s, self._recover.invoke, self._stopping)

    @property
    def _pools(self) -> tuple[SandboxPool, ...]:
        return self._worker, self._dead_letter, self._recover, self._webhook, *self._invoked

    def _pool(self, name: str, timeout_s: float, max_concurrency: int = 1, processes: int = 1) -> SandboxPool:
        s = self._settings
        concurrency = math.ceil(max_concurrency / processes)
        function = Function(
            name=name.replace("_", "-"),
            handler=f"{s.lambda_module}.{name}",
            root=s.lambda_root,
            timeout_s=timeout_s,
            environment=self._environment,
            runtime=_RUNTIMES[s.lambda_runtime] if s.lambda_runtime else best_runtime(concurrency),
            concurrency=concurrency,
            log_dir=s.event_source_logs,
        )
        return SandboxPool(function, max_concurrency, on_change=self._publish_pids)

    def _publish_pids(self) -> None:
        """Write {"event_source": own id, "ready": bool, "processes": {name: id}}."""
        processes = {name: pid for pool in self._pools for name, pid in pool.pids.items()}
        content = {"event_source": os.getpid(), "ready": self._ready, "processes": processes}
        replace_json(self._settings.event_source_pids, content)


_RUNTIMES: Mapping[str, RuntimeArgv] = {
    "awslambdaric": aws_runtime,
    "plain": plain_runtime,
}
