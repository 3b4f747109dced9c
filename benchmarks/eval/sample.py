"""Pieces of a run to read side by side."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchmarks.eval.job_record import JobRecord
from benchmarks.eval.markdown import NOTHING, table, verbatim
from benchmarks.eval.run_data import RunData

#: The same jobs in every report on the same grid.
_SEED = 13
_PER_KIND = 2


def samples(data: RunData, before: RunData | None) -> str:
    """The first piece of two jobs of each kind, side by side, or each beside that of the earlier run."""
    return "\n\n".join(_of_kind(kind, data.of_kind(kind), before) for kind in data.kinds)


def _of_kind(kind: str, data: RunData, before: RunData | None) -> str:
    complete = [key for key, record in data.records.items() if record.result]
    chosen = sorted(Random(_SEED).sample(complete, min(_PER_KIND, len(complete))))
    records = [data.records[key] for key in chosen]
    if not records:
        return f"### {kind}\n\nNo piece is complete."
    if before is None:
        return f"### {kind}\n\n{_beside([_asked(record) for record in records], list(map(_first, records)))}"
    pairs = (
        _beside([f"now: {_asked(record)}", "before"], [_first(record), _first(before.records.get(record.key))])
        for record in records
    )
    return f"### {kind}\n\n" + "\n\n".join(pairs)


def _beside(titles: Sequence[str], pieces: Sequence[Mapping[str, str]]) -> str:
    """A row for each field, a column for each piece."""
    fields = dict.fromkeys(field for piece in pieces for field in piece)
    rows = [[field, *(piece.get(field, NOTHING) for piece in pieces)] for field in fields]
    return table(["", *titles], rows, numbers=False)


def _asked(record: JobRecord) -> str:
    """Such as "pirates, dark"."""
    params = record.params
    return ", ".join(str(params[name]) for name in ("theme", "tone", "language") if params.get(name))


def _first(record: JobRecord | None) -> dict[str, str]:
    """The first piece as field → text."""
    if record is None or not record.result:
        return {}
    piece = record.result[0] if isinstance(record.result, list) else record.result
    details = piece.get("details", {})
    shown = {name: value for name, value in piece.items() if name not in ("details", "type", "language")}
    return {name: _text(value) for name, value in (shown | details).items()}


def _text(value: Any) -> str:
    match value:
        case str():
            return verbatim(value)
        case Mapping():
            return "; ".join(f"{name}: {_text(each)}" for name, each in value.items())
        case Sequence():
            return "; ".join(map(_text, value))
        case _:
            return str(value)
