"""Reads and cancels jobs: status, long polls and events."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Container
from contextlib import suppress
from dataclasses import replace

from chalicelib.domain import change
from chalicelib.domain.diagnosis import overdue_at
from chalicelib.domain.error import JobConflict, NotFound, StoreUnavailable
from chalicelib.domain.job import Job, JobEvent, JobView
from chalicelib.domain.lifecycle import TERMINAL
from chalicelib.domain.payload import ANONYMOUS
from chalicelib.domain.timing import Timing
from chalicelib.port.job_store import JobStore
from chalicelib.port.meter import Meter
from chalicelib.service.patience import PAUSE_S
from chalicelib.service.recovery import Recovery, recovered

log = logging.getLogger(__name__)

#: The longest that a caller may wait for news: API Gateway gives up after 29 s.
MAX_WAIT_S = 20
#: One owner may hold a quarter of the long polls. Of 64 that is 16: one for each of its ten unfinished jobs, and six
#: more.
_OWNERS_SHARE = 4

#: A job as it was at one of its revisions.
_State = Job | JobEvent
#: Whether a state is news to the caller. The job's end always is. None: nothing else is.
_News = Callable[[_State], bool] | None


class Reading:
    """Reads and cancels an owner's jobs. Another owner's job is `NotFound`, like one that does not exist."""

    def __init__(self, jobs: JobStore, recovery: Recovery, timing: Timing, *, max_waiters: int, meter: Meter) -> None:
        self._jobs = jobs
        self._recovery = recovery
        self._timing = timing
        self._max_waiters = max_waiters
        self._meter = meter
        #: The number of open long polls, by owner.
        self._waiters: Counter[str] = Counter()

    async def job(
        self,
        owner: str,
        job_id: str,
        *,
        known_revisions: Container[int] | None = None,
        wait_s: float = 0,
        gather_s: float = 0,
        may_omit_stages: bool = False,
    ) -> tuple[JobView, bool]:
        """The job, and whether the request to wait was honoured.

        Waits up to `wait_s` for the job's end or, given `known_revisions`, for a revision that is not among them. Then
        gathers the changes of the next `gather_s` within that time, or those up to the job's end. With
        `may_omit_stages`, a revision that is known may come without its stages. A poll that finds the job stuck
        recovers it.
        """

        news: _News = None if known_revisions is None else lambda state: state.revision not in known_revisions
        # The stages are most of a job, and a poll that waits needs none before it has waited.
        view = await self._load(owner, job_id, with_stages=known_revisions is None)
        waited = await self._wait(lambda: self._load(owner, job_id), view, news, wait_s, gather_s)
        has_waited = wait_s > 0 and (waited is not None or _is_news(view.job, news))
        if waited is not None or known_revisions is None:
            return waited or view, has_waited
        if not may_omit_stages or view.job.revision not in known_revisions:
            view = await self._load(owner, job_id)
        return view, has_waited

    async def events(self, owner: str, job_id: str, after: int, wait_s: float = 0) -> tuple[list[JobEvent], Job, bool]:
        """The events after a revision, the job, and whether the request to wait was honoured.

        Waits up to `wait_s` for such an event or the job's end.
        """

        def news(state: _State) -> bool:
            return state.revision > after

        async def load() -> JobView:
            return await self._load(owner, job_id, with_stages=False)

        view = await load()
        waited = await self._wait(load, view, news, wait_s)
        job = (waited or view).job
        has_waited = wait_s > 0 and (waited is not None or _is_news(view.job, news))
        return await self._jobs.events(job_id, after), job, has_waited

    async def cancel(self, owner: str, job_id: str) -> tuple[JobView, bool]:
        """Cancel the job; False if it had already ended. Idempotent."""
        view = await self._load(owner, job_id)
        if view.job.is_final:
            return view, False
        try:
            cancelled = await self._jobs.apply(job_id, change.cancel())
        except JobConflict:
            return await self._load(owner, job_id), False
        self._meter.ended(cancelled)
        log.info("Job cancelled", extra={"job_id": job_id})
        if cancelled.revision != view.job.revision + 1:
            # The job was changed between the read and the cancel.
            return await self._load(owner, job_id), True
        return replace(view, job=cancelled), True

    async def _load(self, owner: str, job_id: str, *, with_stages: bool = True) -> JobView:
        view = await self._read(job_id, with_stages)
        if view is not None and view.job.owner == owner and await recovered(self._recovery, view.job):
            view = await self._read(job_id, with_stages)
        if view is None or view.job.owner != owner:
            raise NotFound
        return view

    async def _read(self, job_id: str, with_stages: bool) -> JobView | None:
        if with_stages:
            return await self._jobs.view(job_id, outputs=False)
        job = await self._jobs.read(job_id)
        return JobView(job) if job else None

    async def _wait(
        self,
        load: Callable[[], Awaitable[JobView]],
        view: JobView,
        news: _News,
        wait_s: float,
        gather_s: float = 0,
    ) -> JobView | None:
        """Wait for news, gather what follows, and return the newest view; None if no wait was needed or allowed.

        Returns the current view when the time is up. Raises `StoreUnavailable` if the store does not answer by then.
        """
        job, owner = view.job, view.job.owner
        is_enough = job.is_final or (_is_news(job, news) and gather_s <= 0)
        if wait_s <= 0 or is_enough or not self._may_wait(owner):
            return None
        give_up_at = asyncio.get_running_loop().time() + wait_s

        def left_s() -> float:
            return give_up_at - asyncio.get_running_loop().time()

        self._waiters[owner] += 1
        try:
            state = await self._reached_in_time(load, job, news, left_s)
            if _is_news(state, news):
                await self._reached(job.id, state, None, min(gather_s, left_s()))
            while True:
                try:
                    return await load()
                except StoreUnavailable:
                    if left_s() <= PAUSE_S:
                        raise
                    await asyncio.sleep(PAUSE_S)
        finally:
            self._waiters -= Counter([owner])

    async def _reached_in_time(
        self, load: Callable[[], Awaitable[JobView]], job: Job, news: _News, left_s: Callable[[], float]
    ) -> _State:
        """The first state that is news, or the last one in the time that is left.

        If the job becomes overdue meanwhile, it is read, which ends it: no worker may be there to do so.
        """
        state: _State = job
        while True:
            overdue_in_s = max(PAUSE_S, (overdue_at(job, self._timing) - job.observed_at) / 1000)
            state = await self._reached(job.id, state, news, min(left_s(), overdue_in_s))
            if _is_news(state, news) or left_s() <= 0:
                return state
            with suppress(StoreUnavailable):
                state = job = (await load()).job

    async def _reached(self, job_id: str, state: _State, news: _News, timeout_s: float) -> _State:
        """The first state that is news, or the last one within `timeout_s`. Reads no pieces, which cost most."""
        clock = asyncio.get_running_loop().time
        give_up_at = clock() + timeout_s
        while not _is_news(state, news) and (left_s := give_up_at - clock()) > 0:
            try:
                if news is None:
                    state = await self._jobs.wait_for_end(job_id, left_s) or state
                else:
                    state = await self._jobs.wait_for_event(job_id, state.revision, left_s) or state
            except StoreUnavailable:
                await asyncio.sleep(min(PAUSE_S, left_s))
        return state

    def _may_wait(self, owner: str) -> bool:
        """Whether the owner may hold one more long poll. Anonymous callers share all of them."""
        share = 1 if owner == ANONYMOUS else _OWNERS_SHARE
        return self._waiters.total() < self._max_waiters and self._waiters[owner] < max(1, self._max_waiters // share)


def _is_news(state: _State, news: _News) -> bool:
    return state.status in TERMINAL or (news is not None and news(state))
