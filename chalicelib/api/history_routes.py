"""The routes of the history."""

from chalicelib.api import history_body, history_endpoint
from chalicelib.api.history_endpoint import MAX_DAYS
from chalicelib.api.parameter import CURSOR, LIMIT, query
from chalicelib.api.route import Route
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.lifecycle import TERMINAL
from chalicelib.service.history import USUAL_DAYS

_DAY = {"type": "string", "format": "date", "examples": ["2026-11-30"]}

ROUTES = (
    Route(
        id="listHistory",
        endpoint=history_endpoint.list_history,
        tag="history",
        method="GET",
        path="/history",
        summary="The records of the caller's ended jobs. They are kept after the jobs have expired.",
        answers={200: history_body.HistoryBody},
        problems=(400,),
        parameters=(
            query("type", {"type": "string", "enum": list(JOB_TYPES)}, "Only this type."),
            query(
                "status", {"type": "string", "enum": sorted(status.value for status in TERMINAL)}, "Only this status."
            ),
            query("from", _DAY, "Only jobs that ended on this day (UTC) or later."),
            query("to", _DAY, "Only jobs that ended on this day (UTC) or earlier."),
            LIMIT,
            CURSOR,
        ),
    ),
    Route(
        id="readUsage",
        endpoint=history_endpoint.read_usage,
        tag="history",
        method="GET",
        path="/usage",
        summary="What the caller's ended jobs have used, by day and type.",
        answers={200: history_body.UsageReportBody},
        problems=(400,),
        parameters=(
            query("from", _DAY, f"The first day (UTC). Without it, the report covers {USUAL_DAYS} days."),
            query("to", _DAY, f"The last day (UTC), at most {MAX_DAYS} days with the first. Without it: today."),
        ),
    ),
)
