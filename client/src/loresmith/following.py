"""Follows a job with long polls, until it has ended."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Protocol
from urllib.parse import quote

import httpx

from loresmith.answering import model_of, retry_after_s
from loresmith.error import WaitTimeout
from loresmith.exchange import Exchange, OutOfTime
from loresmith.model import Event, Events, JobState
from loresmith.step import Call, Emit, Now, Pause, Request, Steps, Stream

FINAL = frozenset({"completed", "failed", "cancelled"})
#: How long the API holds an answer: its own limit.
_HOLD_S = 20
#: Gathers the changes that come together. The job's end is never held back.
_GATHER_S = 0.5
#: The pause if the API holds no more answers at the moment and does not say when to ask again.
_POLL_S = 3.0
#: Prevents a busy loop when the time is nearly up.
_SHORTEST_HOLD_S = 1

OnProgress = Callable[[JobState], object]


def job_path(job_id: str) -> str:
    """The address of a job. The id is quoted: it must not become another address."""
    return f"/jobs/{quote(job_id, safe='')}"


class Followed(Protocol):
    """Holds the newest state of a job while it is followed."""

    state: JobState


def see(job: Followed, answer: JobState) -> JobState:
    """The newest state. Several threads or tasks may use one handle, and a late answer must not take the job back."""
    if answer.revision >= job.state.revision:
        job.state = answer
    return job.state


def wait(exchange: Exchange, job: Followed, timeout_s: float | None, on_progress: OnProgress | None) -> Steps[None]:
    """Return when the job has ended. Raises `WaitTimeout` after `timeout_s`."""
    give_up_at = yield from _give_up_at(timeout_s)
    if on_progress is not None:
        yield Call(partial(on_progress, job.state))
    while job.state.status not in FINAL:
        known = job.state
        see(job, (yield from _next(exchange, known, give_up_at, after_change=on_progress is not None)))
        if on_progress is not None and job.state.revision != known.revision:
            yield Call(partial(on_progress, job.state))


def updates(exchange: Exchange, job: Followed, timeout_s: float | None) -> Stream[JobState]:
    """The job's state now and after each change."""
    give_up_at = yield from _give_up_at(timeout_s)
    yield Emit(job.state)
    while job.state.status not in FINAL:
        known = job.state
        see(job, (yield from _next(exchange, known, give_up_at, after_change=True)))
        if job.state.revision != known.revision:
            yield Emit(job.state)


def events(exchange: Exchange, job: Followed, after: int, timeout_s: float | None) -> Stream[Event]:
    """Each entry of the job's event log after a revision, until the job has ended."""
    give_up_at = yield from _give_up_at(timeout_s)
    path = job_path(job.state.id)
    while True:
        hold_s = yield from _hold_s(job.state, give_up_at)
        request = Request("GET", f"{path}/events", {"after": str(after)}, {"Prefer": f"wait={hold_s}"}, hold_s=hold_s)
        answer = yield from _send(exchange, request, job.state, give_up_at)
        found = model_of(answer, Events).events
        for event in found:
            yield Emit(event)
            after = event.revision
            if event.status in FINAL:
                return
        if not found:
            now = yield from _send(exchange, Request("GET", path), job.state, give_up_at)
            see(job, model_of(now, JobState))
            if job.state.status in FINAL and job.state.revision <= after:
                return
            if "preference-applied" not in answer.headers:
                yield Pause(_pause_s(retry_after_s(answer)))


def _next(exchange: Exchange, job: JobState, give_up_at: float | None, *, after_change: bool) -> Steps[JobState]:
    """The job after a change, after its end, or when the API has held the answer for as long as it may."""
    hold_s = yield from _hold_s(job, give_up_at)
    preferences = f"wait={hold_s}, after={job.revision}, gather={_GATHER_S}" if after_change else f"wait={hold_s}"
    request = Request("GET", job_path(job.id), headers={"Prefer": preferences}, hold_s=hold_s)
    answer = yield from _send(exchange, request, job, give_up_at)
    found = model_of(answer, JobState)
    if found.status not in FINAL and "preference-applied" not in answer.headers:
        yield Pause(_pause_s(retry_after_s(answer)))
    return found


def _send(exchange: Exchange, request: Request, job: JobState, give_up_at: float | None) -> Steps[httpx.Response]:
    """The answer. If the caller's own time is up first, this raises `WaitTimeout`."""
    within_s = math.inf if give_up_at is None else give_up_at - (yield Now())
    try:
        return (yield from exchange.send(request, within_s=within_s))
    except OutOfTime as end:
        raise _timed_out(job) from end.__cause__


def _timed_out(job: JobState) -> WaitTimeout:
    return WaitTimeout(f"The job {job.id} has not ended in time. It continues.", job)


def _give_up_at(timeout_s: float | None) -> Steps[float | None]:
    return None if timeout_s is None else (yield Now()) + timeout_s


def _hold_s(job: JobState, give_up_at: float | None) -> Steps[int]:
    if give_up_at is None:
        return _HOLD_S
    left_s = give_up_at - (yield Now())
    if left_s <= 0:
        raise _timed_out(job)
    return max(_SHORTEST_HOLD_S, min(_HOLD_S, int(left_s)))


def _pause_s(asked_s: float | None) -> float:
    return _POLL_S if asked_s is None else max(asked_s, _POLL_S / 3)
