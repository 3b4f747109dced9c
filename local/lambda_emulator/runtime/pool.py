"""The execution environments (sandboxes) of one function. They stay warm, and dead ones are replaced."""

import asyncio
import logging
import math
from collections.abc import Callable
from typing import Any

from local.lambda_emulator.runtime.outcome import Outcome
from local.lambda_emulator.runtime.sandbox import Function, Sandbox
from local.process.restart_backoff import RestartBackoff

log = logging.getLogger(__name__)


class SandboxPool:
    """Runs up to `max_concurrency` invocations at a time; others wait.

    Invocations are divided evenly among the sandboxes that are ready. When one gets its first invocation, the
    next one is started, so that it is ready when it is needed. A sandbox that dies is replaced without waiting for an
    invocation, with a backoff if it keeps dying. Calls `on_change` when `pids` has changed.
    """

    def __init__(self, function: Function, max_concurrency: int, on_change: Callable[[], None] = lambda: None) -> None:
        self.function = function
        self._on_change = on_change
        self._slots = [_Slot(self, index) for index in range(math.ceil(max_concurrency / function.concurrency))]
        self._vacancy = asyncio.Semaphore(max_concurrency)

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of the living sandboxes: `worker`, `worker-2`, ..."""
        return {slot.name: slot.pid for slot in self._slots if slot.pid is not None}

    async def warm(self) -> bool:
        """Start the first sandbox. Returns True once it can take an event, or False if its handler does not load."""
        return await (await self._slots[0].sandbox()).wait_initialised()

    async def invoke(self, event: Any) -> Outcome:
        """Run the function on the event in the least busy sandbox."""
        async with self._vacancy:
            slot = min(self._slots, key=lambda slot: (slot.is_full, not slot.is_ready, slot.busy, slot.index))
            if slot.index + 1 < len(self._slots):
                self._slots[slot.index + 1].prepare()
            slot.busy += 1
            try:
                return await (await slot.sandbox()).invoke(event)
            finally:
                slot.busy -= 1

    async def end(self) -> None:
        """Kill all sandboxes, even busy ones. Idempotent."""
        for slot in self._slots:
            await slot.end()

    def changed(self) -> None:
        self._on_change()


class _Slot:
    """Holds one sandbox at a time."""

    def __init__(self, pool: SandboxPool, index: int) -> None:
        self._pool = pool
        self.index = index
        #: Invocations in progress.
        self.busy = 0
        self.name = pool.function.name + (f"-{index + 1}" if index else "")
        self._sandbox: Sandbox | None = None
        self._lock = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None
        self._preparing: asyncio.Task[Sandbox] | None = None

    @property
    def is_full(self) -> bool:
        return self.busy >= self._pool.function.concurrency

    @property
    def is_ready(self) -> bool:
        return self._sandbox is not None and self._sandbox.is_ready

    @property
    def pid(self) -> int | None:
        return self._sandbox.pid if self._sandbox and self._sandbox.is_alive else None

    async def sandbox(self) -> Sandbox:
        """The living sandbox of this slot, which is started if necessary."""
        async with self._lock:
            if self._sandbox is None or not self._sandbox.is_alive:
                if self._sandbox is not None:
                    await self._sandbox.end()
                self._sandbox = await Sandbox.start(self._pool.function, self.name)
                self._pool.changed()
            if self._keeper is None:
                self._keeper = asyncio.create_task(self._keep())
            return self._sandbox

    def prepare(self) -> None:
        """Start the sandbox in the background, unless it has been started before."""
        if self._sandbox is None and self._preparing is None:
            self._preparing = asyncio.create_task(self.sandbox())

    async def end(self) -> None:
        if self._preparing is not None:
            await asyncio.wait([self._preparing])
        # The lock waits for a start in progress. If it were interrupted, it would leave its port open.
        async with self._lock:
            if self._keeper is not None:
                self._keeper.cancel()
                await asyncio.wait([self._keeper])
            if self._sandbox is not None:
                await self._sandbox.end()

    async def _keep(self) -> None:
        backoff = RestartBackoff()
        while True:
            sandbox = await self.sandbox()
            lived_s = await sandbox.wait_ended()
            delay_s = backoff.delay_s(lived_s)
            log.warning("The environment %s (process %d) ended after %.1f s", self.name, sandbox.pid, lived_s)
            await asyncio.sleep(delay_s)
