"""An OpenAI-compatible HTTP server that answers from a script and notices when clients disconnect."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from tests.unit.generator.answering import Answering, data_of
from tests.unit.generator.streamed import USAGE, end, event, piece
from tests.unit.generator.until import until


@dataclass(frozen=True)
class Status:
    """An error in OpenAI's format."""

    status: int
    code: str = ""
    retry_after: str | None = None


@dataclass(frozen=True)
class Text:
    """A completion with this content for every question."""

    content: str | None
    finish_reason: str = "stop"
    refusal: str | None = None


@dataclass(frozen=True)
class Break:
    """A stream that breaks after this much of the usual answer."""

    share: float


@dataclass(frozen=True)
class Runaway:
    """A stream that repeats itself after this much of the usual answer, until the client disconnects."""

    share: float


class Hang:
    """No answer until the client disconnects."""


class Drop:
    """The connection is closed without an answer."""


@dataclass
class Gate:
    """The usual answer, as soon as the gate is open."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)


Happening = Status | Text | Break | Runaway | Hang | Drop | Gate


@dataclass
class Call:
    name: str
    data: dict[str, Any]
    headers: dict[str, str]
    body: dict[str, Any]
    #: "started", then "answered", "dropped" (by the client) or "aborted" (by this server).
    outcome: str = "started"


class Provider:
    """An ASGI app. Every question gets a valid answer, unless a script says otherwise."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.port = 0
        self._scripts: dict[tuple[str, int], list[Happening]] = defaultdict(list)
        self._always: dict[str, Happening] = {}
        self._answering = Answering()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def script(self, name: str, *happenings: Happening, number: int = 0) -> None:
        """Set what happens in the next calls with this name (and for this piece)."""
        self._scripts[name, number].extend(happenings)

    def always(self, happening: Happening, name: str = "") -> None:
        """Set what happens in every call (with this name)."""
        self._always[name] = happening

    def paragraphs(self, count: int) -> list[str]:
        """Texts that are in no other answer."""
        return [self._answering.fill({"type": "string"}) for _ in range(count)]

    def count(self, outcome: str) -> int:
        return sum(call.outcome == outcome for call in self.calls)

    def names(self) -> list[str]:
        return [call.name for call in self.calls]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = json.loads(await _body(receive))
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        data = data_of(body["messages"])
        stages = data.get("stages") or [data["stage"]]
        call = Call("_".join([data["kind"], *stages]), data, headers, body)
        self.calls.append(call)
        await self._answer(call, schema_of(body), receive, send)

    async def _answer(self, call: Call, schema: dict[str, Any], receive: Any, send: Any) -> None:
        match self._happening(call):
            case Status() as status:
                await _send_error(send, status)
            case Text() as text:
                await _send_completion(send, call, text)
            case Break(share):
                call.outcome = "aborted"
                await _send_stream(send, Text(json.dumps(self._answering.fill(schema))), share)
                raise ConnectionAbortedError
            case Runaway(share):
                await _send_without_end(receive, send, json.dumps(self._answering.fill(schema)), share)
                call.outcome = "dropped"
                return
            case Hang():
                await _gone(receive)
                call.outcome = "dropped"
                return
            case Drop():
                call.outcome = "aborted"
                raise ConnectionAbortedError
            case Gate(opened):
                if not await _is_open(opened, receive):
                    call.outcome = "dropped"
                    return
                await _send_completion(send, call, Text(json.dumps(self._answering.fill(schema))))
            case None:
                await _send_completion(send, call, Text(json.dumps(self._answering.fill(schema))))
        call.outcome = "answered"

    def _happening(self, call: Call) -> Happening | None:
        for key in ((call.name, call.data.get("number", 0)), (call.name, 0)):
            if self._scripts[key]:
                return self._scripts[key].pop(0)
        return self._always.get(call.name) or self._always.get("")


def schema_of(body: dict[str, Any]) -> dict[str, Any]:
    """The schema of the answer, from `response_format` or from the prompt."""
    form = body.get("response_format", {}).get("json_schema")
    if form is not None:
        return dict(form["schema"])
    prompt = body["messages"][0]["content"].partition("The JSON Schema of the answer:\n")[2]
    return dict(json.JSONDecoder().raw_decode(prompt)[0])


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _is_open(opened: asyncio.Event, receive: Any) -> bool:
    waits = {asyncio.create_task(opened.wait()), asyncio.create_task(_gone(receive))}
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await asyncio.wait(waits)
    return opened.is_set()


async def _send_completion(send: Any, call: Call, text: Text) -> None:
    if call.body.get("stream"):
        await _send_stream(send, text)
        return
    message = {"role": "assistant", "content": text.content, "refusal": text.refusal}
    choice = {"index": 0, "finish_reason": text.finish_reason, "message": message}
    answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": USAGE}
    await _send_json(send, 200, answer, [])


_STREAM_START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}


async def _send_without_end(receive: Any, send: Any, content: str, share: float) -> None:
    """This much of the answer, and then one sentence until the client disconnects."""
    gone = asyncio.create_task(_gone(receive))
    await send(_STREAM_START)
    await send({"type": "http.response.body", "body": piece(content[: int(len(content) * share)]), "more_body": True})
    while not gone.done():
        await send({"type": "http.response.body", "body": piece("And so it went on. "), "more_body": True})
        await asyncio.sleep(0)


async def _send_stream(send: Any, text: Text, share: float = 1) -> None:
    """The answer, or this much of it, as events."""
    await send(_STREAM_START)
    content = (text.content or "")[: int(len(text.content or "") * share)]
    for at in range(0, len(content), 20):
        await send({"type": "http.response.body", "body": piece(content[at : at + 20]), "more_body": True})
    if share == 1:
        refusal = event({"choices": [{"index": 0, "delta": {"refusal": text.refusal}}]})
        await send({"type": "http.response.body", "body": refusal + end(text.finish_reason)})


async def _send_error(send: Any, status: Status) -> None:
    extra = [(b"retry-after", status.retry_after.encode())] if status.retry_after else []
    body = {"error": {"message": "text of the provider", "type": "error", "code": status.code or None}}
    await _send_json(send, status.status, body, extra)


async def _send_json(send: Any, status: int, body: Any, headers: list[tuple[bytes, bytes]]) -> None:
    start = [(b"content-type", b"application/json"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the test runner."""
        yield


@contextlib.asynccontextmanager
async def serving(provider: Provider) -> AsyncIterator[Provider]:
    """Run the provider on a free port of this machine."""
    server = _Server(uvicorn.Config(provider, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    provider.port = server.servers[0].sockets[0].getsockname()[1]
    yield provider
    server.should_exit = True
    await task
