"""The jobs to submit, how they may end, and how many calls they may make."""

from typing import Any

from chalicelib.domain.job_type import JOB_TYPES
from generator_service.registry import load_kinds
from generator_service.writing.naming import MAX_REJECTED, ROUNDS_TOGETHER

#: The errors a job may fail with if the model is at fault. The connection to it must not be the cause.
MODEL_AT_FAULT = frozenset({"invalid_output", "truncated", "duplicate_name"})
#: About one job in ten fails because of the model (docs/eval/smollm2.md). Three failures in a row are ours.
MAX_JOBS = 3
#: For a machine that is busy with other things; on an idle one, a job takes less than a minute.
PATIENCE_S = 900


def payload_of(type_name: str, theme: str, count: int = 2) -> dict[str, Any]:
    payload = dict(JOB_TYPES[type_name].example) | {"theme": theme}
    return payload | {"count": count} if "count" in payload else payload


def most_calls(type_name: str) -> int:
    """The most calls for a job of one piece: each question is asked twice, and a name takes several questions."""
    calls = load_kinds()[JOB_TYPES[type_name].kind].calls
    return 2 * sum(ROUNDS_TOGETHER + MAX_REJECTED if call[0].together else 1 for call in calls)
