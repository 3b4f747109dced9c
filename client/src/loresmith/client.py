"""The two clients."""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING

import httpx

from loresmith.exchange import Exchange, OnRetry, Token
from loresmith.job_list import AsyncJobs, BlockingJobs
from loresmith.performing import Awaiting, Blocking
from loresmith.piece_calls import AsyncPieces, BlockingPieces
from loresmith.typed_call import AsyncTypedCalls, BlockingTypedCalls
from loresmith.webhook_calls import AsyncWebhook, BlockingWebhook
from loresmith.world_calls import AsyncWorlds, BlockingWorlds

if TYPE_CHECKING:
    from typing_extensions import Self

#: How long a call may take, its repetitions included: longer than a restart of the API.
TIMEOUT_S = 60.0


class LoreSmith(BlockingTypedCalls):
    """The blocking client. Use it in a `with` statement, or call `close`. Threads can share it.

    `api` is the address of the API, or else that in LORESMITH_API. `token` is a bearer token, or else that in
    LORESMITH_TOKEN, or a function that returns one: it is called once, and again after a 401.

    If the API is unavailable, or asks to be called later, a request is repeated until that has lasted for `timeout_s`.
    With 0, each request is sent once. To repeat is safe for every request. `on_retry` is called before each
    repetition, with the error and the pause in seconds. `http` is your own `httpx` client, for example with a proxy. It
    is not closed.

    >>> with LoreSmith() as client:
    ...     relics = client.generate("relics", theme="sea", count=2)
    >>> [relic.type for relic in relics]
    ['relic', 'relic']
    """

    def __init__(
        self,
        api: str | None = None,
        token: Token | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
        on_retry: OnRetry | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        exchange = _exchange(api, token, timeout_s, on_retry)
        performer = Blocking(exchange, http)
        super().__init__(performer)
        self.jobs = BlockingJobs(performer)
        self.pieces = BlockingPieces(performer)
        self.worlds = BlockingWorlds(performer)
        self.webhook = BlockingWebhook(performer)

    def close(self) -> None:
        """Close the connections. Jobs continue."""
        self._performer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncLoreSmith(AsyncTypedCalls):
    """The async client, for asyncio. Use it in an `async with` statement, or await `close`.

    It has the methods of `LoreSmith`, to be awaited; those that return an iterator return an async one. `token`,
    `on_progress` and `on_retry` may be async functions.

    >>> async def generate():
    ...     async with AsyncLoreSmith() as client:
    ...         return await client.generate("relics", theme="sea", count=2)
    >>> import asyncio
    >>> [relic.type for relic in asyncio.run(generate())]
    ['relic', 'relic']
    """

    def __init__(
        self,
        api: str | None = None,
        token: Token | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
        on_retry: OnRetry | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        exchange = _exchange(api, token, timeout_s, on_retry)
        performer = Awaiting(exchange, http)
        super().__init__(performer)
        self.jobs = AsyncJobs(performer)
        self.pieces = AsyncPieces(performer)
        self.worlds = AsyncWorlds(performer)
        self.webhook = AsyncWebhook(performer)

    async def close(self) -> None:
        """Close the connections. Jobs continue."""
        await self._performer.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _exchange(api: str | None, token: Token | None, timeout_s: float, on_retry: OnRetry | None) -> Exchange:
    return Exchange(
        api or os.environ.get("LORESMITH_API"), token or os.environ.get("LORESMITH_TOKEN") or None, timeout_s, on_retry
    )
