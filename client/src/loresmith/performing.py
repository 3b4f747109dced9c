"""Performs steps, with or without an event loop, and turns functions that return steps into methods of both clients."""

from __future__ import annotations

import asyncio
import inspect
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

import httpx

from loresmith.step import Call, Effect, Emit, Execution, Now, Pause, Send, Steps, Stream

if TYPE_CHECKING:
    from loresmith.exchange import Exchange

#: An address that does not answer is tried again soon: its API may have moved.
_CONNECT_S = 10
#: As many connections as there are calls at once: each job that is waited for holds one, and others would time out.
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)

P = ParamSpec("P")
T = TypeVar("T")


class Blocking:
    """Performs steps in the calling thread."""

    def __init__(
        self,
        exchange: Exchange,
        http: httpx.Client | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.exchange = exchange
        self._http = http or httpx.Client(limits=_LIMITS)
        self._owner = os.getpid() if http is None else None
        self._sleep = sleep
        self._now_s = now_s

    @property
    def http(self) -> httpx.Client:
        """The user's client, or one for this process.

        A forked process must not use the connections of its parent: either could read the other's answers.
        """
        if self._owner not in (None, os.getpid()):
            self._http = httpx.Client(limits=_LIMITS)
            self._owner = os.getpid()
        return self._http

    def close(self) -> None:
        """Close the connections, except those of the user's client."""
        if self._owner is not None:
            self.http.close()

    def run(self, steps: Steps[T]) -> T:
        execution = Execution(steps)
        while (effect := execution.next_effect()) is not None:
            self._perform(execution, effect)
        return execution.result

    def iterate(self, steps: Stream[Any]) -> Iterator[Any]:
        execution = Execution(steps)
        while (effect := execution.next_effect()) is not None:
            if isinstance(effect, Emit):
                yield effect.value
                execution.succeed(None)
            else:
                self._perform(execution, effect)

    def _perform(self, execution: Execution[T], effect: Effect) -> None:
        try:
            execution.succeed(self._outcome(effect))
        except Exception as error:  # noqa: BLE001  # the steps decide what becomes of it
            execution.fail(error)

    def _outcome(self, effect: Effect) -> Any:
        match effect:
            case Send():
                return self.http.send(_http_request(self.http, effect), follow_redirects=False)
            case Pause(seconds):
                return self._sleep(seconds)
            case Now():
                return self._now_s()
            case Call(function):
                result = function()
                if inspect.iscoroutine(result):
                    result.close()
                    raise TypeError("LoreSmith takes plain functions. For async functions, use AsyncLoreSmith.")
                return result
            case Emit():
                raise TypeError("these steps are iterated over")


class Awaiting:
    """Performs steps on the running event loop."""

    def __init__(self, exchange: Exchange, http: httpx.AsyncClient | None = None) -> None:
        self.exchange = exchange
        self._http = http or httpx.AsyncClient(limits=_LIMITS)
        self._is_own = http is None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def http(self) -> httpx.AsyncClient:
        """The user's client, or one for the running event loop: connections end with the loop that opened them."""
        loop = asyncio.get_running_loop()
        if self._is_own and self._loop not in (None, loop):
            self._http = httpx.AsyncClient(limits=_LIMITS)
        self._loop = loop
        return self._http

    async def close(self) -> None:
        """Close the connections, except those of the user's client."""
        if self._is_own:
            await self.http.aclose()

    async def run(self, steps: Steps[T]) -> T:
        execution = Execution(steps)
        while (effect := execution.next_effect()) is not None:
            await self._perform(execution, effect)
        return execution.result

    async def iterate(self, steps: Stream[Any]) -> AsyncIterator[Any]:
        execution = Execution(steps)
        while (effect := execution.next_effect()) is not None:
            if isinstance(effect, Emit):
                yield effect.value
                execution.succeed(None)
            else:
                await self._perform(execution, effect)

    async def _perform(self, execution: Execution[T], effect: Effect) -> None:
        try:
            execution.succeed(await self._outcome(effect))
        except Exception as error:  # noqa: BLE001  # the steps decide what becomes of it
            execution.fail(error)

    async def _outcome(self, effect: Effect) -> Any:
        match effect:
            case Send():
                return await self.http.send(_http_request(self.http, effect), follow_redirects=False)
            case Pause(seconds):
                return await asyncio.sleep(seconds)
            case Now():
                return asyncio.get_running_loop().time()
            case Call(function):
                result = function()
                return await result if inspect.isawaitable(result) else result
            case Emit():
                raise TypeError("these steps are iterated over")


def _http_request(http: httpx.Client | httpx.AsyncClient, send: Send) -> httpx.Request:
    request = send.request
    return http.build_request(
        request.method,
        send.url,
        params=request.query or None,
        headers=send.headers,
        content=request.content,
        timeout=httpx.Timeout(send.timeout_s, connect=min(send.timeout_s, _CONNECT_S)),
    )


class Calls:
    """Methods that talk to the API."""

    _performer: Blocking | Awaiting

    @property
    def _exchange(self) -> Exchange:
        return self._performer.exchange


class BlockingCalls(Calls):
    """Methods that return when the answer is there."""

    _performer: Blocking

    def __init__(self, performer: Blocking) -> None:
        self._performer = performer

    def _run(self, steps: Steps[T]) -> T:
        return self._performer.run(steps)


class AsyncCalls(Calls):
    """Methods to be awaited."""

    _performer: Awaiting

    def __init__(self, performer: Awaiting) -> None:
        self._performer = performer

    async def _run(self, steps: Steps[T]) -> T:
        return await self._performer.run(steps)


class call(Generic[P, T]):  # noqa: N801  # a decorator
    """A method of both clients: its steps end with the result. The async one is awaited."""

    def __init__(self, steps: Callable[Concatenate[Any, P], Steps[T]]) -> None:
        self._steps = steps

    @overload
    def __get__(self, calls: None, owner: type) -> Callable[Concatenate[Any, P], Steps[T]]: ...
    @overload
    def __get__(self, calls: BlockingCalls, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, calls: AsyncCalls, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, calls: Calls | None, owner: type) -> Any:
        if calls is None:
            return self._steps

        def perform(*args: P.args, **kwargs: P.kwargs) -> Any:
            return calls._performer.run(self._steps(calls, *args, **kwargs))

        return update_wrapper(perform, self._steps.__get__(calls, owner))


class stream(Generic[P, T]):  # noqa: N801  # a decorator
    """A method of both clients whose steps emit values of type T. It returns an iterator, or an async one."""

    def __init__(self, steps: Callable[Concatenate[Any, P], Stream[T]]) -> None:
        self._steps = steps

    @overload
    def __get__(self, calls: None, owner: type) -> Callable[Concatenate[Any, P], Stream[T]]: ...
    @overload
    def __get__(self, calls: BlockingCalls, owner: type) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, calls: AsyncCalls, owner: type) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, calls: Calls | None, owner: type) -> Any:
        if calls is None:
            return self._steps

        def perform(*args: P.args, **kwargs: P.kwargs) -> Any:
            return calls._performer.iterate(self._steps(calls, *args, **kwargs))

        return update_wrapper(perform, self._steps.__get__(calls, owner))
