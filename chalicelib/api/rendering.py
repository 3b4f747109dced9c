"""Jobs, events and worlds as the JSON that callers get."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.change import missing_item_json
from chalicelib.domain.job import Job, JobEvent, JobView
from chalicelib.domain.job_type import JobType
from chalicelib.domain.world import World

#: Seconds after which to ask again (guide: the front end polls every 3 s).
POLL_AFTER_S = 3


def job_json(view: JobView) -> dict[str, Any]:
    """A job with its pieces as far as they are written. The payload is not echoed."""
    job = view.job
    return {
        "id": job.id,
        "type": job.type,
        "status": job.status.value,
        "progress": job.progress,
        "message": job.message,
        "result": job.result,
        "error": job.error,
        "error_code": job.error_code,
        "retryable": job.retryable,
        "warnings": [missing_item_json(missing) for missing in job.warnings],
        "items": _items(view),
        "usage": {
            "llm_calls": job.usage.llm_calls,
            "prompt_tokens": job.usage.prompt_tokens,
            "completion_tokens": job.usage.completion_tokens,
        },
        "attempt": job.attempt,
        "max_attempts": job.max_attempts,
        "revision": job.revision,
        "retry_of": job.retry_of,
        "created_at": timestamp(job.created_at),
        "started_at": timestamp(job.started_at),
        "updated_at": timestamp(job.updated_at),
        "completed_at": timestamp(job.completed_at),
        "expires_at": timestamp(job.expires_at),
        "links": links(job),
    }


def links(job: Job) -> dict[str, str]:
    """Paths, relative to the API's address."""
    path = f"/jobs/{job.id}"
    return {"self": path, "events": f"{path}/events", "cancel": f"{path}/cancel"}


def event_json(event: JobEvent) -> dict[str, Any]:
    return {
        "revision": event.revision,
        "at": timestamp(event.at),
        "status": event.status.value,
        "progress": event.progress,
        "message": event.message,
    }


def job_type_json(job_type: JobType) -> dict[str, Any]:
    return {
        "type": job_type.name,
        "label": job_type.label,
        "description": job_type.description,
        "payload_schema": job_type.payload.model_json_schema(),
        "example": job_type.example,
    }


def world_json(world: World) -> dict[str, Any]:
    return {
        "id": world.id,
        "user_id": world.user_id,
        "job_id": world.job_id,
        "theme": world.theme,
        "title": world.title,
        "story": world.story,
        "quest": world.quest,
        "pieces": world.pieces,
        "created_at": timestamp(world.created_at),
    }


def timestamp(at_ms: int | None) -> str | None:
    """ISO 8601 in UTC with milliseconds and Z."""
    if at_ms is None:
        return None
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _items(view: JobView) -> list[dict[str, Any]]:
    """[{index, stages: [finished], name, description, type, details}], by index; null for what is not written yet."""
    stages: dict[int, list[str]] = defaultdict(list)
    for checkpoint in view.checkpoints:
        stages[checkpoint.item].append(checkpoint.stage)
    return [{"index": index, "stages": stages[index], **piece} for index, piece in sorted(view.pieces.items())]
