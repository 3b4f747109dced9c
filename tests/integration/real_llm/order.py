"""The jobs to submit, and how many calls they may make."""

from typing import Any

from chalicelib.domain.job_type import JOB_TYPES
from generator_service.registry import load_kinds
from generator_service.writing.naming import MAX_REJECTED, ROUNDS_TOGETHER


def payload_of(type_name: str, theme: str, count: int = 2) -> dict[str, Any]:
    payload = dict(JOB_TYPES[type_name].example) | {"theme": theme}
    return payload | {"count": count} if "count" in payload else payload


def most_calls(type_name: str) -> int:
    """The most calls for a job of one piece: each question is asked twice, and a name takes several questions."""
    calls = load_kinds()[JOB_TYPES[type_name].kind].calls
    return 2 * sum(ROUNDS_TOGETHER + MAX_REJECTED if call[0].together else 1 for call in calls)
