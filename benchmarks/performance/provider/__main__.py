"""`python -m benchmarks.performance.provider [--port N] [--latency SECONDS] [--chunk CHARACTERS]`."""

import argparse
import asyncio
from contextlib import suppress

from benchmarks.performance.provider.replay import Replay
from benchmarks.performance.provider.server import Provider, serve
from local.project import LOOPBACK


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance.provider")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--latency", type=float, default=0.0, help="how long each answer takes, seconds")
    parser.add_argument("--chunk", type=int, default=0, help="characters in one event; 0: one part of the answer")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other texts")
    given = parser.parse_args()
    provider = Provider(Replay(given.seed, given.chunk), given.latency)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(provider, LOOPBACK, given.port))


main()
