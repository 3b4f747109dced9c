"""`python -m benchmarks.performance.scripted_generator LLM_URL`: a generator that answers every job at once.

It writes one job when it starts, and sends its events again for each call. So only the rest of the system costs CPU.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import grpc.aio

from benchmarks.performance.plans import KIND, events_of
from benchmarks.performance.provider.process import ProviderProcess
from generator_service.registry import load_kinds
from generator_service.wire import write_events
from generator_service.writing.event import Event, StageFinished
from local.process.tether import tethered
from local.project import LOOPBACK, ROOT

_SERVICE = "lore.v1.LoreService"


async def serve(llm_url: str) -> None:
    events = await events_of(load_kinds()[KIND], llm_url)
    messages = [
        write_events(list(together), "scripted").SerializeToString() for _, together in groupby(events, _answer)
    ]

    async def generate(_request: bytes, _context: Any) -> AsyncIterator[bytes]:
        for message in messages:
            yield message

    server = grpc.aio.server()
    handlers: Any = {"Generate": grpc.unary_stream_rpc_method_handler(generate)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, handlers),))
    port = server.add_insecure_port(f"{LOOPBACK}:0")
    await server.start()
    print(f"{LOOPBACK}:{port}", flush=True)
    await server.wait_for_termination()


def _answer(event: Event) -> object:
    """The same for all stages that one answer of the LLM finishes: the names, or the stages of a piece."""
    return (event.stage == "name" or event.piece_index) if isinstance(event, StageFinished) else None


@contextmanager
def scripted_generator(provider: ProviderProcess) -> Iterator[tuple[str, int]]:
    """Run it. Yields its gRPC target and its process id."""
    argv = tethered([sys.executable, "-m", "benchmarks.performance.scripted_generator", provider.url])
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            target = process.stdout.readline().strip()
            if not target:
                raise RuntimeError("the scripted generator did not start")
            yield target, process.pid
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
