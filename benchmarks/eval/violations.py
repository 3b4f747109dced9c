"""The generator's rules for what is written, applied to a run. Older runs are judged by today's rules too."""

from collections.abc import Iterator, Mapping, Sequence
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
from generator_service.registry import load_kinds

#: The rules that a text of one stage breaks, one entry a stage that was written.
Broken = frozenset[Rule]


def standard_of(kind: str, stage: str) -> Standard:
    """What the stage demands. Nothing if today's kinds do not have it."""
    known = _kinds().get(kind)
    return known.stage[stage].standard if known and stage in known.stage else Standard()


@cache
def _kinds() -> Mapping[str, Kind]:
    return load_kinds()


def broken_rules(record: JobRecord, pieces: Sequence[WrittenPiece]) -> list[Broken]:
    """The rules that each stage of the job breaks. A repetition counts against the later text only."""
    found: list[Broken] = []
    for number, piece in enumerate(pieces):
        earlier: dict[str, Any] = {}
        for stage, output in piece.outputs.items():
            around = _surroundings(record, pieces[:number], earlier)
            found.append(frozenset(each.rule for each in judge(output, standard_of(record.kind, stage), around)))
            earlier |= output
    return found


def _surroundings(record: JobRecord, others: Sequence[WrittenPiece], piece: Mapping[str, Any]) -> Surroundings:
    params = record.params
    return Surroundings(
        piece=dict(piece),
        others=[
            {name: value for output in other.outputs.values() for name, value in output.items()} for other in others
        ],
        context=context_names(record),
        given=tuple(_given(params)),
        taken=(*params.get("avoid", ()), *(other.name for other in others if other.name)),
        language=params.get("language"),
    )


def context_names(record: JobRecord) -> dict[str, str]:
    """Role → name of the context piece."""
    return {role: piece["name"] for role, piece in record.params.get("context", {}).items()}


def _given(params: Mapping[str, Any]) -> Iterator[str]:
    """The caller's texts."""
    return (leaf.text for leaf in leaves(params))
