"""A provider whose connection breaks, or that does not speak HTTP, is unavailable. It is not slow."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from tests.integration.generator.conftest import Generator

#: serve(answer) → the URL of a server that sends these bytes to every request, and closes the connection.
Serve = Callable[[bytes], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    async with AsyncExitStack() as stack:

        async def start(answer: bytes) -> str:
            async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answer)
                writer.close()

            server = await asyncio.start_server(send, "127.0.0.1", 0)
            await stack.enter_async_context(server)
            return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"

        yield start


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnot a length\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nabcd",
    ],
)
@pytest.mark.parametrize("kind", ["character", "world"])
async def test_a_broken_answer_means_that_the_provider_is_unavailable(
    generator: Generator, serve: Serve, answer: bytes, kind: str
) -> None:
    """The first call for characters asks for a plain answer, and that for a world asks for a stream."""
    client = await generator(OPENAI_BASE_URL=await serve(answer))
    failure = await client.fail(kind, count=1)
    assert (failure.status.name, failure.code) == ("UNAVAILABLE", "provider_unavailable")
