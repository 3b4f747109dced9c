"""How records are sorted and chosen: the same for every store."""

from dataclasses import dataclass

from chalicelib.domain.lifecycle import Status
from chalicelib.domain.record import JobRecord, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """Which records a list shows; it identifies the list in a cursor. None: all."""

    status: Status | None = None
    type_name: str | None = None
    period: Period | None = None

    def shows(self, record: JobRecord) -> bool:
        return (
            self.status in (None, record.status)
            and self.type_name in (None, record.type)
            and (self.period is None or self.period.start <= record.ended_at < self.period.end)
        )


def ended_key(record: JobRecord) -> str:
    """Sorts records by their end; each key occurs once."""
    return f"{record.ended_at:013d}#{record.id}"
