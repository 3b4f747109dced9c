"""Runs the jobs of a grid with the generator's own code, in this process, and saves each when it ends.

There is no gRPC, no Redis and no deadline: the report is about what is written and what that costs.
"""

import asyncio
import itertools
import json
import math
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from openai import DefaultAsyncHttpxClient

from benchmarks.eval.job_record import Cost, JobRecord, JobsFile, StageRecord
from benchmarks.eval.order import Order
from benchmarks.eval.prompt_meter import PromptMeter, count_prompt, metered
from generator_service.app import build_llm, llm_client
from generator_service.error import LoreError, ProviderBadRequest, ProviderUnavailable
from generator_service.kind import Kind
from generator_service.llm.ask import Llm
from generator_service.llm.usage import Usage
from generator_service.registry import load_kinds
from generator_service.settings import Settings
from generator_service.wire import read_job
from generator_service.writing.event import ADJUSTED, BELOW_STANDARD, Emit, Event, Remark, Spent, StageFinished
from generator_service.writing.job_writer import JobWriter
from generator_service.writing.prompt import PROMPT_VERSION
from proto.lore.v1.lore_pb2 import GenerateRequest


class OtherRun(Exception):
    """The folder has jobs of another model or of other prompts."""


class RunStopped(Exception):
    """The provider does not answer, so further jobs would measure nothing else."""


@dataclass
class _JobEvents:
    """The events of one job."""

    stages: list[StageRecord] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)

    def add(self, event: Event) -> None:
        match event:
            case StageFinished():
                self.usage += event.usage
                self.stages.append(
                    StageRecord(
                        piece_index=event.piece_index,
                        stage=event.stage,
                        output=event.output.fields(),
                        duration_ms=event.duration_ms,
                        adjusted=_messages(event.remarks, ADJUSTED),
                        below_standard=_messages(event.remarks, BELOW_STANDARD),
                    )
                )
            case Spent(usage):
                self.usage += usage
            case _:
                pass

    def cost(self, meter: PromptMeter) -> Cost:
        return Cost(
            llm_calls=self.usage.llm_calls,
            prompt_tokens=self.usage.prompt_tokens,
            completion_tokens=self.usage.completion_tokens,
            unusable_answers=self.usage.unusable_answers,
            weak_answers=self.usage.weak_answers,
            prompt_characters=meter.characters,
        )


def _messages(remarks: Iterable[Remark], code: str) -> tuple[str, ...]:
    return tuple(remark.message for remark in remarks if remark.code == code)


async def run(
    environment: Mapping[str, str], jobs: Sequence[Order], file: JobsFile, *, at_a_time: int, uses_proxy: bool
) -> None:
    """Write the jobs, `at_a_time` of them side by side. `environment`: as for the generator.

    Raises `SettingsError`, `OtherRun`, and `RunStopped` if the provider does not answer.
    """
    settings = Settings.read(environment)
    require_same_run(file.read(), settings.openai_model)
    kinds = load_kinds()
    waiting, ended = iter(jobs), itertools.count(1)
    http_client = DefaultAsyncHttpxClient(event_hooks={"request": [count_prompt]}, trust_env=uses_proxy)
    async with llm_client(settings, http_client) as client:
        llm = build_llm(settings, client)

        async def work() -> None:
            for order in waiting:
                record = await write(order, kinds, llm, settings)
                file.keep(record)
                print(_line(next(ended), len(jobs), record), file=sys.stderr, flush=True)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(at_a_time):
                    group.create_task(work())
        except* RunStopped as stopped:
            raise stopped.exceptions[0] from None


def require_same_run(records: Iterable[JobRecord], model: str) -> None:
    """Raises `OtherRun`: a mix of models or prompts would say nothing about any of them."""
    for record in records:
        if (record.model, record.prompt_version) != (model, PROMPT_VERSION):
            raise OtherRun(
                f"The folder has jobs of {record.model}, prompt version {record.prompt_version}. This run is of "
                f"{model}, prompt version {PROMPT_VERSION}. Choose another folder, or delete that one."
            )


async def write(order: Order, kinds: Mapping[str, Kind], llm: Llm, settings: Settings) -> JobRecord:
    """One job. Raises `RunStopped`."""
    events, began_at = _JobEvents(), time.monotonic()
    with metered() as meter:
        ending = await _ending(order, kinds, llm, events.add, settings.llm_languages)
    return JobRecord(
        key=order.key,
        kind=order.job_type.kind,
        params=order.params,
        model=settings.openai_model,
        prompt_version=PROMPT_VERSION,
        ended_at=datetime.now(UTC).isoformat(timespec="seconds"),
        duration_s=round(time.monotonic() - began_at, 3),
        result=ending.result,
        error=ending.error,
        missing=ending.missing,
        stages=tuple(events.stages),
        cost=events.cost(meter),
    )


@dataclass(frozen=True)
class _Ending:
    """How a job ended. The fields are those of `JobRecord`."""

    result: list[dict[str, Any]] | dict[str, Any] | None = None
    error: str | None = None
    missing: tuple[str, ...] = ()


async def _ending(
    order: Order, kinds: Mapping[str, Kind], llm: Llm, emit: Emit, llm_languages: Sequence[str]
) -> _Ending:
    try:
        job = read_job(GenerateRequest(kind=order.job_type.kind, params_json=order.params_json), kinds, llm_languages)
        generated = await JobWriter(job, llm, emit, clock=time.monotonic, time_left_s=math.inf).write()
    except LoreError as error:
        if error.stops_job or isinstance(error, ProviderUnavailable | ProviderBadRequest):
            raise RunStopped(error.message) from error
        return _Ending(error=error.code)
    result = json.loads(json.dumps(generated.result))
    return _Ending(result, missing=tuple(failure.error.code for failure in generated.failures))


def _line(number: int, of: int, record: JobRecord) -> str:
    reasons = " ".join(filter(None, (record.error, *record.missing)))
    return f"{number:>4} of {of}  {record.duration_s:7.1f} s  {record.key}: {record.whole} of {record.asked} {reasons}"
