"""The part of the Lambda Runtime API that a Python runtime needs, for one execution environment.

Source: AWS Lambda developer guide, "Using the Lambda runtime API" (version 2018-06-01). The runtime asks for the next
invocation, waits for it, and posts a response or an error with its request id.
"""

import asyncio
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self
from uuid import uuid4

from local.lambda_emulator.runtime.http_message import read_head, response
from local.lambda_emulator.runtime.outcome import Failed, Outcome, Returned
from local.project import LOOPBACK

_VERSION = "/2018-06-01/runtime"
_ANSWER = re.compile(_VERSION + r"/invocation/(?P<request_id>[^/]+)/(?P<kind>response|error)")


@dataclass(slots=True)
class Invocation:
    event: Any
    #: Milliseconds since 1970.
    deadline_ms: int
    outcome: "asyncio.Future[Outcome]"
    request_id: str = field(default_factory=lambda: str(uuid4()))


class RuntimeApi:
    """Serves one runtime process. Hands out one invocation to each of its requests."""

    def __init__(self, function_arn: str) -> None:
        self._function_arn = function_arn
        self._waiting: asyncio.Queue[Invocation] = asyncio.Queue()
        #: The invocations that the runtime is working on, by request id.
        self._running: dict[str, Invocation] = {}
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        #: Set when the runtime first asks for work, which ends its initialisation.
        self.initialised = asyncio.Event()
        #: The error that the runtime reported if its initialisation failed.
        self.init_failure: Failed | None = None

    async def start(self) -> Self:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        return self

    @property
    def address(self) -> str:
        """host:port, for AWS_LAMBDA_RUNTIME_API."""
        if self._server is None:
            raise RuntimeError("not started")
        host, port = self._server.sockets[0].getsockname()
        return f"{host}:{port}"

    def hand_out(self, event: Any, deadline_ms: int) -> "asyncio.Future[Outcome]":
        """Pass an event to the runtime. The future resolves to the outcome."""
        invocation = Invocation(event, deadline_ms, asyncio.get_running_loop().create_future())
        self._waiting.put_nowait(invocation)
        return invocation.outcome

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
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                writer.write(await self._answer(method, path, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the runtime has ended; its sandbox notices
        except asyncio.CancelledError:
            return  # cancelled by `close`; asyncio's streams would log a cancelled server task as failed
        finally:
            writer.transport.abort()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, method: str, path: str, body: bytes) -> bytes:
        if (method, path) == ("GET", f"{_VERSION}/invocation/next"):
            return await self._next()
        if (method, path) == ("POST", f"{_VERSION}/init/error"):
            self.init_failure = _failed(body)
            return response(HTTPStatus.ACCEPTED)
        if method == "POST" and (answer := _ANSWER.fullmatch(path)):
            return self._settle(answer["request_id"], _outcome(answer["kind"], body))
        return response(HTTPStatus.NOT_FOUND)

    async def _next(self) -> bytes:
        self.initialised.set()
        invocation = await self._waiting.get()
        self._running[invocation.request_id] = invocation
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": self._function_arn,
        }
        return response(HTTPStatus.OK, headers, json.dumps(invocation.event).encode())

    def _settle(self, request_id: str, outcome: Outcome) -> bytes:
        invocation = self._running.pop(request_id, None)
        if invocation is None:
            return response(HTTPStatus.BAD_REQUEST)
        if not invocation.outcome.done():
            invocation.outcome.set_result(outcome)
        return response(HTTPStatus.ACCEPTED)


def _outcome(kind: str, body: bytes) -> Outcome:
    if kind == "error":
        return _failed(body)
    try:
        return Returned(json.loads(body))
    except ValueError:
        return Failed("Runtime.MarshalError", "the runtime's response is not JSON")


def _failed(body: bytes) -> Failed:
    try:
        match json.loads(body):
            case {"errorType": str(kind), "errorMessage": str(message)}:
                return Failed(kind, message)
    except ValueError:
        pass
    return Failed("Runtime.Unknown", body.decode(errors="replace")[:500])
