"""The services on fakes, for tests in virtual time."""

from chalicelib.bootstrap import Services, assemble
from chalicelib.domain.job import Job, JobView
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.price import Price
from chalicelib.domain.queued_job import QueuedJob
from chalicelib.domain.quota import UNLIMITED, Quota
from chalicelib.domain.spending import MAX_BUDGET
from chalicelib.domain.timing import Timing
from chalicelib.port.meter import Meter
from chalicelib.service.acceptance import Accepted
from chalicelib.service.assembly import Limits, WebhookParts
from chalicelib.service.worker import Message
from tests.fake.document_store import MemoryDocumentStore
from tests.fake.generator import FakeGenerator
from tests.fake.history_store import MemoryHistoryStore
from tests.fake.job_queue import FakeJobQueue
from tests.fake.memory_database import MemoryDatabase
from tests.fake.webhook_parts import MemoryNotificationQueue, MemoryWebhookStore, ScriptedReceiver
from tests.virtual_time import EPOCH_MS, clock_s, now_ms

OWNER = "anonymous"


class System:
    def __init__(
        self,
        timing: Timing | None = None,
        quota: Quota | None = None,
        meter: Meter | None = None,
        price: Price | None = None,
        *,
        daily_stop: int | None = None,
        max_budget: int = MAX_BUDGET,
        max_pieces: int | None = None,
        sends_webhooks: bool = True,
    ) -> None:
        self.sends_webhooks = sends_webhooks
        self.timing = timing or Timing()
        self.limits = Limits(
            quota=quota or UNLIMITED, daily_stop=daily_stop, max_budget=max_budget, max_pieces=max_pieces
        )
        self.meter = meter
        self.price = price
        self.database = MemoryDatabase(now_ms)
        #: The fake of Redis, which can be made to fail.
        self.server = self.database.server
        self.jobs = self.database.jobs
        self.index = self.database.index
        self.quotas = self.database.quotas
        self.queue = FakeJobQueue()
        self.generator = FakeGenerator()
        self.documents = MemoryDocumentStore(clock_s)
        self.history = MemoryHistoryStore(self.documents, clock=clock_s)
        self.webhook_store = MemoryWebhookStore()
        self.notifications = MemoryNotificationQueue()
        self.receivers = ScriptedReceiver()
        self.services = self.process()

    def process(self) -> Services:
        """Another process on the same database, queue and generator."""
        return assemble(
            database=self.database,
            queue=self.queue,
            generator=self.generator,
            documents=self.documents,
            history=self.history,
            webhooks=WebhookParts(
                store=self.webhook_store,
                client=self.receivers,
                queue=self.notifications if self.sends_webhooks else None,
            ),
            timing=self.timing,
            limits=self.limits,
            price=self.price,
            meter=self.meter,
            jitter=lambda _low, high: high,
            clock=clock_s,
        )

    async def submit(self, owner: str, type_name: str, payload: object, key: str | None = None) -> Accepted:
        return await self.services.submission.submit(self.request(owner, type_name, payload), key)

    def request(self, owner: str, type_name: str, payload: object, **options: object) -> JobRequest:
        return JobRequest.parse(owner, {"type": type_name, "payload": payload} | options, self.timing)

    async def submitted(self, type_name: str = "generate_characters", **payload: object) -> Job:
        return (await self.submit(OWNER, type_name, payload)).job

    async def work(self, *job_ids: str) -> list[str]:
        """One invocation of the worker with a message for each of these jobs. Returns the ids of failed messages."""
        return await self.services.worker.work([message(job_id) for job_id in job_ids])

    async def job(self, job_id: str) -> Job:
        return (await self.view(job_id)).job

    async def view(self, job_id: str) -> JobView:
        view = await self.jobs.view(job_id)
        assert view is not None
        return view

    async def unfinished(self) -> list[str]:
        """The ids of all jobs listed as unfinished."""
        return [job_id async for page in self.index.list_unfinished() for job_id in page]


def message(job_id: str, *, owner: str = OWNER, type_name: str = "generate_characters") -> Message:
    queued = QueuedJob(job_id, owner, type_name, EPOCH_MS)
    return Message(id=f"message-of-{job_id}", body=queued.encode())
