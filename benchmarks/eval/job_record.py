"""What a run keeps of each job, as lines of JSON in one file."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.job import Usage

JOBS_FILE = "jobs.jsonl"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StageRecord(_Frozen):
    """A finished stage."""

    #: 0-based.
    piece_index: int
    stage: str
    output: dict[str, Any]
    duration_ms: int
    #: What was changed in the model's output, as sentences.
    adjusted: tuple[str, ...] = ()
    #: The rules that it breaks although it was asked for again, as sentences.
    below_standard: tuple[str, ...] = ()

    @property
    def is_warned(self) -> bool:
        """Whether the job's `warnings` name it."""
        return bool(self.adjusted or self.below_standard)


class Cost(_Frozen):
    """What all calls of a job cost together."""

    llm_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    unusable_answers: int = 0
    #: How many answers were asked for again because they broke a rule.
    weak_answers: int = 0
    #: Characters of all messages that were sent, system messages included.
    prompt_characters: int = 0

    @property
    def usage(self) -> Usage:
        return Usage(self.llm_calls, self.prompt_tokens, self.completion_tokens, self.unusable_answers)


class JobRecord(_Frozen):
    """A job that has ended."""

    key: str
    kind: str
    params: dict[str, Any]
    model: str
    prompt_version: int
    ended_at: str
    duration_s: float
    #: The complete pieces, or the one document; None if there are none.
    result: Annotated[list[dict[str, Any]] | dict[str, Any] | None, Field(union_mode="left_to_right")]
    #: The code of the error of a job without a result.
    error: str | None
    #: Error codes of the pieces that are missing from the result.
    missing: tuple[str, ...] = ()
    stages: tuple[StageRecord, ...]
    cost: Cost

    @property
    def asked(self) -> int:
        """How many pieces the job asks for."""
        return int(self.params["count"])

    @property
    def whole(self) -> int:
        """How many of them are complete."""
        return len(self.result) if isinstance(self.result, list) else int(self.result is not None)

    def outputs(self) -> Mapping[int, Mapping[str, Mapping[str, Any]]]:
        """Piece index → stage → output."""
        found: dict[int, dict[str, Mapping[str, Any]]] = {}
        for stage in self.stages:
            found.setdefault(stage.piece_index, {})[stage.stage] = stage.output
        return found


class JobsFile:
    """The jobs of one run, in the order in which they ended."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOBS_FILE

    def read(self) -> list[JobRecord]:
        """The jobs so far. A line that a crash cut off is ignored."""
        return [JobRecord.model_validate_json(line) for line in self._lines()]

    def keep(self, record: JobRecord) -> None:
        """Add a job. It is in the file when this returns."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record.model_dump(mode="json"), ensure_ascii=False) + "\n")

    def repair(self) -> None:
        """Remove a line that a crash cut off, so that the next one starts on a line of its own."""
        if self._path.exists():
            self._path.write_text("".join(f"{line}\n" for line in self._lines()), encoding="utf-8")

    def _lines(self) -> Sequence[str]:
        if not self._path.exists():
            return []
        return self._path.read_text(encoding="utf-8").split("\n")[:-1]
