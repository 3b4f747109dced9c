"""The RPC `lore.v1.LoreService/Generate`. One call is one attempt at one job."""

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import NoReturn

import grpc.aio
from opentelemetry.trace import Span

from foundation import log_context
from generator_service.error import Internal, LoreError
from generator_service.event_stream import stream
from generator_service.job_limit import JobLimit
from generator_service.kind import Kind
from generator_service.llm.ask import Clock, Llm
from generator_service.trace import inside, job_span, trace_id_of
from generator_service.wire import caller_fields, read_job, status_of, trailing_metadata, write_events
from generator_service.writing.event import Emit, Event, Generated
from generator_service.writing.job import Job
from generator_service.writing.job_writer import JobWriter
from generator_service.writing.prompt import PROMPT_VERSION
from proto.lore.v1 import lore_pb2, lore_pb2_grpc

log = logging.getLogger(__name__)

#: How long before the call's deadline the finished pieces are delivered, seconds.
WRAP_UP_S = 1.0
_STOPPED = "Job was cancelled or reached its deadline"

Context = grpc.aio.ServicerContext[lore_pb2.GenerateRequest, lore_pb2.GenerateEvents]


class LoreServicer(lore_pb2_grpc.LoreServiceServicer):
    """`lore.v1.LoreService`."""

    def __init__(
        self,
        *,
        kinds: Mapping[str, Kind],
        llm: Llm,
        job_limit: JobLimit,
        clock: Clock,
        model: str = "",
        llm_languages: Sequence[str] = (),
    ) -> None:
        """`model` is the name of the model that `llm` asks. `llm_languages` is as in `language.choice.choose`."""
        self._kinds = kinds
        self._llm = llm
        self._job_limit = job_limit
        self._clock = clock
        self._model = model
        self._llm_languages = llm_languages

    async def Generate(  # noqa: N802 - the contract's name
        self, request: lore_pb2.GenerateRequest, context: Context
    ) -> AsyncGenerator[lore_pb2.GenerateEvents, None]:
        """See the contract, `proto/lore/v1/lore.proto`."""
        metadata = context.invocation_metadata()
        fields = {"job_id": request.job_id, "kind": request.kind, **caller_fields(metadata)}
        log_context.bind(**fields)
        try:
            with self._job_limit.enter(), job_span(metadata, job_id=request.job_id, kind=request.kind) as span:
                log_context.bind(request_id=trace_id_of(span))
                job = read_job(request, self._kinds, self._llm_languages)
                async with aclosing(self._events(job, span, context.time_remaining())) as events:
                    async for arrived in events:
                        yield write_events(arrived, self._model)
        except LoreError as error:
            log.warning("Job ended without a result: %s", error.code, exc_info=error.__cause__)
            await _abort(context, error)
        except asyncio.CancelledError:
            if _is_cancelled():
                log.info(_STOPPED)
                raise
            # Without a status, the client would wait until its deadline (grpc/grpc#29248).
            log.exception("Something other than the caller cancelled a task of the job")
            await _abort(context, Internal())
        except GeneratorExit:
            # The call ended while an event was sent. This generator is then closed from a task that has no log fields.
            log.info(_STOPPED, extra=fields)
            raise
        except Exception:
            log.exception("Job failed because of a bug in the generator")
            await _abort(context, Internal())

    async def _events(self, job: Job, span: Span, remaining_s: float | None) -> AsyncGenerator[list[Event], None]:
        time_left_s = math.inf if remaining_s is None else max(0.0, remaining_s - WRAP_UP_S)
        began_at = self._clock()
        log.info("Job started", extra={"finished_stages": job.finished_stages, "prompt_version": PROMPT_VERSION})

        async def work(emit: Emit) -> Event:
            with inside(span):
                return await JobWriter(job, self._llm, emit, clock=self._clock, time_left_s=time_left_s).write()

        async with aclosing(stream(work)) as events:
            async for arrived in events:
                yield arrived
                if isinstance(last := arrived[-1], Generated):
                    duration_s = round(self._clock() - began_at, 3)
                    log.info("Job finished", extra={"duration_s": duration_s, "missing_pieces": len(last.failures)})


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _abort(context: Context, error: LoreError) -> NoReturn:
    await context.abort(status_of(error), error.message, trailing_metadata(error))
    raise AssertionError("abort raises")
