"""Renews the leases of the jobs that this process runs, and stops work on a job when its lease is lost."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chalicelib.domain import change
from chalicelib.domain.error import JobConflict, StoreUnavailable
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.outcome import Cancelled, LeaseLost, Outcome
from chalicelib.domain.timing import Timing
from chalicelib.port.job_store import JobStore

log = logging.getLogger(__name__)

#: Leases renewed at the same time. Fewer than a process has connections (`REDIS_MAX_CONNECTIONS`): a heartbeat of many
#: jobs must not keep their progress waiting for one.
_AT_ONCE = 4


@dataclass(slots=True)
class _Held:
    job_id: str
    task: asyncio.Task[Outcome]
    #: Why the work was stopped; None while this process holds the lease.
    verdict: Cancelled | LeaseLost | None = None


class LeaseKeeper:
    """Renews every lease once per `heartbeat_s`.

    This is also how a worker learns of a cancel: the store refuses to renew the lease of a job that was cancelled, or
    that another worker holds, and the work on it stops at once.
    """

    def __init__(self, jobs: JobStore, timing: Timing) -> None:
        self._jobs = jobs
        self._timing = timing
        self._held: dict[str, _Held] = {}
        self._blocks = 0
        self._beating: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Renew leases while the block runs. Blocks may overlap; one heartbeat serves them all."""
        self._blocks += 1
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            self._blocks -= 1
            if self._blocks == 0:
                beating, self._beating = self._beating, None
                beating.cancel()
                await asyncio.wait([beating])

    async def guard(self, job_id: str, token: str, work: Coroutine[None, None, Outcome]) -> Outcome:
        """Run the work while this process holds the lease; `Cancelled` or `LeaseLost` if the work was stopped."""
        task = asyncio.create_task(work)
        held = self._held[token] = _Held(job_id, task)
        try:
            return await task
        except asyncio.CancelledError:
            if held.verdict is None:
                raise
            return held.verdict
        finally:
            del self._held[token]
            task.cancel()
            await asyncio.wait([task])

    async def _beat(self) -> None:
        room = asyncio.Semaphore(_AT_ONCE)

        async def renew(token: str, held: _Held) -> None:
            async with room:
                try:
                    await self._renew(token, held)
                except Exception:
                    # One failed renewal must not prevent the others, or the next ones.
                    log.exception("A lease could not be renewed", extra={"job_id": held.job_id})

        while True:
            await asyncio.sleep(self._timing.heartbeat_s)
            await asyncio.gather(*(renew(*each) for each in self._held.items()))

    async def _renew(self, token: str, held: _Held) -> None:
        try:
            await self._jobs.record(held.job_id, change.renew(token, self._timing))
        except StoreUnavailable:
            # The work goes on. Once the store is back, the next renewal or another worker's claim decides. Until then
            # the token keeps this worker from writing what it should not.
            log.warning("Lease could not be renewed: store unavailable", extra={"job_id": held.job_id})
        except JobConflict as conflict:
            if not held.task.done():
                held.verdict = Cancelled() if conflict.status == Status.CANCELLED else LeaseLost()
                log.info("Work stopped: job is %s", conflict.status, extra={"job_id": held.job_id})
                held.task.cancel()
