"""The handle of one job."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

from loresmith import following
from loresmith.error import JobCancelled, JobFailed, JobUnfinished
from loresmith.following import FINAL, OnProgress, job_path
from loresmith.model import Deliveries, Delivery, Event, Item, JobState, PieceWarning
from loresmith.performing import AsyncCalls, Awaiting, Blocking, BlockingCalls, Calls, call, stream
from loresmith.step import Request, Steps, Stream
from loresmith.submission import keyed

R = TypeVar("R")


class JobView(Calls, Generic[R]):
    """What is known of a job. `state` is the API's last answer; `refresh`, `wait` and the others renew it."""

    state: JobState

    @property
    def id(self) -> str:
        return self.state.id

    @property
    def type(self) -> str:
        return self.state.type

    @property
    def status(self) -> str:
        return self.state.status

    @property
    def progress(self) -> int:
        """From 0 to 100."""
        return self.state.progress

    @property
    def message(self) -> str:
        """For people: what is happening."""
        return self.state.message

    @property
    def items(self) -> list[Item]:
        """The pieces so far, including unfinished ones."""
        return self.state.items

    @property
    def warnings(self) -> list[PieceWarning]:
        """What is missing from the result, and remarks on the pieces in it."""
        return self.state.warnings

    @property
    def has_ended(self) -> bool:
        """Whether its status is final: completed, failed or cancelled."""
        return self.state.status in FINAL

    @property
    def result(self) -> R:
        """What the job has made. Raises `JobUnfinished`, `JobFailed` or `JobCancelled` if there is no result."""
        return cast(R, _result_of(self.state))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.type} {self.status} {self.progress}%>"


class JobCalls(JobView[R]):
    """What can be done with a job, the same in both clients."""

    @call
    def refresh(self) -> Steps[JobState]:
        """Read the job again. Raises `NotFound` when it has expired."""
        answer = yield from self._exchange.ask(Request("GET", job_path(self.id)), JobState)
        return following.see(self, answer)

    @call
    def wait(self, timeout_s: float | None = None, on_progress: OnProgress | None = None) -> Steps[R]:
        """Wait until the job has ended, and return its result.

        `on_progress` gets the job's state at once and after each change. Raises `JobFailed` or `JobCancelled`, and
        after `timeout_s` `WaitTimeout`; the job then continues. Without `timeout_s`, this waits as long as it takes.
        """
        yield from following.wait(self._exchange, self, timeout_s, on_progress)
        return cast(R, _result_of(self.state))

    @stream
    def updates(self, timeout_s: float | None = None) -> Stream[JobState]:
        """The job's state now and after each change, with the pieces so far, until the job has ended.

        Changes that come close together are shown as one. Raises `WaitTimeout` after `timeout_s`.

        >>> with LoreSmith() as client:
        ...     for state in client.submit("relics", count=1).updates():
        ...         names = [item.name for item in state.items]
        >>> len(names), state.status
        (1, 'completed')
        """
        return (yield from following.updates(self._exchange, self, timeout_s))

    @stream
    def events(self, after: int = 0, timeout_s: float | None = None) -> Stream[Event]:
        """Each entry of the job's event log after the revision `after`, from the first to the job's end.

        No entry is left out, however late this begins. Raises `WaitTimeout` after `timeout_s`.

        >>> with LoreSmith() as client:
        ...     for event in client.submit("relics", count=1).events():
        ...         print(f"{event.progress}%", event.message)
        0% Preparing your request...
        ...
        100% Job completed successfully
        """
        return (yield from following.events(self._exchange, self, after, timeout_s))

    @call
    def cancel(self) -> Steps[JobState]:
        """Stop the job, at once and for good. A job that has ended stays as it is.

        >>> with LoreSmith() as client:
        ...     job = client.submit("characters", count=10)
        ...     _ = job.cancel()
        >>> job.status
        'cancelled'
        """
        answer = yield from self._exchange.ask(Request("POST", f"{job_path(self.id)}/cancel"), JobState)
        return following.see(self, answer)

    @call
    def deliveries(self) -> Steps[list[Delivery]]:
        """What became of the job's events on their way to the webhook, oldest first, each with its attempts."""
        request = Request("GET", f"{job_path(self.id)}/deliveries")
        return (yield from self._exchange.ask(request, Deliveries)).deliveries

    @call
    def redeliver(self, delivery: Delivery | str) -> Steps[Delivery]:
        """Send the job's end again, to the webhook that the job has now. A delivery can be named by its id."""
        delivery_id = quote(delivery if isinstance(delivery, str) else delivery.id, safe="")
        request = Request("POST", f"{job_path(self.id)}/deliveries/{delivery_id}/redeliver")
        return (yield from self._exchange.ask(request, Delivery))

    def _retrying(self, idempotency_key: str | None) -> Steps[JobState]:
        request = keyed(Request("POST", f"{job_path(self.id)}/retry"), idempotency_key)
        return (yield from self._exchange.ask(request, JobState))


class Job(JobCalls[R], BlockingCalls):
    """A job of the blocking client."""

    def __init__(self, performer: Blocking, state: JobState) -> None:
        super().__init__(performer)
        self.state = state

    def retry(self, *, idempotency_key: str | None = None) -> Job[R]:
        """A new job that writes what this one has left out. What is finished is kept and not paid for again.

        For a job that failed, was cancelled, or completed with pieces missing; otherwise this raises `Conflict`.
        """
        return Job(self._performer, self._run(self._retrying(idempotency_key)))


class AsyncJob(JobCalls[R], AsyncCalls):
    """A job of the async client."""

    def __init__(self, performer: Awaiting, state: JobState) -> None:
        super().__init__(performer)
        self.state = state

    async def retry(self, *, idempotency_key: str | None = None) -> AsyncJob[R]:
        """A new job that writes what this one has left out. What is finished is kept and not paid for again.

        For a job that failed, was cancelled, or completed with pieces missing; otherwise this raises `Conflict`.
        """
        return AsyncJob(self._performer, await self._run(self._retrying(idempotency_key)))


def _result_of(state: JobState) -> Any:
    match state.status:
        case "completed":
            return state.result
        case "failed":
            raise JobFailed(
                state.error or state.message, state, code=state.error_code or JobFailed.code, retryable=state.retryable
            )
        case "cancelled":
            raise JobCancelled(f"The job {state.id} was cancelled.", state, retryable=True)
        case _:
            raise JobUnfinished(f"The job {state.id} has not ended yet. Call wait().", state)
