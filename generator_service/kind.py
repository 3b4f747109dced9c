"""A kind of lore as data: its stages, what each of them writes, and how their outputs form a piece.

A kind is one file under `kinds/` that defines `KIND`. A new kind needs no other change.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypedDict

from pydantic import BaseModel, ConfigDict

from foundation.json_value import Json
from generator_service.judging.standard import Standard, Words
from generator_service.params import Params
from generator_service.text import Name, Phrase


class Piece(TypedDict):
    """Name and description are null until they are written."""

    name: Json
    description: Json
    #: The name of its kind.
    type: str
    #: The language of its text (BCP 47).
    language: str
    details: Mapping[str, Json]


class Output(BaseModel):
    """What a stage writes. Every field is required and none is free-form, as OpenAI's strict mode requires."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def fields(self) -> dict[str, Json]:
        """The output as JSON values, in the order of declaration."""
        return self.model_dump(mode="json")

    def as_details(self) -> dict[str, Json]:
        """The fields as they appear in the piece."""
        return self.fields()

    @classmethod
    def detail_names(cls) -> dict[str, str]:
        """Field → its name in `as_details`."""
        return {name: name for name in cls.model_fields}


class Named(Output):
    """The output of most kinds' first stage."""

    name: Name
    #: One line on what the piece is about, so that stages written at the same time agree.
    concept: Phrase


CONCEPT = Words(0, 20)
#: The standard of a stage with `Named`.
NAMED = Standard(lengths={"name": Words(0, 8), "concept": CONCEPT}, names=("name",))


def _keep_output(output: Output, _params: Params) -> Output:
    return output


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step in writing a piece. It is reported, and kept, as soon as it is written."""

    #: Such as "appearance".
    key: str
    #: Shown to the user when the stage is finished: "Generated appearances...".
    message: str
    #: The task. The caller's text and the piece so far follow as data.
    prompt: str
    output: type[Output]
    #: What its text must be like. The prompt says so too.
    standard: Standard = field(default_factory=Standard)
    #: Keys of the stages that must be finished first. The prompt shows their outputs and those of their prerequisites.
    after: tuple[str, ...] = ()
    #: One call writes this stage for all pieces of a job, so that they differ. Only for a first stage with `Named`.
    together: bool = False
    #: The output is one object in `details.<key>`; otherwise each of its fields is an entry of `details`.
    nested: bool = False
    #: Replaces parts of the output with values that the caller's params fix, such as a title.
    override: Callable[[Output, Params], Output] = _keep_output

    @property
    def max_words(self) -> int | None:
        """The longest text that the standard asks for, in words. None if it limits no text."""
        return self.standard.max_words

    def fields(self, output: Output) -> dict[str, Json]:
        """The output as it is judged: every field as it was written."""
        return {self.key: output.fields()} if self.nested else output.fields()

    def as_details(self, output: Output) -> dict[str, Json]:
        """The output as it appears in the piece."""
        return {self.key: output.as_details()} if self.nested else output.as_details()

    @property
    def detail_names(self) -> Mapping[str, str]:
        """Field of `fields` → its name in `as_details`."""
        return {self.key: self.key} if self.nested else self.output.detail_names()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of lore."""

    #: "character"
    name: str
    #: "characters", as in "Generating characters...".
    plural: str
    stages: tuple[Stage, ...]
    #: Keys of stages that share a call to the LLM, in the order in which they are written: each can use the previous
    #: ones. A stage that is not listed has its own call.
    shared_calls: tuple[tuple[str, ...], ...] = ()
    #: A sentence for every call that continues a piece.
    rule: str = ""
    #: The output fields that become the description and the name of the piece.
    description: str = "description"
    title: str = "name"
    params: type[Params] = Params
    #: Only for a kind that writes one document instead of a list of pieces: makes the document from the piece.
    document: Callable[[Piece], Mapping[str, Json]] | None = None

    @cached_property
    def calls(self) -> tuple[tuple[Stage, ...], ...]:
        """The stages that each call writes."""
        shared = {key: keys for keys in self.shared_calls for key in keys}
        plan = dict.fromkeys(shared.get(stage.key, (stage.key,)) for stage in self.stages)
        return tuple(tuple(self.stage[key] for key in keys) for keys in plan)

    @cached_property
    def graph(self) -> Mapping[str, tuple[str, ...]]:
        """Call → calls that it needs, as `graphlib` expects. Each is named by its first stage."""
        name = {stage.key: call[0].key for call in self.calls for stage in call}
        return {
            call[0].key: tuple(
                {name[need]: None for stage in call for need in stage.after if name[need] != call[0].key}
            )
            for call in self.calls
        }

    @cached_property
    def stage(self) -> Mapping[str, Stage]:
        """Key → stage."""
        return {stage.key: stage for stage in self.stages}

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """Field of a finished piece, as people see it → the key of the stage that writes it.

        In a piece, these are "name", "description" and the entries of `details`.
        """
        return {self.seen(name): stage.key for stage in self.stages for name in stage.detail_names.values()}

    def seen(self, name: str) -> str:
        """What people see a field of `Stage.as_details` as."""
        return name if self.document else {self.title: "name", self.description: "description"}.get(name, name)

    def only(self, keys: Collection[str]) -> "Kind":
        """The kind with only these stages. One still waits for those of them that it needs, directly or indirectly."""
        kept = [stage for stage in self.stages if stage.key in keys]
        return replace(
            self,
            stages=tuple(
                replace(s, after=tuple(need.key for need in self.before(s) if need.key in keys)) for s in kept
            ),
            shared_calls=tuple(tuple(key for key in call if key in keys) for call in self.shared_calls),
        )

    def before(self, stage: Stage) -> Sequence[Stage]:
        """All stages that this one needs, directly or indirectly, in the order of declaration."""
        return self._before[stage.key]

    @cached_property
    def _before(self) -> Mapping[str, Sequence[Stage]]:
        return {stage.key: self._needs(stage) for stage in self.stages}

    def _needs(self, stage: Stage) -> list[Stage]:
        needed: set[str] = set()
        found = set(stage.after)
        while found:
            needed |= found
            found = {need for key in found for need in self.stage[key].after} - needed
        return [other for other in self.stages if other.key in needed]

    def piece(self, details: Mapping[str, Mapping[str, Json]], language: str) -> Piece:
        """The piece so far, written in this language. `details`: stage → what `Stage.as_details` makes of its output.

        The piece's own `details` have every field except name and description.
        """
        fields: dict[str, Json] = {}
        for stage in self.stages:
            fields |= details.get(stage.key, {})
        return self.piece_of(fields, language)

    def piece_of(self, details: Mapping[str, Json], language: str) -> Piece:
        """The piece with these fields, named as in `Stage.as_details`."""
        fields = dict(details)
        name, description = fields.pop(self.title, None), fields.pop(self.description, None)
        return {"name": name, "description": description, "type": self.name, "language": language, "details": fields}
