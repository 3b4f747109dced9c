"""Streamed answers of a scripted provider."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx2

USAGE = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
DONE = b"data: [DONE]\n\n"
#: A text of the answer, bytes as they are, an event to wait for, or an error that breaks the connection.
Step = str | bytes | asyncio.Event | Exception


def event(chunk: Any) -> bytes:
    return f"data: {json.dumps(chunk)}\n\n".encode()


def piece(text: str) -> bytes:
    """The event with a piece of the answer."""
    return event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})


def end(reason: str = "stop", usage: Any = USAGE) -> bytes:
    """The events after the answer."""
    last = event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
    return last + (event({"choices": [], "usage": usage}) if usage else b"") + DONE


def streamed(*steps: Step, content_type: str = "text/event-stream") -> Callable[[], Awaitable[httpx2.Response]]:
    """A response whose body comes step by step. `end()` is not added."""

    async def body() -> AsyncIterator[bytes]:
        for step in steps:
            match step:
                case asyncio.Event():
                    await step.wait()
                case Exception():
                    raise step
                case str():
                    yield piece(step)
                case bytes():
                    yield step

    async def respond() -> httpx2.Response:
        await asyncio.sleep(0)
        return httpx2.Response(200, headers={"content-type": content_type}, content=body())

    return respond


class Endless(httpx2.AsyncByteStream):
    """A stream that stays open until the client closes it."""

    def __init__(self, texts: Iterator[str]) -> None:
        """`texts`: the pieces of the answer. After the last one, nothing comes."""
        self._texts = texts
        self.sent = ""
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for text in self._texts:
            self.sent += text
            yield piece(text)
        await asyncio.Event().wait()

    async def aclose(self) -> None:
        self.is_closed = True

    async def respond(self) -> httpx2.Response:
        await asyncio.sleep(0)
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=self)
