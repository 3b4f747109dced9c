"""The body of a request, in the form that the provider takes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from generator_service.error import InvalidOutput, Truncated
from generator_service.llm.ask import Ask, M, Message
from generator_service.llm.dialect import Dialect, Form, characters_of
from generator_service.llm.output_limit import output_limit
from generator_service.llm.schema import basic_schema, full_schema, strict_schema

#: How much of an unusable answer is quoted to the model, characters. A runaway answer would fill its context.
_MOST_QUOTED = 2_000
_MOST_QUOTED_OF_CUT = 200
#: Roles alternate, so that even an empty answer is quoted.
_NOTHING = "(nothing)"


def request_body(
    ask: Ask[M],
    repair: Sequence[Message],
    dialect: Dialect,
    *,
    model: str,
    options: Mapping[str, Any],
    room_tokens: int | None = None,
) -> dict[str, Any]:
    """What is sent. `options`: parameters that the operators have set. `room_tokens`: a bound for this answer."""
    body: dict[str, Any] = {"model": model, "messages": [*_opening(ask, dialect), *repair]}
    if form := _response_format(ask, dialect.form):
        body["response_format"] = form
    if dialect.limit_name:
        limit = dialect.limit(output_limit(ask.schema, ask.most_words), characters_of(body["messages"]))
        body[dialect.limit_name] = min(limit, room_tokens or limit)
    return body | {name: value for name, value in options.items() if name not in dialect.refused}


def repair_messages(fault: InvalidOutput) -> list[Message]:
    """What is said after an answer that cannot be used: a bounded quotation, and what is wrong with it."""
    most = _MOST_QUOTED_OF_CUT if isinstance(fault, Truncated) else _MOST_QUOTED
    content = fault.content.strip()
    quoted = content if len(content) <= most else f"{content[:most]} ..."
    wanted = f"That answer cannot be used. {fault.fault} Answer again, with one JSON object that fits the schema."
    return [{"role": "assistant", "content": quoted or _NOTHING}, {"role": "user", "content": wanted}]


def _opening(ask: Ask[M], dialect: Dialect) -> list[Message]:
    rules, task = (message["content"] for message in ask.messages)
    if dialect.form in (Form.JSON_OBJECT, Form.TEXT):
        schema = json.dumps(full_schema(ask.schema), ensure_ascii=False)
        rules = f"{rules}\n\nThe JSON Schema of the answer:\n{schema}"
    if dialect.has_system_role:
        return [{"role": "system", "content": rules}, {"role": "user", "content": task}]
    return [{"role": "user", "content": f"{rules}\n\n{task}"}]


def _response_format(ask: Ask[M], form: Form) -> dict[str, Any] | None:
    match form:
        case Form.JSON_SCHEMA:
            schema = {"name": ask.name, "strict": True, "schema": strict_schema(ask.schema)}
        case Form.LOOSE_SCHEMA:
            schema = {"name": ask.name, "schema": basic_schema(ask.schema)}
        case Form.JSON_OBJECT:
            return {"type": "json_object"}
        case Form.TEXT:
            return None
    return {"type": "json_schema", "json_schema": schema}
