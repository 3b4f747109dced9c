"""The system as a whole: from the arrival of jobs to their ends."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random

from benchmarks.simulation.autoscaling import PERIOD_S, Autoscaling
from benchmarks.simulation.event_loop import EventLoop
from benchmarks.simulation.event_source import FIRST_BATCHES, EventSource
from benchmarks.simulation.figures import Figures
from benchmarks.simulation.generator import Fleet, Task
from benchmarks.simulation.job import CALLS, Job
from benchmarks.simulation.knobs import Knobs
from benchmarks.simulation.provider import Provider
from chalicelib.domain.retry import pause_for_room_s
from chalicelib.domain.timing import Timing
from generator_service.job_limit import PUSHBACK_S

_TIMING = Timing()


@dataclass(frozen=True, slots=True)
class Start:
    """What runs when the first job arrives."""

    tasks: int
    batches: int = FIRST_BATCHES


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What happened to the jobs that count. Times are in seconds, and sorted."""

    #: From the submission until a worker claimed the job.
    waits_s: list[float]
    #: From the submission to the end of the job, if it completed.
    totals_s: list[float]
    #: From the first arrival to the last end.
    makespan_s: float
    failed: int
    most_running: int
    most_tasks: int
    most_batches: int
    cold_starts: int
    jobs_per_batch: float
    #: Of worker invocations, per job.
    invocation_s: float
    #: Of generator tasks, in all.
    task_s: float
    refused_calls: int


class System:
    """One run. The same seed gives the same run."""

    def __init__(self, knobs: Knobs, figures: Figures, seed: int, start: Start | None = None) -> None:
        start = start or Start(knobs.min_tasks)
        self._loop = EventLoop()
        self._random = Random(seed)
        self._figures = figures
        self._provider = Provider(knobs.provider, figures.tokens / CALLS)
        self._fleet = Fleet(lambda: self._start_task(knobs), start.tasks, self._random)
        self._source = EventSource(self._loop, knobs, figures, self._work, start.batches)
        self._scaling = Autoscaling(
            self._loop, self._fleet, knobs, in_flight=lambda: self._source.in_flight, task_start_s=figures.task_start_s
        )
        self._jobs: list[Job] = []
        self._has_more = True
        #: Jobs that have arrived and have not ended, and of these the claimed ones.
        self._unfinished = self._running = self._most_running = 0

    def run(self, arrivals: Iterable[float], counted_from_s: float = 0) -> Outcome:
        """Let the jobs arrive, and wait for their ends. Jobs that arrive before `counted_from_s` do not count."""
        self._arrive(iter(arrivals))
        while self._has_more or self._unfinished:
            self._loop.run(self._loop.now_s + PERIOD_S)
        return self._outcome([job for job in self._jobs if job.arrived_s >= counted_from_s])

    def _start_task(self, knobs: Knobs) -> Task:
        return Task(
            self._loop,
            knobs,
            cpu_s=self._figures.generator_cpu_s,
            latency=self._figures.latency,
            provider=self._provider,
            random=self._random,
        )

    def _arrive(self, times: Iterator[float], *job: Job) -> None:
        """Send the job, and plan the next arrival."""
        for arrived in job:
            self._jobs.append(arrived)
            self._unfinished += 1
            self._loop.after(self._figures.submit_s, self._source.send, arrived)
        at_s = next(times, None)
        if at_s is None:
            self._has_more = False
        else:
            self._loop.after(at_s - self._loop.now_s, self._arrive, times, Job(at_s))

    def _work(self, job: Job, done: Callable[[], None]) -> None:
        """What a worker does with a message."""
        if job.claimed_s is None:
            job.claimed_s = self._loop.now_s
            self._running += 1
            self._most_running = max(self._most_running, self._running)

        def ended(_: Job) -> None:
            self._end(job)
            done()

        if self._fleet.run(job, ended):
            self._loop.after(_TIMING.job_deadline_s, self._expire, job)
        else:
            self._loop.after(self._busy_delay_s(job), self._source.send, job)
            done()

    def _busy_delay_s(self, job: Job) -> float:
        """Until a refused job's message is delivered again. SQS wants whole seconds."""
        age_s = self._loop.now_s - job.arrived_s
        return math.ceil(PUSHBACK_S + pause_for_room_s(age_s, _TIMING, self._random.uniform))

    def _expire(self, job: Job) -> None:
        if job.ended_s is None:
            job.has_failed = True
            self._end(job)

    def _end(self, job: Job) -> None:
        if job.ended_s is None:
            job.ended_s = self._loop.now_s + self._figures.finish_s
            self._running -= 1
            self._unfinished -= 1

    def _outcome(self, jobs: list[Job]) -> Outcome:
        source = self._source
        return Outcome(
            waits_s=sorted(job.claimed_s - job.arrived_s for job in jobs if job.claimed_s is not None),
            totals_s=sorted(job.ended_s - job.arrived_s for job in jobs if job.ended_s and not job.has_failed),
            makespan_s=max(job.ended_s or 0.0 for job in jobs) - jobs[0].arrived_s,
            failed=sum(job.has_failed for job in jobs),
            most_running=self._most_running,
            most_tasks=self._scaling.most_tasks,
            most_batches=source.most_running,
            cold_starts=source.cold_starts,
            jobs_per_batch=source.messages / source.batches,
            invocation_s=source.invocation_s / source.messages,
            task_s=self._scaling.task_s,
            refused_calls=self._provider.refused,
        )
