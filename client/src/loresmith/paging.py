"""Reads lists page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from loresmith.exchange import Exchange
from loresmith.model import History, Jobs, Pieces, Worlds
from loresmith.step import Emit, Request, Stream

T = TypeVar("T")
Page = TypeVar("Page", History, Jobs, Pieces, Worlds)

#: The API's limit.
_MOST_PER_PAGE = 100


def entries(
    exchange: Exchange,
    request: Request,
    model: type[Page],
    entries_of: Callable[[Page], Sequence[T]],
    limit: int | None,
) -> Stream[T]:
    """Each entry of a list, at most `limit` of them. A page is read when the one before it is used up.

    A page may be short, or empty, although others follow.
    """
    left, position = limit, dict[str, str]()
    while left is None or left > 0:
        size = _MOST_PER_PAGE if left is None else min(left, _MOST_PER_PAGE)
        query = request.query | position | {"limit": str(size)}
        page = yield from exchange.ask(replace(request, query=query), model)
        found = entries_of(page)
        for entry in found:
            yield Emit(entry)
        if page.next_cursor is None:
            return
        left = None if left is None else left - len(found)
        position = {"cursor": page.next_cursor}
