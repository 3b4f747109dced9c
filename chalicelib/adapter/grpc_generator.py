"""The generator over gRPC: a fresh channel for each attempt, so that no connection outlives a frozen sandbox."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

import grpc
import grpc.aio

from chalicelib import correlation
from chalicelib.domain.error import GenerationFailed, Unavailable
from chalicelib.domain.job import Checkpoint, Json, PieceWarning, Usage
from chalicelib.port import Generated, GenerationEvent, Progressed, Spent, StageFinished
from proto.lore.v1 import lore_pb2, lore_pb2_grpc

#: A dead peer is noticed in keepalive_time + ping_timeout; without the ping timeout gRPC takes a minute to be sure.
_OPTIONS = (
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.ping_timeout_ms", 5_000),
    # Else two pings are sent into a silence, and then one a minute; the LLM is silent for longer than that.
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),
    ("grpc.enable_retries", 0),
)

#: How long somebody may take to take the connection. A generator that is started again, or replaced, is there by then,
#: so that it does not cost all attempts within a few seconds.
_CONNECT_S = 8.0

#: status → (code, retryable, message) where the generator names no code of its own. Whatever is not here is "internal".
_STATUSES: Mapping[grpc.StatusCode, tuple[str, bool, str]] = {
    grpc.StatusCode.UNAVAILABLE: (
        "generator_unavailable",
        True,
        "The writers cannot be reached right now. Retry in a minute.",
    ),
    grpc.StatusCode.CANCELLED: ("generator_unavailable", True, "The writing was interrupted. Retry the job."),
    grpc.StatusCode.RESOURCE_EXHAUSTED: ("overloaded", True, "All writers are busy. Retry in a minute."),
    grpc.StatusCode.DEADLINE_EXCEEDED: (
        "timeout",
        True,
        "Writing took longer than allowed. Retry to go on from what is finished.",
    ),
    grpc.StatusCode.UNAUTHENTICATED: (
        "internal",
        False,
        "The writers do not accept our credentials. Tell the operators the job's id.",
    ),
    grpc.StatusCode.UNIMPLEMENTED: (
        "internal",
        False,
        "The writers are of another version. Tell the operators the job's id.",
    ),
}
_INTERNAL = ("internal", False, "The writing failed on our side. Tell the operators the job's id.")

#: Trailing metadata of the generator (proto/lore/v1/lore.proto). With a code, the status' details are its own words for
#: people; without one they are gRPC's, which name hosts.
_CODE_KEY, _RETRYABLE_KEY, _TRANSIENT_KEY = "lore-error-code", "lore-retryable", "lore-transient"
_RETRY_AFTER_KEY, _PUSHBACK_KEY = "retry-after-ms", "grpc-retry-pushback-ms"


class GrpcGenerator:
    """`port.Generator` over the contract in `proto/lore/v1/lore.proto`."""

    def __init__(self, target: str, token: str | None = None) -> None:
        self._target = target
        self._metadata: tuple[tuple[str, str], ...] = (("authorization", f"Bearer {token}"),) if token else ()

    async def generate(
        self,
        job_id: str,
        kind: str,
        params: Mapping[str, Json],
        finished: Sequence[Checkpoint],
        timeout_s: float,
        *,
        unusable_answers: int = 0,
    ) -> AsyncGenerator[GenerationEvent, None]:
        request = lore_pb2.GenerateRequest(
            job_id=job_id,
            kind=kind,
            params_json=_text(params),
            checkpoints=[
                lore_pb2.Checkpoint(piece_index=c.item, stage=c.stage, output_json=_text(c.output)) for c in finished
            ],
            unusable_answers=unusable_answers,
        )
        began_at = asyncio.get_running_loop().time()
        async with self._channel() as channel:
            await _connect(channel, timeout_s)
            left_s = timeout_s - (asyncio.get_running_loop().time() - began_at)
            call = _stub(channel).Generate(request, timeout=left_s, metadata=self._metadata_of_call())
            try:
                async for event in call:
                    yield event_of(event)
            except grpc.aio.AioRpcError as error:
                raise failure_of(error) from error
            finally:
                call.cancel()

    def _metadata_of_call(self) -> tuple[tuple[str, str], ...]:
        traceparent = correlation.traceparent()
        trace = (("traceparent", traceparent),) if traceparent else ()
        return (*self._metadata, *correlation.job_metadata(), *trace)

    async def ping(self) -> None:
        from grpc_health.v1 import health_pb2, health_pb2_grpc

        try:
            async with self._channel() as channel:
                check = health_pb2_grpc.HealthStub(channel).Check
                answer = await check(health_pb2.HealthCheckRequest(), timeout=2, wait_for_ready=True)
        except grpc.aio.AioRpcError as error:
            raise Unavailable from error
        if answer.status != health_pb2.HealthCheckResponse.SERVING:
            raise Unavailable

    def _channel(self) -> grpc.aio.Channel:
        return grpc.aio.insecure_channel(self._target, options=_OPTIONS)


async def _connect(channel: grpc.aio.Channel, timeout_s: float) -> None:
    """Raises `GenerationFailed` where nobody takes the connection."""
    try:
        async with asyncio.timeout(min(_CONNECT_S, timeout_s)):
            await channel.channel_ready()
    except TimeoutError:
        code, retryable, message = _STATUSES[grpc.StatusCode.UNAVAILABLE]
        raise GenerationFailed(code, message, retryable=retryable) from None


def _stub(channel: grpc.aio.Channel) -> Any:
    return lore_pb2_grpc.LoreServiceStub(channel)  # type: ignore[no-untyped-call] # generated code


def event_of(event: Any) -> GenerationEvent:
    """A `lore_pb2.GenerateEvent` as ours."""
    match event.WhichOneof("event"):
        case "progressed":
            return Progressed(event.progressed.progress, event.progressed.message)
        case "stage_finished":
            stage = event.stage_finished
            output, adjusted = json.loads(stage.output_json), tuple(stage.adjusted)
            checkpoint = Checkpoint(stage.piece_index, stage.stage, output, _usage(stage.usage), adjusted)
            piece = json.loads(stage.piece_json)
            return StageFinished(checkpoint, piece, stage.progress, stage.message, stage.duration_ms)
        case "spent":
            return Spent(_usage(event.spent))
        case "generated":
            generated = event.generated
            missing = [PieceWarning(f.piece_index, f.stage, f.code, f.message, f.retryable) for f in generated.failures]
            return Generated(json.loads(generated.result_json), missing)
        case other:
            raise GenerationFailed("internal", _INTERNAL[2], retryable=False) from ValueError(
                f"unknown event {other!r}"
            )


def _usage(usage: Any) -> Usage:
    return Usage(usage.llm_calls, usage.prompt_tokens, usage.completion_tokens, usage.unusable_answers)


def failure_of(error: grpc.aio.AioRpcError) -> GenerationFailed:
    """The one table from gRPC status to our error. The generator's own word goes before gRPC's."""
    trailing = dict(error.trailing_metadata() or ())
    code, retryable, message = _STATUSES.get(error.code(), _INTERNAL)
    transient = retryable
    if own_code := trailing.get(_CODE_KEY):
        code, message, retryable = str(own_code), error.details() or message, trailing.get(_RETRYABLE_KEY) == "true"
        transient = trailing.get(_TRANSIENT_KEY, trailing.get(_RETRYABLE_KEY)) == "true"
    delay_ms = trailing.get(_PUSHBACK_KEY) or trailing.get(_RETRY_AFTER_KEY)
    return GenerationFailed(
        code,
        message,
        retryable=retryable,
        transient=transient,
        retry_after_s=int(delay_ms) / 1000 if delay_ms else None,
        uses_attempt=error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED,
    )


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
