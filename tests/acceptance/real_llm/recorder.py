"""A proxy between the generator and the model that records every call as one line of JSON.

    python -m tests.acceptance.real_llm.recorder PORT MODEL_URL FILE

It is transparent: if the caller hangs up, the call to the model is dropped; if the model hangs up, the caller gets no
answer.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from generator_service.llm.assembly import Assembly, ErrorReply
from local.http_server import serve
from local.offline_writer.wire.abort import Abort, AbortableProtocol

#: The caller's timeout applies.
_NO_TIMEOUT = httpx2.Timeout(None)


class Recorder:
    def __init__(self, model_url: str, file: Path) -> None:
        self._http = httpx2.AsyncClient(base_url=model_url, timeout=_NO_TIMEOUT, trust_env=False)
        self._file = file

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v1/{path:path}", self._pass_on, methods=["GET", "POST"])])

    async def _pass_on(self, request: Request) -> Response:
        body = await request.body()
        call: dict[str, Any] = {"at": time.time(), "path": request.path_params["path"], "request": _read(body)}
        asked = self._http.build_request(request.method, call["path"], content=body, headers=_JSON)
        is_stream = isinstance(call["request"], dict) and bool(call["request"].get("stream"))
        asking = asyncio.ensure_future(self._http.send(asked, stream=is_stream))
        gone = asyncio.ensure_future(_disconnect(request))
        try:
            await asyncio.wait({asking, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                self._write(call, "caller hung up")
                return Response(status_code=499)
            answer = asking.result()
            content_type = answer.headers.get("content-type")
            if is_stream:
                return StreamingResponse(self._relayed(call, answer), answer.status_code, media_type=content_type)
            self._write(call, answer.status_code, _read(answer.content))
            return Response(answer.content, answer.status_code, media_type=content_type)
        except httpx2.TransportError as error:
            self._write(call, repr(error))
            return Abort()
        finally:
            asking.cancel()
            gone.cancel()

    async def _relayed(self, call: dict[str, Any], answer: httpx2.Response) -> AsyncIterator[bytes]:
        """The pieces of a stream as they arrive. The whole is recorded as a plain answer."""
        body = b""
        outcome: int | str = "caller hung up"
        try:
            async for piece in answer.aiter_bytes():
                body += piece
                yield piece
            outcome = answer.status_code
        except httpx2.TransportError as error:
            outcome = repr(error)
            raise
        finally:
            self._write(call, outcome, _assembled(body))

    def _write(self, call: dict[str, Any], outcome: int | str, answer: Any = None) -> None:
        took_s = round(time.time() - call["at"], 3)
        with self._file.open("a") as file:
            line = call | {"outcome": outcome, "answer": answer, "took_s": took_s}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


_JSON = {"content-type": "application/json"}


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="backslashreplace")


def _assembled(body: bytes) -> Any:
    lines = body.decode(errors="replace").splitlines()
    # While the model is slow, llama.cpp sends comments: lines that begin with a colon.
    events = [line.removeprefix("data:") for line in lines if line.startswith("data:")]
    if not events:
        return _read(body)
    assembly = Assembly()
    with suppress(ValueError, ErrorReply):
        for event in events:
            assembly.add(event)
    return assembly.completion()


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


if __name__ == "__main__":
    recorder = Recorder(sys.argv[2], Path(sys.argv[3]))
    serve(recorder.app(), int(sys.argv[1]), protocol=AbortableProtocol)
