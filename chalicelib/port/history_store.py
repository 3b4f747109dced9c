"""The history of jobs."""

from typing import Protocol

from chalicelib.domain.lifecycle import Status
from chalicelib.domain.record import JobRecord, Period


class HistoryStore(Protocol):
    """Records of ended jobs, by owner. Every method may raise `LibraryUnavailable`."""

    async def add(self, record: JobRecord) -> bool:
        """Store the record unless there is one of this job; False if there is. Idempotent."""
        ...

    async def page(
        self,
        owner: str,
        limit: int,
        *,
        status: Status | None = None,
        type_name: str | None = None,
        period: Period | None = None,
        after: str | None = None,
    ) -> tuple[list[JobRecord], str | None]:
        """Up to `limit` of the owner's records, those that ended last first.

        Also returns where the page ended; None if no more follow. A short or empty page may be followed by another.
        Raises `UnknownCursor` if `after` is not from this list.
        """
        ...

    async def all_of(self, owner: str, period: Period) -> list[JobRecord]:
        """Every record of the period, without summaries and names. For sums."""
        ...
