"""Between the wire contract (`proto/lore/v1/lore.proto`) and the domain, with the one table from error to status."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import grpc

from generator_service.error import (
    InvalidParams,
    LoreError,
    Overloaded,
    ProviderError,
    UnknownKind,
)
from generator_service.event import Event, Finished, ItemFailure, Progressed, Spent, StageFinished
from generator_service.job import Checkpoint, Job, usable
from generator_service.kind import Kind
from generator_service.llm.usage import Usage
from generator_service.params import parse_params
from proto.lore.v1 import lore_pb2

#: Field of a log line → metadata of the call.
_CALLER_KEYS = {"attempt": "lore-attempt", "owner": "lore-owner"}


def read_job(request: lore_pb2.GenerateRequest, kinds: Mapping[str, Kind]) -> Job:
    """The job of a request. Raises `UnknownKind` or `InvalidParams`."""
    kind = kinds.get(request.kind)
    if kind is None:
        raise UnknownKind
    params = parse_params(kind.params, request.params_json)
    checkpoints = [Checkpoint(stage.item, stage.stage, stage.output_json) for stage in request.finished]
    return Job(kind, params, usable(kind, params.count, checkpoints), request.unusable_answers)


def caller_fields(metadata: Iterable[tuple[str, Any]] | None) -> dict[str, str]:
    """What the caller says of the job for the log."""
    given = {name: str(value) for name, value in metadata or ()}
    return {name: given[key] for name, key in _CALLER_KEYS.items() if key in given}


def write_event(event: Event) -> lore_pb2.GenerateEvent:
    match event:
        case Progressed():
            return lore_pb2.GenerateEvent(progress=_progress(event))
        case StageFinished():
            return lore_pb2.GenerateEvent(stage=_stage(event))
        case Spent(usage):
            return lore_pb2.GenerateEvent(spent=_usage(usage))
        case Finished(result, failures):
            final = lore_pb2.GenerationFinal(result_json=_json(result), failures=map(_failure, failures))
            return lore_pb2.GenerateEvent(final=final)


def status_of(error: LoreError) -> grpc.StatusCode:
    """The status that a call ends with."""
    match error:
        case UnknownKind() | InvalidParams():
            return grpc.StatusCode.INVALID_ARGUMENT
        case Overloaded():
            return grpc.StatusCode.RESOURCE_EXHAUSTED
        case ProviderError(retryable=True):
            return grpc.StatusCode.UNAVAILABLE
        case ProviderError():
            return grpc.StatusCode.FAILED_PRECONDITION
        case _:
            return grpc.StatusCode.INTERNAL


def trailing_metadata(error: LoreError) -> tuple[tuple[str, str], ...]:
    """The error's code, who may try again, and when, if that is known."""
    metadata = [
        ("lore-error-code", error.code),
        ("lore-retryable", "true" if error.retryable else "false"),
        ("lore-transient", "true" if error.transient else "false"),
    ]
    if error.retry_after_s is not None:
        key = "grpc-retry-pushback-ms" if isinstance(error, Overloaded) else "retry-after-ms"
        metadata.append((key, str(round(error.retry_after_s * 1000))))
    return tuple(metadata)


def _progress(progressed: Progressed) -> lore_pb2.GenerationProgress:
    return lore_pb2.GenerationProgress(progress=progressed.progress, message=progressed.message)


def _stage(finished: StageFinished) -> lore_pb2.StageFinished:
    return lore_pb2.StageFinished(
        item=finished.item,
        stage=finished.stage,
        output_json=_json(finished.output.fields()),
        piece_json=_json(finished.piece),
        progress=_progress(finished.progress),
        usage=_usage(finished.usage),
        duration_ms=finished.duration_ms,
        adjusted=finished.adjusted,
    )


def _usage(usage: Usage) -> lore_pb2.Usage:
    return lore_pb2.Usage(
        llm_calls=usage.llm_calls,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        unusable_answers=usage.unusable_answers,
    )


def _failure(failure: ItemFailure) -> lore_pb2.ItemFailure:
    error = failure.error
    return lore_pb2.ItemFailure(
        item=failure.item, stage=failure.stage, code=error.code, message=error.message, retryable=error.retryable
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
