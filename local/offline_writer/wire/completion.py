"""Reads a chat completion request, and writes the answer in OpenAI's form."""

import itertools
import json
import time
import uuid
from collections import deque
from collections.abc import Mapping
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
#: How many recent names are not used again.
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


class CompletionRequest(_Lenient):
    model: Annotated[str, Field(min_length=1)]
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    response_format: ResponseFormat | None = None
    stream: Literal[False] | None = None

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
        #: New names differ from these, so that jobs with the same theme get different names.
        self._used_names: deque[str] = deque(maxlen=_REMEMBERED_NAMES)

    def write(self, request: CompletionRequest) -> str:
        """The content of an answer that fits the request's schema. Raises `UnusableSchema`."""
        brief = read_brief([(message.role, message.text) for message in request.messages], request.schema_name)
        writer = LoreWriter(brief, self._seed_for(brief), self._used_names)
        if request.form is None:
            return str(fill(_PROSE, writer)["description"])
        answer = fill(request.form.json_schema, writer)
        self._remember(answer)
        return json.dumps(answer, ensure_ascii=False)

    def _remember(self, answer: Any) -> None:
        named = answer.get("names") if isinstance(answer, dict) else None
        for piece in named if isinstance(named, list) else ():
            if isinstance(piece, dict) and isinstance(piece.get("name"), str):
                self._used_names.append(piece["name"])

    def _seed_for(self, brief: Brief) -> int:
        """The seed for a brief. A new piece is different each time; its other parts depend only on the text so far."""
        turn = next(self._counter) if brief.opens_a_piece else 0
        return seed_of(self._seed, turn, brief.content)


def completion(request: CompletionRequest, answer: Answer) -> Mapping[str, Any]:
    """The answer as OpenAI would send it, with tokens estimated from the length of the texts."""
    asked = sum(len(message.text) for message in request.messages)
    prompt_tokens = asked // _CHARACTERS_PER_TOKEN
    completion_tokens = max(1, len(answer.content or answer.refusal or "") // _CHARACTERS_PER_TOKEN)
    message = {"role": "assistant", "content": answer.content, "refusal": answer.refusal}
    return {
        "id": f"chatcmpl-offline-{uuid.uuid4().hex[:24]}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.model,
        "choices": [{"index": 0, "finish_reason": answer.finish_reason, "message": message, "logprobs": None}],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
        },
    }
