"""The part of Lambda's API that invokes a function and waits for its answer.

Source: AWS Lambda API reference, "Invoke". AWS checks the signature and the rights of the caller. Here, a request only
needs a signature of any kind: then no web page can send it without asking first, and nobody answers that question.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import unquote

from local.lambda_emulator.runtime.http_message import read_head, response
from local.lambda_emulator.runtime.outcome import Failed, Outcome
from local.project import LOOPBACK

Invoke = Callable[[Any], Awaitable[Outcome]]

_PATH = re.compile(r"/2015-03-31/functions/(?P<name>[^/?]+)/invocations(\?.*)?")
#: AWS Lambda quotas: payload of a synchronous invocation; an answer may have a little more.
_MAX_BYTES = 6 * 1024 * 1024
_MAX_ANSWER_BYTES = _MAX_BYTES + 100
_SIGNED = "AWS4-HMAC-SHA256 "


class InvokeApi:
    """Serves these functions by name on 127.0.0.1."""

    def __init__(self, functions: Mapping[str, Invoke]) -> None:
        self._functions = functions
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, port: int) -> Self:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, port)
        return self

    @property
    def address(self) -> str:
        if self._server is None:
            raise RuntimeError("not started")
        host, port = self._server.sockets[0].getsockname()
        return f"http://{host}:{port}"

    async def close(self) -> None:
        """Close every connection. Idempotent."""
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            while True:
                method, path, headers = await read_head(reader)
                size = int(headers.get("content-length", "0"))
                if size > _MAX_BYTES:
                    return
                body = await reader.readexactly(size)
                writer.write(await self._answer(method, path, headers, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
            return  # the caller has gone, or does not speak HTTP
        except asyncio.CancelledError:
            return  # cancelled by `close`
        finally:
            writer.transport.abort()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        if "origin" in headers or not headers.get("authorization", "").startswith(_SIGNED):
            return _refusal(HTTPStatus.FORBIDDEN, "MissingAuthenticationTokenException", "The request is not signed.")
        found = _PATH.fullmatch(path) if method == "POST" else None
        name = unquote(found["name"]) if found else ""
        if name not in self._functions:
            known = ", ".join(sorted(self._functions))
            return _refusal(
                HTTPStatus.NOT_FOUND,
                "ResourceNotFoundException",
                f"Function not found: {name or path}. Here are: {known}.",
            )
        try:
            event = json.loads(body or b"{}")
        except ValueError:
            return _refusal(
                HTTPStatus.BAD_REQUEST, "InvalidRequestContentException", "Could not parse request body into json."
            )
        return _outcome(await self._functions[name](event))


def _outcome(outcome: Outcome) -> bytes:
    headers = {"Content-Type": "application/json", "X-Amz-Executed-Version": "$LATEST"}
    if not isinstance(outcome, Failed):
        payload = _json(outcome.payload)
        if len(payload) <= _MAX_ANSWER_BYTES:
            return response(HTTPStatus.OK, headers, payload)
        told = f"Response payload size exceeded maximum allowed payload size ({_MAX_ANSWER_BYTES} bytes)."
        outcome = Failed("Function.ResponseSizeTooLarge", told)
    # A function error is a 200, as on AWS.
    headers["X-Amz-Function-Error"] = "Unhandled"
    return response(HTTPStatus.OK, headers, _json({"errorType": outcome.type, "errorMessage": outcome.message}))


def _refusal(status: HTTPStatus, kind: str, message: str) -> bytes:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": kind}
    return response(status, headers, _json({"Type": "User", "Message": message}))


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
