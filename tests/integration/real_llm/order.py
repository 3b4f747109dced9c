"""The jobs to submit, and how many calls they need."""

from typing import Any

from chalicelib.domain.job_type import JOB_TYPES
from generator_service.registry import load_kinds


def payload_of(type_name: str, theme: str, count: int = 2) -> dict[str, Any]:
    payload = dict(JOB_TYPES[type_name].example) | {"theme": theme}
    return payload | {"count": count} if "count" in payload else payload


def fewest_calls(type_name: str, count: int) -> int:
    """How many calls a job needs if every answer is usable."""
    calls = load_kinds()[JOB_TYPES[type_name].kind].calls
    return sum(1 if call[0].together else count for call in calls)
