"""What the services need of the world outside, as protocols. Adapters implement them; tests bring fakes that behave.

Everything is asynchronous: the worker runs many jobs in one event loop, and the API serves its requests from one too.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.change import Change
from chalicelib.domain.job import Checkpoint, Job, JobEvent, JobHead, JobView, Json, PieceWarning, Usage
from chalicelib.domain.quota import Quota, Standing
from chalicelib.domain.world import World


class JobStore(Protocol):
    """Jobs, their event logs and finished stages. Every method may raise `StoreUnavailable`."""

    async def create(self, job_id: str, change: Change) -> Job:
        """Apply a `change.create`, and list the job among the unfinished ones.

        Raises `JobConflict` where the id is taken.
        """
        ...

    async def discard(self, job: Job) -> bool:
        """Remove a pending job again, as if it had never been; False, and it stays, where a worker has claimed it."""
        ...

    async def apply(self, job_id: str, change: Change) -> Job:
        """Apply a change in one atomic step and return the job as it is then.

        Raises `JobConflict` where the lifecycle, the token or an expected value forbids it; nothing is changed then. A
        job that is gone conflicts with status "absent".
        """
        ...

    async def read(self, job_id: str) -> Job | None:
        """The job, or None where there is none (any more)."""
        ...

    async def view(self, job_id: str) -> JobView | None:
        """The job together with its finished stages, read at one moment."""
        ...

    async def events(self, job_id: str, after: int) -> list[JobEvent]:
        """The event log from revision `after` + 1 on, oldest first."""
        ...

    async def wait_for_event(self, job_id: str, after: int, timeout_s: float) -> bool:
        """Wait until there is an event later than revision `after`; False when there was none in time."""
        ...

    async def admit(self, owner: str, job_id: str, quota: Quota) -> Standing:
        """Count a submission of this owner's, in one atomic step. Idempotent for a job id.

        Raises `QuotaExceeded`, and counts nothing, where a quota is used up.
        """
        ...

    async def admitted(self, owner: str) -> Mapping[str, float]:
        """Ids of the jobs that count as the owner's unfinished ones; and how long ago each was admitted, seconds."""
        ...

    async def dismiss(self, owner: str, job_id: str) -> None:
        """No longer count a job as unfinished, nor as running. Idempotent; done by itself for a job that ends."""
        ...

    async def enter(self, owner: str, job_id: str, quota: Quota, hold_s: float) -> bool:
        """Count a job as one of the owner's running ones, in one atomic step; False where as many run as may.

        It counts until it ends or `leave` is called, and `hold_s` at the most: its worker may die. Idempotent.
        """
        ...

    async def leave(self, owner: str, job_id: str) -> None:
        """No longer count a job as running. Idempotent."""
        ...

    async def rows(self, job_ids: Sequence[str]) -> list[Job]:
        """Those jobs that are there, in the same order, without their payloads (`{}`), which no list shows."""
        ...

    async def heads(self, job_ids: Sequence[str]) -> list[JobHead]:
        """The heads of those jobs that are there, in the same order."""
        ...

    def heads_of(self, owner: str, after: str | None = None) -> AsyncGenerator[JobHead, None]:
        """The heads of the owner's jobs, newest first, from the one after the job with the id `after` on.

        Raises `UnknownCursor` where `after` is not in the owner's list.
        """
        ...

    def unfinished(self) -> AsyncGenerator[str, None]:
        """Ids of the jobs that are not known to be final, oldest first."""
        ...

    async def forget_unfinished(self, job_id: str, min_age_s: float = 0) -> None:
        """Take a job that is final or gone off the list of unfinished ones. Idempotent.

        Not one that was listed less than `min_age_s` ago.
        """
        ...

    async def reserve(self, owner: str, key: str, fingerprint: str, job_id: str) -> tuple[str, str]:
        """Bind an Idempotency-Key of this owner to a request and a job id, for a minute unless `keep_reserved` follows.

        Returns (fingerprint, job id) that the key is bound to: those given, or those of the first request that used it.
        """
        ...

    async def keep_reserved(self, owner: str, key: str) -> None:
        """The key stays bound for as long as a job lives."""
        ...

    async def ping(self) -> None:
        """Return if the store accepts writes."""
        ...


class JobQueue(Protocol):
    """Wakes a worker for a job, at least once. Every method may raise `QueueUnavailable`."""

    async def send(self, job: Job, delay_s: float = 0) -> None:
        """Queue a message for the job that becomes visible after `delay_s`, rounded up to whole seconds.

        Messages of one owner form a group, so that the queue can be fair among owners.
        """
        ...

    async def ping(self) -> None:
        """Return when the queue answers."""
        ...


@dataclass(frozen=True, slots=True)
class Progressed:
    """The generator says how far it is."""

    progress: int
    message: str


@dataclass(frozen=True, slots=True)
class StageFinished:
    """One stage of one piece is finished: to be kept, and paid for."""

    checkpoint: Checkpoint
    #: {name, description, type, details}, null for what is missing.
    piece: Mapping[str, Json]
    progress: int
    message: str
    #: From the question to the LLM's answer, waits and repeated calls included.
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls were paid for that no finished stage has reported."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Generated:
    """The result, and the pieces missing from it. Always the last event."""

    result: Json
    missing: Sequence[PieceWarning] = ()


GenerationEvent = Progressed | StageFinished | Spent | Generated


class Generator(Protocol):
    """Writes lore."""

    def generate(
        self,
        job_id: str,
        kind: str,
        params: Mapping[str, Json],
        finished: Sequence[Checkpoint],
        timeout_s: float,
        *,
        unusable_answers: int = 0,
    ) -> AsyncGenerator[GenerationEvent, None]:
        """The events of one attempt, the result last. Closing it, or cancelling its reader, stops the work.

        `unusable_answers` counts those of earlier attempts. Raises `GenerationFailed`, with the code "timeout" after
        `timeout_s`.
        """
        ...

    async def ping(self) -> None:
        """Return when the generator serves; raise `Unavailable` where it does not."""
        ...


class Verifier(Protocol):
    """Knows who a bearer token speaks for."""

    def subject(self, token: str) -> str:
        """The token's `sub`. Raises `Unauthenticated`, or `AuthUnavailable` where it cannot be checked."""
        ...


class Meter(Protocol):
    """Counts what operators look at. No method raises or waits."""

    def claimed(self, job: Job, *, took_over: bool) -> None:
        """A worker has claimed the job; `took_over`: from one whose lease had run out."""
        ...

    def stage_finished(self, job: Job, duration_ms: int) -> None: ...

    def released(self, job: Job) -> None:
        """The job goes back for another attempt."""
        ...

    def ended(self, job: Job) -> None:
        """The job is final, as it is given here."""
        ...

    def message_failed(self, function: str) -> None:
        """A message goes back, since "worker" or "dead-letter" could not handle it."""
        ...


class WorldStore(Protocol):
    """Saved worlds. Every method may raise `WorldsUnavailable`."""

    async def save(self, world: World) -> World:
        """Save it unless a world with its id is there, and return the one that is there then. Idempotent."""
        ...

    async def read(self, owner: str, world_id: str) -> World | None: ...

    async def page(self, owner: str, limit: int, after: str | None = None) -> tuple[list[World], str | None]:
        """The owner's worlds, newest first, from the one after the world with the id `after` on.

        Also the id of the last of them; None where there are no more. Raises `UnknownCursor` where `after` is not one
        of the owner's.
        """
        ...
