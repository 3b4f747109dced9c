"""Keeping the leases of all jobs that this process runs, and stopping those that are no longer ours to run."""

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
from chalicelib.port import JobStore

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Held:
    job_id: str
    task: asyncio.Task[Outcome]
    #: Why it was stopped; None while it is ours.
    verdict: Cancelled | LeaseLost | None = None


class LeaseKeeper:
    """Renews every lease each `heartbeat_s`.

    The answer carries the cancel: a job that was cancelled, or that somebody else holds now, refuses the renewal, and
    its work is stopped at once.
    """

    def __init__(self, store: JobStore, timing: Timing) -> None:
        self._store = store
        self._timing = timing
        self._held: dict[str, _Held] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Beat while the block runs."""
        beat = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beat.cancel()
            await asyncio.wait([beat])

    async def guard(self, job_id: str, token: str, work: Coroutine[None, None, Outcome]) -> Outcome:
        """Run the work while the lease is ours; `Cancelled` or `LeaseLost` when it was stopped."""
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
        while True:
            await asyncio.sleep(self._timing.heartbeat_s)
            try:
                await asyncio.gather(*(self._renew(token, held) for token, held in list(self._held.items())))
            except Exception:
                # The edge of a background task: a fault in one beat must not end the next ones.
                log.exception("A heartbeat failed")

    async def _renew(self, token: str, held: _Held) -> None:
        try:
            await self._store.apply(held.job_id, change.renew(token, self._timing))
        except StoreUnavailable:
            # The work goes on: if the lease has run out when the store is back, somebody else's claim or the next
            # renewal decides, and until then no write of ours is accepted that should not be.
            log.warning("Lease could not be renewed: store unavailable", extra={"job_id": held.job_id})
        except JobConflict as conflict:
            if not held.task.done():
                held.verdict = Cancelled() if conflict.status == Status.CANCELLED else LeaseLost()
                log.info("Work stopped: job is %s", conflict.status, extra={"job_id": held.job_id})
                held.task.cancel()
