"""The queueing simulation agrees with the formulas of queueing theory, and follows the rules of AWS."""

import json
import math
import statistics
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.simulation.autoscaling import Autoscaling
from benchmarks.simulation.event_loop import EventLoop
from benchmarks.simulation.event_source import EventSource
from benchmarks.simulation.figures import Figures
from benchmarks.simulation.generator import Fleet, Task
from benchmarks.simulation.job import CALLS, CALLS_IN_A_ROW, Job
from benchmarks.simulation.knobs import Knobs
from benchmarks.simulation.load import DAY_S, PEAK, Period, arrivals, day
from benchmarks.simulation.provider import Latency, Provider, ProviderLimits
from benchmarks.simulation.system import Outcome, Start, System

UNLIMITED = ProviderLimits("none", math.inf, math.inf)
#: Only the calls take time.
INSTANT = replace(
    Figures(), submit_s=0.0, invoke_s=0.0, claim_s=0.0, finish_s=0.0, worker_cold_start_s=0.0, generator_cpu_s=0.0
)


def knobs(**changes: Any) -> Knobs:
    return Knobs.of("dev", **({"provider": UNLIMITED} | changes))


def run(count: int, figures: Figures = INSTANT, **changes: Any) -> Outcome:
    """This many jobs at once."""
    return System(knobs(**changes), figures, 1).run([0.0] * count)


class Servers:
    """An event source whose worker does nothing but wait; the times of all jobs."""

    def __init__(self, service: Callable[[], float], **changes: Any) -> None:
        self.loop = EventLoop()
        self._service = service
        self.source = EventSource(self.loop, knobs(**changes), INSTANT, self._work, batches=1000)
        self.waits: list[float] = []

    def _work(self, job: Job, done: Callable[[], None]) -> None:
        self.waits.append(self.loop.now_s - job.arrived_s)
        self.loop.after(self._service(), done)

    def arrive(self, times: list[float]) -> None:
        for at_s in times:
            self.loop.after(at_s, self.source.send, Job(at_s))


def erlang_c(servers: int, load: float) -> float:
    """The share of arrivals that wait in M/M/c (Erlang, 1917)."""
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(load**k / math.factorial(k) for k in range(servers)) + last)


def test_waits_are_those_of_a_queue_with_several_servers() -> None:
    """M/M/c: eight invocations of one job each, three quarters of them busy on average. The mean of three runs."""
    servers, load, waits = 8, 6.0, list[float]()
    for random in map(Random, range(3)):
        system = Servers(partial(random.expovariate, 1.0), worker_max_concurrency=servers, batch_size=1)
        system.arrive(list(arrivals([Period(10_000, load)], random)))
        system.loop.run()
        waits += system.waits
    assert statistics.fmean(waits) == pytest.approx(erlang_c(servers, load) / (servers - load), rel=0.07)


def test_the_number_of_running_jobs_is_that_of_a_queue_without_waiting() -> None:
    """M/G/infinity: Poisson, with mean and variance of rate times time, whatever the times are."""
    random, rate, time_s = Random(4), 3.0, 5.0
    system = Servers(lambda: random.choice([1.0, 2 * time_s - 1.0]), worker_max_concurrency=1000, batch_size=1)
    system.arrive(list(arrivals([Period(20_000, rate)], random)))
    running = []
    for second in range(100, 20_000, 10):
        system.loop.run(second)
        running.append(system.source.running)
    assert statistics.fmean(running) == pytest.approx(rate * time_s, rel=0.03)
    assert statistics.variance(running) == pytest.approx(rate * time_s, rel=0.1)


def test_arrivals_have_their_rate_and_half_of_them_come_in_the_busiest_hours() -> None:
    times = list(arrivals(day(50_000), Random(5)))
    busiest = [at_s for at_s in times if at_s > DAY_S - 4 * 3600]
    assert len(times) == pytest.approx(50_000, rel=0.02)
    assert len(busiest) * 6 / len(times) == pytest.approx(PEAK, rel=0.03)
    assert all(one <= other for one, other in pairwise(times))


def test_a_batch_holds_its_invocation_until_its_slowest_job_has_ended() -> None:
    times = iter([1.0, 9.0, 1.0])
    system = Servers(lambda: next(times), worker_max_concurrency=1, batch_size=2)
    system.arrive([0.0, 0.0, 0.0, 0.0])
    system.loop.run(5)
    # The first message found an idle invocation and went alone; two more went together.
    assert (system.source.running, system.source.waiting, system.source.in_flight) == (1, 1, 2)


def test_more_batches_are_permitted_each_second_while_messages_wait() -> None:
    loop = EventLoop()
    source = EventSource(loop, knobs(worker_max_concurrency=18, batch_size=1), INSTANT, lambda _job, _done: None)
    for _ in range(100):
        source.send(Job(0.0))
    running = []
    for second in range(4):
        loop.run(second)
        running.append(source.running)
    assert running == [5, 10, 15, 18]


def test_only_the_first_use_of_a_sandbox_is_slow() -> None:
    cold = replace(INSTANT, worker_cold_start_s=2.0, sandbox_idle_s=100.0)
    outcome = System(knobs(), cold, 1).run([0.0, 50.0, 500.0])
    assert outcome.cold_starts == 2
    assert outcome.waits_s == [0.0, 2.0, 2.0]


def test_a_job_takes_two_calls_in_a_row() -> None:
    outcome = run(1, replace(INSTANT, llm_s=4.0, llm_spread=0.0))
    assert outcome.totals_s == [8.0]
    assert CALLS == 7


def test_calls_beyond_the_limit_wait() -> None:
    """Two jobs: two names at once, then twelve calls, three at a time."""
    outcome = run(2, replace(INSTANT, llm_s=1.0, llm_spread=0.0), llm_max_concurrency=3)
    assert outcome.totals_s[-1] == 5.0


def test_a_provider_that_refuses_calls_delays_them_and_loses_none() -> None:
    slow = ProviderLimits("slow", 60, math.inf)
    outcome = run(5, replace(INSTANT, llm_s=1.0, llm_spread=0.0), provider=slow)
    assert outcome.refused_calls > 0
    assert (len(outcome.totals_s), outcome.failed) == (5, 0)
    # 35 calls, of which ten find a full bucket, at one a second.
    assert outcome.totals_s[-1] == pytest.approx(27, abs=4)


def test_a_bucket_says_in_whole_seconds_when_it_will_be_full_enough() -> None:
    provider = Provider(ProviderLimits("p", 6, math.inf), tokens_per_call=1.0)
    assert [provider.ask(0.0), provider.ask(0.0), provider.ask(5.5), provider.ask(10.0)] == [0, 10, 5, 0]


def test_jobs_that_a_full_generator_refuses_complete_later() -> None:
    """What happens if workers may start more jobs than the generator takes."""
    slow = replace(INSTANT, llm_s=20.0, llm_spread=0.0)
    full = run(100, slow, worker_max_concurrency=10, jobs_per_task=10, max_tasks=1)
    assert (full.failed, len(full.totals_s)) == (0, 100)
    ten_rounds_s = 10 * len(CALLS_IN_A_ROW) * 20.0
    assert ten_rounds_s <= full.makespan_s <= 1.5 * ten_rounds_s


def scaled(in_flight: int, minutes: int, **changes: Any) -> int:
    """How many tasks run after this many minutes."""
    loop, setting = EventLoop(), knobs(jobs_per_task=100, busy_share=0.5, max_tasks=10, **changes)
    provider, random = Provider(UNLIMITED, 1.0), Random(1)

    def start() -> Task:
        return Task(loop, setting, cpu_s=0.0, latency=Latency(1.0, 0.0), provider=provider, random=random)

    fleet = Fleet(start, 2, random)
    Autoscaling(loop, fleet, setting, in_flight=lambda: in_flight, task_start_s=60)
    loop.run(minutes * 60 + 1)
    return len(fleet.tasks)


@pytest.mark.parametrize(("minutes", "tasks"), [(4, 2), (5, 8)])
def test_tasks_start_after_three_busy_minutes_the_delay_of_the_metric_and_their_own_start(
    minutes: int, tasks: int
) -> None:
    assert scaled(400, minutes) == tasks


def test_tasks_stop_only_after_fifteen_quiet_minutes() -> None:
    assert (scaled(0, 15), scaled(0, 16)) == (2, 1)


def test_the_same_seed_gives_the_same_run() -> None:
    times = list(arrivals([Period(600, 1.0)], Random(6)))
    one, other = (System(knobs(), Figures(), 7, Start(1)).run(times) for _ in range(2))
    assert one == other


def test_jobs_before_the_count_starts_are_left_out() -> None:
    outcome = System(knobs(), INSTANT, 1).run([0.0, 10.0, 20.0], counted_from_s=5)
    assert len(outcome.waits_s) == 2


def test_measured_cpu_replaces_the_defaults(tmp_path: Path) -> None:
    record = tmp_path / "cpu_per_job.json"
    assert Figures.measured(record) == Figures()
    tables = [{"rows": [["generator", "25.0 (24.1-26.0)"], ["peer", "9.9"]]}]
    record.write_text(json.dumps({"section": {"tables": tables}}))
    assert Figures.measured(record) == replace(Figures(), generator_cpu_s=0.025)
