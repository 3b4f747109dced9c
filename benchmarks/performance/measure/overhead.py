"""What the system adds to the wait: until a job runs, and from the last answer of the LLM to its client."""

import asyncio
import random
import statistics
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from benchmarks.performance.client import POLL_S, Client, Followed
from benchmarks.performance.provider.process import ProviderProcess, provider
from benchmarks.performance.run import Run
from benchmarks.performance.section import Cell, Goal, Section, Table
from benchmarks.performance.stack import stack

TYPE = "generate_characters"
LATENCY_S = 0.2
JOBS = 100
#: Pollers wait for most of the time, so they can run side by side.
POLLERS = 10
_TEXT = f"""\
{JOBS} jobs of three characters, with a provider that takes {LATENCY_S:g} s. The waiting client has one job at a time,
and follows every change by long poll. Its times start just before it submits the job; "by the job's own times" is from
`created_at` to `started_at`. Each poller reads its job every {POLL_S:g} s, starting at a random moment."""

#: What was measured → milliseconds, one for each job.
Delays = Mapping[str, Sequence[float]]


def measure(run: Run) -> Section:
    count = 10 if run.is_quick else JOBS
    with provider() as llm, stack(run, llm) as system:
        asyncio.run(_waiting(system.urls.api, llm, 5, "warm up"))
        asyncio.run(_polling(system.urls.api, llm, 1))
        llm.set_latency(LATENCY_S)
        run.say(f"{count} jobs, one after another")
        delays = asyncio.run(_waiting(system.urls.api, llm, count, "canal city"))
        run.say(f"{count} jobs, polled")
        llm.reset()
        polled = asyncio.run(_polling(system.urls.api, llm, count // POLLERS))
        delays = {**delays, f"last answer → result at a {POLL_S:g} s poller": polled}
    return Section(
        key="overhead",
        title="What the system adds to the wait",
        text=_TEXT,
        tables=[_table(delays)],
        goals=list(_goals(delays)),
        data=dict(delays),
    )


async def _waiting(api: str, llm: ProviderProcess, count: int, theme: str) -> Delays:
    """Jobs one after another, so that the provider's last answer belongs to the job that has just ended."""
    delays: dict[str, list[float]] = {"submit → processing": [], "by the job's own times": [], _AT_WAITING: []}
    async with Client(api) as client:
        for _ in range(count):
            followed = await client.run(TYPE, {"theme": theme, "count": 3})
            if followed.started_at is not None:
                delays["submit → processing"].append((followed.started_at - followed.submitted_at) * 1000)
            delays["by the job's own times"].append(_own_delay_ms(followed.job))
            delays[_AT_WAITING].append((followed.ended_at - llm.stats()["last_answer_at"]) * 1000)
    return delays


_AT_WAITING = "last answer → result at a waiting client"
#: Delay → the most that its median may be, milliseconds.
_GOALS_MS = {"submit → processing": 20.0, _AT_WAITING: 60.0}


def _own_delay_ms(job: Mapping[str, Any]) -> float:
    created_at, started_at = (datetime.fromisoformat(job[name]) for name in ("created_at", "started_at"))
    return (started_at - created_at).total_seconds() * 1000


async def _polling(api: str, llm: ProviderProcess, count: int) -> list[float]:
    """Each poller has a theme of its own, so that its calls can be told from those of the others."""
    moments = random.Random(1)

    async def poll(theme: str) -> list[tuple[str, Followed]]:
        async with Client(api) as client:
            return [
                (theme, await client.run_polling(TYPE, {"theme": theme, "count": 3}, moments.uniform(0, POLL_S)))
                for _ in range(count)
            ]

    found = await asyncio.gather(*(poll(f"canal city {number}") for number in range(POLLERS)))
    answers = _answers(llm)
    return [
        (job.ended_at - max(at for at in answers[theme] if at < job.ended_at)) * 1000
        for jobs in found
        for theme, job in jobs
    ]


def _answers(llm: ProviderProcess) -> Mapping[str, Sequence[float]]:
    """When the calls for each theme were answered."""
    answers: dict[str, list[float]] = {}
    for call in llm.calls():
        text = call["body"]["messages"][-1]["content"]
        theme = text.rpartition('"theme": "')[2].partition('"')[0]
        answers.setdefault(theme, []).append(call["answered_at"])
    return answers


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _table(delays: Delays) -> Table:
    rows: list[list[Cell]] = [
        [name, f"{_percentile(values, 50):.1f}", f"{_percentile(values, 99):.1f}", f"{max(values):.1f}", len(values)]
        for name, values in delays.items()
    ]
    return Table(["from → to", "p50, ms", "p99, ms", "longest, ms", "jobs"], rows)


def _goals(delays: Delays) -> Iterator[Goal]:
    for name, limit_ms in _GOALS_MS.items():
        yield Goal(f"{name}, p50", limit_ms, _percentile(delays[name], 50), "ms")
