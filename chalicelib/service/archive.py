"""Keeps what jobs have made: finished pieces go into the library, and a record of each job into the history.

Also queues the end of the job for its webhook. The list of unfinished jobs is the outbox: a job stays in it until all
of this is done. The worker does it as soon as the job has ended, and recovery does what the worker could not.
"""

import asyncio
import logging
import time
from collections.abc import Sequence

from chalicelib.domain.error import LibraryUnavailable, QueueUnavailable, StoreUnavailable, Unavailable
from chalicelib.domain.finished_piece import finished_pieces
from chalicelib.domain.price import Price
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.domain.record import lost_record, record_of
from chalicelib.port.history_store import HistoryStore
from chalicelib.port.job_index import JobIndex
from chalicelib.port.job_store import JobStore
from chalicelib.port.meter import Meter
from chalicelib.port.quota_ledger import QuotaLedger
from chalicelib.service.full_window import Clock
from chalicelib.service.notifying import Notifying

log = logging.getLogger(__name__)

_BROKEN = "Job could not be archived"
#: How long a worker tries to archive a job, seconds. Its other jobs wait meanwhile.
_PATIENCE_S = 10
#: How many jobs a sweep archives at the same time, and for how long it starts more of them, seconds.
_AT_ONCE = 4
_SWEEP_FOR_S = 20
#: More than one, since a few old jobs may be jobs that the library always refuses.
_MOST_REFUSED = 3


class Archive:
    def __init__(
        self,
        *,
        jobs: JobStore,
        index: JobIndex,
        quotas: QuotaLedger,
        history: HistoryStore,
        notifying: Notifying,
        price: Price | None,
        meter: Meter,
        clock: Clock = time.time,
    ) -> None:
        self._jobs = jobs
        self._index = index
        self._quotas = quotas
        self._history = history
        self._notifying = notifying
        self._price = price
        self._meter = meter
        self._clock = clock

    async def archive(self, job_id: str) -> None:
        """Store what an ended job has made and its record, tell its webhook, then take it off the unfinished jobs.

        Idempotent. The record and the pieces are stored together, so if there is a record, its pieces were stored. Does
        nothing if the job is not listed, has not ended, or has expired. Raises `LibraryUnavailable`,
        `QueueUnavailable` and `StoreUnavailable`; then the job stays listed.
        """
        if not await self._index.is_unfinished(job_id):
            return
        view = await self._jobs.view(job_id, outputs=False)
        if view is None or not view.job.is_final:
            return
        pieces = finished_pieces(view)
        await self._history.add(record_of(view.job, pieces, self._price), pieces)
        # Ending the job has settled its quotas, unless the store failed just then.
        await self._quotas.settle(view.job)
        await self._notifying.queue_end(view)
        await self._index.remove_unfinished(job_id)

    async def archive_now(self, job_id: str) -> None:
        """Archive an ended job. Raises nothing: if it fails, the job is left to the next sweep."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self.archive(job_id)
        except (Unavailable, TimeoutError) as error:
            log.warning("Job could not be archived yet: %s", type(error).__name__, extra={"job_id": job_id})
            self._meter.archive_failed()
        except Exception:
            log.exception(_BROKEN, extra={"job_id": job_id})
            self._meter.archive_failed()

    async def sweep(self, job_ids: Sequence[str]) -> None:
        """Archive ended jobs, a few at a time. Start with the first: the oldest job is the next to expire.

        The library, or the queue of notifications, seems to be down if it takes no job of `_MOST_REFUSED` groups. Then,
        and after `_SWEEP_FOR_S`, the rest is left to the next sweep. Raises `StoreUnavailable`.
        """
        now = asyncio.get_running_loop().time
        give_up_at = now() + _SWEEP_FOR_S
        refused = 0
        for start in range(0, len(job_ids), _AT_ONCE):
            group = job_ids[start : start + _AT_ONCE]
            done = await asyncio.gather(*map(self._archived, group))
            refused += not any(done)
            if refused == _MOST_REFUSED or now() >= give_up_at:
                log.warning("Jobs are left for the next sweep", extra={"left": len(job_ids) - start - len(group)})
                return

    async def record_lost(self, job: QueuedJob) -> None:
        """Record that a job's state is lost, unless the job was recorded when it ended. Raises `LibraryUnavailable`."""
        if await self._history.add(lost_record(job, int(self._clock() * 1000))):
            log.error("Job recorded as lost: it was queued, but the store does not have it", extra={"job_id": job.id})
            self._meter.job_lost()
            await self._notifying.queue_lost(job)

    async def _archived(self, job_id: str) -> bool:
        """Archive a job of a sweep; False if the library or the queue refuses it. It must not delay the others."""
        try:
            await self.archive(job_id)
        except (LibraryUnavailable, QueueUnavailable) as error:
            log.warning("Job could not be archived: %s", error.code, extra={"job_id": job_id})
            self._meter.archive_failed()
            return False
        except StoreUnavailable:
            raise
        except Exception:
            log.exception(_BROKEN, extra={"job_id": job_id})
            self._meter.archive_failed()
        return True
