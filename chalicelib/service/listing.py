"""Reads many of an owner's jobs at once."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from chalicelib.domain.error import Fault, InvalidSubmission
from chalicelib.domain.job import Job
from chalicelib.port.job_index import JobIndex
from chalicelib.service.recovery import Recovery, recovered
from foundation.json_value import size_bytes

#: How many jobs one page of a list reads at most.
_MAX_READ = 500
#: How many bytes of results one page holds, roughly. Lambda returns at most 6 MB (AWS Lambda quotas), and JSON within
#: JSON turns a two-byte character into seven bytes.
MAX_RESULT_BYTES = 1_500_000


class Listing:
    """Jobs without their payloads and stages. Another owner's jobs do not exist."""

    def __init__(self, index: JobIndex, recovery: Recovery) -> None:
        self._index = index
        self._recovery = recovery

    async def page(
        self,
        owner: str,
        limit: int,
        *,
        status: str | None = None,
        type_name: str | None = None,
        after: str | None = None,
    ) -> tuple[list[Job], str | None]:
        """Up to `limit` of the owner's jobs, newest first. With `after`, starts after the job with that id.

        Also returns the id of the last job it has read, or None if no more follow. A short page, or one that a filter
        leaves empty, may be followed by another: a page reads at most `_MAX_READ` jobs and holds about
        `MAX_RESULT_BYTES`. Raises `UnknownCursor` if `after` is not one of the owner's jobs.
        """
        ids, last = await self._chosen(owner, limit, after, status, type_name)
        return await self._index.read_rows(ids), last

    async def several(self, owner: str, job_ids: Sequence[str]) -> list[Job]:
        """The owner's jobs among these, in this order, without their payloads. A job that is stuck is recovered.

        Raises `InvalidSubmission` if their results together are too large for one answer.
        """
        jobs = [job for job in await self._index.read_rows(job_ids) if job.owner == owner]
        if any(await asyncio.gather(*(recovered(self._recovery, job) for job in jobs))):
            jobs = [job for job in await self._index.read_rows([job.id for job in jobs]) if job.owner == owner]
        if sum(size_bytes(job.result) for job in jobs) > MAX_RESULT_BYTES:
            raise InvalidSubmission(
                [Fault("ids", "name jobs whose results are too large for one answer; ask for fewer")]
            )
        return jobs

    async def _chosen(
        self, owner: str, limit: int, after: str | None, status: str | None, type_name: str | None
    ) -> tuple[list[str], str | None]:
        ids: list[str] = []
        seen, size, last = set[str](), 0, ""
        async with aclosing(self._index.list_heads(owner, after)) as heads:
            async for head in heads:
                if head.id in seen:
                    # A job submitted meanwhile has moved the others down.
                    continue
                if len(seen) == _MAX_READ or size > MAX_RESULT_BYTES:
                    return ids, last
                if status in (None, head.status) and type_name in (None, head.type):
                    if len(ids) == limit:
                        return ids, ids[-1]
                    ids.append(head.id)
                    size += head.result_bytes
                seen.add(head.id)
                last = head.id
        return ids, None
