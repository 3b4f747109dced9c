"""Replies that a provider can send."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from tests.integration.provider.question import Question

JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": JSON})
    #: The value that should be read from a usable answer; None for errors and for unusable answers.
    meant: Any = None
    #: The parts of an unusable answer that can be used.
    kept: Any = None
    tokens: int = 0

    @property
    def is_unusable(self) -> bool:
        """Whether this is an unusable answer. It is paid for."""
        return self.status == 200 and self.tokens > 0 and self.meant is None


def tokens_in(text: str) -> int:
    return len(text) // 4 + 1


def completion(question: Question, content: Any, *, finish_reason: str = "stop", **message: Any) -> dict[str, Any]:
    """The body of a completion. Text beyond the request's limit is cut off, as by a real server."""
    written = content if isinstance(content, str) else ""
    if question.limit is not None and tokens_in(written) > question.limit:
        content, finish_reason = written[: question.limit * 4 - 4], "length"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1764000000,
        "model": question.body["model"],
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content} | message,
                "logprobs": None,
                "finish_reason": finish_reason,
            }
        ],
        "usage": usage(tokens_in(question.prompt), tokens_in(content) if isinstance(content, str) else 50),
    }


def usage(prompt_tokens: int, completion_tokens: int, **more: Any) -> dict[str, Any]:
    total = prompt_tokens + completion_tokens
    return {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens, "total_tokens": total} | more


def answer(body: Any, meant: Any = None, *, content_type: str = JSON) -> Reply:
    """A 200 with this body: bytes as they are, everything else as JSON."""
    written = (body.get("usage") or {}) if isinstance(body, dict) else {}
    tokens = written.get("completion_tokens", 50) if isinstance(written, dict) else 50
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(raw, headers={"Content-Type": content_type}, meant=meant, tokens=int(tokens or 50))


def error(status: int, body: Any, **headers: str) -> Reply:
    """An error with a JSON or text body. Header names use `_` for `-`."""
    is_text = isinstance(body, str)
    content_type = "text/html" if is_text and body.startswith("<") else "text/plain" if is_text else JSON
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    raw = body.encode() if is_text else b"" if body is None else json.dumps(body).encode()
    return Reply(raw, status, {"Content-Type": content_type} | named)


def openai_error(status: int, message: str, **more: Any) -> Reply:
    """An error in OpenAI's format, which most other providers copy."""
    return error(
        status, {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None} | more}
    )


def vllm_error(status: int, message: str, kind: str = "BadRequestError") -> Reply:
    return error(status, {"object": "error", "message": message, "type": kind, "param": None, "code": status})


def gemini_error(status: int, message: str, name: str, *details: Mapping[str, Any]) -> Reply:
    fault = {"code": status, "message": message, "status": name} | ({"details": list(details)} if details else {})
    return error(status, [{"error": fault}])


def fastapi_error(*location: str | int, message: str = "Extra inputs are not permitted") -> Reply:
    fault = {"type": "extra_forbidden", "loc": ["body", *location], "msg": message, "input": None}
    return error(422, {"detail": [fault]})


def events(question: Question, deltas: Sequence[Mapping[str, Any]], finish_reason: str = "stop") -> bytes:
    """A completion as server-sent events."""
    chunk: dict[str, Any] = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": question.body["model"],
    }
    choices: list[dict[str, Any]] = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": finish_reason})
    lines = [json.dumps(chunk | {"choices": [choice]}) for choice in choices] + ["[DONE]"]
    return "".join(f"data: {line}\n\n" for line in lines).encode()


def streamed(reply: Reply) -> Reply:
    """The reply as a server streams it. A reply that is not a completion in OpenAI's format is sent as it is."""
    with suppress(ValueError, LookupError, TypeError, AttributeError):
        body = json.loads(reply.body)
        choice = body["choices"][0]
        message = dict(choice["message"])
        content = message.pop("content")
        parts = [content[at : at + 30] for at in range(0, len(content), 30)] if isinstance(content, str) else [content]
        deltas = [message, *({"content": part} for part in parts)]
        chunks: list[dict[str, Any]] = [
            {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas
        ]
        chunks.append({"choices": [choice | {"delta": {}, "message": None}], "usage": None})
        chunks.append({"choices": [], "usage": body.get("usage")})
        lines = [*map(json.dumps, chunks), "[DONE]"]
        events = "".join(f"data: {line}\r\n\r\n" for line in lines)
        return replace(reply, body=events.encode(), headers={"Content-Type": "text/event-stream"})
    return reply
