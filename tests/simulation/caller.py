"""What the callers of a simulated history do: they submit jobs, alone and in a batch, and cancel some."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.bootstrap import Services
from chalicelib.domain.error import LoreSmithError
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.timing import Timing
from chalicelib.service.acceptance import Accepted
from foundation.json_value import Json
from tests.simulation.process import Killed, SimProcess

OWNER = "anonymous"
TIMING = Timing(heartbeat_s=1.0, lease_s=8, resend_after_s=20)


@dataclass
class History:
    """A record of what happened, for the checks."""

    accepted: dict[str, float] = field(default_factory=dict)
    cancelled_at: dict[str, float] = field(default_factory=dict)
    #: Jobs whose worker was once paused or cut off from the store, so that it may have missed a cancel.
    uninformed: set[str] = field(default_factory=set)
    kills: int = 0
    #: When the drain ended, ms; 0 without one.
    drained_until: int = 0
    #: How many jobs the batch has.
    batch_size: int = 0
    #: Place in the batch → the jobs that were accepted for it.
    places: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


class Callers:
    def __init__(
        self,
        rng: random.Random,
        options_rng: random.Random,
        history: History,
        services: Callable[[SimProcess], Services],
    ) -> None:
        self._rng = rng
        self._options_rng = options_rng
        self._history = history
        self._services = services

    async def single(self) -> None:
        """Submit a few jobs, and sometimes cancel one."""
        services = self._services(SimProcess())
        for _ in range(self._rng.randint(1, 2)):
            await asyncio.sleep(self._rng.uniform(0, 20))
            try:
                job = (await services.submission.submit(self._request())).job
            except LoreSmithError:
                continue
            self._history.accepted[job.id] = _now()
            if self._rng.random() < 0.25:
                await self._cancel(services, job.id)

    async def batch(self) -> None:
        """Submit a batch with a key. If the API dies or refuses some of the jobs, send the same batch again."""
        await asyncio.sleep(self._rng.uniform(0, 20))
        requests = [self._request(theme="batch") for _ in range(self._rng.randint(2, 4))]
        self._history.batch_size = len(requests)
        for _ in range(self._rng.randint(1, 4)):
            process = SimProcess()
            sent = asyncio.create_task(self._services(process).submission.submit_all(OWNER, requests, "batch"))
            await asyncio.wait([sent], timeout=self._rng.choice([0.05, 0.1, 0.2, 60]))
            process.kill()
            await asyncio.wait([sent])
            if isinstance(sent.exception(), LoreSmithError | Killed):
                continue
            for place, verdict in enumerate(sent.result()):
                if isinstance(verdict, Accepted):
                    self._history.accepted[verdict.job.id] = _now()
                    self._history.places[place].add(verdict.job.id)
            await asyncio.sleep(self._rng.uniform(0, 10))

    def _request(self, **payload: Json) -> JobRequest:
        payload["count"] = self._rng.randint(1, 3)
        submission: dict[str, Json] = {"type": "generate_relics", "payload": payload}
        if deadline_s := self._options_rng.choice([None, None, 5, 10, 20, 60]):
            submission["deadline_s"] = deadline_s
        return JobRequest.parse(OWNER, submission, TIMING)

    async def _cancel(self, services: Services, job_id: str) -> None:
        await asyncio.sleep(self._rng.uniform(0, 15))
        try:
            _, stopped = await services.reading.cancel(OWNER, job_id)
        except LoreSmithError:
            return
        if stopped:
            self._history.cancelled_at[job_id] = _now()


def _now() -> float:
    return asyncio.get_running_loop().time()
