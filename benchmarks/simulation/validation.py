"""Compares the simulation with runs of the local stack that were measured before."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.simulation.figures import Figures
from benchmarks.simulation.knobs import Knobs
from benchmarks.simulation.measured_run import MeasuredRun, Setup
from benchmarks.simulation.provider import ProviderLimits
from benchmarks.simulation.scenario import simulate
from benchmarks.simulation.system import Start

FILE = Path(__file__).with_name("measured_runs.json")
#: What is run: the default of calls at once before and now, and a generator that takes fewer jobs than the workers.
SETUPS = (
    Setup(jobs=100, workers=2, generator_jobs=64, llm_concurrency=32, llm_s=10),
    Setup(jobs=100, workers=2, generator_jobs=64, llm_concurrency=128, llm_s=10),
    Setup(jobs=100, workers=2, generator_jobs=8, llm_concurrency=128, llm_s=5),
)
#: CPU of a job in the generator during the measured runs, on a machine that did other work too.
_CPU_S = 0.1
#: The offline writer's answers take 0.6 to 1.4 times its latency: a log-normal of the same mean and variance.
_SPREAD = 0.8 / math.sqrt(12)
_NO_LIMITS = ProviderLimits("none", math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Comparison:
    setup: Setup
    measured: MeasuredRun
    #: The last end, seconds after the first arrival.
    makespan_s: float
    median_wait_s: float
    failed: int


def write(runs: list[tuple[Setup, MeasuredRun]]) -> None:
    FILE.write_text(json.dumps([{"setup": asdict(setup), "run": asdict(run)} for setup, run in runs]) + "\n")


def compare() -> Iterator[Comparison]:
    for each in json.loads(FILE.read_text()):
        setup = Setup(**each["setup"])
        measured = MeasuredRun(**each["run"])
        knobs = Knobs.of(
            "dev",
            worker_max_concurrency=setup.workers,
            jobs_per_task=setup.generator_jobs,
            llm_max_concurrency=setup.llm_concurrency,
            provider=_NO_LIMITS,
        )
        figures = replace(
            Figures(),
            llm_s=setup.llm_s * math.exp(-(_SPREAD**2) / 2),
            llm_spread=_SPREAD,
            worker_cold_start_s=0.0,
            generator_cpu_s=_CPU_S,
        )
        outcome = simulate(knobs, figures, sorted(measured.created_s), Start(1, setup.workers))
        waits = outcome.waits_s
        yield Comparison(setup, measured, outcome.makespan_s, waits[len(waits) // 2], outcome.failed)
