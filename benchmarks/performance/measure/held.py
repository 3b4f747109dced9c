"""Jobs held at the same time: how long they take together, how fresh their progress is, and their memory."""

import asyncio
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis

from benchmarks.performance import cpu
from benchmarks.performance.client import FINAL, Client
from benchmarks.performance.plans import KIND, PAYLOAD, call_count
from benchmarks.performance.provider.process import ProviderProcess, provider
from benchmarks.performance.run import Run
from benchmarks.performance.section import Cell, Goal, Section, Table
from benchmarks.performance.stack import Stack, stack
from chalicelib.adapter import redis_key
from generator_service.registry import critical_path, load_kinds

TYPE = "generate_characters"
OWNERS = 50
_KIND = load_kinds()[KIND]
_PIECES = int(PAYLOAD["count"])
#: How many owners submit at the same time.
SUBMITTERS = 4
#: No quota and no limit for one token applies.
_NO_QUOTAS = {
    "AUTH_MODE": "jwt",
    "MAX_ACTIVE_JOBS": "100000",
    "MAX_RUNNING_JOBS": "100000",
    "MAX_SUBMISSIONS_PER_MINUTE": "100000",
    "TOKENS_PER_DAY": "1000000000",
    "TOKEN_REQUESTS_PER_MINUTE": "100000",
    "TOKEN_POSTS_PER_MINUTE": "100000",
}


@dataclass(frozen=True, slots=True)
class Load:
    jobs: int
    #: How many of them may run at the same time.
    slots: int
    #: How long a job's calls take, seconds.
    job_s: float
    #: Worker processes.
    processes: int = 1
    #: Whether the jobs arrive one after another, as fast as slots become free, instead of all at once.
    is_steady: bool = False

    @property
    def name(self) -> str:
        return f"{self.jobs} jobs of {self.job_s:g} s, {'steady' if self.is_steady else 'at once'}"

    @property
    def interval_s(self) -> float:
        """The time between two submissions."""
        return self.job_s / self.slots if self.is_steady else 0.0

    @property
    def latency_s(self) -> float:
        return self.job_s / critical_path(_KIND.graph)

    @property
    def ideal_s(self) -> float:
        if self.is_steady:
            return (self.jobs - 1) * self.interval_s + self.job_s
        return math.ceil(self.jobs / self.slots) * self.job_s

    @property
    def variables(self) -> dict[str, str]:
        return _NO_QUOTAS | {
            "WORKER_JOBS": str(self.slots),
            "WORKER_CONCURRENCY": str(self.slots),
            "WORKER_PROCESSES": str(self.processes),
            "GENERATOR_MAX_JOBS": str(self.slots),
            "LLM_MAX_CONCURRENCY": str(self.slots * call_count(_KIND, _PIECES)),
        }


@dataclass(slots=True)
class Held:
    """What one run measured. Times are seconds of Redis's clock."""

    load: Load
    created_at: list[float] = field(default_factory=list)
    ended_at: list[float] = field(default_factory=list)
    #: Jobs by their last status.
    statuses: list[str] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)
    #: For each stage: from the earliest possible end of its calls until the stage was in the store.
    delays_s: list[float] = field(default_factory=list)
    #: CPU milliseconds of a job by role, and `total`.
    cpu_ms: Mapping[str, float] = field(default_factory=dict)
    #: Memory of each role in bytes, before the first job and at its peak.
    at_rest: Mapping[str, int] = field(default_factory=dict)
    at_most: Mapping[str, int] = field(default_factory=dict)
    most_in_flight: int = 0
    calls: int = 0

    @property
    def makespan_s(self) -> float:
        return max(self.ended_at) - min(self.created_at)

    @property
    def ratio(self) -> float:
        return self.makespan_s / self.load.ideal_s

    def delay_ms(self, percentile: int) -> float:
        return statistics.quantiles(self.delays_s, n=100)[percentile - 1] * 1000

    @property
    def memory_per_job_bytes(self) -> float:
        return (sum(self.at_most.values()) - sum(self.at_rest.values())) / min(self.load.jobs, self.load.slots)


def measure(run: Run) -> Section:
    loads = [Load(jobs=50, slots=50, job_s=10.0 if run.is_quick else 30.0)]
    # Six calls of each of 167 jobs are as many as the generator's LLM client has connections (1,000).
    if not run.is_quick:
        loads += [Load(jobs=1000, slots=167, job_s=30.0, processes=2, is_steady=steady) for steady in (False, True)]
    runs = [_hold(run, load) for load in loads]
    return Section(
        key="held",
        title="Jobs held at the same time",
        text=_TEXT,
        tables=[_table(runs), _memory(runs), _cpu(runs)],
        goals=list(_goals(runs)),
    )


_TEXT = f"""\
{OWNERS} owners submit the jobs: all at once, or steadily, one for each slot that becomes free. The stack has run
one job before. No quota applies. The provider answers each call after the same time. If all jobs come at once, the
ideal is the time of a job's calls in a row, for each round of as many jobs as there are slots; if they come
steadily, the ideal is the time from the first submission until the last job's calls can end. The makespan runs from
the first submission to the last end, by Redis's clock. The delay of a stage runs from the earliest possible end of
its calls until the stage is in the store, where a waiting client reads it. It includes the start of these calls, so
the staleness is less. If all jobs come at once, all calls of a round are answered at nearly the same moment, and
one generator process needs seconds to read 1,000 of them: that is most of the delay. Memory is PSS."""


def _hold(run: Run, load: Load) -> Held:
    with provider() as llm, stack(run, llm, None, **load.variables) as system:
        asyncio.run(_lone_job(system))  # so that the provider knows every request, and the generator the provider
        llm.set_latency(load.latency_s)
        llm.reset()
        held = Held(load, at_rest=_by_role(system))
        asyncio.run(_follow(system, llm, held))
    run.say(f"{load.name}, in {load.slots} slots: {held.makespan_s:.1f} s, ideal {load.ideal_s:g} s")
    return held


async def _lone_job(system: Stack) -> None:
    async with Client(system.urls.api, system.local.token("owner")) as client:
        await client.run(TYPE, PAYLOAD, each_change=False)


async def _follow(system: Stack, llm: ProviderProcess, held: Held) -> None:
    load = held.load
    async with Redis.from_url(system.urls.redis) as redis:
        await redis.flushall()
    before = system.cpu()
    async with asyncio.TaskGroup() as group:
        group.create_task(_submit(system, load))
        group.create_task(_ended(system, load.jobs, held))
    held.cpu_ms = cpu.per_job(before, system.cpu(), load.jobs)
    stats = llm.stats()
    held.most_in_flight, held.calls = stats["most_in_flight"], stats["calls"]
    async with Redis.from_url(system.urls.redis, decode_responses=True) as redis:
        for key in await _job_keys(redis):
            await _read_job(redis, key, held)


async def _submit(system: Stack, load: Load) -> None:
    share, rest = divmod(load.jobs, OWNERS)
    waiting = iter(range(OWNERS))
    now = asyncio.get_running_loop().time
    began_at = now()
    due = (began_at + number * load.interval_s for number in range(load.jobs))

    async def some_owners() -> None:
        for owner in waiting:
            async with Client(system.urls.api, system.local.token(f"owner-{owner}")) as client:
                for _ in range(share + (owner < rest)):
                    await asyncio.sleep(max(0.0, next(due) - now()))
                    await client.submit(TYPE, PAYLOAD)

    async with asyncio.TaskGroup() as group:
        for _ in range(SUBMITTERS):
            group.create_task(some_owners())


async def _ended(system: Stack, jobs: int, held: Held) -> None:
    """Wait until this many jobs have ended. Asks Redis, which costs less than asking the API about each job."""
    async with Redis.from_url(system.urls.redis, decode_responses=True) as redis:
        done: set[str] = set()
        while len(done) < jobs:
            await asyncio.sleep(1.0)
            open_ones = [key for key in await _job_keys(redis) if key not in done]
            async with redis.pipeline(transaction=False) as pipeline:
                for key in open_ones:
                    pipeline.hget(key, "status")
                statuses = await pipeline.execute()
            done |= {key for key, status in zip(open_ones, statuses, strict=True) if status in FINAL}
            if sum(held.at_most.values()) < sum((now := _by_role(system)).values()):
                held.at_most = now


async def _job_keys(redis: "Redis") -> list[str]:
    return [str(key) async for key in redis.scan_iter(redis_key.job("*"), count=1000) if key.endswith("}")]


async def _read_job(redis: "Redis", key: str, held: Held) -> None:
    job: Any = await redis.hgetall(key)
    events: Any = await redis.xrange(redis_key.events(key.removeprefix("job:").strip("{}")))
    held.statuses.append(job["status"])
    held.attempts.append(int(job["attempt"]))
    times = [int(fields["at"]) / 1000 for _, fields in events]
    held.created_at.append(times[0])
    held.ended_at.append(times[-1])
    started_at = int(job["started_at"]) / 1000
    progress = [at for (_, fields), at in zip(events, times, strict=True) if fields["status"] == "processing"]
    held.delays_s += _delays(progress, started_at, held.load.latency_s)


def _delays(times: Sequence[float], started_at: float, latency_s: float) -> Iterator[float]:
    """How much later each event was than the end of the last call before it, if each call began at once."""
    for at in times:
        calls = min(int((at - started_at) / latency_s), critical_path(_KIND.graph))
        if calls:
            yield at - started_at - calls * latency_s


def _by_role(system: Stack) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, used in system.memory_bytes().items():
        found[cpu.role_of(name)] = found.get(cpu.role_of(name), 0) + used
    return found


def _table(runs: Sequence[Held]) -> Table:
    rows: list[Sequence[Cell]] = [
        ("slots", *(each.load.slots for each in runs)),
        ("worker processes", *(each.load.processes for each in runs)),
        ("completed", *(each.statuses.count("completed") for each in runs)),
        ("attempts per job, at most", *(max(each.attempts) for each in runs)),
        ("calls per job", *(f"{each.calls / each.load.jobs:.3g}" for each in runs)),
        ("ideal, s", *(f"{each.load.ideal_s:.1f}" for each in runs)),
        ("most calls at once", *(each.most_in_flight for each in runs)),
        ("makespan, s", *(f"{each.makespan_s:.1f}" for each in runs)),
        ("delay of a stage, median, ms", *(f"{each.delay_ms(50):.0f}" for each in runs)),
        ("delay of a stage, p99, ms", *(f"{each.delay_ms(99):.0f}" for each in runs)),
        ("memory for each job held, kB", *(f"{each.memory_per_job_bytes / 1000:.0f}" for each in runs)),
    ]
    return Table(["", *(run.load.name for run in runs)], rows)


def _memory(runs: Sequence[Held]) -> Table:
    roles = sorted(runs[-1].at_most)
    rows = [
        [role, *(f"{each.at_rest.get(role, 0) / 1e6:.0f} → {each.at_most.get(role, 0) / 1e6:.0f}" for each in runs)]
        for role in roles
    ]
    return Table(["process", *(run.load.name for run in runs)], rows, "Memory before the first job and at its peak, MB")


def _cpu(runs: Sequence[Held]) -> Table:
    roles = sorted(runs[-1].cpu_ms)
    rows = [[role, *(f"{each.cpu_ms.get(role, 0):.0f}" for each in runs)] for role in roles]
    return Table(["process", *(run.load.name for run in runs)], rows, "CPU of a job, ms")


def _goals(runs: Sequence[Held]) -> Iterator[Goal]:
    for each in runs:
        name = each.load.name
        open_ones = each.load.jobs - each.statuses.count("completed")
        yield Goal(f"{name}: not completed, or started twice", 0, open_ones + sum(n > 1 for n in each.attempts))
        yield Goal(f"{name}: makespan / the ideal of {each.load.slots} slots", 1.1, each.ratio)
        yield Goal(f"{name}: delay of a stage, p99", 250, each.delay_ms(99), "ms")
