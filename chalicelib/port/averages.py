"""What completed jobs have used, by type."""

from typing import Protocol

from chalicelib.domain.usage_sums import UsageSums


class Averages(Protocol):
    """Sums over the completed jobs of each type. Both methods may raise `StoreUnavailable`, and neither retries."""

    async def add(self, type_name: str, used: UsageSums) -> None:
        """Add a job's usage to the sums of its type in one atomic step, as `UsageSums.plus` does."""
        ...

    async def read(self, type_name: str) -> UsageSums:
        """The sums of the type; all 0 if none of its jobs has been measured."""
        ...
