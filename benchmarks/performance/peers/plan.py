"""What the jobs do: calls to the LLM as the system makes them, read from a file."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.performance.peers.schema import STAGES

#: A job without calls to the LLM only reports progress, and has this result.
NO_CALLS = "none"
UPDATES = 18
RESULT = [{"name": f"Piece {number}", "description": "A thousand characters. " * 43} for number in range(3)]

Piece = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    #: 0-based.
    piece: int
    #: The stages that the answer has.
    stages: Sequence[str]
    #: The request, as keyword arguments of the OpenAI client.
    body: Mapping[str, Any]

    def read(self, text: str) -> dict[str, Piece]:
        """The output of each stage. Raises `ValueError`."""
        answer = json.loads(text)
        if len(self.stages) == 1:
            return {self.stages[0]: _checked(self.stages[0], answer)}
        return {stage: _checked(stage, _as_object(stage, answer[stage])) for stage in self.stages}


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls of one job."""

    #: The call that names all pieces.
    names: Mapping[str, Any]
    #: Groups of calls. A group starts when its piece has the outputs of the group before.
    levels: Sequence[Sequence[Call]]

    @property
    def pieces(self) -> Sequence[Sequence[Sequence[Call]]]:
        """The levels of each piece."""
        count = 1 + max(call.piece for level in self.levels for call in level)
        return [[[call for call in level if call.piece == number] for level in self.levels] for number in range(count)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the services are, from the environment."""

    redis_url: str
    llm_url: str
    #: By name.
    plans: Mapping[str, Plan]

    @classmethod
    def read(cls) -> "Place":
        plans = json.loads(Path(os.environ["BENCH_PLANS"]).read_text())
        return cls(
            os.environ["BENCH_REDIS_URL"],
            os.environ["BENCH_LLM_URL"],
            {name: _plan(plan) for name, plan in plans.items()},
        )


def key(job_id: str) -> str:
    return f"job:{job_id}"


def progress(done: int, total: int, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The fields to write when a stage is finished."""
    written = {name: json.dumps(output) for name, output in outputs.items()}
    return {"progress": 20 + int(done / total * 70), "message": f"Finished {', '.join(outputs)}...", **written}


def _plan(given: Mapping[str, Any]) -> Plan:
    return Plan(given["names"], [[Call(**call) for call in level] for level in given["levels"]])


def _as_object(stage: str, value: Any) -> Any:
    """A stage with one field is written as the value of that field if one call writes several stages."""
    return {stage: value} if len(STAGES[stage].model_fields) == 1 else value


def _checked(stage: str, value: Any) -> Piece:
    return STAGES[stage].model_validate(value).model_dump()
