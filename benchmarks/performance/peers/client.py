"""The client of a peer: submits jobs as standard input says, and waits for their results.

A line of input is {"variant": str, "jobs": int, "together": int}. The answer is {"seconds": float}.
"""

import asyncio
import json
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

#: Submits a job with this variant and id, and returns its result.
Run = Callable[[str, str], Any]
RunAsync = Callable[[str, str], Awaitable[Any]]


def serve(run: Run) -> None:
    """Follow the orders until the input ends. Jobs that run at the same time have a thread each."""
    with ThreadPoolExecutor(32) as pool:
        for order in _orders():
            began_at = time.monotonic()
            jobs = iter([(order["variant"], uuid.uuid4().hex) for _ in range(order["jobs"])])

            def work(jobs: Iterator[tuple[str, str]] = jobs) -> None:
                while (job := next(jobs, None)) is not None:
                    _check(run(*job))

            for done in [pool.submit(work) for _ in range(order["together"])]:
                done.result()
            _answer(time.monotonic() - began_at)


async def serve_async(run: RunAsync) -> None:
    """The same for a client on asyncio."""
    orders = _orders()
    while (order := await asyncio.to_thread(next, orders, None)) is not None:
        began_at = time.monotonic()
        jobs = iter([(order["variant"], uuid.uuid4().hex) for _ in range(order["jobs"])])

        async def work(jobs: Iterator[tuple[str, str]] = jobs) -> None:
            for job in jobs:
                _check(await run(*job))

        await asyncio.gather(*(work() for _ in range(order["together"])))
        _answer(time.monotonic() - began_at)


def _orders() -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in sys.stdin)


def _check(result: Any) -> None:
    if len(result) != 3 or not all(piece["name"] for piece in result):
        raise ValueError(f"not the result of a job: {result!r}")


def _answer(seconds: float) -> None:
    print(json.dumps({"seconds": seconds}), flush=True)
