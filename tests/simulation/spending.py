"""Watches the daily limits of tokens in a simulated history."""

from collections.abc import Mapping

from chalicelib.domain.drain import Draining
from chalicelib.domain.quota import Quota, QuotaExceeded, Standing
from chalicelib.domain.spending import SpendingStopped, counted_tokens
from tests.fake.memory_database import MemoryQuotaLedger
from tests.fake.memory_server import MemoryServer


class WatchedQuotaLedger(MemoryQuotaLedger):
    """Records every moment at which more than a limit is spent and reserved."""

    def __init__(self, server: MemoryServer, *, max_tokens: int | None, daily_stop: int | None) -> None:
        super().__init__(server)
        self._watched = server
        self._max_tokens = max_tokens
        self._daily_stop = daily_stop
        self.overruns: list[str] = []

    async def count_submissions(
        self, owner: str, tokens: Mapping[str, int], quota: Quota
    ) -> dict[str, Standing | QuotaExceeded]:
        counts = await super().count_submissions(owner, tokens, quota)
        self._check()
        return counts

    async def reserve_for_all(
        self, tokens: Mapping[str, int], stop: int | None
    ) -> dict[str, SpendingStopped | Draining]:
        stopped = await super().reserve_for_all(tokens, stop)
        self._check()
        return stopped

    def _check(self) -> None:
        for (owner, day), tokens in self._watched.tokens.items():
            limit = self._daily_stop if owner is None else self._max_tokens
            if limit is not None and tokens.total > limit:
                self.overruns.append(f"{owner or 'all owners'}: {tokens.total} tokens on {day} exceeded {limit}")


def spending_faults(server: MemoryServer) -> list[str]:
    """When all jobs have ended, nothing is reserved, and each job counts once for its owner and once for all."""
    found = []
    cost = sum(counted_tokens(server.job(record)) for record in server.records.values())
    for is_owner in (True, False):
        days = [tokens for (owner, _day), tokens in server.tokens.items() if (owner is not None) is is_owner]
        if held := [job_id for tokens in days for job_id in tokens.reserved]:
            found.append(f"{held}: still reserved {'for their owner' if is_owner else 'for all'}")
        if (spent := sum(tokens.spent for tokens in days)) != cost:
            found.append(f"{spent} tokens are counted, but the jobs have cost {cost}")
    return found
