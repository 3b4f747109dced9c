"""Translates between the wire contract (`proto/lore/v1/lore.proto`) and the generator's own types."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import grpc
from pydantic_core import to_json

from generator_service.error import LoreError, Overloaded, UnknownKind
from generator_service.judging.leaf import all_texts
from generator_service.kind import Kind
from generator_service.language.choice import choose, wanted_language
from generator_service.llm.usage import Usage
from generator_service.params import Params, parse_params
from generator_service.writing.event import Event, Generated, PieceFailure, Progressed, Spent, StageFinished
from generator_service.writing.job import Checkpoint, Job, usable_outputs
from generator_service.writing.prompt import PROMPT_VERSION
from generator_service.writing.rewriting import narrowed
from proto.lore.v1 import lore_pb2

#: Field of a log line → key in the call's metadata.
_CALLER_KEYS = {"attempt": "lore-attempt", "owner": "lore-owner"}


#: How many characters of a text are enough to identify its language.
_MOST_IDENTIFIED = 2_000


def read_job(request: lore_pb2.GenerateRequest, kinds: Mapping[str, Kind], llm_languages: Sequence[str] = ()) -> Job:
    """The job of a request. Raises `UnknownKind` or `InvalidParams`.

    `llm_languages` is as in `language.choice.choose`.
    """
    kind = kinds.get(request.kind)
    if kind is None:
        raise UnknownKind
    params = parse_params(kind.params, request.params_json)
    language, notes = choose(wanted_language(params.language, _given_text(params), params.theme), llm_languages)
    kind, rewriting = narrowed(kind, params.rewrite, language) if params.rewrite else (kind, None)
    checkpoints = [Checkpoint(given.piece_index, given.stage, given.output_json) for given in request.checkpoints]
    finished = usable_outputs(kind, params.count, checkpoints)
    return Job(
        kind,
        params,
        finished,
        request.unusable_answers,
        language=language,
        notes=notes,
        token_budget=request.token_budget or None,
        rewriting=rewriting,
    )


def _given_text(params: Params) -> str | None:
    """The caller's longest text, which is in the language that the caller wants unless it says otherwise."""
    return " ".join(all_texts(params.rewrite.piece))[:_MOST_IDENTIFIED] if params.rewrite else params.premise


def caller_fields(metadata: Iterable[tuple[str, Any]] | None) -> dict[str, str]:
    """What the caller says about the job, for the log."""
    given = {name: str(value) for name, value in metadata or ()}
    return {name: given[key] for name, key in _CALLER_KEYS.items() if key in given}


def write_events(events: Iterable[Event], model: str) -> lore_pb2.GenerateEvents:
    """Events that are available at the same time, as one message. `model` has written the stages."""
    return lore_pb2.GenerateEvents(events=[_event(event, model) for event in events])


def _event(event: Event, model: str) -> lore_pb2.GenerateEvent:
    match event:
        case Progressed(progress, message):
            return lore_pb2.GenerateEvent(progressed=lore_pb2.Progressed(progress=progress, message=message))
        case StageFinished():
            return lore_pb2.GenerateEvent(stage_finished=_stage_finished(event, model))
        case Spent(usage):
            return lore_pb2.GenerateEvent(spent=_usage(usage))
        case Generated(result, failures):
            generated = lore_pb2.Generated(result_json=_json(result), failures=map(_failure, failures))
            return lore_pb2.GenerateEvent(generated=generated)


def status_of(error: LoreError) -> grpc.StatusCode:
    """The status with which a call ends."""
    return grpc.StatusCode[error.failure.grpc_status]


def trailing_metadata(error: LoreError) -> tuple[tuple[str, str], ...]:
    """The error's code, whether a retry may help, and after what delay, if that is known."""
    metadata = [
        ("lore-error-code", error.code),
        ("lore-retryable", "true" if error.retryable else "false"),
        ("lore-transient", "true" if error.transient else "false"),
    ]
    if error.retry_after_s is not None:
        key = "grpc-retry-pushback-ms" if isinstance(error, Overloaded) else "retry-after-ms"
        metadata.append((key, str(round(error.retry_after_s * 1000))))
    return tuple(metadata)


def _stage_finished(finished: StageFinished, model: str) -> lore_pb2.StageFinished:
    return lore_pb2.StageFinished(
        piece_index=finished.piece_index,
        stage=finished.stage,
        output_json=_json(finished.output.fields()),
        piece_json=_json(finished.piece),
        progress=finished.progress,
        message=finished.message,
        usage=_usage(finished.usage),
        duration_ms=finished.duration_ms,
        remarks=[lore_pb2.Remark(code=remark.code, message=remark.message) for remark in finished.remarks],
        model=model,
        prompt_version=PROMPT_VERSION,
    )


def _usage(usage: Usage) -> lore_pb2.Usage:
    return lore_pb2.Usage(
        llm_calls=usage.llm_calls,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        unusable_answers=usage.unusable_answers,
    )


def _failure(failure: PieceFailure) -> lore_pb2.PieceFailure:
    error = failure.error
    return lore_pb2.PieceFailure(
        piece_index=failure.piece_index,
        stage=failure.stage,
        code=error.code,
        message=error.message,
        retryable=error.retryable,
    )


def _json(value: object) -> str:
    return to_json(value).decode()
