"""The section on CPU per job, from its rounds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from benchmarks.performance.peer import KINDS
from benchmarks.performance.plans import KIND, PAYLOAD, call_count
from benchmarks.performance.section import Cell, Goal, Line, Plot, Section, Spread, Table
from generator_service.registry import load_kinds

_MOST_OF_ARQ = 0.8
_MANY = 10
_PIECES = int(PAYLOAD["count"])
_OURS = load_kinds()[KIND]
_CALLS = f"{call_count(_OURS, _PIECES)} calls"
_STAGES = f"{call_count(replace(_OURS, shared_calls=()), _PIECES)} calls"
_TITLES = {"calls": _CALLS, "stages": _STAGES, "none": "no calls"}
_PEERS = "; ".join(f"{kind.name} ({kind.version}): {kind.settings}" for kind in KINDS)
_TEXT = f"""\
A job is `generate_characters` with three characters. The provider answers at once, so nearly all of the time is CPU.
The CPU of the provider and of the clients is not counted; that of Redis is, on both sides. All systems use the same
Redis server, and take turns in each round.

Each peer runs a plain job. It makes the calls with the OpenAI SDK, in parallel where they do not need each other. It
parses and validates the answers, writes the progress and output of each stage to Redis, and leaves its result in the
library's result store. **{_CALLS}** are the requests that our generator makes for this job, but not streamed.
**{_STAGES}** are one for each stage, as in a job that does not share calls. **No calls** is 18 reports of progress and
a result of 3 kB; our generator is then replaced by one that reports its stages at once over gRPC. Our job always makes
{_CALLS}. Our system also takes requests over HTTP, checks them, streams over gRPC, repairs and judges answers, fences
its writers, can cancel a job, and keeps the pieces and a record of the job in DynamoDB. The process `aws` is the local
emulator of SQS and DynamoDB.

The peers: {_PEERS}. arq and taskiq look for news every 0.1 s,
which limits their jobs per second. "In small chunks" is a provider that takes 0.5 s for an answer and sends 20
characters at a time; elsewhere an answer has an event for each of its parts."""


class Round(Protocol):
    @property
    def cpu_ms(self) -> Mapping[str, float]: ...

    @property
    def jobs_per_s(self) -> float: ...


#: (system, variant, jobs at a time) → its rounds.
Rounds = Mapping[tuple[str, str, int], Sequence[Round]]


def section(rounds: Rounds) -> Section:
    return Section(
        key="cpu_per_job",
        title="CPU per job",
        text=_TEXT,
        tables=[_by_process(rounds), _beside_peers(rounds), _one_at_a_time(rounds), _rates(rounds)],
        goals=list(_goals(rounds)),
        plots=[_plot(rounds, variant) for variant in _TITLES],
        data={
            " / ".join(map(str, key)): [{"cpu_ms": each.cpu_ms, "jobs_per_s": each.jobs_per_s} for each in found]
            for key, found in rounds.items()
        },
    )


def _by_process(rounds: Rounds) -> Table:
    """Ours, by role. Roles are sorted by their time."""
    columns = {
        "one at a time": rounds["ours", "calls", 1],
        "ten at a time": rounds["ours", "calls", _MANY],
        "ten, in small chunks": rounds["ours", "chunks", _MANY],
        "ten, no calls": rounds["ours", "none", _MANY],
    }
    first = rounds["ours", "calls", _MANY][0].cpu_ms
    rows = [
        [role, *(_spread([each.cpu_ms.get(role, 0.0) for each in found]) for found in columns.values())]
        for role in sorted(first, key=lambda role: -first[role])
    ]
    return Table(["process", *columns], rows, "Ours: CPU of a job, ms")


def _beside_peers(rounds: Rounds) -> Table:
    """The CPU of each peer, and our CPU divided by it. Our job makes the same calls whichever calls the peer makes."""
    rows: list[list[Cell]] = []
    for kind in KINDS:
        row: list[Cell] = [kind.name]
        for variant in _TITLES:
            row += [_spread(_totals(rounds[kind.name, variant, _MANY])), _ratio(rounds, kind.name, variant).text()]
        rows.append(row)
    ours: list[Cell] = ["ours"]
    for variant in _TITLES:
        ours += [_spread(_totals(_ours(rounds, variant))), None]
    columns = [name for title in _TITLES.values() for name in (f"{title}: ms", "ours / peer")]
    return Table(["system", *columns], [ours, *rows], "CPU of a job, ten at a time")


def _one_at_a_time(rounds: Rounds) -> Table:
    ours = _totals(rounds["ours", "calls", 1])
    rows: list[list[Cell]] = [["ours", _spread(ours), None]]
    for kind in KINDS:
        theirs = _totals(rounds[kind.name, "calls", 1])
        rows.append([kind.name, _spread(theirs), Spread.of_ratios(ours, theirs).text()])
    return Table(["system", f"{_CALLS}: ms", "ours / peer"], rows, "CPU of a job, one at a time")


def _rates(rounds: Rounds) -> Table:
    rows = [["ours", *(_spread(_speeds(_ours(rounds, variant))) for variant in _TITLES)]]
    for kind in KINDS:
        rows.append([kind.name, *(_spread(_speeds(rounds[kind.name, v, _MANY])) for v in _TITLES)])
    return Table(["system", *_TITLES.values()], rows, "Jobs per second, ten at a time")


def _goals(rounds: Rounds) -> Iterator[Goal]:
    yield Goal(f"CPU of a job / that of arq with {_STAGES}", _MOST_OF_ARQ, _ratio(rounds, "arq", "stages").median)
    yield Goal(
        f"CPU of a job / that of arq with the same {_CALLS}", _MOST_OF_ARQ, _ratio(rounds, "arq", "calls").median
    )
    for variant in ("stages", "calls"):
        ratios = {kind.name: _ratio(rounds, kind.name, variant).median for kind in KINDS}
        cheapest = max(ratios, key=lambda name: ratios[name])
        yield Goal(f"CPU of a job / that of the cheapest peer with {_TITLES[variant]}, {cheapest}", 1, ratios[cheapest])


def _plot(rounds: Rounds, variant: str) -> Plot:
    names = ["ours", *(kind.name for kind in KINDS)]
    medians = [
        Spread.of(_totals(_ours(rounds, variant) if name == "ours" else rounds[name, variant, _MANY])).median
        for name in names
    ]
    lines = [Line(name, [(0, median)]) for name, median in zip(names, medians, strict=True)]
    return Plot(f"CPU of a job, {_TITLES[variant]}", "", "ms", lines)


def _ratio(rounds: Rounds, peer: str, variant: str) -> Spread:
    return Spread.of_ratios(_totals(_ours(rounds, variant)), _totals(rounds[peer, variant, _MANY]))


def _ours(rounds: Rounds, variant: str) -> Sequence[Round]:
    return rounds["ours", "none" if variant == "none" else "calls", _MANY]


def _totals(found: Sequence[Round]) -> list[float]:
    return [each.cpu_ms["total"] for each in found]


def _speeds(found: Sequence[Round]) -> list[float]:
    return [each.jobs_per_s for each in found]


def _spread(values: Sequence[float]) -> str:
    return Spread.of(values).text(1)
