"""A proxy between the generator and the model that records every call as one line of JSON.

    python -m tests.integration.real_llm.recorder PORT MODEL_URL FILE

It is transparent: if the caller hangs up, the call to the model is dropped; if the model hangs up, the caller gets no
answer.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

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
        asking = asyncio.ensure_future(self._http.request(request.method, call["path"], content=body, headers=_JSON))
        gone = asyncio.ensure_future(_disconnect(request))
        try:
            await asyncio.wait({asking, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                call["outcome"] = "caller hung up"
                return Response(status_code=499)
            answer = asking.result()
            call |= {"outcome": answer.status_code, "answer": _read(answer.content)}
            return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))
        except httpx2.TransportError as error:
            call["outcome"] = repr(error)
            return Abort()
        finally:
            asking.cancel()
            gone.cancel()
            self._write(call | {"took_s": round(time.time() - call["at"], 3)})

    def _write(self, call: dict[str, Any]) -> None:
        with self._file.open("a") as file:
            file.write(json.dumps(call, ensure_ascii=False) + "\n")


_JSON = {"content-type": "application/json"}


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="backslashreplace")


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


if __name__ == "__main__":
    recorder = Recorder(sys.argv[2], Path(sys.argv[3]))
    serve(recorder.app(), int(sys.argv[1]), protocol=AbortableProtocol)
