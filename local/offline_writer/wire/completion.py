"""Reads a chat completion request, and writes the answer in OpenAI's form."""

import itertools
import json
import time
import uuid
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import SystemRandom
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from local.offline_writer.lore.brief import Brief, read_brief
from local.offline_writer.lore.chooser import seed_of
from local.offline_writer.lore.schema_filler import fill
from local.offline_writer.lore.writer import LoreWriter

#: A rough value for English.
_CHARACTERS_PER_TOKEN = 4
#: How much of a streamed answer one event has.
_CHUNK_CHARACTERS = 40
#: How many recent names and titles are not used again.
_REMEMBERED_NAMES = 1_500
#: The schema for a request without one.
_PROSE = {"type": "object", "properties": {"description": {"type": "string"}}, "required": ["description"]}


class _Lenient(BaseModel):
    """Ignores unknown fields."""

    model_config = ConfigDict(extra="ignore")


class ChatMessage(_Lenient):
    role: str
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(str(part.get("text", "")) for part in self.content)
        return self.content or ""


class JsonSchemaFormat(_Lenient):
    name: str = "answer"
    json_schema: dict[str, Any] = Field(alias="schema")


class ResponseFormat(_Lenient):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchemaFormat | None = None


class StreamOptions(_Lenient):
    include_usage: bool = False


class CompletionRequest(_Lenient):
    model: Annotated[str, Field(min_length=1)]
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    response_format: ResponseFormat | None = None
    stream: bool = False
    stream_options: StreamOptions | None = None

    @property
    def form(self) -> JsonSchemaFormat | None:
        return self.response_format.json_schema if self.response_format else None

    @property
    def schema_name(self) -> str:
        return self.form.name if self.form else ""


@dataclass(frozen=True, slots=True)
class Answer:
    content: str | None
    finish_reason: str = "stop"
    refusal: str | None = None


class AnswerWriter:
    """Writes answers. With a seed, the same requests in the same order get the same answers."""

    def __init__(self, seed: int | None) -> None:
        self._seed = SystemRandom().getrandbits(64) if seed is None else seed
        self._counter = itertools.count()
        #: New names and titles differ from these, so that jobs with the same theme get different ones.
        self._used_names: deque[str] = deque(maxlen=_REMEMBERED_NAMES)

    def write(self, request: CompletionRequest) -> str:
        """The content of an answer that fits the request's schema. Raises `UnusableSchema`."""
        brief = read_brief([(message.role, message.text) for message in request.messages], request.schema_name)
        if request.form is None:
            return str(self._filled(_PROSE, brief)["description"])
        answer = self._filled(request.form.json_schema, brief)
        self._remember(answer)
        return json.dumps(answer, ensure_ascii=False)

    def _filled(self, schema: Mapping[str, Any], brief: Brief) -> Any:
        if not brief.stages:
            return fill(schema, LoreWriter(brief, self._seed_for(brief), self._used_names))
        answer: dict[str, Any] = {}
        written: dict[str, Any] = {}
        for stage, form in schema.get("properties", {}).items():
            answer[stage] = self._stage(schema, form, brief.for_stage(stage, written))
            written |= answer[stage] if isinstance(answer[stage], dict) else {stage: answer[stage]}
        return answer

    def _stage(self, schema: Mapping[str, Any], form: Mapping[str, Any], brief: Brief) -> Any:
        """One of several stages: an object, or the value of its only field."""
        shared = {"$defs": schema.get("$defs", {})}
        if "$ref" in form or form.get("type") == "object":
            return self._filled({**form, **shared}, brief)
        return self._filled({"type": "object", "properties": {brief.stage: form}, **shared}, brief)[brief.stage]

    def _remember(self, answer: Any) -> None:
        """Remembers the names of new pieces, and the titles of stories and quests."""
        if not isinstance(answer, dict):
            return
        named = answer.get("names")
        self._remember_texts("name", named if isinstance(named, list) else ())
        self._remember_texts("title", (answer, *answer.values()))

    def _remember_texts(self, key: str, values: Iterable[Any]) -> None:
        found = (value.get(key) for value in values if isinstance(value, dict))
        self._used_names.extend(text for text in found if isinstance(text, str))

    def _seed_for(self, brief: Brief) -> int:
        """The seed for a brief. A new piece is different each time; its other parts depend only on the text so far."""
        turn = next(self._counter) if brief.opens_a_piece else 0
        return seed_of(self._seed, turn, brief.content)


def completion(request: CompletionRequest, answer: Answer) -> Mapping[str, Any]:
    """The answer as OpenAI would send it."""
    message = {"role": "assistant", "content": answer.content, "refusal": answer.refusal}
    choice = {"index": 0, "finish_reason": answer.finish_reason, "message": message, "logprobs": None}
    return _head(request, "chat.completion") | {"choices": [choice], "usage": _usage(request, answer)}


def chunks(request: CompletionRequest, answer: Answer) -> Iterator[str]:
    """The answer as the events of a stream, as OpenAI would send them."""
    head = _head(request, "chat.completion.chunk")
    content = answer.content or ""
    texts = [content[at : at + _CHUNK_CHARACTERS] for at in range(0, len(content), _CHUNK_CHARACTERS)]
    deltas: list[dict[str, Any]] = [{"role": "assistant", "refusal": answer.refusal}, *({"content": t} for t in texts)]
    ends = [None] * len(deltas) + [answer.finish_reason]
    for delta, end in zip([*deltas, {}], ends, strict=True):
        yield _event(head | {"choices": [{"index": 0, "delta": delta, "finish_reason": end, "logprobs": None}]})
    if request.stream_options and request.stream_options.include_usage:
        yield _event(head | {"choices": [], "usage": _usage(request, answer)})
    yield "data: [DONE]\n\n"


def _event(chunk: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"


def _head(request: CompletionRequest, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-offline-{uuid.uuid4().hex[:24]}",
        "object": kind,
        "created": int(time.time()),
        "model": request.model,
    }


def _usage(request: CompletionRequest, answer: Answer) -> dict[str, int]:
    """The tokens, estimated from the length of the texts."""
    prompt_tokens = sum(len(message.text) for message in request.messages) // _CHARACTERS_PER_TOKEN
    completion_tokens = max(1, len(answer.content or answer.refusal or "") // _CHARACTERS_PER_TOKEN)
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }
