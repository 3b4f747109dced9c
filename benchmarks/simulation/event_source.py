"""The queue, the event source mapping that reads it, and the worker's sandboxes."""

from collections import deque
from collections.abc import Callable

from benchmarks.simulation.event_loop import EventLoop
from benchmarks.simulation.figures import Figures
from benchmarks.simulation.job import Job
from benchmarks.simulation.knobs import Knobs

#: Lambda starts with five batches at once, and adds up to 300 a minute while messages wait (AWS Lambda developer guide,
#: "Configuring scaling behavior for SQS event source mappings").
FIRST_BATCHES = 5
_MORE_PER_S = 5

#: What a worker does with a job; it calls the second argument when the message may be deleted.
Work = Callable[[Job, Callable[[], None]], None]


class EventSource:
    def __init__(
        self, loop: EventLoop, knobs: Knobs, figures: Figures, work: Work, batches: int = FIRST_BATCHES
    ) -> None:
        """`batches` is how many may run at once at the start."""
        self._loop = loop
        self._knobs = knobs
        self._figures = figures
        self._work = work
        self._permitted = min(batches, knobs.worker_max_concurrency)
        self._is_growing = False
        self._waiting: deque[Job] = deque()
        #: When each idle sandbox was last used; the latest is used first.
        self._idle: list[float] = []
        self.in_flight = 0
        self.running = 0
        self.most_running = 0
        self.cold_starts = 0
        #: Of all batches: how many, how many messages, and how long they ran.
        self.batches = self.messages = 0
        self.invocation_s = 0.0

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def send(self, job: Job) -> None:
        self._waiting.append(job)
        self._invoke()

    def _invoke(self) -> None:
        while self._waiting and self.running < self._permitted:
            batch = [self._waiting.popleft() for _ in range(min(self._knobs.batch_size, len(self._waiting)))]
            self.running += 1
            self.most_running = max(self.most_running, self.running)
            self.in_flight += len(batch)
            self._loop.after(self._figures.invoke_s + self._start_s(), self._begin, batch)
        if self._waiting and not self._is_growing and self._permitted < self._knobs.worker_max_concurrency:
            self._is_growing = True
            self._loop.after(1.0, self._grow)

    def _grow(self) -> None:
        self._is_growing = False
        if self._waiting:
            self._permitted = min(self._permitted + _MORE_PER_S, self._knobs.worker_max_concurrency)
            self._invoke()

    def _start_s(self) -> float:
        """How long it takes until a sandbox is ready: no time if one is idle."""
        while self._idle:
            if self._loop.now_s - self._idle.pop() < self._figures.sandbox_idle_s:
                return 0.0
            self._idle.clear()
        self.cold_starts += 1
        return self._figures.worker_cold_start_s

    def _begin(self, batch: list[Job]) -> None:
        began_s, left = self._loop.now_s, len(batch)

        def done() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                self._end(len(batch), self._loop.now_s - began_s)

        for job in batch:
            self._loop.after(self._figures.claim_s, self._work, job, done)

    def _end(self, messages: int, took_s: float) -> None:
        """A batch's messages are deleted together, when its last job has ended."""
        self.running -= 1
        self.in_flight -= messages
        self._idle.append(self._loop.now_s)
        self.batches += 1
        self.messages += messages
        self.invocation_s += took_s
        self._invoke()
