"""A kind of lore as data: which stages it has, what each writes, and how their outputs make a piece.

A kind is one file under `kinds/` that exposes `KIND`; nothing else has to change for a new one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict

from generator_service.params import Params
from generator_service.text import Name, Phrase

#: {"name", "description", "type", "details"}; null for what is not written yet.
Piece = dict[str, Any]


class Output(BaseModel):
    """What a stage writes. Every field is required, and none is free-form: OpenAI's strict mode takes nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def fields(self) -> dict[str, Any]:
        """The output as JSON values, in the order of declaration."""
        return self.model_dump(mode="json")

    def filed(self) -> dict[str, Any]:
        """The fields as they go into the piece."""
        return self.fields()


class Named(Output):
    """What the first stage of most kinds writes."""

    name: Name
    #: One line that says what the piece is about, so that stages written side by side agree.
    concept: Phrase


_WORDS = re.compile(r"(\d+) words")


def _unchanged(output: Output, _params: Params) -> Output:
    return output


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of writing a piece: one call to the LLM."""

    #: "appearance"; "name" for the stage that is `together`.
    key: str
    #: What a person is shown when it is finished: "Generated appearances...".
    message: str
    #: What to write, in prose. The caller's text and the piece so far follow it as data.
    prompt: str
    output: type[Output]
    #: Keys of the stages that must be finished before. Their outputs, and those of the stages before them, are shown.
    after: tuple[str, ...] = ()
    #: Written for all pieces of a job in one call, so that they differ. Only for a first stage like `Named`.
    together: bool = False
    #: The output belongs under `details.<key>` as an object, not field by field into `details`.
    nested: bool = False
    #: What the caller has settled already goes before what the LLM wrote.
    settle: Callable[[Any, Any], Output] = _unchanged

    @property
    def most_words(self) -> int | None:
        """The longest single text that the prompt asks for: "in 50 to 80 words" is 80. None if it names no number."""
        return max(map(int, _WORDS.findall(self.prompt)), default=None)

    def filed(self, output: Output) -> dict[str, Any]:
        """The output's fields as they go into the piece."""
        return {self.key: output.filed()} if self.nested else output.filed()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of lore."""

    #: "character"
    name: str
    #: "characters", as in "Generating characters...".
    plural: str
    stages: tuple[Stage, ...]
    #: The output field that becomes the piece's description, and the one that becomes its name.
    description: str = "description"
    title: str = "name"
    params: type[Params] = Params
    #: For a kind that writes one document instead of a list of pieces: makes the document of the piece.
    document: Callable[[Piece], dict[str, Any]] | None = None

    @cached_property
    def graph(self) -> Mapping[str, tuple[str, ...]]:
        """Stage → stages it needs, as `graphlib` takes it."""
        return {stage.key: stage.after for stage in self.stages}

    @cached_property
    def stage(self) -> Mapping[str, Stage]:
        """Key → stage."""
        return {stage.key: stage for stage in self.stages}

    def before(self, stage: Stage) -> list[Stage]:
        """The stages that this one needs, directly or not, in the order of declaration."""
        needed: set[str] = set()
        found = set(stage.after)
        while found:
            needed |= found
            found = {need for key in found for need in self.stage[key].after} - needed
        return [other for other in self.stages if other.key in needed]

    def piece(self, outputs: Mapping[str, Output]) -> Piece:
        """The piece as far as it is written. `details` has every field that is neither name nor description."""
        fields: dict[str, Any] = {}
        for stage in self.stages:
            if stage.key in outputs:
                fields |= stage.filed(outputs[stage.key])
        name, description = fields.pop(self.title, None), fields.pop(self.description, None)
        return {"name": name, "description": description, "type": self.name, "details": fields}
