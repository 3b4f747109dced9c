"""Answers to requests, written once and then repeated."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from local.offline_writer.wire.completion import AnswerWriter, CompletionRequest

#: Fields that say how the answer is sent.
_DELIVERY = ("stream", "stream_options")
_CHARACTERS_PER_TOKEN = 4
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: "


def key_of(body: Mapping[str, Any]) -> bytes:
    """The same for two requests that ask for the same answer."""
    asked = {name: value for name, value in body.items() if name not in _DELIVERY}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).digest()


class Replay:
    """Responses by request. The same request always gets the same answer."""

    def __init__(self, seed: int = 1, chunk_characters: int = 0) -> None:
        """`chunk_characters`: how much of the answer one event of a stream has. 0: one part (top-level key)."""
        self._writer = AnswerWriter(seed)
        self._chunk_characters = chunk_characters
        self._contents: dict[bytes, str] = {}
        self._responses: dict[bytes, list[bytes]] = {}

    def response(self, raw: bytes) -> list[bytes]:
        """The bytes to send for this request body: the whole response, or the head and each event of a stream."""
        found = self._responses.get(raw)
        if found is None:
            found = self._responses[raw] = self._write(json.loads(raw))
        return found

    def _write(self, body: Mapping[str, Any]) -> list[bytes]:
        key = key_of(body)
        if key not in self._contents:
            self._contents[key] = self._writer.write(CompletionRequest.model_validate(body))
        content = self._contents[key]
        if not body.get("stream"):
            return [_plain(body, content)]
        pieces = list(_pieces(content, self._chunk_characters))
        events = [_chunk(event) for event in _events(body, content, pieces)]
        head = _HEAD + b"text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        events[-1] += b"0\r\n\r\n"
        return [head, *events] if self._chunk_characters else [head + b"".join(events)]


def _pieces(content: str, characters: int) -> Iterator[str]:
    if characters:
        yield from (content[at : at + characters] for at in range(0, len(content), characters))
        return
    parts = [f"{json.dumps(key)}: {json.dumps(part, ensure_ascii=False)}" for key, part in json.loads(content).items()]
    for number, part in enumerate(parts):
        yield ("{" if number == 0 else ", ") + part + ("}" if number == len(parts) - 1 else "")


def _plain(body: Mapping[str, Any], content: str) -> bytes:
    message = {"role": "assistant", "content": content, "refusal": None}
    choice = {"index": 0, "finish_reason": "stop", "message": message, "logprobs": None}
    answer = {**_answer(body, "chat.completion"), "choices": [choice], "usage": _usage(body, content)}
    text = json.dumps(answer, ensure_ascii=False).encode()
    return _HEAD + b"application/json\r\nContent-Length: %d\r\n\r\n" % len(text) + text


def _events(body: Mapping[str, Any], content: str, pieces: list[str]) -> Iterator[bytes]:
    head = _answer(body, "chat.completion.chunk")
    deltas: list[tuple[dict[str, str], str | None]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"content": piece}, None) for piece in pieces]
    for delta, end in [*deltas, ({}, "stop")]:
        yield _event(head | {"choices": [{"index": 0, "delta": delta, "finish_reason": end, "logprobs": None}]})
    if (body.get("stream_options") or {}).get("include_usage"):
        yield _event(head | {"choices": [], "usage": _usage(body, content)})
    yield b"data: [DONE]\n\n"


def _event(data: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


def _chunk(data: bytes) -> bytes:
    """One chunk of an HTTP body with chunked transfer coding (RFC 9112, 7.1)."""
    return b"%x\r\n" % len(data) + data + b"\r\n"


def _answer(body: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-replayed", "object": kind, "created": 0, "model": body["model"]}


def _usage(body: Mapping[str, Any], content: str) -> dict[str, int]:
    prompt = sum(len(message["content"]) for message in body["messages"]) // _CHARACTERS_PER_TOKEN
    written = len(content) // _CHARACTERS_PER_TOKEN
    return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}
