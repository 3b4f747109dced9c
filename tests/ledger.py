"""One job in a quota ledger."""

from chalicelib.domain.quota import Quota, Standing
from chalicelib.port.quota_ledger import QuotaLedger


async def counted(quotas: QuotaLedger, owner: str, job_id: str, tokens: int, quota: Quota) -> Standing:
    """Count one submission. Raises `QuotaExceeded`."""
    (count,) = (await quotas.count_submissions(owner, {job_id: tokens}, quota)).values()
    if isinstance(count, Standing):
        return count
    raise count


async def reserved(quotas: QuotaLedger, job_id: str, tokens: int, stop: int | None) -> None:
    """Reserve the tokens of one job. Raises `SpendingStopped`."""
    for refusal in (await quotas.reserve_for_all({job_id: tokens}, stop)).values():
        raise refusal
