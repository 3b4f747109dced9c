"""Renders jobs, events and job types as the JSON that callers receive."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.api import cursor
from chalicelib.api.body import (
    DrainBody,
    EstimateBody,
    EventBody,
    EventsBody,
    ItemBody,
    JobBody,
    JobsBody,
    LinksBody,
    PieceWarningBody,
    UsageBody,
)
from chalicelib.api.job_type_body import ContextBody, JobTypeBody, JobTypesBody, RewritableBody
from chalicelib.api.timestamp import timestamp, timestamp_or_none
from chalicelib.domain.drain import Drain
from chalicelib.domain.estimate import Estimate
from chalicelib.domain.finished_piece import is_finished, library_ids
from chalicelib.domain.job import Job, JobEvent, JobView, PieceWarning
from chalicelib.domain.job_type import JobType
from chalicelib.domain.price import Price
from foundation.language_tag import DEFAULT_LANGUAGE

#: Seconds after which a client should ask again (guide: the front end polls every 3 s).
POLL_AFTER_S = 3


def job_json(view: JobView, base_path: str, price: Price | None) -> JobBody:
    """A job with its pieces so far. The payload is not echoed."""
    return _job(view, base_path, price)


def jobs_json(jobs: list[Job], last_id: str | None, base_path: str, price: Price | None) -> JobsBody:
    """The next page starts after `last_id`; None for the last page."""
    shown = [_job(JobView(job), base_path, price) for job in jobs]
    return JobsBody(jobs=shown, next_cursor=cursor.encode(last_id))


def drain_json(drain: Drain | None) -> dict[str, DrainBody]:
    """Without who drains and why: anyone may read this."""
    if drain is None:
        return {}
    since, until = timestamp(drain.began_at), timestamp(drain.ends_at)
    return {"drain": DrainBody(since=since, until=until, refuses_jobs=drain.refuses)}


def estimate_json(type_name: str, expected: Estimate, token_budget: int, price: Price | None) -> EstimateBody:
    return EstimateBody(
        type=type_name,
        llm_calls=expected.llm_calls,
        prompt_tokens=expected.prompt_tokens,
        completion_tokens=expected.completion_tokens,
        estimated_cost_usd=None if price is None else price.of(expected),
        basis=expected.basis,
        jobs_measured=expected.jobs_measured,
        token_budget=token_budget,
    )


def events_json(job: Job, events: list[JobEvent], base_path: str) -> EventsBody:
    return EventsBody(events=[_event(event) for event in events], links=links(job, base_path))


def job_types_json(job_types: Iterable[JobType], *, tokens_required: bool) -> JobTypesBody:
    return JobTypesBody(job_types=[_job_type(job_type, tokens_required) for job_type in job_types])


def links(job: Job, base_path: str) -> LinksBody:
    """`base_path` is the part of the called address before the routes."""
    path = f"{base_path}/jobs/{job.id}"
    return LinksBody(self=path, events=f"{path}/events", cancel=f"{path}/cancel")


def _job(view: JobView, base_path: str, price: Price | None) -> JobBody:
    job = view.job
    result: Any = job.result
    return JobBody(
        id=job.id,
        type=job.type,
        status=job.status,
        progress=job.progress,
        message=job.message,
        result=result,
        error=job.error,
        error_code=job.error_code,
        retryable=job.retryable,
        warnings=[_warning(warning) for warning in job.warnings],
        items=_items(view),
        usage=UsageBody(
            llm_calls=job.usage.llm_calls,
            prompt_tokens=job.usage.prompt_tokens,
            completion_tokens=job.usage.completion_tokens,
            estimated_cost_usd=None if price is None else price.of(job.usage),
        ),
        attempt=job.attempt,
        max_attempts=job.max_attempts,
        revision=job.revision,
        retry_of=job.retry_of,
        created_at=timestamp(job.created_at),
        started_at=timestamp_or_none(job.started_at),
        updated_at=timestamp(job.updated_at),
        completed_at=timestamp_or_none(job.completed_at),
        deadline_at=timestamp_or_none(job.deadline_at),
        expires_at=timestamp(job.expires_at),
        links=links(job, base_path),
    )


def _items(view: JobView) -> list[ItemBody]:
    """Pieces that version 0.2.0 has stored have no language: they are in English."""
    stages, ids = view.stages, library_ids(view) if view.job.is_final else {}
    return [
        _item(
            index,
            stages[index],
            piece,
            complete=is_finished(view.job.type, stages[index]),
            library_id=ids.get(index),
        )
        for index, piece in sorted(view.pieces.items())
    ]


def _item(
    index: int, stages: list[str], piece: Mapping[str, Any], *, complete: bool, library_id: str | None
) -> ItemBody:
    return ItemBody(
        index=index,
        stages=stages,
        name=piece["name"],
        description=piece["description"],
        type=piece["type"],
        language=piece.get("language", DEFAULT_LANGUAGE),
        details=piece["details"],
        complete=complete,
        library_id=library_id,
    )


def _warning(warning: PieceWarning) -> PieceWarningBody:
    return PieceWarningBody(
        item=warning.item,
        stage=warning.stage,
        code=warning.code,
        message=warning.message,
        retryable=warning.retryable,
        missing=warning.missing,
    )


def _event(event: JobEvent) -> EventBody:
    return EventBody(
        revision=event.revision,
        at=timestamp(event.at),
        status=event.status,
        progress=event.progress,
        message=event.message,
    )


def _job_type(job_type: JobType, tokens_required: bool) -> JobTypeBody:
    example: Any = job_type.example_for(tokens_required=tokens_required)
    return JobTypeBody(
        type=job_type.name,
        label=job_type.label,
        description=job_type.description,
        kind=job_type.kind,
        singular=job_type.singular,
        plural=job_type.plural,
        question=job_type.question,
        delivers=job_type.delivery.value,
        fields=[RewritableBody(field=field, stage=stage) for field, stage in job_type.fields.items()],
        context=[ContextBody(field=field, kind=kind) for field, kind in job_type.payload.context().items()],
        payload_schema=job_type.payload_schema(tokens_required=tokens_required),
        example=example,
    )
