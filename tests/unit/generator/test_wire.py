"""Requests are read from gRPC messages, and events and errors are written to them."""

import json

import grpc
import pytest

from generator_service import error as errors
from generator_service.error import (
    FaultyAnswer,
    InvalidParams,
    LoreError,
    Overloaded,
    ProviderRateLimited,
    UnknownKind,
)
from generator_service.kind import Named, Piece
from generator_service.llm.usage import Usage
from generator_service.registry import load_kinds
from generator_service.wire import read_job, status_of, trailing_metadata, write_events
from generator_service.writing.event import Generated, PieceFailure, Remark, StageFinished
from generator_service.writing.prompt import PROMPT_VERSION
from proto.lore.v1 import lore_pb2

KINDS = load_kinds()

STATUSES = {
    "unknown_kind": "INVALID_ARGUMENT",
    "invalid_params": "INVALID_ARGUMENT",
    "overloaded": "RESOURCE_EXHAUSTED",
    "provider_unavailable": "UNAVAILABLE",
    "provider_rate_limited": "UNAVAILABLE",
    "provider_timeout": "UNAVAILABLE",
    "out_of_time": "DEADLINE_EXCEEDED",
    "provider_auth": "FAILED_PRECONDITION",
    "provider_quota": "FAILED_PRECONDITION",
    "provider_bad_request": "FAILED_PRECONDITION",
    "budget_exhausted": "FAILED_PRECONDITION",
    "invalid_output": "INTERNAL",
    "truncated": "INTERNAL",
    "refused": "INTERNAL",
    "below_standard": "INTERNAL",
    "duplicate_name": "INTERNAL",
    "internal": "INTERNAL",
}


def every_error() -> list[LoreError]:
    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LoreError)]
    made: dict[type[LoreError], list[object]] = {InvalidParams: [["count: wrong"]]}
    return [kind(*made.get(kind, ["a fault"] if issubclass(kind, FaultyAnswer) else [])) for kind in found]  # type: ignore[arg-type]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_every_error_has_the_status_of_the_contract_and_a_sentence_for_the_user(error: LoreError) -> None:
    if type(error).__name__ not in ("ProviderError", "AnswerError", "FaultyAnswer"):
        assert status_of(error).name == STATUSES[error.code]
    assert dict(trailing_metadata(error))["lore-error-code"] == error.code
    assert error.message[0].isupper()


def test_every_code_has_a_status() -> None:
    assert {error.code for error in every_error()} == set(STATUSES)


def test_delays_travel_in_milliseconds() -> None:
    assert ("retry-after-ms", "1500") in trailing_metadata(ProviderRateLimited(retry_after_s=1.5))
    assert ("grpc-retry-pushback-ms", "2000") in trailing_metadata(Overloaded(retry_after_s=2))


def test_an_unknown_kind_is_rejected() -> None:
    with pytest.raises(UnknownKind):
        read_job(lore_pb2.GenerateRequest(kind="spaceship"), KINDS)


def test_a_request_is_read_with_its_checkpoints() -> None:
    name = {"name": "Osk", "concept": "c"}
    checkpoints = [lore_pb2.Checkpoint(piece_index=1, stage="name", output_json=json.dumps(name))]
    job = read_job(lore_pb2.GenerateRequest(kind="relic", params_json='{"count": 2}', checkpoints=checkpoints), KINDS)
    assert (job.kind.name, job.params.count, job.total_stages) == ("relic", 2, 6)
    assert job.finished[1]["name"].fields() == name


@pytest.mark.parametrize(
    ("params", "language"),
    [
        ("{}", "en"),
        ('{"language": "zh-Hant"}', "zh-Hant"),
        ('{"theme": "\u6c38\u591c\u306e\u6d77"}', "ja"),
        ('{"premise": "Vier Helden schulden einem Drachen die Miete."}', "de"),
    ],
)
def test_a_job_has_the_language_that_its_params_ask_for(params: str, language: str) -> None:
    assert read_job(lore_pb2.GenerateRequest(kind="relic", params_json=params), KINDS).language == language


def test_a_job_that_the_llm_cannot_write_is_in_another_language_and_says_so() -> None:
    request = lore_pb2.GenerateRequest(kind="relic", params_json='{"language": "de"}')
    job = read_job(request, KINDS, ["en"])
    assert (job.language, len(job.notes)) == ("en", 1)


REMARK = Remark("adjusted", "The name was cut.")


def test_a_finished_stage_travels_with_its_output_piece_progress_and_cost() -> None:
    output = Named(name="Zoë", concept="c")
    piece: Piece = {"name": "Zoë", "description": None, "type": "relic", "language": "fr", "details": {}}
    event = StageFinished(1, "name", output, piece, 24, "Generated names...", Usage(2, 30, 4), 5, [REMARK])
    stage = write_events([event], "gpt").events[0].stage_finished
    assert (stage.piece_index, stage.stage, stage.progress) == (1, "name", 24)
    assert json.loads(stage.output_json) == {"name": "Zoë", "concept": "c"}
    assert json.loads(stage.piece_json) == piece
    assert [(remark.code, remark.message) for remark in stage.remarks] == [("adjusted", "The name was cut.")]
    assert (stage.usage.llm_calls, stage.usage.prompt_tokens, stage.usage.completion_tokens) == (2, 30, 4)
    assert (stage.model, stage.prompt_version) == ("gpt", PROMPT_VERSION)


def test_the_last_event_lists_the_missing_pieces() -> None:
    piece: Piece = {"name": "A", "description": "B.", "type": "relic", "language": "en", "details": {}}
    event = Generated([piece], [PieceFailure(2, "history", ProviderRateLimited())])
    generated = write_events([event], "gpt").events[0].generated
    (failure,) = generated.failures
    assert json.loads(generated.result_json) == [piece]
    assert (failure.piece_index, failure.stage, failure.code, failure.retryable) == (
        2,
        "history",
        "provider_rate_limited",
        True,
    )


def test_every_status_is_a_grpc_status() -> None:
    assert {status_of(error) for error in every_error()} <= set(grpc.StatusCode)
