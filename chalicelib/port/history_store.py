"""The history of jobs."""

from typing import Protocol

from chalicelib.domain.record import JobRecord, Period
from chalicelib.domain.record_list import RecordFilter


class HistoryStore(Protocol):
    """Records of ended jobs, by owner. A record is kept as long as the operator wants.

    Every method may raise `LibraryUnavailable`.
    """

    async def add(self, record: JobRecord) -> bool:
        """Store the record unless there is one of this job; False if there is."""
        ...

    async def page(
        self, owner: str, wanted: RecordFilter, limit: int, after: str | None = None
    ) -> tuple[list[JobRecord], str | None]:
        """Up to `limit` of the owner's records, those that ended last first. With `after`, continues after a page.

        Also returns where the page ended; None if no more follow. A short or empty page may be followed by another: a
        page reads a bounded number of records. Raises `UnknownCursor` if `after` is not from an equal list.
        """
        ...

    async def all_of(self, owner: str, period: Period) -> list[JobRecord]:
        """Every record of the period, without its summary and what it made, in any order. For sums."""
        ...
