"""Reads a streamed chat completion while it arrives."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import replace

import httpx2

from generator_service.llm.assembly import Assembly
from generator_service.llm.event_reader import EventReader
from generator_service.llm.reply import Reply, UnreadableReply, read_reply, reply_in

#: Called with the answer so far whenever it has grown. Returns whether the rest of it is still wanted.
OnText = Callable[[str], bool]

#: How long the connection may take to end after the last event, so that it can be used again, seconds.
_DRAIN_S = 0.5


async def read_stream(body: AsyncIterator[bytes], on_text: OnText) -> Reply:
    """The reply in a body that was requested as a stream. Some servers send a plain body or an error instead.

    An answer is cut off if the rest of it is not wanted.
    Raises `ErrorReply`, `UnreadableReply`, and `httpx2.TransportError` if the connection breaks before the answer ends.
    """
    beginning = (await _beginning(body)).lstrip(b"\xef\xbb\xbf \r\n\t")
    if beginning[:1] in (b"{", b"[", b"<", b""):
        return read_reply(beginning + b"".join([piece async for piece in body]))
    assembly, events = Assembly(), EventReader()
    chunk: bytes | None = beginning
    try:
        while not assembly.is_closed:
            if not _add_all(assembly, events.read(chunk or b"", is_last=chunk is None), on_text):
                return replace(reply_in(assembly.completion()), is_stopped=True)
            if chunk is None or assembly.is_closed:
                break
            chunk = await anext(body, None)
    except httpx2.TransportError:
        if not assembly.is_ended:
            raise
    else:
        await _drain(body)
    return reply_in(assembly.completion())


def _add_all(assembly: Assembly, events: Iterable[str], on_text: OnText) -> bool:
    """Add events up to the last one of the answer. Returns whether the rest of the answer is still wanted."""
    for data in events:
        if not _add(assembly, data, on_text) and not assembly.is_ended:
            return False
        if assembly.is_closed:
            break
    return True


def _add(assembly: Assembly, data: str, on_text: OnText) -> bool:
    """Add an event. Returns whether the rest of the answer is still wanted."""
    before = len(assembly.text)
    try:
        assembly.add(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableReply from error
    return len(assembly.text) == before or on_text(assembly.text)


async def _beginning(body: AsyncIterator[bytes]) -> bytes:
    """The body up to the first character that is not white space."""
    beginning = b""
    async for piece in body:
        beginning += piece
        if beginning.strip():
            break
    return beginning


async def _drain(body: AsyncIterator[bytes]) -> None:
    with suppress(TimeoutError, httpx2.TransportError):
        async with asyncio.timeout(_DRAIN_S):
            async for _ in body:
                pass
