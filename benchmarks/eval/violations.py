"""The generator's rules for what is written, applied to a run. Older runs are also judged by the current rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from benchmarks.eval.job_record import JobRecord
from benchmarks.eval.written import WrittenPiece
from generator_service.judging.judge import judge
from generator_service.judging.leaf import leaves
from generator_service.judging.standard import Standard
from generator_service.judging.surroundings import Surroundings
from generator_service.judging.weakness import Rule
from generator_service.kind import Kind
from generator_service.language.choice import wanted_language
from generator_service.language.identification import can_identify, identify
from generator_service.registry import load_kinds


@dataclass(frozen=True, slots=True)
class Judged:
    """A stage that was written."""

    #: The rules that its texts break.
    rules: frozenset[Rule]
    #: Whether the job's warnings name its piece and stage.
    is_warned: bool

    @property
    def is_unwarned(self) -> bool:
        return bool(self.rules) and not self.is_warned


def standard_of(kind: str, stage: str) -> Standard:
    """What the stage requires. Nothing if the current kinds do not have it."""
    known = _kinds().get(kind)
    return known.stage[stage].standard if known and stage in known.stage else Standard()


@cache
def _kinds() -> Mapping[str, Kind]:
    return load_kinds()


def judged_stages(record: JobRecord, pieces: Sequence[WrittenPiece]) -> list[Judged]:
    """What the rules say of each stage of the job. A repetition counts against the later text only."""
    warned = {(stage.piece_index, stage.stage) for stage in record.stages if stage.is_warned}
    found: list[Judged] = []
    for number, piece in enumerate(pieces):
        earlier: dict[str, Any] = {}
        for stage, output in piece.outputs.items():
            # All names are written first, so a later text may use those of all pieces.
            named = pieces if earlier else pieces[:number]
            around = _surroundings(record, pieces[:number], earlier, [each.name for each in named if each.name])
            rules = frozenset(each.rule for each in judge(output, standard_of(record.kind, stage), around))
            found.append(Judged(rules, (piece.index, stage) in warned))
            earlier |= output
    return found


def _surroundings(
    record: JobRecord, others: Sequence[WrittenPiece], piece: Mapping[str, Any], named: Sequence[str]
) -> Surroundings:
    """`named`: the names that pieces of the job have."""
    params = record.params
    taken = [other.name for other in others if other.name]
    language = wanted_language(params.get("language"), params.get("premise"), str(params.get("theme", "")))
    return Surroundings(
        piece=dict(piece),
        others=[
            {name: value for output in other.outputs.values() for name, value in output.items()} for other in others
        ],
        context=context_names(record),
        # As in the generator: a name that a piece has may be used, even if it is forbidden.
        given=(*_given(params), *named),
        taken=(*params.get("avoid", ()), *taken),
        language=language,
        identify=identify if can_identify(language) else None,
    )


def context_names(record: JobRecord) -> dict[str, str]:
    """Role → name of the context piece."""
    return {role: piece["name"] for role, piece in record.params.get("context", {}).items()}


def _given(params: Mapping[str, Any]) -> Iterator[str]:
    """The caller's texts."""
    return (leaf.text for leaf in leaves(params))
