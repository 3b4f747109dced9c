"""Builds the body of a request in the provider's dialect."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from foundation.json_value import Json
from generator_service.error import BelowStandard, FaultyAnswer, Truncated
from generator_service.llm.ask import Ask, Message
from generator_service.llm.dialect import Dialect, Form, bytes_of
from generator_service.llm.form import form_of
from generator_service.llm.output_limit import output_limit
from generator_service.llm.schema import basic_schema, full_schema, strict_schema

#: How much of an unusable answer is quoted back to the model, in characters. A runaway answer would fill its context.
_MAX_QUOTED = 2_000
#: Keeps a model from repeating itself until its limit. It is left out once the provider has rejected it.
_AGAINST_REPETITION = {"frequency_penalty": 0.6}
#: What is said before and after the faults of an unusable answer, and of a weak one.
_REPAIR = "That answer cannot be used.", "Answer again"
_IMPROVE = "That answer does not meet the standard.", "Write it again"
#: Quoted instead of an empty answer, because roles must alternate.
_EMPTY_ANSWER = "(nothing)"


@dataclass(frozen=True, slots=True)
class Repair:
    """What is added to a request after an unusable or weak answer."""

    messages: Sequence[Message] = ()
    options: Mapping[str, Json] = field(default_factory=dict)


def request_body(
    ask: Ask,
    repair: Repair,
    dialect: Dialect,
    *,
    model: str,
    options: Mapping[str, Json],
    room_tokens: int | None = None,
) -> dict[str, Any]:
    """The body. `options`: parameters that the operators have set. `room_tokens`: an upper limit for this answer."""
    body: dict[str, Any] = {"model": model, "messages": [*_opening(ask, dialect), *repair.messages]}
    if form := _response_format(ask, dialect.form):
        body["response_format"] = form
    if dialect.limit_name:
        tokens = sum(output_limit(part.schema, part.max_words) for part in ask.parts)
        limit = dialect.limit(tokens, bytes_of(body["messages"]))
        body[dialect.limit_name] = min(limit, room_tokens or limit)
    wanted = {**repair.options, **_streaming(ask, dialect, options)}
    return body | {name: value for name, value in wanted.items() if name not in dialect.refused}


def repair_of(faults: Sequence[FaultyAnswer]) -> Repair:
    """How to ask again after an unusable or weak answer: with a short quotation of it, and what is wrong with it.

    A cut-off answer is not quoted, because the model would continue it and run away again.
    """
    if not faults:
        return Repair()
    is_runaway = any(isinstance(fault, Truncated) for fault in faults)
    content = "" if is_runaway else "\n".join(dict.fromkeys(fault.content.strip() for fault in faults)).strip()
    quoted = content if len(content) <= _MAX_QUOTED else f"{content[:_MAX_QUOTED]} ..."
    wrong = " ".join(dict.fromkeys(fault.fault for fault in faults))
    is_weak = all(isinstance(fault, BelowStandard) for fault in faults)
    opening, request = _IMPROVE if is_weak else _REPAIR
    wanted = f"{opening} {wrong} {request}, with one JSON object that fits the schema."
    messages: list[Message] = [
        {"role": "assistant", "content": quoted or _EMPTY_ANSWER},
        {"role": "user", "content": wanted},
    ]
    return Repair(messages, _AGAINST_REPETITION if is_runaway else {})


def _streaming(ask: Ask, dialect: Dialect, options: Mapping[str, Json]) -> Mapping[str, Json]:
    """The operators' parameters, with those for a stream if the answer has several parts.

    Each part of a stream is there as soon as it is written.
    """
    if len(ask.parts) == 1 or "stream" in dialect.refused or options.get("stream") is False:
        return options
    return {"stream_options": {"include_usage": True}, "stream": True, **options}


def _opening(ask: Ask, dialect: Dialect) -> list[Message]:
    rules, task = (message["content"] for message in ask.messages)
    if dialect.form in (Form.JSON_OBJECT, Form.TEXT):
        schema = json.dumps(full_schema(form_of(ask.parts)), ensure_ascii=False)
        rules = f"{rules}\n\nThe JSON Schema of the answer:\n{schema}"
    if dialect.has_system_role:
        return [{"role": "system", "content": rules}, {"role": "user", "content": task}]
    return [{"role": "user", "content": f"{rules}\n\n{task}"}]


def _response_format(ask: Ask, form: Form) -> dict[str, Any] | None:
    match form:
        case Form.JSON_SCHEMA:
            schema = {"name": ask.name, "strict": True, "schema": strict_schema(form_of(ask.parts))}
        case Form.LOOSE_SCHEMA:
            schema = {"name": ask.name, "schema": basic_schema(form_of(ask.parts))}
        case Form.JSON_OBJECT:
            return {"type": "json_object"}
        case Form.TEXT:
            return None
    return {"type": "json_schema", "json_schema": schema}
