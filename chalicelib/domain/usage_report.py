"""What an owner's jobs have used, by day and type. Days are UTC."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Self

from chalicelib.domain.job import Usage
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.price import rounded
from chalicelib.domain.record import JobRecord, Period
from chalicelib.domain.spending import utc_day


@dataclass(frozen=True, slots=True)
class JobSums:
    """Sums over jobs that have ended."""

    jobs: int = 0
    failed: int = 0
    cancelled: int = 0
    usage: Usage = field(default_factory=Usage)
    #: In USD; None if none of the jobs has a cost.
    cost_usd: float | None = None

    @classmethod
    def of(cls, records: Sequence[JobRecord]) -> Self:
        costs = [record.cost_usd for record in records if record.cost_usd is not None]
        return cls(
            jobs=len(records),
            failed=sum(record.status is Status.FAILED for record in records),
            cancelled=sum(record.status is Status.CANCELLED for record in records),
            usage=sum((record.usage for record in records), Usage()),
            cost_usd=rounded(sum(costs)) if costs else None,
        )


@dataclass(frozen=True, slots=True)
class DayUsage:
    """What jobs of one type that ended on one day have used."""

    #: "2026-11-30"
    day: str
    type: str
    sums: JobSums


@dataclass(frozen=True, slots=True)
class UsageReport:
    #: The days that it covers, both included.
    first: date
    last: date
    #: Oldest day first; days and types without jobs are left out.
    days: Sequence[DayUsage]
    total: JobSums

    @classmethod
    def of(cls, records: Iterable[JobRecord], first: date, last: date) -> Self:
        """The report on records that ended on these days."""
        by_day: dict[tuple[str, str], list[JobRecord]] = defaultdict(list)
        for record in records:
            by_day[utc_day(record.ended_at), record.type].append(record)
        days = [DayUsage(day, type_name, JobSums.of(group)) for (day, type_name), group in sorted(by_day.items())]
        return cls(first, last, days, JobSums.of([record for group in by_day.values() for record in group]))


def period_of(first: date, last: date) -> Period:
    """These days, both included."""
    return Period(start=_midnight_ms(first), end=_midnight_ms(last + timedelta(days=1)))


def _midnight_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
