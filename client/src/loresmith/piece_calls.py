"""The pieces in the caller's library."""

from __future__ import annotations

import builtins
import uuid
from typing import TYPE_CHECKING, Literal

from loresmith import document_calls, paging
from loresmith.exchange import query_of, with_json
from loresmith.model import Piece, Pieces, PieceVersions
from loresmith.payload import NewPiece, PieceChanges
from loresmith.performing import AsyncCalls, BlockingCalls, Calls, call, stream
from loresmith.step import Request, Steps, Stream

if TYPE_CHECKING:
    from typing_extensions import Unpack

_SHELF = "pieces"


class PieceCalls(Calls):
    """`client.pieces`: find pieces, read, add, change, delete and restore them."""

    @stream
    def list(
        self,
        *,
        search: str | None = None,
        kind: str | None = None,
        tag: str | None = None,
        favourite: bool = False,
        canon: bool = False,
        trash: bool = False,
        sort: Literal["newest", "name"] = "newest",
        limit: int | None = None,
    ) -> Stream[Piece]:
        """The caller's pieces, at most `limit`. Every word of `search` must be in the name or the description."""
        query = query_of(q=search, kind=kind, tag=tag, favourite=favourite, canon=canon, trash=trash, sort=sort)
        request = Request("GET", f"/{_SHELF}", query)
        return (yield from paging.entries(self._exchange, request, Pieces, lambda page: page.pieces, limit))

    @call
    def get(self, piece: Piece | str) -> Steps[Piece]:
        """The piece with this id, in the trash or not. Raises `NotFound`."""
        return (yield from self._exchange.ask(Request("GET", document_calls.path(_SHELF, piece)), Piece))

    @call
    def add(self, **piece: Unpack[NewPiece]) -> Steps[Piece]:
        """Add a piece that a person has written."""
        new = {"id": str(uuid.uuid4()), **piece}  # the id makes it safe to repeat the request
        return (yield from self._exchange.ask(with_json(Request("POST", f"/{_SHELF}"), new), Piece))

    @call
    def edit(self, piece: Piece | str, *, version: int | None = None, **changes: Unpack[PieceChanges]) -> Steps[Piece]:
        """Change a piece. Fields that are left out stay; details are merged; None removes one.

        The change is for the version that `piece` was read with, or for `version`. If somebody else has changed the
        piece since, this raises `StaleVersion`, whose `current` is the piece as it is now.
        """
        return (yield from self._exchange.ask(document_calls.edit(_SHELF, piece, version, changes), Piece))

    @call
    def delete(self, piece: Piece | str, *, version: int | None = None) -> Steps[Piece]:
        """Move a piece to the trash, which keeps it for 30 days. With `version`, only if it still has that version."""
        return (yield from self._exchange.ask(document_calls.delete(_SHELF, piece, version), Piece))

    @call
    def restore(self, piece: Piece | str, *, version: int | None = None) -> Steps[Piece]:
        """Take a piece out of the trash. With `version`, also bring back the text of that version."""
        request = Request("POST", document_calls.path(_SHELF, piece, "restore"))
        return (yield from self._exchange.ask(with_json(request, document_calls.restoring(version)), Piece))

    @call
    def versions(self, piece: Piece | str) -> Steps[builtins.list[Piece]]:
        """Earlier versions of the text, newest first."""
        request = Request("GET", document_calls.path(_SHELF, piece, "versions"))
        return (yield from self._exchange.ask(request, PieceVersions)).versions


class BlockingPieces(PieceCalls, BlockingCalls):
    """`client.pieces` of the blocking client."""


class AsyncPieces(PieceCalls, AsyncCalls):
    """`client.pieces` of the async client."""
