"""The HTTP endpoints: OpenAI's chat completions, and controls for tests."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from foundation.validation import faults_of
from local.offline_writer.lore.schema_filler import UnusableSchema
from local.offline_writer.wire.abort import Abort
from local.offline_writer.wire.call_log import CallLog
from local.offline_writer.wire.completion import Answer, AnswerWriter, CompletionRequest, chunks, completion
from local.offline_writer.wire.fault import Faults, PlanFault, Rule, read_plan

MODEL = "offline-writer"

#: Faults that are error responses: status, type, code, message.
_ERRORS = {
    "429": (429, "requests", "rate_limit_exceeded", "Rate limit reached."),
    "500": (500, "server_error", None, "The server had an error."),
    "503": (503, "server_error", None, "The server is overloaded."),
    "401": (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    "insufficient_quota": (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota."),
}

T = TypeVar("T")


class _ClientGone(Exception):
    """The client has disconnected."""


class OfflineWriter:
    """The request handlers and their state."""

    def __init__(self, writer: AnswerWriter, faults: Faults) -> None:
        self._writer = writer
        self._faults = faults
        self._log = CallLog()

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/health", _health),
                Route("/v1/models", _models),
                Route("/v1/chat/completions", self._complete, methods=["POST"]),
                Route("/control/calls", self._calls, methods=["GET", "DELETE"]),
                Route("/control/faults", self._plan, methods=["GET", "PUT"]),
            ]
        )

    async def _complete(self, request: Request) -> Response:
        try:
            asked = CompletionRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return _error(400, "invalid_request_error", None, _first_fault(error))
        latency_s = self._faults.latency_s()
        call = self._log.begin(asked.schema_name, request.headers.get("traceparent"), latency_s)
        try:
            response = await _unless_gone(request, self._answer(asked, latency_s))
        except (_ClientGone, asyncio.CancelledError):
            self._log.end(call, "dropped")
            return Response(status_code=499)
        self._log.end(call, "finished" if response.status_code == 200 else "failed")
        return response

    async def _answer(self, asked: CompletionRequest, latency_s: float) -> Response:
        rule = self._faults.strike(asked.schema_name)
        await asyncio.sleep(latency_s)
        if rule is not None and rule.fault == "hang":
            await asyncio.Event().wait()
        if rule is not None and rule.fault == "drop":
            return Abort(status_code=502)
        if rule is not None and rule.fault in _ERRORS:
            return _error(*_ERRORS[rule.fault], retry_after_s=rule.retry_after_s)
        try:
            content = self._writer.write(asked)
        except UnusableSchema as fault:
            return _error(400, "invalid_request_error", "invalid_json_schema", f"Invalid schema: {fault}")
        answer = _response(asked, _spoiled(content, rule))
        if rule is not None and rule.fault == "broken_body":
            # Like a proxy that gives up halfway and adjusts Content-Length.
            half = bytes(answer.body)[: len(answer.body) // 2]
            return Response(half, media_type=answer.media_type)
        return answer

    async def _calls(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._log.reset()
        return JSONResponse(self._log.as_json())

    async def _plan(self, request: Request) -> Response:
        if request.method == "PUT":
            try:
                self._faults.replace(read_plan(await _json(request)))
            except PlanFault as fault:
                return JSONResponse({"error": str(fault)}, status_code=400)
        return JSONResponse(self._faults.plan)


def _response(asked: CompletionRequest, answer: Answer) -> Response:
    """The answer, after its latency. The events of a stream are sent all at once."""
    if asked.stream:
        return Response("".join(chunks(asked, answer)), media_type="text/event-stream")
    return JSONResponse(completion(asked, answer))


def _spoiled(content: str, rule: Rule | None) -> Answer:
    """The answer, spoiled if a fault strikes."""
    match rule.fault if rule else None:
        case "garbage":
            return Answer("Sure! Here is what you asked for: {")
        case "wrong_schema":
            return Answer(json.dumps({"unexpected": ["entirely", 7]}))
        case "truncated":
            return Answer(content[: len(content) // 2], finish_reason="length")
        case "refusal":
            return Answer(None, refusal="I cannot help with that.")
        case "empty":
            return Answer("")
        case _:
            return Answer(content)


async def _unless_gone(request: Request, work: Awaitable[T]) -> T:
    """The result of the work. Stops it and raises `_ClientGone` if the client disconnects first."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnect(request.receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise _ClientGone
        return task.result()
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.wait({task, gone})
        if not task.cancelled():
            task.exception()


async def _disconnect(receive: Callable[[], Awaitable[Any]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _error(
    status: int, kind: str, code: str | None, message: str, *, retry_after_s: float | None = None
) -> JSONResponse:
    headers = {} if retry_after_s is None else {"Retry-After": f"{retry_after_s:g}"}
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return JSONResponse(body, status_code=status, headers=headers)


def _first_fault(error: ValidationError) -> str:
    return faults_of(error, "body")[0]


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        raise PlanFault("the body must be JSON") from None


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _models(_request: Request) -> Response:
    model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "loresmith"}
    return JSONResponse({"object": "list", "data": [model]})
