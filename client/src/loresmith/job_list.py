"""The caller's jobs."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from loresmith import paging
from loresmith.answering import model_of, refusal, request_id
from loresmith.error import ApiError
from loresmith.exchange import query_of, with_json
from loresmith.following import job_path
from loresmith.job import AsyncJob, Job
from loresmith.model import Batch, BatchJob, Jobs, JobState
from loresmith.performing import AsyncCalls, Awaiting, Blocking, BlockingCalls, Calls, call, stream
from loresmith.step import Request, Steps, Stream
from loresmith.submission import Submission, batch, full_name, keyed

J = TypeVar("J")

#: The API's limit.
_MOST_AT_ONCE = 50


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

    @call
    def get_many(self, job_ids: Sequence[str]) -> Steps[builtins.list[J]]:
        """The jobs with these ids, in this order, each once. Those that are unknown or have expired are left out."""
        found: builtins.list[J] = []
        different = builtins.list(dict.fromkeys(job_ids))
        for first in range(0, len(different), _MOST_AT_ONCE):
            query = {"ids": ",".join(different[first : first + _MOST_AT_ONCE])}
            answer = yield from self._exchange.ask(Request("GET", "/jobs", query), Jobs)
            found += [self._handle(job) for job in answer.jobs]
        return found

    @call
    def batch(
        self, submissions: Sequence[Submission], *, idempotency_key: str | None = None
    ) -> Steps[builtins.list[J | ApiError]]:
        """Submit up to 50 jobs at once. Returns, in the same order, each job, or the error of one that was refused.

        All are checked first: if one is not valid, none is submitted, and `InvalidRequest` has every fault. With the
        same `idempotency_key`, a second call returns the same jobs, and submits those that were refused.
        """
        request = with_json(keyed(Request("POST", "/jobs/batch"), idempotency_key), batch(submissions))
        answer = yield from self._exchange.send(request)
        return [self._accepted_or_refused(each, request_id(answer)) for each in model_of(answer, Batch).jobs]

    def _accepted_or_refused(self, entry: BatchJob, request: str | None) -> J | ApiError:
        if entry.job is not None:
            return self._handle(entry.job)
        problem = {} if entry.error is None else entry.error.model_dump()
        return refusal(problem, problem.get("status", 500), request, entry.retry_after_s)


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
