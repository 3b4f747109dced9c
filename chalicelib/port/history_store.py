"""The history of jobs."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.domain.document import Document
from chalicelib.domain.record import JobRecord, Period
from chalicelib.domain.record_list import RecordFilter


class HistoryStore(Protocol):
    """Records of ended jobs, by owner. The operator sets how long a record is kept.

    Every method may raise `LibraryUnavailable`.
    """

    async def add(self, record: JobRecord, pieces: Sequence[Document] = ()) -> bool:
        """Store the record unless its job already has one; False if it has.

        Also store the job's `pieces`, except those that the library already has, even in the trash. Either everything
        is stored or nothing is.
        """
        ...

    async def find(self, owner: str, job_id: str) -> JobRecord | None:
        """The record of one of the owner's jobs."""
        ...

    async def page(
        self, owner: str, wanted: RecordFilter, limit: int, after: str | None = None
    ) -> tuple[list[JobRecord], str | None]:
        """Up to `limit` of the owner's records, the latest end first. With `after`, continues after an earlier page.

        Also returns where the page ended; None if no more follow. A short or empty page may be followed by another: a
        page reads a bounded number of records. Raises `UnknownCursor` if `after` is not from an equal list.
        """
        ...

    async def all_of(self, owner: str, period: Period) -> list[JobRecord]:
        """Every record of the period, in any order, without `summary`, `made` and `names`. For sums."""
        ...
