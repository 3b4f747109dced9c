"""The caller's jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from loresmith import paging
from loresmith.exchange import query_of
from loresmith.following import job_path
from loresmith.job import AsyncJob, Job
from loresmith.model import Jobs, JobState
from loresmith.performing import AsyncCalls, Awaiting, Blocking, BlockingCalls, Calls, call, stream
from loresmith.step import Request, Steps, Stream
from loresmith.submission import full_name

J = TypeVar("J")


class JobsCalls(Calls, Generic[J]):
    """`client.jobs`: find jobs that were submitted earlier."""

    _handle: Callable[[JobState], J]

    @stream
    def list(self, *, status: str | None = None, type: str | None = None, limit: int | None = None) -> Stream[J]:
        """The caller's jobs, newest first, at most `limit`. They have no `items`; `refresh` reads them."""
        request = Request("GET", "/jobs", query_of(status=status, type=type and full_name(type)))
        return (
            yield from paging.entries(
                self._exchange, request, Jobs, lambda page: [self._handle(job) for job in page.jobs], limit
            )
        )

    @call
    def get(self, job_id: str) -> Steps[J]:
        """The job with this id. Raises `NotFound` when it is unknown or has expired."""
        return self._handle((yield from self._exchange.ask(Request("GET", job_path(job_id)), JobState)))


class BlockingJobs(JobsCalls[Job[Any]], BlockingCalls):
    """`client.jobs` of the blocking client."""

    def __init__(self, performer: Blocking) -> None:
        super().__init__(performer)
        self._handle = lambda state: Job(performer, state)


class AsyncJobs(JobsCalls[AsyncJob[Any]], AsyncCalls):
    """`client.jobs` of the async client."""

    def __init__(self, performer: Awaiting) -> None:
        super().__init__(performer)
        self._handle = lambda state: AsyncJob(performer, state)
