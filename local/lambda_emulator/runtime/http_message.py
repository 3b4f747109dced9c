"""HTTP/1.1 messages, as far as Lambda's own APIs need them."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus


async def read_head(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str]]:
    """Method, path, and headers with names in lower case. Raises `IncompleteReadError` if the connection ends."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    request, *lines = head.split("\r\n")
    method, path, _ = request.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines if line)
    return method, path, {name.strip().lower(): value.strip() for name, value in pairs}


def response(status: HTTPStatus, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    fields = {**(headers or {}), "Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
