"""The RPC: one job a call."""

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import NoReturn

import grpc.aio

from foundation import log_context
from generator_service.admission import Admission
from generator_service.bridge import stream
from generator_service.error import Internal, LoreError
from generator_service.event import Emit, Event, Finished
from generator_service.job import Job
from generator_service.kind import Kind
from generator_service.llm.ask import Clock, Llm
from generator_service.prompt import PROMPT_VERSION
from generator_service.trace import job_span
from generator_service.wire import caller_fields, read_job, status_of, trailing_metadata, write_event
from generator_service.writing import Writing
from proto.lore.v1 import lore_pb2, lore_pb2_grpc

log = logging.getLogger(__name__)

#: Kept of a call's time to deliver what is whole before the deadline.
WRAP_UP_S = 1.0

Context = grpc.aio.ServicerContext[lore_pb2.GenerateRequest, lore_pb2.GenerateEvent]


class LoreServicer(lore_pb2_grpc.LoreServiceServicer):
    """`lore.v1.LoreService`."""

    def __init__(self, *, kinds: Mapping[str, Kind], llm: Llm, admission: Admission, clock: Clock) -> None:
        self._kinds = kinds
        self._llm = llm
        self._admission = admission
        self._clock = clock

    async def Generate(  # noqa: N802 - the contract's name
        self, request: lore_pb2.GenerateRequest, context: Context
    ) -> AsyncGenerator[lore_pb2.GenerateEvent, None]:
        """See the contract, `proto/lore/v1/lore.proto`."""
        metadata = context.invocation_metadata()
        log_context.bind(job_id=request.job_id, kind=request.kind, **caller_fields(metadata))
        try:
            with self._admission.enter(), job_span(metadata, job_id=request.job_id, kind=request.kind) as trace_id:
                log_context.bind(request_id=trace_id)
                job = read_job(request, self._kinds)
                async with aclosing(self._events(job, context.time_remaining())) as events:
                    async for event in events:
                        yield write_event(event)
        except LoreError as error:
            log.warning("Job ended without a result: %s", error.code, exc_info=error.__cause__)
            await _abort(context, error)
        except asyncio.CancelledError:
            if _is_cancelled():
                log.info("Job was cancelled, or its deadline has passed")
                raise
            # Without a status the client would wait for its deadline (grpc/grpc#29248).
            log.exception("A task of the job was cancelled from outside")
            await _abort(context, Internal())
        except Exception:
            log.exception("Job failed")
            await _abort(context, Internal())

    async def _events(self, job: Job, remaining_s: float | None) -> AsyncGenerator[Event, None]:
        time_left_s = math.inf if remaining_s is None else max(0.0, remaining_s - WRAP_UP_S)
        finished_stages = sum(map(len, job.finished.values()))
        began_at = self._clock()
        log.info("Job begins", extra={"finished_stages": finished_stages, "prompt_version": PROMPT_VERSION})

        async def work(emit: Emit) -> Event:
            return await Writing(job, self._llm, emit, clock=self._clock, time_left_s=time_left_s).run()

        async with aclosing(stream(work)) as events:
            async for event in events:
                yield event
                if isinstance(event, Finished):
                    seconds = round(self._clock() - began_at, 3)
                    log.info("Job is written", extra={"duration_s": seconds, "missing_pieces": len(event.failures)})


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _abort(context: Context, error: LoreError) -> NoReturn:
    await context.abort(status_of(error), error.message, trailing_metadata(error))
    raise AssertionError("abort raises")
