"""A job's event log on Redis: a stream. The id of an entry is <revision>-0.

When the job ends, the log gets one more entry, with an id above all revisions. A caller that waits for the end
waits for this entry, so no other event wakes it.
"""

import asyncio
from typing import Any

from chalicelib.adapter import redis_key
from chalicelib.adapter.job_codec import END_REVISION
from chalicelib.adapter.redis_client import outage_as_unavailable
from chalicelib.adapter.redis_connection import RedisConnection
from chalicelib.domain.job import JobEvent
from chalicelib.domain.lifecycle import Status

#: A blocking read is abandoned this long after Redis should have answered it, seconds.
_LATE_S = 2.0
#: The upper bound of a range without the entry for the job's end.
_BEFORE_END = f"({END_REVISION}-0"


class RedisJobEvents:
    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection

    async def read(self, job_id: str, after: int) -> list[JobEvent]:
        """The events after revision `after`, oldest first."""
        async with outage_as_unavailable(self._connection.patience_s):
            key = redis_key.events(job_id)
            entries: Any = await self._connection.client.xrange(key, min=f"({after}-0", max=_BEFORE_END)
        return [_event(entry) for entry in entries]

    async def wait_for_end(self, job_id: str, timeout_s: float) -> JobEvent | None:
        """Wait until the job has ended, and return the newest event, as `wait` does."""
        return await self.wait(job_id, END_REVISION - 1, timeout_s)

    async def wait(self, job_id: str, after: int, timeout_s: float) -> JobEvent | None:
        """Wait for an event after revision `after`, and return the newest event of all, even if none arrived in time.

        None if the connection was lost.
        """
        key = redis_key.events(job_id)
        # One round trip: the server runs the second command when the first one ends.
        commands = self._connection.waiting.pipeline(transaction=False)
        commands.xread({key: f"{after}-0"}, count=1, block=max(1, int(timeout_s * 1000)))
        commands.xrevrange(key, max=_BEFORE_END, count=1)
        async with outage_as_unavailable(patience_s=None):
            try:
                async with asyncio.timeout(timeout_s + _LATE_S) as wait:
                    with self._connection.failovers.ending(wait):
                        _, newest = await commands.execute()
            except TimeoutError:
                # The connection broke and the wait started again, or it leads to a former primary. The caller reads the
                # job or waits again, and so finds out whether Redis is available.
                return None
        return next(map(_event, newest), None)


def _event(entry: tuple[str, dict[str, str]]) -> JobEvent:
    entry_id, fields = entry
    return JobEvent(
        revision=int(entry_id.split("-", maxsplit=1)[0]),
        at=int(fields["at"]),
        status=Status(fields["status"]),
        progress=int(fields["progress"]),
        message=fields["message"],
    )
