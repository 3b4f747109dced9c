"""A process that can be killed or paused whenever it awaits the outside world."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from chalicelib.port.averages import Averages
from chalicelib.port.delivery_log import DeliveryLog
from chalicelib.port.drain_switch import DrainSwitch
from chalicelib.port.idempotency_keys import IdempotencyKeys
from chalicelib.port.job_database import JobDatabase
from chalicelib.port.job_index import JobIndex
from chalicelib.port.job_store import JobStore
from chalicelib.port.quota_admin import QuotaAdmin
from chalicelib.port.quota_ledger import QuotaLedger

T = TypeVar("T")

#: Called before and after each call to a port.
Gate = Callable[[], Awaitable[None]]


class Killed(BaseException):
    """Simulates `kill -9`. No handler in the code under test catches it."""


class SimProcess:
    """One simulated process. After `kill`, nothing it does reaches the outside world."""

    def __init__(self) -> None:
        self._dead = asyncio.Event()
        self._running = asyncio.Event()
        self._running.set()

    @property
    def alive(self) -> bool:
        return not self._dead.is_set()

    def kill(self) -> None:
        self._dead.set()
        self._running.set()

    async def death(self) -> None:
        """Return once the process has been killed."""
        await self._dead.wait()

    def pause(self) -> None:
        """SIGSTOP."""
        self._running.clear()

    def resume(self) -> None:
        """SIGCONT."""
        self._running.set()

    async def gate(self) -> None:
        await self._running.wait()
        if not self.alive:
            raise Killed


def gated(port: T, gate: Gate) -> T:
    """Wrap a port with a gate before and after each call, and around each element of a stream."""
    return _Gated(port, gate)  # type: ignore[return-value] # it has the same methods


@dataclass(frozen=True, slots=True)
class GatedDatabase:
    """`port.JobDatabase` with a gate at every call."""

    jobs: JobStore
    index: JobIndex
    quotas: QuotaLedger
    keys: IdempotencyKeys
    averages: Averages
    deliveries: DeliveryLog
    drains: DrainSwitch
    quota_admin: QuotaAdmin

    @classmethod
    def of(cls, database: JobDatabase, gate: Gate) -> Self:
        return cls(
            jobs=gated(database.jobs, gate),
            index=gated(database.index, gate),
            quotas=gated(database.quotas, gate),
            keys=gated(database.keys, gate),
            averages=gated(database.averages, gate),
            deliveries=gated(database.deliveries, gate),
            drains=gated(database.drains, gate),
            quota_admin=gated(database.quota_admin, gate),
        )


class _Gated:
    def __init__(self, port: Any, gate: Gate) -> None:
        self._port = port
        self._gate = gate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if inspect.isasyncgenfunction(method):
            return self._streaming(method)

        async def call(*args: Any, **kwargs: Any) -> Any:
            await self._gate()
            result = await method(*args, **kwargs)
            await self._gate()
            return result

        return call

    def _streaming(self, method: Any) -> Any:
        async def stream(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, None]:
            await self._gate()
            events = method(*args, **kwargs)
            try:
                async for event in events:
                    await self._gate()
                    yield event
                    await self._gate()
            finally:
                await events.aclose()

        return stream
