"""CPU time of one job by process."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.performance import cpu
from benchmarks.performance.client import Client
from benchmarks.performance.provider.process import provider
from benchmarks.performance.run import Run
from benchmarks.performance.section import Section, Spread, Table
from benchmarks.performance.stack import Stack, stack

TYPE = "generate_characters"
PAYLOAD = {"theme": "canal city", "count": 3}
#: How many jobs run at the same time.
TOGETHER = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """What one round measured."""

    #: CPU milliseconds of a job by role, and `total`.
    cpu_ms: Mapping[str, float]
    jobs_per_s: float


async def jobs(url: str, count: int, together: int) -> None:
    """Run jobs, so many of them at a time. Each client waits for the end of its job."""
    waiting = iter(range(count))

    async def one_after_another() -> None:
        async with Client(url) as client:
            for _ in waiting:
                await client.run(TYPE, PAYLOAD, each_change=False)

    async with asyncio.TaskGroup() as group:
        for _ in range(together):
            group.create_task(one_after_another())


def round_of(system: Stack, count: int, together: int) -> Figures:
    before, began_at = system.cpu(), time.monotonic()
    asyncio.run(jobs(system.urls.api, count, together))
    seconds = time.monotonic() - began_at
    return Figures(cpu.per_job(before, system.cpu(), count), count / seconds)


def measure(run: Run) -> Section:
    with provider() as llm, stack(run, llm) as system:
        asyncio.run(jobs(system.urls.api, 4 * TOGETHER, TOGETHER))
        count = 10 if run.is_quick else 30
        rounds: dict[int, list[Figures]] = {1: [], TOGETHER: []}
        for number in range(run.repeats):
            for together, found in rounds.items():
                found.append(round_of(system, count, together))
                run.say(f"round {number + 1}, {together} at a time: {found[-1].cpu_ms['total']:.0f} ms of CPU a job")
    return Section(
        key="cpu_per_job",
        title="CPU per job",
        text="",
        tables=[_by_process(found, f"{together} at a time") for together, found in rounds.items()],
    )


def _by_process(rounds: list[Figures], title: str) -> Table:
    roles = sorted(rounds[0].cpu_ms, key=lambda role: -rounds[0].cpu_ms[role])
    rows = [[role, Spread.of([each.cpu_ms.get(role, 0.0) for each in rounds]).text(1)] for role in roles]
    rate = Spread.of([each.jobs_per_s for each in rounds]).text(1)
    return Table(["process", "CPU, ms"], [*rows, ["jobs per second", rate]], title)
