"""Records of jobs: summaries, messages, sums of usage."""

import json
from datetime import date

import pytest

from chalicelib.domain.job import Usage
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.domain.record import JobRecord, summary_of
from chalicelib.domain.usage_report import DayUsage, JobSums, UsageReport, period_of
from foundation.json_value import Json

_NOON = 1_764_504_000_000  # 2025-11-30, 12:00 UTC
_DAY_MS = 86_400_000


def record(ended_at: int = _NOON, **fields: object) -> JobRecord:
    made = {"id": "a", "owner": "o", "type": "generate_relics", "status": Status.COMPLETED, "created_at": 0}
    return JobRecord(**made | {"ended_at": ended_at} | fields)  # type: ignore[arg-type] # fields of JobRecord


def test_a_summary_names_the_pieces_that_were_given_as_context() -> None:
    piece: Json = {"name": "Low Tarn", "description": "Drowned.", "details": {"heir": {"name": "Nobody"}}}
    payload: dict[str, Json] = {
        "theme": "noir",
        "selectedSetting": piece,
        "selectedLore": {"character": {"name": "Ysolde", "description": "Late."}},
        "canon": [{"name": "The Night", "description": "Dark."}],
        "avoid": ["Mara"],
        "user_id": "42",
    }
    assert summary_of(payload) == {"theme": "noir", "context": ["Low Tarn", "Ysolde", "The Night"]}


@pytest.mark.parametrize("kind", ["piece", "world"])
def test_the_summary_of_a_rewrite_says_what_is_rewritten(kind: str) -> None:
    document: Json = {"name": "Ysolde"} if kind == "piece" else {"title": "Ysolde", "story": "Once."}
    payload: dict[str, Json] = {"fields": ["name"], "instruction": "y" * 500, kind: document}
    assert summary_of(payload) == {"fields": ["name"], "instruction": "y" * 200, kind: "Ysolde"}


def test_a_message_reads_back_whatever_the_owner() -> None:
    queued = QueuedJob("id", 'auth0|"Zoë"\x00\ud7ff\ufffe', "generate_relics", 7)
    assert QueuedJob.parse(queued.encode()) == queued
    assert queued.encode().isascii()


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", '{"job_id": "id"}', '{"job_id": 7, "owner": "o", "type": "t", "created_at": 0}']
)
def test_a_body_that_is_not_a_message_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match=r"body must be|Expecting value"):
        QueuedJob.parse(body)


def test_usage_is_summed_by_the_day_and_type_of_each_job() -> None:
    records = [
        record(usage=Usage(2, 100, 10), cost_usd=0.1),
        record(usage=Usage(1, 50, 5), cost_usd=0.2, status=Status.FAILED),
        record(type="create_world", status=Status.CANCELLED),
        record(_NOON + _DAY_MS),
    ]
    report = UsageReport.of(records, date(2025, 11, 30), date(2025, 12, 1))
    assert report.days == [
        DayUsage("2025-11-30", "create_world", JobSums(1, 0, 1)),
        DayUsage("2025-11-30", "generate_relics", JobSums(2, 1, 0, Usage(3, 150, 15), 0.3)),
        DayUsage("2025-12-01", "generate_relics", JobSums(1)),
    ]
    assert report.total == JobSums(4, 1, 1, Usage(3, 150, 15), 0.3)


def test_a_report_without_jobs_has_sums_of_zero() -> None:
    report = UsageReport.of([], date(2025, 11, 30), date(2025, 11, 30))
    assert (report.days, report.total) == ([], JobSums(0, 0, 0, Usage(), None))


def test_a_period_has_both_of_its_days() -> None:
    period = period_of(date(2025, 11, 30), date(2025, 12, 1))
    assert (period.end - period.start) == 2 * _DAY_MS
    assert period.start == _NOON - _DAY_MS // 2


def test_the_sums_of_costs_are_rounded_like_costs() -> None:
    records = [record(cost_usd=0.1)] * 3
    assert json.dumps(JobSums.of(records).cost_usd) == "0.3"
