"""What a caller may see and stop: status reads, long polls, the event log, cancel."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Container
from contextlib import aclosing
from dataclasses import replace

from chalicelib.domain import change
from chalicelib.domain.error import JobConflict, NotFound, StoreUnavailable, Unavailable
from chalicelib.domain.job import Job, JobEvent, JobView
from chalicelib.domain.payload import ANONYMOUS
from chalicelib.port import JobStore, Meter
from chalicelib.service.recovery import Recovery

log = logging.getLogger(__name__)

#: Jobs that one page of a list looks at.
_MOST_READ = 500
#: Results on one page. Lambda answers with 6 MB at the most, in which a character that is no ASCII grows from two bytes
#: to seven (AWS Lambda quotas; JSON within JSON).
_MOST_RESULT_BYTES = 1_500_000
#: One owner may hold this part of the places for long polls: of 64 a place for each of its ten unfinished jobs and some
#: to spare, and the others are not left without.
_OWNERS_PART = 4
#: How long a long poll waits before it retries a store that does not answer, seconds.
_STORE_PATIENCE_S = 0.5


class Reading:
    """Somebody else's job is `NotFound`, like one that does not exist."""

    def __init__(self, store: JobStore, recovery: Recovery, max_waiters: int, meter: Meter) -> None:
        self._store = store
        self._recovery = recovery
        self._max_waiters = max_waiters
        self._meter = meter
        #: Long polls that are held, by owner.
        self._waiters: Counter[str] = Counter()

    async def job(
        self, owner: str, job_id: str, *, known_revisions: Container[int] | None = None, wait_s: float = 0
    ) -> tuple[JobView, bool]:
        """The job as it is, and whether the wish to wait was met.

        It is held back, up to `wait_s`, until the job has ended or, where `known_revisions` are given, its revision is
        none of them. A poll that finds the job stuck sets it right.
        """

        def news(view: JobView) -> bool:
            return view.job.is_final or (known_revisions is not None and view.job.revision not in known_revisions)

        view = await self._load(owner, job_id)
        waited = await self._wait(lambda: self._load(owner, job_id), view, news, wait_s)
        return waited or view, wait_s > 0 and (waited is not None or news(view))

    async def events(self, owner: str, job_id: str, after: int, wait_s: float = 0) -> tuple[list[JobEvent], Job, bool]:
        """The event log after a revision, the job, and whether the wish to wait was met.

        Held back while there is no such event and the job is not final.
        """
        view = await self._load(owner, job_id)

        def news(view: JobView) -> bool:
            return view.job.revision > after or view.job.is_final

        waited = await self._wait(lambda: self._load(owner, job_id), view, news, wait_s)
        job = (waited or view).job
        return await self._store.events(job_id, after), job, wait_s > 0 and (waited is not None or news(view))

    async def page(
        self,
        owner: str,
        limit: int,
        *,
        status: str | None = None,
        type_name: str | None = None,
        after: str | None = None,
    ) -> tuple[list[Job], str | None]:
        """Up to `limit` of the owner's jobs, newest first, from the one after the job with the id `after` on.

        Also the id of the last one that was looked at; None where there are no more. A page may be short, or empty with
        a filter, and have a next one: it looks at `_MOST_READ` jobs, and holds `_MOST_RESULT_BYTES` of results, at the
        most. Raises `UnknownCursor` where `after` is not a job of this owner's.
        """
        ids, last = await self._chosen(owner, limit, after, status, type_name)
        return await self._store.rows(ids), last

    async def _chosen(
        self, owner: str, limit: int, after: str | None, status: str | None, type_name: str | None
    ) -> tuple[list[str], str | None]:
        ids: list[str] = []
        seen, size, last = set[str](), 0, ""
        async with aclosing(self._store.heads_of(owner, after)) as heads:
            async for head in heads:
                if head.id in seen:
                    # What is submitted meanwhile moves the others down.
                    continue
                if len(seen) == _MOST_READ or size > _MOST_RESULT_BYTES:
                    return ids, last
                if status in (None, head.status) and type_name in (None, head.type):
                    if len(ids) == limit:
                        return ids, ids[-1]
                    ids.append(head.id)
                    size += head.result_bytes
                seen.add(head.id)
                last = head.id
        return ids, None

    async def cancel(self, owner: str, job_id: str) -> tuple[JobView, bool]:
        """Stop the job; True where it was running or waiting, False where it had ended already. Idempotent."""
        view = await self._load(owner, job_id)
        if view.job.is_final:
            return view, False
        try:
            cancelled = await self._store.apply(job_id, change.cancel())
        except JobConflict:
            return await self._load(owner, job_id), False
        self._meter.ended(cancelled)
        log.info("Job cancelled", extra={"job_id": job_id})
        if cancelled.revision != view.job.revision + 1:
            # Something was written between the look and the cancel.
            return await self._load(owner, job_id), True
        return replace(view, job=cancelled), True

    async def _load(self, owner: str, job_id: str) -> JobView:
        view = await self._store.view(job_id)
        if view is not None and view.job.owner == owner and await self._mended(view.job):
            view = await self._store.view(job_id)
        if view is None or view.job.owner != owner:
            raise NotFound
        return view

    async def _mended(self, job: Job) -> bool:
        try:
            return await self._recovery.mend(job)
        except Unavailable:
            # The queue is down, or the store is read-only at the moment. Show what was read all the same.
            return False

    async def _wait(
        self,
        load: Callable[[], Awaitable[JobView]],
        view: JobView,
        news: Callable[[JobView], bool],
        wait_s: float,
    ) -> JobView | None:
        """The view once there is news or the time is up; None if there was no wait.

        Raises `StoreUnavailable` if the store does not answer by then.
        """
        owner = view.job.owner
        if wait_s <= 0 or news(view) or not self._has_place(owner):
            return None
        give_up_at = asyncio.get_running_loop().time() + wait_s

        def left_s() -> float:
            return give_up_at - asyncio.get_running_loop().time()

        self._waiters[owner] += 1
        try:
            while not news(view) and left_s() > 0:
                try:
                    await self._store.wait_for_event(view.job.id, view.job.revision, left_s())
                    view = await load()
                except StoreUnavailable:
                    if left_s() <= _STORE_PATIENCE_S:
                        raise
                    await asyncio.sleep(_STORE_PATIENCE_S)
        finally:
            self._waiters -= Counter([owner])
        return view

    def _has_place(self, owner: str) -> bool:
        """Whether one more long poll of this owner's can be held. Callers who are not told apart share all places."""
        part = 1 if owner == ANONYMOUS else _OWNERS_PART
        return self._waiters.total() < self._max_waiters and self._waiters[owner] < max(1, self._max_waiters // part)
