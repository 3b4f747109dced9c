"""One history of many jobs whose ends must reach a webhook, driven by one seed.

Workers and senders are killed at any await. Redis, DynamoDB and SQS are down for a while, messages arrive twice, and
receivers fail. Then the chaos ends, and everything that is still waiting is sent.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from chalicelib.api import webhook_endpoint
from chalicelib.bootstrap import Services, assemble
from chalicelib.domain.error import LoreSmithError
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.webhook import Webhook
from chalicelib.domain.webhook_url import WebhookUrl
from chalicelib.port.webhook_client import TIMEOUT, Answer
from chalicelib.service.assembly import WebhookParts
from chalicelib.service.worker import Message
from tests import virtual_time
from tests.fake.document_store import MemoryDocumentStore
from tests.fake.generator import FakeGenerator
from tests.fake.history_store import MemoryHistoryStore
from tests.fake.memory_database import MemoryDatabase
from tests.fake.webhook_parts import MemoryNotificationQueue, MemoryWebhookStore, ScriptedReceiver
from tests.simulation.caller import OWNER, TIMING
from tests.simulation.process import GatedDatabase, SimProcess, gated
from tests.simulation.sim_queue import SimQueue

JOBS = 25
_CHAOS_S = 90.0
_SWEEP_EVERY_S = 10.0
#: How often a process dies at one of its awaits.
_DEATHS = 0.02
#: What a receiver may answer, with the seconds that it takes.
_ANSWERS: list[Answer | tuple[float, Answer]] = [
    Answer(status=200),
    Answer(status=200),
    Answer(status=500),
    Answer(status=503, retry_after_s=60),
    Answer(error_code="not_reached"),
    (10.0, Answer(error_code=TIMEOUT)),
]
_OWN, _DEFAULT = "https://own.example.com/", "https://default.example.com/"


class WebhookSimulation:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"webhooks {seed}")
        self.database = MemoryDatabase(virtual_time.now_ms)
        self.queue = SimQueue(self.rng, visibility_s=TIMING.queue_visibility_s, copies=0.1)
        self.documents = MemoryDocumentStore(virtual_time.clock_s)
        self.records = MemoryHistoryStore(self.documents, clock=virtual_time.clock_s)
        self.generator = FakeGenerator()
        self.store = MemoryWebhookStore()
        self.notifications = MemoryNotificationQueue(copies=lambda: 2 if self.rng.random() < 0.1 else 1)
        self.receivers = ScriptedReceiver(self._answer)
        #: (job id, type of the event) of everything that a receiver has accepted.
        self.accepted: Counter[tuple[str, str]] = Counter()
        #: job id → the address that must be told of its end.
        self.wanted: dict[str, str] = {}
        self.kills = 0
        self.is_calm = False

    async def run(self) -> list[str]:
        """Everything that must not happen and did; empty if all is well."""
        await self.store.rotate_secret(OWNER, virtual_time.now_ms())
        await self.store.set_default(OWNER, Webhook.model_validate({"url": _DEFAULT}))
        running = [asyncio.create_task(work()) for work in (self._worker, self._worker, self._sweeps, self._sender)]
        await asyncio.gather(self._client(), self._outages())
        self.is_calm = True
        self.database.server.down = False
        while not await self._is_settled():  # noqa: ASYNC110 - virtual time
            await asyncio.sleep(30)
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        return self._faults()

    def services(self, process: SimProcess) -> Services:
        async def gate() -> None:
            if not self.is_calm and self.rng.random() < _DEATHS:
                self.kills += process.alive
                process.kill()
            await process.gate()

        return assemble(
            database=GatedDatabase.of(self.database, gate),
            queue=gated(self.queue, gate),
            generator=gated(self.generator, process.gate),
            documents=gated(self.documents, gate),
            history=gated(self.records, gate),
            webhooks=WebhookParts(
                store=gated(self.store, gate),
                client=gated(self.receivers, gate),
                queue=_GatedQueue(self.notifications, gate),
            ),
            timing=TIMING,
            jitter=self.rng.uniform,
            clock=virtual_time.clock_s,
        )

    def _answer(self, url: WebhookUrl) -> Answer | tuple[float, Answer]:
        request = self.receivers.received[-1]
        answer = self.rng.choice(_ANSWERS)
        if self.is_calm or answer == Answer(status=200):
            event = json.loads(request.body)
            self.accepted[event["data"]["id"], event["type"]] += 1
            return Answer(status=200)
        return answer

    async def _client(self) -> None:
        services = self.services(_Immortal())
        for number in range(JOBS):
            await asyncio.sleep(self.rng.uniform(0, 2 * _CHAOS_S / JOBS))
            options = {"webhook": {"url": _OWN}} if number % 2 else {}
            request = JobRequest.parse(OWNER, {"type": "generate_relics", "payload": {"count": 1}, **options}, TIMING)
            try:
                job = (await services.submission.submit(request)).job
                self.wanted[job.id] = _OWN if options else _DEFAULT
                if self.rng.random() < 0.2:
                    await services.reading.cancel(OWNER, job.id)
            except LoreSmithError:
                continue

    async def _worker(self) -> None:
        async def work(services: Services, batch: list[Message]) -> list[str]:
            return await services.worker.work(batch)

        while True:
            batch = self.queue.receive(10)
            done = await self._invoked(batch, work)
            self.queue.delete([message for message in batch if message.id in done])

    async def _sender(self) -> None:
        while True:
            batch = [Message(message_id, body) for message_id, body in self.notifications.receive()]
            for message_id in await self._invoked(batch, webhook_endpoint.send):
                self.notifications.delete(message_id)

    async def _invoked(
        self, batch: list[Message], handler: Callable[[Services, list[Message]], Awaitable[list[str]]]
    ) -> set[str]:
        """Run one invocation in a new process. The ids of the messages that Lambda deletes."""
        if not batch:
            await asyncio.sleep(self.rng.uniform(0.1, 1))
            return set()
        process = SimProcess()
        work = asyncio.ensure_future(handler(self.services(process), batch))
        death = asyncio.create_task(process.death())
        await asyncio.wait([work, death], return_when=asyncio.FIRST_COMPLETED)
        if work.done() and work.exception() is None:
            failed = set(work.result())
            death.cancel()
            return {message.id for message in batch} - failed
        work.cancel()
        await asyncio.wait([work])
        return set()

    async def _sweeps(self) -> None:
        """A sweep may be killed too."""
        while True:
            await asyncio.sleep(_SWEEP_EVERY_S)
            process = SimProcess()
            sweep = asyncio.create_task(self.services(process).recovery.sweep())
            await asyncio.wait([sweep])
            error = sweep.exception()
            if error is not None and process.alive and not isinstance(error, LoreSmithError):
                raise error

    async def _outages(self) -> None:
        """Of Redis, DynamoDB and SQS, each on its own."""
        for _ in range(4):
            await asyncio.sleep(self.rng.uniform(1, _CHAOS_S / 4))
            part: Any = self.rng.choice([self.database.server, self.store, self.records, self.notifications])
            part.down = True
            await asyncio.sleep(self.rng.uniform(1, 15))
            part.down = False

    async def _is_settled(self) -> bool:
        server = self.database.server
        all_ended = all(server.job(record).is_final for record in server.records.values())
        return all_ended and not server.unfinished and self.notifications.is_empty

    def _faults(self) -> list[str]:
        told, found = dict.fromkeys(job_id for job_id, _ in self.accepted), []
        ids: dict[str, set[str]] = {}
        for request in self.receivers.received:
            event = json.loads(request.body)
            ids.setdefault(event["data"]["id"], set()).add(request.headers["webhook-id"])
            if (wanted := self.wanted.get(event["data"]["id"])) not in (None, str(request.url)):
                found.append(f"{event['data']['id']}: {request.url} was told, not {wanted}")
        for record in self.database.server.records.values():
            job = self.database.server.job(record)
            if job.id not in told and job.id not in {dead.job_id for dead in self.notifications.dead}:
                found.append(f"{job.id}: nobody was told that it is {job.status}")
            if types := {name for job_id, name in self.accepted if job_id == job.id} - {f"job.{job.status.value}"}:
                found.append(f"{job.id}: is {job.status}, but {types} was told")
        return found + [f"{job_id}: was told with the ids {found_ids}" for job_id, found_ids in ids.items()
                        if len(found_ids) != 1]  # fmt: skip


class _Immortal(SimProcess):
    def kill(self) -> None:
        pass


class _GatedQueue:
    """`gated`, except `parse`, which is no call to the outside world."""

    def __init__(self, queue: MemoryNotificationQueue, gate: Callable[[], Awaitable[None]]) -> None:
        through = gated(queue, gate)
        self.send, self.bury, self.parse = through.send, through.bury, queue.parse


def simulate(seed: int, sabotage: Callable[[WebhookSimulation], None] | None = None) -> tuple[list[str], Counter[str]]:
    """Run one history. Return its faults, and what happened. `sabotage` removes a guard first."""

    async def history() -> tuple[list[str], Counter[str]]:
        simulation = WebhookSimulation(seed)
        if sabotage:
            sabotage(simulation)
        faults = await simulation.run()
        told = Counter(name for _, name in simulation.accepted)
        return faults, told + Counter(kills=simulation.kills, requests=len(simulation.receivers.received))

    return virtual_time.run(history())
