"""What both clients do besides jobs, pieces and worlds."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from datetime import date
from typing import Any

from loresmith import paging
from loresmith.answering import model_of
from loresmith.exchange import query_of, with_json
from loresmith.model import Estimate, Health, History, JobRecord, JobState, JobType, JobTypes, Trash, UsageReport
from loresmith.performing import Calls, call, stream
from loresmith.step import Request, Steps, Stream
from loresmith.submission import OwnWebhook, full_name, keyed, submission


class ClientCalls(Calls):
    """Calls of the client itself."""

    @call
    def estimate(
        self,
        type: str,
        payload: Mapping[str, Any] | None = None,
        /,
        *,
        deadline_s: int | None = None,
        webhook: OwnWebhook = None,
        **fields: Any,
    ) -> Steps[Estimate]:
        """What a job is expected to need and to cost. It is checked like a submission, and nothing is stored."""
        body = submission(type, {**(payload or {}), **fields}, deadline_s=deadline_s, webhook=webhook)
        request = with_json(Request("POST", "/jobs", {"dry_run": "true"}), body)
        return (yield from self._exchange.ask(request, Estimate))

    @stream
    def history(
        self,
        *,
        type: str | None = None,
        status: str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        limit: int | None = None,
    ) -> Stream[JobRecord]:
        """Records of the caller's ended jobs, the latest end first. They outlive the jobs.

        `since` and `until` are days in UTC, both included.
        """
        query = query_of(type=type and full_name(type), status=status, from_=since, to=until)
        request = Request("GET", "/history", query)
        return (yield from paging.entries(self._exchange, request, History, lambda page: page.jobs, limit))

    @call
    def usage(self, *, since: date | str | None = None, until: date | str | None = None) -> Steps[UsageReport]:
        """What the caller's ended jobs have used, by day and type. Without days: the last 30."""
        request = Request("GET", "/usage", query_of(from_=since, to=until))
        return (yield from self._exchange.ask(request, UsageReport))

    @call
    def job_types(self) -> Steps[builtins.list[JobType]]:
        """What the API can do: each job type with the JSON Schema of its payload."""
        return (yield from self._exchange.ask(Request("GET", "/job-types"), JobTypes)).job_types

    @call
    def health(self) -> Steps[Health]:
        """Which parts are up. Raises `ConnectionLost` if the API itself is not."""
        answer = yield from self._exchange.send(Request("GET", "/health"), accepted=(503,))
        return model_of(answer, Health)

    @call
    def empty_trash(self) -> Steps[int]:
        """Delete what is in the trash for good. Returns how many documents that were."""
        deleted = 0
        while found := (yield from self._exchange.ask(Request("DELETE", "/trash"), Trash)).deleted:
            deleted += found  # one request deletes a limited number
        return deleted

    def _submitting(
        self,
        type_name: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None,
        deadline_s: int | None,
        webhook: OwnWebhook,
    ) -> Steps[JobState]:
        body = submission(type_name, payload, deadline_s=deadline_s, webhook=webhook)
        request = with_json(keyed(Request("POST", "/jobs"), idempotency_key), body)
        return (yield from self._exchange.ask(request, JobState))
