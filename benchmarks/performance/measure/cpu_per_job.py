"""CPU time of one job by process, compared with other job systems that do the same."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.performance import cpu
from benchmarks.performance.client import Client
from benchmarks.performance.measure import cpu_report
from benchmarks.performance.peer import Peer, peers
from benchmarks.performance.plans import PAYLOAD, plans
from benchmarks.performance.provider.process import ProviderProcess, provider
from benchmarks.performance.run import Run
from benchmarks.performance.scripted_generator import scripted_generator
from benchmarks.performance.section import Section
from benchmarks.performance.stack import Stack, stack

TYPE = "generate_characters"
#: How many jobs run at the same time.
TOGETHER = 10
#: The characters in one event of a realistic stream.
CHUNK = 20
#: How long such a stream takes.
STREAM_S = 0.5


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured of one system."""

    #: CPU milliseconds of a job by role, and `total`.
    cpu_ms: Mapping[str, float]
    jobs_per_s: float


#: (jobs, together) → runs this many jobs, `together` of them at a time.
Measure = Callable[[int, int], Round]
#: (system, variant) → how to measure it.
Systems = Mapping[tuple[str, str], Measure]
#: (system, variant, jobs at a time) → its rounds.
Rounds = dict[tuple[str, str, int], list[Round]]


async def run_jobs(url: str, count: int, together: int) -> None:
    """Run jobs, `together` of them at a time. Each client waits for the end of its job with one long poll."""
    waiting = iter(range(count))

    async def one_after_another() -> None:
        async with Client(url) as client:
            for _ in waiting:
                await client.run(TYPE, PAYLOAD, each_change=False)

    async with asyncio.TaskGroup() as group:
        for _ in range(together):
            group.create_task(one_after_another())


def measure_ours(system: Stack, count: int, together: int, generator: int | None = None) -> Round:
    """`generator`: the process that replaces the stack's own generator."""

    def times() -> cpu.CpuTimes:
        found = system.cpu()
        return found if generator is None else {**found, "generator": cpu.cpu_s(generator)}

    before, began_at = times(), time.monotonic()
    asyncio.run(run_jobs(system.urls.api, count, together))
    seconds = time.monotonic() - began_at
    return Round(cpu.per_job(before, times(), count), count / seconds)


def measure(run: Run) -> Section:
    """The systems take turns in each round, so that they see the same machine."""
    rounds: Rounds = {}
    with _systems(run) as systems:
        for (name, variant), measured in systems.items():
            run.say(f"warming up: {name}, {variant}")
            measured(2 * TOGETHER, TOGETHER)
        count = 10 if run.is_quick else 20
        for number in range(run.repeats):
            for (name, variant), measured in systems.items():
                for together in _at_a_time(variant):
                    # Jobs without calls cost so little that a few of them would disappear in the steps of 10 ms.
                    jobs = 3 * count if variant == "none" else count
                    rounds.setdefault((name, variant, together), []).append(measured(jobs, together))
            run.say(f"round {number + 1} of {run.repeats}")
    return cpu_report.section(rounds)


def _at_a_time(variant: str) -> tuple[int, ...]:
    return (1, TOGETHER) if variant == "calls" else (TOGETHER,)


@contextmanager
def _systems(run: Run) -> Iterator[Systems]:
    with ExitStack() as running:
        llm = running.enter_context(provider())
        recorded = plans(llm)
        ours = running.enter_context(stack(run, llm))
        found: dict[tuple[str, str], Measure] = {
            ("ours", "calls"): lambda count, together: measure_ours(ours, count, together)
        }
        found["ours", "none"] = running.enter_context(_without_calls(run, llm))
        found["ours", "chunks"] = running.enter_context(_in_chunks(run))
        folder = run.new_folder("peers")
        for peer in running.enter_context(peers(ours.urls.redis, llm.url, recorded, folder)):
            for variant in (*recorded, "none"):
                found[peer.kind.name, variant] = _of_peer(peer, variant, ours.processes["redis"])
        yield found


@contextmanager
def _without_calls(run: Run, llm: ProviderProcess) -> Iterator[Measure]:
    """Our system with a generator that reports all stages at once."""
    with scripted_generator(llm) as (target, pid):
        overrides = {"event-source": {"GENERATOR_TARGET": target}}
        with stack(run, llm, overrides) as system:
            yield lambda count, together: measure_ours(system, count, together, pid)


@contextmanager
def _in_chunks(run: Run) -> Iterator[Measure]:
    """Our system with a provider that streams its answers a few words at a time."""
    with provider(STREAM_S, CHUNK) as llm, stack(run, llm) as system:
        yield lambda count, together: measure_ours(system, count, together)


def _of_peer(peer: Peer, variant: str, redis: int) -> Measure:
    def times() -> cpu.CpuTimes:
        return {"worker": peer.cpu_s(), "redis": cpu.cpu_s(redis)}

    def measured(count: int, together: int) -> Round:
        before = times()
        seconds = peer.run(variant, count, together)
        return Round(cpu.per_job(before, times(), count), count / seconds)

    return measured
