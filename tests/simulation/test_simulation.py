"""Simulated histories, and proof that the checks notice a missing guard.

SIMULATION_SEEDS is the number of histories (200), SIMULATION_FIRST_SEED the first seed (0). A failure names its seed:
`make simulate SIMULATION_FIRST_SEED=<seed> SIMULATION_SEEDS=1` repeats the same history.
"""

import os
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace

import pytest

from chalicelib.domain.change import Change
from chalicelib.domain.drain import Draining
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import FENCED
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from chalicelib.domain.spending import SpendingStopped
from chalicelib.port.generator import GenerationEvent, GenerationRequest
from chalicelib.port.idempotency_keys import Binding
from tests.fake.memory_server import Record
from tests.simulation.check import Sabotage, simulate
from tests.simulation.scenario import Simulation

FIRST_SEED = int(os.environ.get("SIMULATION_FIRST_SEED", "0"))
SEEDS = range(FIRST_SEED, FIRST_SEED + int(os.environ.get("SIMULATION_SEEDS", "200")))
#: The histories of one test: few enough that tests can share them out among processes.
BATCH = 50
#: A missing guard must be noticed within this many histories.
GUARD_SEEDS = 300


@pytest.mark.parametrize("seeds", [SEEDS[start : start + BATCH] for start in range(0, len(SEEDS), BATCH)], ids=str)
def test_every_accepted_job_ends_well_under_any_seed(seeds: range) -> None:
    """It ends once. No stored stage is paid for again, no call follows a cancel, no job is stuck past its deadline."""
    endings: Counter[str] = Counter()
    for seed in seeds:
        faults, ended = simulate(seed)
        assert not faults, f"seed {seed}: {faults}"
        endings += ended
    assert endings.total() > 0


def test_a_seed_always_gives_the_same_history() -> None:
    assert [simulate(seed) for seed in range(5)] == [simulate(seed) for seed in range(5)]


def no_fencing(simulation: Simulation) -> None:
    """Let the store accept writes from every worker."""
    check = simulation.jobs.check

    def trusting(job_id: str, change: Change) -> None:
        check(job_id, replace(change, token=None) if change.action in FENCED else change)

    simulation.jobs.check = trusting  # type: ignore[method-assign]


def no_checkpoints(simulation: Simulation) -> None:
    """Hide the finished stages from later attempts."""
    generate = simulation.generator.generate

    async def forgetful(request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        async with aclosing(generate(replace(request, finished=()))) as events:
            async for event in events:
                yield event

    simulation.generator.generate = forgetful  # type: ignore[method-assign]


def orphaned_work(simulation: Simulation) -> None:
    """Let the generator go on writing after its caller has gone."""
    simulation.generator.hangs_up = False


def unlimited_tokens(simulation: Simulation) -> None:
    """Reserve tokens without checking the limits."""
    count, reserve = simulation.quotas.count_submissions, simulation.quotas.reserve_for_all

    async def count_all(owner: str, tokens: Mapping[str, int], quota: Quota) -> dict[str, Standing | QuotaExceeded]:
        return await count(owner, tokens, replace(quota, max_tokens=None))

    async def reserve_all(tokens: Mapping[str, int], stop: int | None) -> dict[str, SpendingStopped | Draining]:
        return await reserve(tokens, None)

    simulation.quotas.count_submissions = count_all  # type: ignore[method-assign]
    simulation.quotas.reserve_for_all = reserve_all  # type: ignore[method-assign]


def unsettled_tokens(simulation: Simulation) -> None:
    """Let jobs end without settling what they have reserved."""
    simulation.database.server.settle_tokens = lambda *_: None  # type: ignore[method-assign]


def forgotten_keys(simulation: Simulation) -> None:
    """Do not remember which batch an idempotency key belongs to."""

    async def bind_again(owner: str, key: str, wanted: Binding) -> Binding:
        return wanted

    simulation.database.keys.bind = bind_again  # type: ignore[method-assign]


def forgotten_outbox(simulation: Simulation) -> None:
    """Take each job off the list of unfinished jobs as soon as it has ended, archived or not."""
    settle = simulation.database.server.settle

    def forget(job: Job) -> None:
        settle(job)
        simulation.database.server.unfinished.pop(job.id, None)

    simulation.database.server.settle = forget  # type: ignore[method-assign]


def impatient_drain(simulation: Simulation) -> None:
    """Let the hour in which a job must be begun run on during a drain."""
    write = simulation.jobs.write

    def forget(record: Record, change: Change, now: int) -> None:
        write(record, replace(change, at={name: at for name, at in change.at.items() if name != "waits_since"}), now)

    simulation.jobs.write = forget  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("sabotage", "fault", "known"),
    [
        (no_fencing, "without the lease", 22),
        (no_checkpoints, "did not get the finished", 7),
        (orphaned_work, "after its caller had gone", 0),
        (unlimited_tokens, "exceeded", 1),
        (unsettled_tokens, "still reserved", 0),
        (forgotten_outbox, "kept: ", 2),
        (impatient_drain, "a drain kept it waiting", 179),
        (forgotten_keys, "of the batch has the jobs", 13),
    ],
)
def test_a_missing_guard_is_noticed(sabotage: Sabotage, fault: str, known: int) -> None:
    """Otherwise the checks would prove nothing. The seed that showed it last is tried first, only to save time."""
    found = (simulate(seed, sabotage)[0] for seed in (known, *range(GUARD_SEEDS)))
    assert any(fault in problem for faults in found for problem in faults)
