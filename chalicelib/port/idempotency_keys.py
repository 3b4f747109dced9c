"""Which request and which job an Idempotency-Key belongs to."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Binding:
    """What a key is bound to."""

    #: Hash of the request.
    fingerprint: str
    #: The job that it made. For a batch, the id that the ids of its jobs are derived from.
    job_id: str


class IdempotencyKeys(Protocol):
    """Each owner's Idempotency-Keys. Every method may raise `StoreUnavailable`."""

    async def bind(self, owner: str, key: str, wanted: Binding) -> Binding:
        """Bind the key for a minute, unless it is bound already. Returns what the key is bound to now."""
        ...

    async def keep(self, owner: str, key: str) -> None:
        """Extend the binding to the lifetime of a job."""
        ...
