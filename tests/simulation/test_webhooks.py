"""Ends of jobs reach their webhooks whatever dies in between, in histories from seeds.

SIMULATION_SEEDS is the number of histories, each with 25 jobs: 400 of them are ten thousand ends.
"""

import os
from collections import Counter
from collections.abc import Callable

import pytest

from chalicelib.domain.job import Job
from chalicelib.domain.notification import Notification
from tests.simulation.webhook_scenario import JOBS, WebhookSimulation, simulate

FIRST_SEED = int(os.environ.get("SIMULATION_FIRST_SEED", "0"))
#: A tenth of the other histories: each takes longer.
SEEDS = range(FIRST_SEED, FIRST_SEED + max(1, int(os.environ.get("SIMULATION_SEEDS", "200")) // 10))
BATCH = 20
#: A missing guard must be noticed within this many histories.
GUARD_SEEDS = 20


@pytest.mark.parametrize("seeds", [SEEDS[start : start + BATCH] for start in range(0, len(SEEDS), BATCH)], ids=str)
def test_every_end_is_sent_under_any_seed(seeds: range) -> None:
    """At least once, always with the same id, to the right address, as what it was; or it is in the dead letters."""
    happened: Counter[str] = Counter()
    for seed in seeds:
        faults, found = simulate(seed)
        assert not faults, f"seed {seed}: {faults}"
        happened += found
    assert happened["kills"] > len(seeds)
    assert happened["requests"] > len(seeds) * JOBS
    assert happened["job.completed"] > 0
    assert happened["job.cancelled"] > 0


def test_a_seed_always_gives_the_same_history() -> None:
    assert [simulate(seed)[1] for seed in range(2)] == [simulate(seed)[1] for seed in range(2)]


def no_outbox(simulation: WebhookSimulation) -> None:
    """Take each job off the list of unfinished jobs as soon as it has ended."""
    settle = simulation.database.server.settle

    def forget(job: Job) -> None:
        settle(job)
        simulation.database.server.unfinished.pop(job.id, None)

    simulation.database.server.settle = forget  # type: ignore[method-assign]


def marked_before_queued(simulation: WebhookSimulation) -> None:
    """Note that a message was handled before what follows from it is queued."""
    send, mark = simulation.notifications.send, simulation.database.deliveries.mark

    async def mark_first(notification: Notification, delay_s: float = 0) -> None:
        if notification.number or notification.hop:
            was = notification.number - 1 if notification.hop == 0 else notification.number
            for hop in range(max(1, notification.hop)):
                await mark(notification.id, f"/{was}/{hop}")
        if simulation.rng.random() < 0.1 and not simulation.is_calm:
            return  # the process dies here
        await send(notification, delay_s)

    simulation.notifications.send = mark_first  # type: ignore[method-assign]


def random_ids(simulation: WebhookSimulation) -> None:
    """Give each attempt its own id."""
    post = simulation.receivers.post

    async def posted(url: object, headers: dict[str, str], body: bytes) -> object:
        return await post(url, headers | {"webhook-id": str(simulation.rng.random())}, body)  # type: ignore[arg-type]

    simulation.receivers.post = posted  # type: ignore[assignment, method-assign]


@pytest.mark.parametrize(
    ("sabotage", "fault"),
    [(no_outbox, "nobody was told"), (marked_before_queued, "nobody was told"), (random_ids, "with the ids")],
)
def test_a_missing_guard_is_noticed(sabotage: Callable[[WebhookSimulation], None], fault: str) -> None:
    """Otherwise the checks would prove nothing."""
    found = (simulate(seed, sabotage)[0] for seed in range(GUARD_SEEDS))
    assert any(fault in problem for faults in found for problem in faults)
