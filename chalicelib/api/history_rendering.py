"""Renders the history as the JSON that callers receive."""

from typing import Any

from chalicelib.api.body import UsageBody
from chalicelib.api.history_body import DayUsageBody, HistoryBody, JobRecordBody, JobSumsBody, UsageReportBody
from chalicelib.api.timestamp import timestamp, timestamp_or_none
from chalicelib.domain.record import JobRecord
from chalicelib.domain.usage_report import DayUsage, JobSums, UsageReport


def history_json(records: list[JobRecord], next_cursor: str | None) -> HistoryBody:
    return HistoryBody(jobs=[_record(record) for record in records], next_cursor=next_cursor)


def usage_json(report: UsageReport) -> UsageReportBody:
    return {
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "days": [_day(day) for day in report.days],
        "total": _sums(report.total),
    }


def _record(record: JobRecord) -> JobRecordBody:
    status: Any = record.status.value
    summary: Any = dict(record.summary)
    return JobRecordBody(
        id=record.id,
        type=record.type,
        status=status,
        error_code=record.error_code,
        attempts=record.attempts,
        retry_of=record.retry_of,
        usage=UsageBody(
            llm_calls=record.usage.llm_calls,
            prompt_tokens=record.usage.prompt_tokens,
            completion_tokens=record.usage.completion_tokens,
            estimated_cost_usd=record.cost_usd,
        ),
        model=record.model,
        summary=summary,
        made=list(record.made),
        names=list(record.names),
        created_at=timestamp(record.created_at),
        started_at=timestamp_or_none(record.started_at),
        ended_at=timestamp(record.ended_at),
    )


def _day(day: DayUsage) -> DayUsageBody:
    return DayUsageBody(day=day.day, type=day.type, **_sums(day.sums))


def _sums(sums: JobSums) -> JobSumsBody:
    return JobSumsBody(
        jobs=sums.jobs,
        failed=sums.failed,
        cancelled=sums.cancelled,
        llm_calls=sums.usage.llm_calls,
        prompt_tokens=sums.usage.prompt_tokens,
        completion_tokens=sums.usage.completion_tokens,
        estimated_cost_usd=sums.cost_usd,
    )
