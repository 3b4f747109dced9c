"""The real generator's code for writing and streaming, with a simulated LLM and a simulated network."""

import asyncio
import itertools
import json
import random
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio

from chalicelib.adapter.grpc_generator import event_of, failure_of, message_of
from chalicelib.domain.error import GenerationFailed
from chalicelib.port.generator import GenerationEvent, GenerationRequest
from generator_service.error import LoreError, Overloaded, ProviderRateLimited, ProviderUnavailable, Refused
from generator_service.event_stream import stream
from generator_service.llm.ask import Answer, Ask, Deliver, Patience, Spend
from generator_service.llm.usage import Usage
from generator_service.registry import load_kinds
from generator_service.wire import read_job, status_of, trailing_metadata, write_events
from generator_service.writing.event import Emit, Event
from generator_service.writing.job_writer import JobWriter

KINDS = load_kinds()
#: The longest delay of the network, seconds.
_NETWORK_S = 0.05
_DATA = re.compile(r"<data>\n(.*)\n</data>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Call:
    """One call to the LLM."""

    rpc: int
    job_id: str
    #: (item, stage). The call that names all pieces has several.
    stages: tuple[tuple[int, str], ...]
    began_at: float


@dataclass
class Rpc:
    """One call to the generator, with what client and server know about it."""

    id: int
    job_id: str
    #: The finished stages in the request, and those that the store held at that moment.
    given: frozenset[tuple[int, str]]
    kept: frozenset[tuple[int, str]]
    began_at: float
    #: When the caller went away or got its answer.
    left_at: float | None = None
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)


@dataclass(kw_only=True)
class Faults:
    """Probabilities for each call to the LLM, and of having no room for a job."""

    full: float = 0
    unavailable: float = 0
    rate_limited: float = 0
    refused: float = 0
    hanging: float = 0


class SimGenerator:
    """`port.Generator`. `calls` and `rpcs` record what happened."""

    #: Whether the server stops when its client goes away. One test switches it off.
    hangs_up = True

    def __init__(
        self, rng: random.Random, faults: Faults, call_s: tuple[float, float], kept: Callable[[str], frozenset[Any]]
    ) -> None:
        """`kept` returns the stages of a job that the store holds."""
        self._rng = rng
        self._kept = kept
        self._faults = faults
        self._call_s = call_s
        self._ids = itertools.count()
        self.calls: list[Call] = []
        self.rpcs: list[Rpc] = []

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        if self._rng.random() < self._faults.full:
            full = Overloaded(retry_after_s=1)
            raise failure_of(_rpc_error(status_of(full), full.message, trailing_metadata(full)))
        given = frozenset((c.item, c.stage) for c in request.finished)
        rpc = Rpc(next(self._ids), request.job_id, given, self._kept(request.job_id), self._now())
        self.rpcs.append(rpc)
        arrived: asyncio.Queue[Event | GenerationFailed] = asyncio.Queue()
        server = asyncio.create_task(self._serve(rpc, message_of(request), request.timeout_s, arrived.put_nowait))
        rpc.tasks.add(server)
        try:
            while True:
                event = await arrived.get()
                if isinstance(event, GenerationFailed):
                    raise event
                (sent,) = write_events([event], "model").events
                yield event_of(sent)
        finally:
            # The server finds out through the network.
            rpc.left_at = self._now()
            if self.hangs_up:
                asyncio.get_running_loop().call_later(self._rng.uniform(0, _NETWORK_S), server.cancel)

    async def provider_pause_s(self) -> float:
        return 0.0

    async def ping(self) -> None:
        await asyncio.sleep(0)

    def crash(self) -> None:
        """The process dies: every call in progress ends, and its caller sees UNAVAILABLE."""
        for rpc in self.rpcs:
            for task in rpc.tasks:
                task.cancel()

    async def _serve(
        self, rpc: Rpc, request: Any, timeout_s: float, send: Callable[[Event | GenerationFailed], None]
    ) -> None:
        failure: GenerationFailed | None = None
        try:
            async with asyncio.timeout(timeout_s):
                async with aclosing(stream(lambda emit: self._write(rpc, request, timeout_s, emit))) as events:
                    async for together in events:
                        for event in together:
                            send(event)
        except LoreError as error:
            failure = failure_of(_rpc_error(status_of(error), error.message, trailing_metadata(error)))
        except TimeoutError:
            failure = failure_of(_rpc_error(grpc.StatusCode.DEADLINE_EXCEEDED, "", ()))
        except asyncio.CancelledError:
            failure = failure_of(_rpc_error(grpc.StatusCode.UNAVAILABLE, "", ()))
            raise
        finally:
            if failure is not None:
                send(failure)

    async def _write(self, rpc: Rpc, request: Any, timeout_s: float, emit: Emit) -> Event:
        llm = _SimLlm(self, rpc)
        job = read_job(request, KINDS)
        writer = JobWriter(job, llm, emit, clock=self._now, time_left_s=max(0.0, timeout_s - 1))
        return await writer.write()

    async def call(self, rpc: Rpc, stages: tuple[tuple[int, str], ...]) -> None:
        """Make one call to the LLM. It is paid for as soon as it starts."""
        self.calls.append(Call(rpc.id, rpc.job_id, stages, self._now()))
        faults, chance = self._faults, self._rng.random()
        await asyncio.sleep(self._rng.uniform(*self._call_s))
        for probability, outcome in (
            (faults.unavailable, ProviderUnavailable),
            (faults.rate_limited, ProviderRateLimited),
            (faults.refused, Refused),
        ):
            if chance < probability:
                raise outcome(retry_after_s=self._rng.choice([None, 1.0, 8.0])) if outcome is not Refused else Refused()
            chance -= probability
        if chance < faults.hanging:
            await asyncio.sleep(30)
            raise ProviderUnavailable

    async def go_on(self) -> None:
        """Write the next part of an answer. The stream may break before."""
        await asyncio.sleep(self._rng.uniform(*self._call_s) / 2)
        if self._rng.random() < self._faults.unavailable:
            raise ProviderUnavailable

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


class _SimLlm:
    """`ask.Llm` for one RPC."""

    def __init__(self, generator: SimGenerator, rpc: Rpc) -> None:
        self._generator = generator
        self._rpc = rpc

    async def complete(self, ask: Ask, _patience: Patience, spend: Spend, deliver: Deliver) -> None:
        found = _DATA.search(ask.messages[-1]["content"])
        assert found is not None
        data = json.loads(found[1])
        try:
            await self._generator.call(self._rpc, self._stages(data))
        finally:
            spend(Usage(1, 100, 10))
        for part in ask.parts:
            if part is not ask.parts[0]:
                await self._generator.go_on()
            deliver(part.key, Answer(part.schema.model_validate(_answer(data, part.key, self._rpc))))

    def _stages(self, data: Mapping[str, Any]) -> tuple[tuple[int, str], ...]:
        if "count" not in data:
            return tuple((data["number"] - 1, stage) for stage in data.get("stages") or [data["stage"]])
        named = {item for item, stage in self._rpc.given if stage == "name"}
        return tuple((item, "name") for item in range(data["count"] + len(named)) if item not in named)


def _answer(data: Mapping[str, Any], stage: str, rpc: Rpc) -> dict[str, Any]:
    """A part of an answer that matches the schema of relics."""
    if "count" in data:
        return {"names": [{"name": f"Relic {rpc.id}-{n}", "concept": "A thing."} for n in range(data["count"])]}
    return {stage: f"The {stage} of {data['piece']['name']}."}


def _rpc_error(status: grpc.StatusCode, details: str, trailing: tuple[tuple[str, str], ...]) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(status, grpc.aio.Metadata(), grpc.aio.Metadata(*trailing), details=details)
