"""Saved worlds."""

from typing import Protocol

from chalicelib.domain.world import World


class WorldStore(Protocol):
    """Worlds, by owner and id. Every method may raise `LibraryUnavailable`."""

    async def save(self, world: World) -> World:
        """Save the world unless one with its id exists. Returns the stored one. Idempotent."""
        ...

    async def read(self, owner: str, world_id: str) -> World | None:
        """The world; None if the owner has none with this id."""
        ...

    async def page(self, owner: str, limit: int, after: str | None = None) -> tuple[list[World], str | None]:
        """Up to `limit` of the owner's worlds, newest first. With `after`, starts after the world with that id.

        Also returns the id of the last one, or None if no more follow. Raises `UnknownCursor` if `after` is not one of
        the owner's worlds.
        """
        ...
