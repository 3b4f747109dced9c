"""The JSON of the history. See `body.py`."""

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, with_config
from typing_extensions import TypedDict  # before Python 3.12, pydantic does not accept that of `typing`

from chalicelib.api.body import COST, Timestamp, UsageBody, about

_RECORD: dict[str, Any] = {
    "id": "8bc11506-4fc3-4ef0-8e0e-61c766af0c11",
    "type": "generate_relics",
    "status": "completed",
    "error_code": None,
    "attempts": 1,
    "retry_of": None,
    "usage": {"llm_calls": 2, "prompt_tokens": 811, "completion_tokens": 95, "estimated_cost_usd": 0.000179},
    "model": "gpt-4o-mini",
    "summary": {"theme": "fantasy", "count": 1, "language": "en", "context": ["Low Tarn"]},
    "made": ["2f1b7c0e-6a39-5d0e-9a55-0a4c2f8f2a11"],
    "names": ["The Borrowed Lantern"],
    "created_at": "2026-11-23T16:39:47.852Z",
    "started_at": "2026-11-23T16:39:47.864Z",
    "ended_at": "2026-11-23T16:39:50.117Z",
}
_Day = Annotated[str, Field(description="UTC.", json_schema_extra={"format": "date"})]


@with_config(json_schema_extra={"examples": [_RECORD]})
class JobRecordBody(TypedDict):
    """What is kept of a job that has ended."""

    id: Annotated[str, Field(json_schema_extra={"format": "uuid"})]
    type: str
    status: Literal["completed", "failed", "cancelled"]
    error_code: str | None
    attempts: int
    retry_of: str | None
    usage: UsageBody
    model: Annotated[str | None, about("The model that wrote the newest part; null if it is not known.")]
    summary: Annotated[
        dict[str, JsonValue],
        about(
            "What the caller asked for: theme, title, count, language, tone; premise and instruction, at most 200 "
            "characters of each; `context`: the names of the pieces given as context; of a rewrite, `fields` and the "
            "name of the `piece` or `world`. What the payload did not have is missing."
        ),
    ]
    made: Annotated[list[str], about("Ids of the pieces or the world that it made or rewrote.")]
    names: Annotated[list[str], about("Their names, in the same order.")]
    created_at: Timestamp
    started_at: Timestamp | None
    ended_at: Timestamp


class HistoryBody(TypedDict):
    jobs: Annotated[list[JobRecordBody], about("Those that ended last come first.")]
    next_cursor: str | None


class JobSumsBody(TypedDict):
    """Sums over jobs that have ended."""

    jobs: int
    failed: int
    cancelled: int
    llm_calls: int
    prompt_tokens: int
    completion_tokens: int
    estimated_cost_usd: Annotated[float | None, about(COST)]


class DayUsageBody(JobSumsBody):
    """What jobs of one type that ended on one day have used."""

    day: _Day
    type: str


#: "from" is a keyword of Python.
UsageReportBody = TypedDict(
    "UsageReportBody",
    {
        "from": Annotated[_Day, about("The first day.")],
        "to": Annotated[_Day, about("The last day.")],
        "days": Annotated[list[DayUsageBody], about("Oldest first. Days and types without jobs are left out.")],
        "total": JobSumsBody,
    },
)
