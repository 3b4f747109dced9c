"""Generators for the contract suite: the fake, and the real process with the offline writer as its LLM."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from chalicelib.adapter.grpc_generator import GrpcGenerator
from chalicelib.port.generator import Generator
from local.process.tether import tethered
from local.project import LOOPBACK
from local.stack.tcp_port import assign_ports
from tests.chaos.provider import Provider
from tests.fake.generator import FakeGenerator

_START_WITHIN_S = 120


class Bench(Protocol):
    """A generator, and control over its LLM."""

    #: A timeout, in seconds, that is long enough to connect.
    short_timeout_s: float

    @property
    def generator(self) -> Generator: ...

    def be_fast(self) -> None: ...

    def be_slow(self) -> None:
        """Let every call to the LLM take a minute."""
        ...

    def calls_in_flight(self) -> int:
        """How many calls to the LLM are in progress."""
        ...

    def unreachable(self) -> Generator:
        """A generator that is down."""
        ...


class FakeBench:
    short_timeout_s = 0.1

    def __init__(self) -> None:
        self.generator = FakeGenerator(stage_s=0)

    def be_fast(self) -> None:
        self.generator.stage_s = 0

    def be_slow(self) -> None:
        self.generator.stage_s = 60

    def calls_in_flight(self) -> int:
        return self.generator.under_way

    def unreachable(self) -> Generator:
        down = FakeGenerator()
        down.down = True
        return down


class ProcessBench:
    short_timeout_s = 5.0

    def __init__(self, address: str, llm_url: str) -> None:
        self.generator = GrpcGenerator(address)
        self._llm = Provider(llm_url)

    def be_fast(self) -> None:
        self._llm.be(latency_s=0)

    def be_slow(self) -> None:
        self._llm.be(latency_s=60)

    def calls_in_flight(self) -> int:
        return self._llm.calls().in_flight

    def unreachable(self) -> Generator:
        return GrpcGenerator(f"{LOOPBACK}:{assign_ports(['nobody'], {})['nobody']}")


@contextmanager
def process_bench(folder: Path) -> Iterator[ProcessBench]:
    """Run the generator and the offline writer as separate processes."""
    environment = {"PATH": os.environ["PATH"]}
    with _running(folder / "llm.log", environment, "local.offline_writer") as llm_log:
        llm_url = _announced(llm_log, _url)
        environment |= {"OPENAI_API_KEY": "unused", "OPENAI_BASE_URL": llm_url, "GENERATOR_PORT": "0", "DRAIN_S": "0.1"}
        with _running(folder / "generator.log", environment, "generator_service") as generator_log:
            yield ProcessBench(_announced(generator_log, _address), llm_url)


@contextmanager
def _running(log: Path, environment: dict[str, str], module: str) -> Iterator[Path]:
    with (
        log.open("wb") as output,
        subprocess.Popen(
            tethered([sys.executable, "-u", "-m", module]), env=environment, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            yield log
        finally:
            process.terminate()


def _announced(log: Path, found: Callable[[str], str | None]) -> str:
    """Wait for a line of the log in which `found` finds something, and return that."""
    deadline = time.monotonic() + _START_WITHIN_S
    while True:
        for line in log.read_text(encoding="utf-8").splitlines():
            if said := found(line):
                return said
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.05)


def _url(line: str) -> str | None:
    return line.removeprefix("listening on ") if line.startswith("listening on ") else None


def _address(line: str) -> str | None:
    return str(json.loads(line)["address"]) if '"The generator is listening"' in line else None
