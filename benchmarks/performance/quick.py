"""`make bench-quick`: the CPU of a job, a POST and a GET, relative to a Python loop that runs in between.

The figures are ratios, so they can be compared between machines, and between runs on a shared machine. It prints
them and writes nothing. It never fails because of a figure.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.performance.client import Client
from benchmarks.performance.measure.cpu_per_job import TOGETHER, TYPE, measure_ours
from benchmarks.performance.plans import PAYLOAD
from benchmarks.performance.provider.process import provider
from benchmarks.performance.run import Run
from benchmarks.performance.section import Spread
from benchmarks.performance.stack import Stack, stack

ROUNDS = 5
JOBS = 15
POSTS = 15
GETS = 100
#: How often the loop runs in a round.
LOOPS = 10


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, provider() as llm, stack(Run(Path(folder)), llm) as it:
        measures: dict[str, Callable[[], float]] = {
            "a job": lambda: measure_ours(it, JOBS, TOGETHER).cpu_ms["total"],
            "a POST (API only)": lambda: asyncio.run(post_ms(it)),
            "a GET (API only)": lambda: asyncio.run(get_ms(it)),
        }
        for measure in measures.values():
            measure()
        loops: list[float] = []
        found: dict[str, list[float]] = {name: [] for name in measures}
        for _ in range(ROUNDS):
            loops.append(loop_ms())
            for name, measure in measures.items():
                found[name].append(measure())
    print(f"CPU, relative to a loop in Python ({Spread.of(loops).text()} ms):")
    for name, times in found.items():
        print(f"  {name:<20} {Spread.of_ratios(times, loops).text():<20} ({Spread.of(times).text(1)} ms)")


def loop_ms() -> float:
    """The CPU milliseconds of the loop: a fixed amount of work on dicts, strings and numbers."""
    began_at = time.process_time()
    for _ in range(LOOPS):
        words: dict[str, int] = {}
        for number in range(20_000):
            word = f"word-{number % 997}"
            words[word] = words.get(word, 0) + len(word) * number % 31
        json.loads(json.dumps(words))
    return (time.process_time() - began_at) * 1000 / LOOPS


async def post_ms(system: Stack) -> float:
    """The API's CPU for one POST. The jobs run meanwhile, and have ended when this returns."""
    async with Client(system.urls.api) as client:
        before = system.cpu()["api"]
        jobs = [await client.submit(TYPE, PAYLOAD) for _ in range(POSTS)]
        spent_s = system.cpu()["api"] - before
        for job in jobs:
            await client.read(job["id"], "Prefer: wait=20\r\n")
    return spent_s * 1000 / POSTS


async def get_ms(system: Stack) -> float:
    """The API's CPU for one GET of a job that has ended."""
    async with Client(system.urls.api) as client:
        job_id = (await client.run(TYPE, PAYLOAD, each_change=False)).job["id"]
        before = system.cpu()["api"]
        for _ in range(GETS):
            await client.read(job_id)
        return (system.cpu()["api"] - before) * 1000 / GETS


if __name__ == "__main__":
    main()
