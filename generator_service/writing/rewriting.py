"""A piece of which a job writes some fields again, and leaves the others as they are.

Fields have two names: the one that people see ("description"), and the one under which the kind's stages write it
("backstory"). Here, fields are called as the stages call them in `Stage.as_details`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from foundation.json_value import Json, as_object
from generator_service.error import InvalidParams
from generator_service.judging.change import judge_change
from generator_service.judging.standard import Standard
from generator_service.judging.weakness import Weakness
from generator_service.kind import Kind, Output, Piece, Stage
from generator_service.params import Rewrite


@dataclass(frozen=True, slots=True)
class Rewriting:
    kind: Kind
    #: The piece as it was.
    old: Piece
    #: What is written again.
    wanted: frozenset[str]
    #: How the piece's owner wants the text to change. None: it leaves that to the writer.
    wish: str | None

    @property
    def _old_fields(self) -> dict[str, Json]:
        named = {
            self.kind.title: self.old["name"],
            **self.old["details"],
            self.kind.description: self.old["description"],
        }
        return {name: value for name, value in named.items() if value is not None}

    @property
    def locked(self) -> dict[str, Json]:
        """The fields that stay."""
        return {name: value for name, value in self._old_fields.items() if name not in self.wanted}

    @property
    def replaced_name(self) -> str | None:
        """The name that the new one must differ from. None if the name stays."""
        return str(self.old["name"]) if self.kind.title in self.wanted and self.old["name"] else None

    def before(self, stages: Sequence[Stage]) -> dict[str, Json]:
        """The old values of the fields that these stages write again."""
        names = [name for stage in stages for name in stage.detail_names.values() if name in self.wanted]
        old = self._old_fields
        return {name: old[name] for name in names if name in old}

    def only_wanted(self, stage: Stage, written: Mapping[str, Json]) -> dict[str, Json]:
        """Those of the fields that a stage has written (as in `Stage.fields` or `Output.fields`) that are wanted."""
        if stage.nested:
            return dict(written)
        return {field: value for field, value in written.items() if stage.detail_names.get(field) in self.wanted}

    def standard(self, stage: Stage) -> Standard:
        """The standard of what is wanted of this stage. A wish may be about the length, so it wins over one."""
        standard = stage.standard
        prose = {path.partition(".")[0].removesuffix("[]") for path in standard.sentences}
        has_prose = stage.nested or any(stage.detail_names.get(field) in self.wanted for field in prose)
        return replace(
            standard, lengths={} if self.wish else standard.lengths, context=standard.context if has_prose else ()
        )

    def judge_change(self, stage: Stage, output: Output) -> list[Weakness]:
        """What is wrong with what a stage has written, as a change of the old fields."""
        new = {name: value for name, value in stage.as_details(output).items() if name in self.wanted}
        return list(judge_change(new, self.before([stage]), is_wished=self.wish is not None))

    def piece_with(self, details: Mapping[str, Mapping[str, Json]]) -> Piece:
        """The piece with what is written so far. `details` is as in `Kind.piece`."""
        written = {name: value for fields in details.values() for name, value in fields.items() if name in self.wanted}
        new = self.kind.piece_of(written, self.old["language"])
        return {
            **self.old,
            "name": self.old["name"] if new["name"] is None else new["name"],
            "description": self.old["description"] if new["description"] is None else new["description"],
            "details": {**self.old["details"], **new["details"]},
        }


def narrowed(kind: Kind, rewrite: Rewrite, language: str) -> tuple[Kind, Rewriting]:
    """The kind with only the stages that a change needs, and the change. `language` is that of a piece without one.

    Raises `InvalidParams` for a field that the kind does not have.
    """
    if unknown := [field for field in rewrite.fields if field not in kind.fields]:
        raise InvalidParams([f"params.rewrite.fields: {name} is not a field of {kind.name}" for name in unknown])
    only = kind.only({kind.fields[field] for field in rewrite.fields})
    details = [name for stage in kind.stages for name in stage.detail_names.values()]
    wanted = frozenset(name for name in details if kind.seen(name) in rewrite.fields)
    return only, Rewriting(kind, _old_piece(kind, rewrite.piece, language), wanted, rewrite.instruction)


def _old_piece(kind: Kind, given: Mapping[str, Json], language: str) -> Piece:
    language = str(given.get("language") or language)
    if kind.document:
        return kind.piece_of({field: given.get(field) for field in kind.fields}, language)
    return {
        "name": given.get("name"),
        "description": given.get("description"),
        "type": kind.name,
        "language": language,
        "details": as_object(given.get("details") or {}),
    }
