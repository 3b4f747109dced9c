"""What counts against quotas, for the people on call."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.quota import Quota, Standing
from chalicelib.domain.spending import DayTokens


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """What an owner uses of its quota."""

    standing: Standing
    #: Jobs that hold a run slot.
    running: int


class QuotaAdmin(Protocol):
    """Reads what `QuotaLedger` counts. Every method may raise `StoreUnavailable`."""

    async def use_of(self, owner: str, quota: Quota) -> QuotaUse:
        """What the owner uses now. Changes nothing."""
        ...

    async def tokens_of_all(self) -> DayTokens:
        """The tokens of all owners on this UTC day."""
        ...

    async def reset(self, owner: str) -> None:
        """Forget the owner's submissions of the window, and what its ended jobs have spent today.

        Unfinished jobs and their reserved tokens still count until the jobs end.
        """
        ...
