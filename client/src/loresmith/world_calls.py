"""The caller's worlds."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import quote

from loresmith import document_calls, paging
from loresmith.error import UnexpectedAnswer
from loresmith.exchange import query_of, with_json
from loresmith.exported_file import ExportedFile, exported_file
from loresmith.model import SharedWorld, World, Worlds, WorldVersions
from loresmith.payload import WorldChanges
from loresmith.performing import AsyncCalls, BlockingCalls, Calls, call, stream
from loresmith.step import Request, Steps, Stream

if TYPE_CHECKING:
    from typing_extensions import Unpack

_SHELF = "worlds"
#: What a world can be exported as. A newer API may have others.
Format: TypeAlias = Literal["markdown", "json", "obsidian", "foundry", "html"] | str


class WorldCalls(Calls):
    """`client.worlds`: find worlds, read, change, export and share them."""

    @stream
    def list(
        self,
        *,
        search: str | None = None,
        tag: str | None = None,
        favourite: bool = False,
        trash: bool = False,
        sort: Literal["newest", "name"] = "newest",
        limit: int | None = None,
    ) -> Stream[World]:
        """The caller's worlds, at most `limit`. Every word of `search` must be in the title, story, quest or names."""
        request = Request("GET", f"/{_SHELF}", query_of(q=search, tag=tag, favourite=favourite, trash=trash, sort=sort))
        return (yield from paging.entries(self._exchange, request, Worlds, lambda page: page.worlds, limit))

    @call
    def get(self, world: World | str) -> Steps[World]:
        """The world with this id, in the trash or not. Raises `NotFound`."""
        return (yield from self._exchange.ask(Request("GET", document_calls.path(_SHELF, world)), World))

    @call
    def edit(self, world: World | str, *, version: int | None = None, **changes: Unpack[WorldChanges]) -> Steps[World]:
        """Change a world. Fields that are left out stay; objects are merged; None removes one.

        The change is for the version that `world` was read with, or for `version`. If somebody else has changed the
        world since, this raises `StaleVersion`, whose `current` is the world as it is now.
        """
        return (yield from self._exchange.ask(document_calls.edit(_SHELF, world, version, changes), World))

    @call
    def delete(self, world: World | str, *, version: int | None = None) -> Steps[World]:
        """Move a world to the trash, which keeps it for 30 days. With `version`, only if it still has that version."""
        return (yield from self._exchange.ask(document_calls.delete(_SHELF, world, version), World))

    @call
    def restore(self, world: World | str, *, version: int | None = None) -> Steps[World]:
        """Take a world out of the trash. With `version`, also bring back the text of that version."""
        request = Request("POST", document_calls.path(_SHELF, world, "restore"))
        return (yield from self._exchange.ask(with_json(request, document_calls.restoring(version)), World))

    @call
    def versions(self, world: World | str) -> Steps[builtins.list[World]]:
        """Earlier versions of the text, newest first."""
        request = Request("GET", document_calls.path(_SHELF, world, "versions"))
        return (yield from self._exchange.ask(request, WorldVersions)).versions

    @call
    def export(
        self, world: World | str, format: Format = "markdown", *, view: Literal["all", "players"] = "all"
    ) -> Steps[ExportedFile]:
        """The world as a file. `view="players"` has only what is marked for players."""
        request = Request("GET", document_calls.path(_SHELF, world, "export"), query_of(format=format, view=view))
        return exported_file((yield from self._exchange.send(request)))

    @call
    def share(self, world: World | str) -> Steps[str]:
        """Make a link, or return the one that there is. Anyone who has it can read what is marked for players."""
        request = Request("POST", document_calls.path(_SHELF, world, "share"))
        shared = yield from self._exchange.ask(request, World)
        if shared.share is None:
            raise UnexpectedAnswer(f"The API did not share the world {shared.id}.")
        return self._exchange.api + shared.share.path

    @call
    def unshare(self, world: World | str) -> Steps[World]:
        """Remove the link. It stops working at once."""
        request = Request("DELETE", document_calls.path(_SHELF, world, "share"))
        return (yield from self._exchange.ask(request, World))

    @call
    def shared(self, link: str) -> Steps[SharedWorld]:
        """What a link, or the token at its end, shows. Raises `NotFound`."""
        token = quote(link.rstrip("/").rpartition("/")[2], safe="")
        return (yield from self._exchange.ask(Request("GET", f"/shared/{token}"), SharedWorld))


class BlockingWorlds(WorldCalls, BlockingCalls):
    """`client.worlds` of the blocking client."""


class AsyncWorlds(WorldCalls, AsyncCalls):
    """`client.worlds` of the async client."""
