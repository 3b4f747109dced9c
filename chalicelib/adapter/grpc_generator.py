"""The generator over gRPC. Each attempt opens its own channel: a frozen Lambda sandbox would break a kept one."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import grpc
import grpc.aio

from chalicelib import correlation
from chalicelib.domain.error import GenerationFailed, Unavailable
from chalicelib.domain.job import Checkpoint, PieceWarning, Remark, Usage
from chalicelib.port.generator import Generated, GenerationEvent, GenerationRequest, Progressed, Spent, StageFinished
from foundation.job_failure import JOB_FAILURES
from foundation.json_value import Json
from foundation.llm import PROVIDER_SERVICE
from proto.lore.v1 import lore_pb2, lore_pb2_grpc

#: A dead peer is noticed after keepalive_time + ping_timeout. Without the ping timeout, gRPC takes a minute.
_OPTIONS = (
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.ping_timeout_ms", 5_000),
    # By default gRPC sends only two pings without data, and then one a minute. The LLM can be silent for longer.
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),
    ("grpc.enable_retries", 0),
)

#: How long a connection may take, seconds. A generator that is being restarted is up again by then, so a restart does
#: not use up all attempts of a job.
_CONNECT_S = 8.0

#: The code for a status if the generator sent no code itself. Every other status is "internal".
_BY_STATUS = {
    grpc.StatusCode[JOB_FAILURES[code].grpc_status]: code for code in ("generator_unavailable", "overloaded", "timeout")
} | {grpc.StatusCode.CANCELLED: "generator_unavailable"}

#: The generator had no room for the job, and has not begun it.
_OVERLOADED = JOB_FAILURES["overloaded"].code
#: Trailing metadata of the generator (proto/lore/v1/lore.proto). With a code, the status's details are a sentence for
#: people. Without one they are gRPC's own text, which contains host names.
_CODE_KEY, _RETRYABLE_KEY, _TRANSIENT_KEY = "lore-error-code", "lore-retryable", "lore-transient"
_RETRY_AFTER_KEY, _PUSHBACK_KEY = "retry-after-ms", "grpc-retry-pushback-ms"

#: `GenerateRequest.token_budget`: the value for no limit, and one that is too small for any call.
_NO_LIMIT, _LEAST_BUDGET = 0, 1


class GrpcGenerator:
    """`port.Generator` over the contract in `proto/lore/v1/lore.proto`."""

    def __init__(self, target: str, token: str | None = None) -> None:
        self._target = target
        self._metadata: tuple[tuple[str, str], ...] = (("authorization", f"Bearer {token}"),) if token else ()
        self._unused_channel: grpc.aio.Channel | None = None

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        began_at = asyncio.get_running_loop().time()
        async with self._channel() as channel:
            await _connect(channel, request.timeout_s)
            left_s = request.timeout_s - (asyncio.get_running_loop().time() - began_at)
            call = _stub(channel).Generate(message_of(request), timeout=left_s, metadata=self._metadata_of_call())
            try:
                async for message in call:
                    for event in message.events:
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
        is_serving, _ = await self._health("")
        if not is_serving:
            raise Unavailable

    async def provider_pause_s(self) -> float:
        is_serving, trailing = await self._health(PROVIDER_SERVICE)
        return 0.0 if is_serving else int(trailing.get(_RETRY_AFTER_KEY, 0)) / 1000

    async def _health(self, service: str) -> tuple[bool, dict[str, Any]]:
        """Whether the service is serving, and the trailing metadata of the answer. Raises `Unavailable`."""
        from grpc_health.v1 import health_pb2, health_pb2_grpc

        try:
            async with self._channel() as channel:
                request = health_pb2.HealthCheckRequest(service=service)
                call = health_pb2_grpc.HealthStub(channel).Check(request, timeout=2, wait_for_ready=True)
                answer, trailing = await call, await call.trailing_metadata()
        except grpc.aio.AioRpcError as error:
            raise Unavailable from error
        return answer.status == health_pb2.HealthCheckResponse.SERVING, dict(trailing or ())

    def _channel(self) -> grpc.aio.Channel:
        if self._unused_channel is None:
            # It never connects. Without an open channel, gRPC ends its threads and starts them again for the next one.
            self._unused_channel = grpc.aio.insecure_channel(self._target, options=_OPTIONS)
        return grpc.aio.insecure_channel(self._target, options=_OPTIONS)


async def _connect(channel: grpc.aio.Channel, timeout_s: float) -> None:
    """Raises `GenerationFailed` if the generator cannot be reached."""
    try:
        async with asyncio.timeout(min(_CONNECT_S, timeout_s)):
            await channel.channel_ready()
    except TimeoutError:
        raise GenerationFailed("generator_unavailable") from None


def _stub(channel: grpc.aio.Channel) -> Any:
    return lore_pb2_grpc.LoreServiceStub(channel)  # type: ignore[no-untyped-call] # generated code


def message_of(request: GenerationRequest) -> Any:
    """A request as a `lore_pb2.GenerateRequest`."""
    return lore_pb2.GenerateRequest(
        job_id=request.job_id,
        kind=request.kind,
        params_json=_text(request.params),
        checkpoints=[
            lore_pb2.Checkpoint(piece_index=c.item, stage=c.stage, output_json=_text(c.output))
            for c in request.finished
        ],
        unusable_answers=request.unusable_answers,
        token_budget=_NO_LIMIT if request.token_budget is None else max(_LEAST_BUDGET, request.token_budget),
    )


def event_of(event: Any) -> GenerationEvent:
    """A `lore_pb2.GenerateEvent` as an event of the port."""
    match event.WhichOneof("event"):
        case "progressed":
            return Progressed(event.progressed.progress, event.progressed.message)
        case "stage_finished":
            stage = event.stage_finished
            output = json.loads(stage.output_json)
            remarks = tuple(Remark(remark.code, remark.message) for remark in stage.remarks)
            checkpoint = Checkpoint(stage.piece_index, stage.stage, output, _usage(stage.usage), remarks)
            return StageFinished(
                checkpoint,
                json.loads(stage.piece_json),
                stage.progress,
                stage.message,
                stage.duration_ms,
                stage.model or None,
                stage.prompt_version or None,
            )
        case "spent":
            return Spent(_usage(event.spent))
        case "generated":
            generated = event.generated
            missing = [PieceWarning(f.piece_index, f.stage, f.code, f.message, f.retryable) for f in generated.failures]
            return Generated(json.loads(generated.result_json), missing)
        case other:
            raise GenerationFailed("internal") from ValueError(f"unknown event {other!r}")


def _usage(usage: Any) -> Usage:
    return Usage(usage.llm_calls, usage.prompt_tokens, usage.completion_tokens, usage.unusable_answers)


def failure_of(error: grpc.aio.AioRpcError) -> GenerationFailed:
    """A gRPC error as an error of the domain. The generator's own code takes precedence over the status."""
    trailing = dict(error.trailing_metadata() or ())
    delay_ms = trailing.get(_PUSHBACK_KEY) or trailing.get(_RETRY_AFTER_KEY)
    retry_after_s = int(delay_ms) / 1000 if delay_ms else None
    own_code = trailing.get(_CODE_KEY)
    # gRPC itself sends the same status for a message that is too large.
    uses_attempt = own_code != _OVERLOADED
    if own_code is None:
        code = _BY_STATUS.get(error.code(), "internal")
        return GenerationFailed(code, retry_after_s=retry_after_s, uses_attempt=uses_attempt)
    retryable = trailing.get(_RETRYABLE_KEY)
    return GenerationFailed(
        str(own_code),
        error.details(),
        retryable=retryable == "true",
        transient=trailing.get(_TRANSIENT_KEY, retryable) == "true",
        retry_after_s=retry_after_s,
        uses_attempt=uses_attempt,
    )


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
