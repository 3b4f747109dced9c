"""What has become of an owner's jobs: their records, and what they have used."""

from datetime import UTC, date, datetime, timedelta

from chalicelib.domain.record import JobRecord
from chalicelib.domain.record_list import RecordFilter
from chalicelib.domain.usage_report import UsageReport, period_of
from chalicelib.port.history_store import HistoryStore
from chalicelib.service.full_window import Clock

#: How many days a report covers, unless the caller wants others.
USUAL_DAYS = 30


class History:
    """Every method may raise `LibraryUnavailable`."""

    def __init__(self, store: HistoryStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def page(
        self, owner: str, wanted: RecordFilter, limit: int, after: str | None = None
    ) -> tuple[list[JobRecord], str | None]:
        """A page of the owner's records; see `port.HistoryStore`."""
        return await self._store.page(owner, wanted, limit, after)

    async def usage(self, owner: str, first: date, last: date) -> UsageReport:
        """What the owner's jobs that ended on these days, both included, have used."""
        return UsageReport.of(await self._store.all_of(owner, period_of(first, last)), first, last)

    def days(self, first: date | None, last: date | None) -> tuple[date, date]:
        """These days, both included. Without the last one: up to today. Without the first one: `USUAL_DAYS` of them."""
        until = last or datetime.fromtimestamp(self._clock(), UTC).date()
        return first or until - timedelta(days=USUAL_DAYS - 1), until
