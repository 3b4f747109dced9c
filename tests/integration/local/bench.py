"""The bench for the local event source: the mapping runs in this process, the function in separate processes."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from local.lambda_emulator.event_source.mapping import EventSourceMapping, MappingConfig
from local.lambda_emulator.event_source.queue import SqsQueue
from local.lambda_emulator.runtime.pool import SandboxPool
from local.lambda_emulator.runtime.sandbox import Function, RuntimeArgv, aws_runtime
from tests.lambda_emulator.bench import HANDLER, LONG_S, Bench


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping that runs in this process, and the environments of its function."""

    mapping: EventSourceMapping
    pool: SandboxPool


class LocalBench(Bench):
    def __init__(
        self,
        folder: Path,
        *,
        visibility_s: int = LONG_S,
        timeout_s: int = 20,
        runtime: RuntimeArgv = aws_runtime,
        concurrency: int = 1,
    ) -> None:
        super().__init__(folder, visibility_s, timeout_s)
        (folder / "function.py").write_text(HANDLER)
        self.function = Function(
            name="bench",
            handler="function.worker",
            root=folder,
            timeout_s=self.timeout_s,
            environment=dict(os.environ) | self.files,
            runtime=runtime,
            concurrency=concurrency,
            log_dir=folder,
        )

    @asynccontextmanager
    async def mapped(self, config: MappingConfig | None = None) -> AsyncIterator[Mapped]:
        """Run the mapping during the block, and drain it at the end."""
        config = config or self.config
        pool = SandboxPool(self.function, config.maximum_concurrency)
        mapping = EventSourceMapping(SqsQueue(self.queues.url), pool.invoke, config)
        assert await pool.warm()  # so that a cold start takes none of the visibility timeout
        running = asyncio.create_task(mapping.run())
        try:
            yield Mapped(mapping, pool)
        finally:
            await mapping.drain()
            await asyncio.wait([running])
            await pool.end()
        running.result()
