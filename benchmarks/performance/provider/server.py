"""The HTTP server. It uses only asyncio, because a framework would cost more CPU than what is measured."""

import asyncio
import json
import re
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from benchmarks.performance.provider.replay import Replay

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"
#: How many of the last calls are kept.
_MOST_CALLS = 20_000


@dataclass(slots=True)
class Call:
    body: bytes
    #: None until it is answered.
    answered_at: float | None = None


class Provider:
    """The state of the provider. All times are seconds of the monotonic clock, which all processes share."""

    def __init__(self, replay: Replay, latency_s: float) -> None:
        self.replay = replay
        self.latency_s = latency_s
        self.count = 0
        self.in_flight = 0
        self.most_in_flight = 0
        self.last_answer_at = 0.0
        self.calls: deque[Call] = deque(maxlen=_MOST_CALLS)

    def begin(self, body: bytes) -> Call:
        self.count += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        call = Call(body)
        self.calls.append(call)
        return call

    def end(self, call: Call) -> None:
        self.in_flight -= 1
        self.last_answer_at = call.answered_at = time.monotonic()

    def control(self, method: str, path: str, body: bytes) -> Any:
        """The answer to a request that is not a call. None if there is no such path."""
        match method, path:
            case "GET", "/stats":
                return {
                    "calls": self.count,
                    "in_flight": self.in_flight,
                    "most_in_flight": self.most_in_flight,
                    "last_answer_at": self.last_answer_at,
                    "latency_s": self.latency_s,
                }
            case "GET", "/calls":
                return [{"body": json.loads(call.body), "answered_at": call.answered_at} for call in self.calls]
            case "POST", "/reset":
                self.count, self.most_in_flight = 0, self.in_flight
                self.calls.clear()
                return {}
            case "POST", "/latency":
                self.latency_s = float(json.loads(body)["latency_s"])
                return {}
            case _:
                return None


class Connection(asyncio.Protocol):
    """One client. Its requests come one after another."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's form
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(_END_OF_HEAD)
        if end < 0:
            return
        head = self._received[:end]
        length = _LENGTH.search(head)
        size = end + len(_END_OF_HEAD) + (int(length[1]) if length else 0)
        if len(self._received) < size:
            return
        body, self._received = self._received[end + len(_END_OF_HEAD) : size], self._received[size:]
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        if path.endswith("/chat/completions"):
            self._call(body)
        else:
            self._answer(self._provider.control(method, path, body))

    def _call(self, body: bytes) -> None:
        call = self._provider.begin(body)
        pieces, latency_s = self._provider.replay.response(body), self._provider.latency_s
        if latency_s <= 0:
            self._send(pieces)
            self._provider.end(call)
            return
        loop = asyncio.get_running_loop()
        # A stream in small chunks arrives evenly over the latency; a whole answer at its end.
        for number, piece in enumerate(pieces[:-1]):
            loop.call_later(latency_s * number / len(pieces), self._send, [piece])
        loop.call_later(latency_s, self._finish, call, pieces[-1])

    def _finish(self, call: Call, last: bytes) -> None:
        self._send([last])
        self._provider.end(call)

    def _send(self, pieces: list[bytes]) -> None:
        if self._transport is not None:
            for piece in pieces:
                self._transport.write(piece)

    def _answer(self, content: Any) -> None:
        status = "404 Not Found" if content is None else "200 OK"
        body = json.dumps(content).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._send([head.encode() + body])


async def serve(provider: Provider, host: str, port: int) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Connection(provider), host, port, backlog=4096)
    print(f"listening on http://{host}:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await server.serve_forever()
