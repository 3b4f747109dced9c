"""Runs an attempt at a job with a scripted LLM."""

import asyncio
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from generator_service.llm.usage import Usage
from generator_service.params import parse_params
from generator_service.registry import load_kinds
from generator_service.writing.event import Event, Generated, Progressed, Spent, StageFinished
from generator_service.writing.job import Checkpoint, Job, usable_outputs
from generator_service.writing.job_writer import JobWriter
from generator_service.writing.rewriting import narrowed
from tests.unit.generator.scripted_llm import ScriptedLlm, names
from tests.virtual_time import now_s

KINDS = load_kinds()


class Attempt:
    """Runs one attempt and keeps what it reported."""

    def __init__(self, kind: str, llm: ScriptedLlm, finished: list[Checkpoint] | None = None, **params: Any) -> None:
        self.kind = KINDS[kind]
        self.llm = llm
        self.params = parse_params(self.kind.params, json.dumps(params))
        self.finished = finished or []
        self.events: list[Event] = []
        self.unusable_answers = 0
        self.language = "en"
        self.notes: Sequence[str] = ()
        self.token_budget: int | None = None

    async def run(self, time_left_s: float = math.inf) -> Generated:
        kind, rewriting = self.kind, None
        if self.params.rewrite:
            kind, rewriting = narrowed(kind, self.params.rewrite, self.language)
        finished = usable_outputs(kind, self.params.count, self.finished)
        job = Job(
            kind,
            self.params,
            finished,
            self.unusable_answers,
            language=self.language,
            notes=self.notes,
            token_budget=self.token_budget,
            rewriting=rewriting,
        )
        writer = JobWriter(job, self.llm, self.events.append, clock=now_s, time_left_s=time_left_s)
        async with asyncio.timeout(1000):
            return await writer.write()

    @property
    def stages(self) -> list[StageFinished]:
        return [event for event in self.events if isinstance(event, StageFinished)]

    @property
    def progress(self) -> list[tuple[int, str]]:
        reported = [event for event in self.events if isinstance(event, StageFinished | Progressed)]
        return [(event.progress, event.message) for event in reported]

    @property
    def spent(self) -> Usage:
        return sum((event.usage for event in self.events if isinstance(event, StageFinished | Spent)), Usage())

    def checkpoints(self) -> list[Checkpoint]:
        return [Checkpoint(s.piece_index, s.stage, json.dumps(s.output.fields())) for s in self.stages]


def named(*names_given: str) -> list[Checkpoint]:
    """The names that an earlier attempt has finished."""
    outputs = (json.dumps(piece) for piece in names(*names_given)["names"])
    return [Checkpoint(item, "name", output) for item, output in enumerate(outputs)]


def names_in(finished: Generated) -> list[object]:
    """The names of the finished pieces."""
    assert not isinstance(finished.result, Mapping)
    return [piece["name"] for piece in finished.result]
