"""The generator: tasks that run jobs, each with its own limit of calls to the LLM."""

from collections import deque
from collections.abc import Callable
from random import Random

from benchmarks.simulation.event_loop import EventLoop
from benchmarks.simulation.job import CALLS, CALLS_IN_A_ROW, Job
from benchmarks.simulation.knobs import Knobs
from benchmarks.simulation.provider import Latency, Provider
from generator_service.llm.concurrency import ConcurrencyLimit

Done = Callable[[Job], None]


class Task:
    """One generator process. Its limit of calls is the real one, `generator_service.llm.concurrency`."""

    def __init__(
        self, loop: EventLoop, knobs: Knobs, *, cpu_s: float, latency: Latency, provider: Provider, random: Random
    ) -> None:
        """`cpu_s` is what a job costs; one event loop does the work of all jobs."""
        self.jobs = 0
        self._loop = loop
        self._max_jobs = knobs.jobs_per_task
        self._cpu_s = cpu_s
        self._latency = latency
        self._provider = provider
        self._random = random
        self._limit = ConcurrencyLimit(knobs.llm_max_concurrency, lambda: loop.now_s)
        # The system has run for a while: the provider has answered.
        self._limit.open()
        self._waiting: deque[tuple[Job, Done]] = deque()
        self._pending = 0
        self._paused_until_s = 0.0
        self._busy_until_s = 0.0

    def run(self, job: Job, done: Done) -> bool:
        """Start the job, or return False if too many are running."""
        if self.jobs >= self._max_jobs:
            return False
        self.jobs += 1
        job.row = 0
        self._next_row(job, done)
        return True

    def _next_row(self, job: Job, done: Done) -> None:
        if job.has_failed or job.row == len(CALLS_IN_A_ROW):
            self.jobs -= 1
            done(job)
            return
        job.calls_left = CALLS_IN_A_ROW[job.row]
        job.row += 1
        self._waiting.extend([(job, done)] * job.calls_left)
        self._fill()

    def _fill(self) -> None:
        """Start the calls that wait, in the order in which they were asked for."""
        while self._waiting and self._pending < self._limit.calls and self._loop.now_s >= self._paused_until_s:
            job, done = self._waiting.popleft()
            if job.has_failed:
                self._end_call(job, done)
            elif retry_after_s := self._provider.ask(self._loop.now_s):
                self._waiting.appendleft((job, done))
                self._limit.shrink_to(self._pending)
                self._paused_until_s = self._loop.now_s + retry_after_s
                self._loop.after(retry_after_s, self._fill)
            else:
                self._pending += 1
                self._loop.after(self._latency.draw(self._random), self._answered, job, done)

    def _answered(self, job: Job, done: Done) -> None:
        self._pending -= 1
        self._limit.count_answer()
        self._end_call(job, done)
        self._fill()

    def _end_call(self, job: Job, done: Done) -> None:
        job.calls_left -= 1
        if job.calls_left == 0:
            work_s = self._cpu_s * CALLS_IN_A_ROW[job.row - 1] / CALLS
            self._busy_until_s = max(self._busy_until_s, self._loop.now_s) + work_s
            self._loop.after(self._busy_until_s - self._loop.now_s, self._next_row, job, done)


class Fleet:
    """The running tasks. A job goes to any of them, as DNS answers in any order."""

    def __init__(self, start_task: Callable[[], Task], tasks: int, random: Random) -> None:
        self._start_task = start_task
        self._random = random
        self.tasks = [start_task() for _ in range(tasks)]

    def run(self, job: Job, done: Done) -> bool:
        return self._random.choice(self.tasks).run(job, done)

    def resize(self, tasks: int) -> None:
        """Add tasks, or let the ones with the fewest jobs leave; these finish their jobs."""
        self.tasks += [self._start_task() for _ in range(tasks - len(self.tasks))]
        if len(self.tasks) > tasks:
            self.tasks = sorted(self.tasks, key=lambda task: -task.jobs)[:tasks]
