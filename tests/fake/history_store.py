"""A fake history in memory."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from chalicelib.domain import position
from chalicelib.domain.document import Document
from chalicelib.domain.error import LibraryUnavailable
from chalicelib.domain.position import Position
from chalicelib.domain.record import JobRecord, Period
from chalicelib.domain.record_list import RecordFilter, ended_key
from tests.fake.document_store import MemoryDocumentStore


class MemoryHistoryStore:
    """`port.HistoryStore`. `clock` returns seconds since 1970.

    `down` makes every call raise `LibraryUnavailable`. The library's `down` does the same for records with pieces.
    """

    def __init__(
        self, library: MemoryDocumentStore, keep_s: int = 365 * 86_400, clock: Callable[[], float] = time.time
    ) -> None:
        self._library = library
        self._records: dict[tuple[str, str], JobRecord] = {}
        self._keep_s = keep_s
        self._clock = clock
        self.down = False

    async def add(self, record: JobRecord, pieces: Sequence[Document] = ()) -> bool:
        await self._step()
        if pieces and self._library.down:
            raise LibraryUnavailable
        for piece in pieces:
            self._library.put_new(piece)
        is_new = (record.owner, record.id) not in self._records
        self._records.setdefault((record.owner, record.id), record)
        return is_new

    async def find(self, owner: str, job_id: str) -> JobRecord | None:
        await self._step()
        return next((record for record in self._of(owner) if record.id == job_id), None)

    async def page(
        self, owner: str, wanted: RecordFilter, limit: int, after: str | None = None
    ) -> tuple[list[JobRecord], str | None]:
        await self._step()
        records = sorted(filter(wanted.shows, self._of(owner)), key=ended_key, reverse=True)
        if after is not None:
            start = position.decode(repr(wanted), after).sort_key
            records = [record for record in records if ended_key(record) < start]
        page = records[:limit]
        if len(records) <= limit:
            return page, None
        return page, position.encode(repr(wanted), Position(ended_key(page[-1]), page[-1].id))

    async def all_of(self, owner: str, period: Period) -> list[JobRecord]:
        await self._step()
        shown = filter(RecordFilter(period=period).shows, self._of(owner))
        return [replace(record, summary={}, made=(), names=()) for record in shown]

    def _of(self, owner: str) -> list[JobRecord]:
        oldest = (self._clock() - self._keep_s) * 1000
        return [record for key, record in self._records.items() if key[0] == owner and record.ended_at > oldest]

    async def _step(self) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise LibraryUnavailable
