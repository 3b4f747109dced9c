"""One simulated history: API, queue, workers, generator, schedule and clock in one process, driven by one seed.

The seed decides what goes wrong and when: workers are killed and paused at any await, the generator crashes, the store
is down, messages are lost, copied and reordered, the provider fails. `check.py` checks the history once all jobs have
ended.
"""

import asyncio
import random
from dataclasses import replace

from chalicelib.bootstrap import Services, assemble
from chalicelib.domain.change import Change
from chalicelib.domain.drain import Drain
from chalicelib.domain.error import LoreSmithError
from chalicelib.domain.lifecycle import FENCED
from chalicelib.domain.quota import UNLIMITED
from chalicelib.service.assembly import Limits
from tests import virtual_time
from tests.fake.document_store import MemoryDocumentStore
from tests.fake.history_store import MemoryHistoryStore
from tests.fake.memory_database import MemoryDatabase
from tests.fake.memory_job_store import MemoryJobStore
from tests.fake.memory_server import MemoryServer, Record
from tests.fake.webhook_parts import no_webhooks
from tests.simulation.caller import TIMING, Callers, History
from tests.simulation.process import GatedDatabase, SimProcess, gated
from tests.simulation.sim_generator import Faults, SimGenerator
from tests.simulation.sim_queue import SimQueue
from tests.simulation.spending import WatchedQuotaLedger

SWEEP_EVERY_S = 10.0
#: How long chaos lasts.
CHAOS_S = 60.0
#: How long the history may continue after that: a job that waits longer for a worker fails.
SETTLE_S = TIMING.max_pending_s + 2 * SWEEP_EVERY_S


class WatchedJobStore(MemoryJobStore):
    """Records every write by a worker that did not hold the lease at that moment."""

    def __init__(self, server: MemoryServer) -> None:
        super().__init__(server)
        self.trespasses: list[str] = []

    def kept(self, job_id: str) -> frozenset[tuple[int, str]]:
        """The stages that are finished now."""
        record = self.server.records.get(job_id)
        return frozenset(record.stages) if record else frozenset()

    def write(self, record: Record, change: Change, now: int) -> None:
        if change.action in FENCED and change.token != record.fields.get("lease_token"):
            self.trespasses.append(f"{record.fields['id']}: {change.action} by a worker without the lease")
        super().write(record, change, now)


def _limits(seed: int, max_running: int) -> Limits:
    """In some histories the daily tokens are not enough for all jobs. A job of relics reserves 14,000 to 34,000."""
    rng = random.Random(f"tokens of {seed}")
    max_tokens, daily_stop = rng.choice([None, 40_000, 90_000]), rng.choice([None, 30_000, 60_000])
    return Limits(quota=replace(UNLIMITED, max_running=max_running, max_tokens=max_tokens), daily_stop=daily_stop)


class Simulation:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = rng = random.Random(seed)
        self.options_rng = random.Random(f"options of {seed}")
        self.history = History()
        self.database = MemoryDatabase(virtual_time.now_ms)
        self.jobs = self.database.jobs = WatchedJobStore(self.database.server)
        self.queue = SimQueue(
            rng, visibility_s=TIMING.queue_visibility_s, loss=rng.choice([0, 0, 0.2]), copies=rng.choice([0, 0.3])
        )
        faults = rng.choice(
            [
                Faults(),
                Faults(),
                Faults(unavailable=0.15),
                Faults(rate_limited=0.15),
                Faults(refused=0.1),
                Faults(full=0.8),
                Faults(hanging=0.05, unavailable=0.05),
            ]
        )
        self.documents = MemoryDocumentStore(virtual_time.clock_s)
        self.records = MemoryHistoryStore(self.documents, clock=virtual_time.clock_s)
        self.generator = SimGenerator(rng, faults, call_s=(0.2, rng.choice([2.0, 6.0])), kept=self.jobs.kept)
        self.limits = _limits(seed, max_running=rng.choice([1, 2, 100]))
        self.quotas = self.database.quotas = WatchedQuotaLedger(
            self.database.server, max_tokens=self.limits.quota.max_tokens, daily_stop=self.limits.daily_stop
        )
        self.workers: list[SimProcess] = []
        self.stopped = False

    def services(self, process: SimProcess) -> Services:
        """The real services in one process, with a gate at every await of the outside world."""

        async def gate() -> None:
            await asyncio.sleep(self.rng.uniform(0, 0.02))
            await process.gate()

        return assemble(
            database=GatedDatabase.of(self.database, gate),
            queue=gated(self.queue, gate),
            generator=gated(self.generator, process.gate),
            documents=gated(self.documents, gate),
            history=gated(self.records, gate),
            webhooks=no_webhooks(),
            timing=TIMING,
            limits=self.limits,
            jitter=self.rng.uniform,
            clock=virtual_time.clock_s,
        )

    async def run(self) -> None:
        """Run the history to its end."""
        tasks = [asyncio.create_task(self._worker()) for _ in range(2)]
        tasks += [asyncio.create_task(self._schedule()), asyncio.create_task(self._dead_letters())]
        callers = Callers(self.rng, self.options_rng, self.history, self.services)
        tasks += [asyncio.create_task(callers.single()) for _ in range(self.rng.randint(1, 3))]
        if self.options_rng.random() < 0.5:
            tasks.append(asyncio.create_task(callers.batch()))
        await asyncio.gather(
            self._chaos(), self._library_outage(), drain_for_a_while(self.seed, self.database.server, self.history)
        )
        end_at = _now() + SETTLE_S
        while _now() < end_at and not await self._all_ended():  # noqa: ASYNC110 - virtual time
            await asyncio.sleep(5)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error

    async def _worker(self) -> None:
        """Run one invocation of the worker after another. A killed process is replaced."""
        while True:
            batch = self.queue.receive(10)
            if not batch:
                await asyncio.sleep(self.rng.uniform(0.1, 1))
                continue
            process = SimProcess()
            self.workers.append(process)
            work = asyncio.create_task(self.services(process).worker.work(batch))
            death = asyncio.create_task(process.death())
            await asyncio.wait([work, death], timeout=TIMING.worker_timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if work.done() and work.exception() is None:
                failed = set(work.result())
                self.queue.delete([message for message in batch if message.id not in failed])
            # Its connections close with the process, so the generator notices its death at once.
            process.kill()
            self.workers.remove(process)
            work.cancel()
            death.cancel()
            await asyncio.wait([work, death])

    async def _schedule(self) -> None:
        services = self.services(SimProcess())
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            try:
                await services.recovery.sweep()
            except LoreSmithError:
                continue

    async def _dead_letters(self) -> None:
        """Run the handler of the dead-letter queue."""
        services = self.services(SimProcess())
        while True:
            await asyncio.sleep(5)
            letters, self.queue.dead = self.queue.dead, []
            failed = set(await services.worker.fail_dead_letters(letters))
            self.queue.dead += [letter for letter in letters if letter.id in failed]

    async def _chaos(self) -> None:
        end_at = _now() + CHAOS_S
        while _now() < end_at:
            await asyncio.sleep(self.rng.uniform(1, 20))
            match self.rng.choice(["kill", "pause", "generator", "store", "nothing", "nothing"]):
                case "kill" if self.workers:
                    self.rng.choice(self.workers).kill()
                    self.history.kills += 1
                case "pause" if self.workers:
                    await self._pause(self.rng.choice(self.workers))
                case "generator":
                    self.generator.crash()
                case "store":
                    self.history.uninformed |= set(self.history.accepted)
                    self.database.server.down = True
                    await asyncio.sleep(self.rng.uniform(0.5, 15))
                    self.database.server.down = False

    async def _library_outage(self) -> None:
        """In half of the simulated histories, the library is down for up to a minute."""
        rng = random.Random(f"library of {self.seed}")
        await asyncio.sleep(rng.uniform(0, CHAOS_S / 2))
        self.documents.down = self.records.down = rng.random() < 0.5
        await asyncio.sleep(rng.uniform(1, CHAOS_S))
        self.documents.down = self.records.down = False

    async def _pause(self, process: SimProcess) -> None:
        self.history.uninformed |= set(self.history.accepted)
        process.pause()
        await asyncio.sleep(self.rng.uniform(1, 2.5 * TIMING.lease_s))
        process.resume()

    async def _all_ended(self) -> bool:
        """Whether all jobs have ended, also those whose client got an error."""
        server = self.database.server
        return all(server.job(record).is_final for record in server.records.values())


async def drain_for_a_while(seed: int, server: MemoryServer, history: History) -> None:
    """In a third of the histories an operator drains, sometimes for longer than a job may wait for a worker.

    Some end the drain. The others forget it: then it expires.
    """
    rng = random.Random(f"drain of {seed}")
    if rng.random() < 2 / 3:
        return
    await asyncio.sleep(rng.uniform(0, CHAOS_S / 2))
    lasts_s = rng.choice([30, 300, 1.5 * TIMING.max_pending_s])
    began_at = virtual_time.now_ms()
    server.drain = Drain(
        by="operator",
        reason="a deployment",
        began_at=began_at,
        ends_at=began_at + int(lasts_s * 1000),
        refuses=rng.random() < 0.5,
    )
    await asyncio.sleep(lasts_s * rng.choice([0.5, 1]))
    server.drain, history.drained_until = None, virtual_time.now_ms()


def _now() -> float:
    return asyncio.get_running_loop().time()
