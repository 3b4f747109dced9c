"""A fake world store in memory."""

import asyncio

from chalicelib.domain.error import LibraryUnavailable, UnknownCursor
from chalicelib.domain.world import World


class MemoryWorldStore:
    """`port.WorldStore`. `down` makes every call raise `LibraryUnavailable`."""

    def __init__(self) -> None:
        self._worlds: dict[tuple[str, str], World] = {}
        self.down = False

    async def save(self, world: World) -> World:
        await self._step()
        return self._worlds.setdefault((world.owner, world.id), world)

    async def read(self, owner: str, world_id: str) -> World | None:
        await self._step()
        return self._worlds.get((owner, world_id))

    async def page(self, owner: str, limit: int, after: str | None = None) -> tuple[list[World], str | None]:
        await self._step()
        if after is not None and (owner, after) not in self._worlds:
            raise UnknownCursor
        worlds = sorted(
            (world for world in self._worlds.values() if world.owner == owner),
            key=lambda world: world.created_at,
            reverse=True,
        )
        start = next((place + 1 for place, world in enumerate(worlds) if world.id == after), 0)
        page = worlds[start : start + limit]
        return page, page[-1].id if start + limit < len(worlds) else None

    async def _step(self) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise LibraryUnavailable
