"""The report on a run, as one Markdown file."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from benchmarks.eval.comparison import LEAST_CHANGE, MOST_ERRORS, Change
from benchmarks.eval.figure import Better, Figure, Unit, figures, rule_figures
from benchmarks.eval.length import lengths
from benchmarks.eval.markdown import NOTHING, number, ratio, table, verbatim
from benchmarks.eval.run_data import RunData
from benchmarks.eval.sample import samples
from chalicelib.domain.price import Price
from local.project import ROOT

_MOST_LISTED = 10


def report(data: RunData, price: Price | None, before: RunData | None = None, changes: Sequence[Change] = ()) -> str:
    """`before`, `changes`: of the run to compare with."""
    sections = [
        f"# What {_values(record.model for record in data.records.values())} writes",
        _head(data, price),
        *([f"## Compared with an earlier run\n\n{_comparison(data, before, changes)}"] if before else []),
        f"## Figures\n\n{_figures(figures(data, price), data)}",
        f"## Rules\n\nThe share of stages that break each rule.\n\n{_rules(rule_figures(data), data)}",
        f"## Lengths\n\nIn words. Nine in ten texts are between the 5 % and the 95 % length.\n\n{_lengths(data)}",
        f"## Missing pieces\n\n{_missing(data)}",
        f"## Names\n\n{_names(data)}",
        f"## Samples\n\n{samples(data, before)}",
    ]
    return "\n\n".join(sections) + "\n"


def _head(data: RunData, price: Price | None) -> str:
    records = list(data.records.values())
    dates = sorted(record.ended_at[:10] for record in records)
    counts = Counter(record.kind for record in records)
    prices = f"{price.prompt:g} and {price.completion:g} USD a million tokens" if price else "not set"
    lines = {
        "date": _values([dates[0], dates[-1]]),
        "version": f"{_version()}, prompt version {_values(record.prompt_version for record in records)}",
        "jobs": ", ".join(f"{count} {kind}" for kind, count in counts.items()),
        "pieces asked for": f"{sum(record.asked for record in records):,}",
        "themes": _values(record.params["theme"] for record in records),
        "tones": _values(record.params.get("tone", "none") for record in records),
        "languages": _values(record.params.get("language", "not given") for record in records),
        "prices of prompt and completion": prices,
    }
    return "How to read and repeat this: [README](README.md).\n\n" + "\n".join(
        f"- {name}: {value}" for name, value in lines.items()
    )


def _version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def _values(given: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(map(str, given)))


def _groups(data: RunData) -> dict[str, RunData]:
    """The columns: all jobs, each kind, and each language if there are several."""
    languages = sorted({str(record.params.get("language", "")) for record in data.records.values()})
    groups = {"all": data} | {kind: data.of_kind(kind) for kind in data.kinds}
    if len(languages) > 1:
        for language in languages:
            keys = [key for key, each in data.records.items() if each.params.get("language", "") == language]
            groups[f"`{language or 'none'}`"] = data.only(keys)
    return groups


def _figures(shown: Iterable[Figure], data: RunData) -> str:
    groups = _groups(data)
    rows = (
        [figure.title, *(ratio(figure.over(group.records), figure.unit) for group in groups.values())]
        for figure in shown
    )
    return table(["", *groups], rows)


def _rules(shown: Sequence[Figure], data: RunData) -> str:
    """Rules that no stage breaks are only listed."""
    broken = [figure for figure in shown if figure.over(data.records).value]
    kept = ", ".join(f"`{figure.title}`" for figure in shown if figure not in broken)
    parts = [_figures(broken, data)] if broken else []
    return "\n\n".join([*parts, *([f"Never broken: {kept}."] if kept else [])])


def _lengths(data: RunData) -> str:
    rows = (
        [
            f"{kind}: {each.stage}" + ("" if each.field == each.stage else f", {each.field}"),
            str(each.asked).removesuffix(" words"),
            *(str(each.at(share)) for share in (0.05, 0.5, 0.95)),
            number(each.below, Unit.SHARE),
            number(each.above, Unit.SHARE),
        ]
        for kind in data.kinds
        for each in lengths(kind, (piece for pieces in data.of_kind(kind).pieces.values() for piece in pieces))
    )
    return table(["", "asked for", "5 %", "median", "95 %", "shorter", "longer"], rows)


def _missing(data: RunData) -> str:
    rows = [[kind, _count(_reasons(data.of_kind(kind)))] for kind in data.kinds]
    rows = [row for row in rows if row[1] != NOTHING]
    return table(["kind", "pieces by error code"], rows, numbers=False) if rows else "None."


def _reasons(data: RunData) -> Iterator[str]:
    for record in data.records.values():
        yield from record.missing
        if record.error:
            yield from [record.error] * record.asked


def _names(data: RunData) -> str:
    """The names that several pieces of a kind have."""
    rows: list[list[str]] = []
    for kind in data.kinds:
        names = [piece.name for pieces in data.of_kind(kind).pieces.values() for piece in pieces if piece.name]
        repeated = Counter({name: count for name, count in Counter(names).items() if count > 1})
        rows.append([kind, f"{len(names):,}", f"{len(set(names)):,}", _count(map(verbatim, repeated.elements()))])
    return table(["kind", "names", "different", "most frequent"], rows, numbers=False)


def _count(values: Iterable[str]) -> str:
    counts = Counter(values).most_common(_MOST_LISTED)
    return ", ".join(f"{value} {count}" for value, count in counts) or NOTHING


def _comparison(data: RunData, before: RunData | None, changes: Sequence[Change]) -> str:
    if before is None:
        return ""
    common = data.records.keys() & before.records.keys()
    models = _values(f"{each.model}, prompt version {each.prompt_version}" for each in before.records.values())
    rule = (
        f"Before: {models}. Both runs have {len(common)} of {len(data.records)} jobs; only these are compared. "
        f"A figure is better or worse if it has changed by more than {MOST_ERRORS:g} standard errors and by more than "
        f"{LEAST_CHANGE:.0%} of its value."
    )
    rows = (
        [
            change.now.title,
            change.now.better.value if change.now.better is not Better.NEITHER else NOTHING,
            ratio(change.before_ratio, change.now.unit),
            ratio(change.now_ratio, change.now.unit),
            change.verdict,
        ]
        for change in changes
    )
    return f"{rule}\n\n{table(['', 'better if', 'before', 'now', ''], rows)}"
