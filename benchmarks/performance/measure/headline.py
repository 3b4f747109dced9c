"""Wall time of a job of each type, in units of the time that one call to the LLM takes."""

import asyncio
import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openai import AsyncOpenAI

from benchmarks.performance.client import Client
from benchmarks.performance.plans import call_count
from benchmarks.performance.provider.process import ProviderProcess, provider
from benchmarks.performance.run import Run
from benchmarks.performance.section import Cell, Goal, Line, Plot, Section, Spread, Table
from benchmarks.performance.stack import stack
from chalicelib.domain.job_type import WRITING_TYPES, JobType
from generator_service.registry import critical_path, load_kinds

LATENCIES_S = (0.2, 1.0, 5.0)
#: With this latency, jobs of different types overlap. Each starts this much after the one before, so that no two of
#: them use the processors at the same time: their calls end at different moments.
_OVERLAPPING_S = 5.0
_STAGGER_S = 0.7
_MOST_OVER_S = 0.06
_CHARACTERS = "generate_characters"
_TEXT = """\
L is how long the provider takes for each call. The client submits a job and follows it by long poll. A job has three
pieces; a world is one document. No answer had to be repaired. "Over" is how much longer a job takes than the calls that
it must make one after another. "One call" is a direct call with the OpenAI SDK."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The wall times of one type at one latency, seconds."""

    latency_s: float
    walls_s: list[float]

    def over_ms(self, calls: int) -> list[float]:
        """What each job took beyond this many calls in a row, milliseconds."""
        return [(wall_s - calls * self.latency_s) * 1000 for wall_s in self.walls_s]


#: Type, or "one call" → its times at each latency.
Timings = dict[str, list[Timing]]


def measure(run: Run) -> Section:
    timings: Timings = {}
    latencies_s = LATENCIES_S[:2] if run.is_quick else LATENCIES_S
    with provider() as llm, stack(run, llm) as system:
        asyncio.run(_jobs(system.urls.api, list(WRITING_TYPES.values()), check=False))
        for latency_s in latencies_s:
            llm.set_latency(latency_s)
            if latency_s >= _OVERLAPPING_S:  # starts the workers that no round needed so far
                asyncio.run(_round(system.urls.api, llm, latency_s))
            for number in range(run.repeats):
                for name, wall_s in asyncio.run(_round(system.urls.api, llm, latency_s)).items():
                    found = timings.setdefault(name, [])
                    if not found or found[-1].latency_s != latency_s:
                        found.append(Timing(latency_s, []))
                    found[-1].walls_s.append(wall_s)
                run.say(f"L = {latency_s:g} s, round {number + 1}")
    return Section(
        key="headline",
        title="Waiting for a job",
        text=_TEXT,
        tables=[_table(timings)],
        goals=list(_goals(timings)),
        plots=[_plot(timings)],
        data={name: {f"{each.latency_s:g}": each.walls_s for each in found} for name, found in timings.items()},
    )


async def _round(api: str, llm: ProviderProcess, latency_s: float) -> Mapping[str, float]:
    """The wall time of one job of each type, and of one call."""
    types = list(WRITING_TYPES.values())
    walls: dict[str, float] = {}
    for group in [types] if latency_s >= _OVERLAPPING_S else [[each] for each in types]:
        walls |= await _jobs(api, group)
    return walls | {"one call": await _one_call(llm)}


async def _jobs(api: str, types: list[JobType], *, check: bool = True) -> Mapping[str, float]:
    """Run a job of each of these types, each a little after the one before.

    Raises `RuntimeError` if one made more calls than it needs.
    """

    async def wall_s(number: int, job_type: JobType) -> tuple[str, float]:
        await asyncio.sleep(number * _STAGGER_S)
        async with Client(api) as client:
            followed = await client.run(job_type.name, job_type.example_for(tokens_required=False))
        calls, needed = followed.job["usage"]["llm_calls"], _calls(job_type, followed.job)
        if check and calls != needed:
            raise RuntimeError(f"{job_type.name} made {calls} calls instead of {needed}. Its example needs repairs.")
        return job_type.name, followed.wall_s

    return dict(await asyncio.gather(*(wall_s(*each) for each in enumerate(types))))


async def _one_call(llm: ProviderProcess) -> float:
    async with AsyncOpenAI(base_url=llm.url, api_key="none", max_retries=0) as client:  # pragma: allowlist secret
        body: dict[str, Any] = {"model": "replayed", "messages": [{"role": "user", "content": "A line of lore."}]}
        # The first call of a client imports a part of the SDK.
        await client.chat.completions.create(**body)
        began_at = time.monotonic()
        await client.chat.completions.create(**body)
        return time.monotonic() - began_at


def _calls(job_type: JobType, job: Mapping[str, Any]) -> int:
    """How many calls a job makes if every answer is usable."""
    pieces = len(job["result"]) if isinstance(job["result"], list) else 1
    return call_count(load_kinds()[job_type.kind], pieces)


def _in_a_row(name: str) -> int:
    return critical_path(load_kinds()[WRITING_TYPES[name].kind].graph) if name in WRITING_TYPES else 1


def _table(timings: Timings) -> Table:
    latencies = [each.latency_s for each in next(iter(timings.values()))]
    columns = ["type", "calls in a row"]
    for latency_s in latencies:
        columns += [f"L = {latency_s:g} s: time / L", "over, ms"]
    rows: list[list[Cell]] = []
    for name, found in timings.items():
        row: list[Cell] = [name, _in_a_row(name)]
        for each in found:
            over = Spread.of(each.over_ms(_in_a_row(name)))
            row += [f"{statistics.median(each.walls_s) / each.latency_s:.2f}", over.text(0)]
        rows.append(row)
    return Table(columns, rows)


def _goals(timings: Timings) -> Iterator[Goal]:
    """2 L for characters and 3 L for others, each at the latency at which it does worst."""
    others = [
        _worst_over_ms(found, 3) for name, found in timings.items() if name in WRITING_TYPES and name != _CHARACTERS
    ]
    limit_ms = _MOST_OVER_S * 1000
    yield Goal("three characters: time over 2 L", limit_ms, _worst_over_ms(timings[_CHARACTERS], 2), "ms")
    yield Goal("the slowest other type: time over 3 L", limit_ms, max(others), "ms")


def _worst_over_ms(found: list[Timing], calls: int) -> float:
    return max(statistics.median(each.over_ms(calls)) for each in found)


def _plot(timings: Timings) -> Plot:
    lines = [
        Line(name, [(each.latency_s, statistics.median(each.walls_s)) for each in found])
        for name, found in timings.items()
    ]
    return Plot("Time of a job", "L, s", "s", lines, is_logarithmic=True)
