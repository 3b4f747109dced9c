"""Completions in unusual forms: where the text is, and what is missing or odd beside it."""

import json
from typing import Any

from tests.integration.provider.case import Case, sends, shows
from tests.integration.provider.question import Question
from tests.integration.provider.reply import Reply, answer, completion, events


def _merged(**fields: Any) -> Any:
    return lambda body: body | fields


def _choice(**fields: Any) -> Any:
    """A change of the completion's only choice."""
    return lambda body: body | {"choices": [body["choices"][0] | fields]}


def _tool_call(text: str) -> dict[str, Any]:
    function = {"name": "answer", "arguments": text}
    return {"content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": function}]}


def _cut_without_a_limit(question: Question) -> Reply:
    """The server's own default is 100 tokens."""
    text = json.dumps(question.value)
    if question.limit is None:
        return answer(completion(question, text[:400], finish_reason="length"))
    return answer(completion(question, text), question.value)


def _as_events(question: Question) -> Reply:
    body = events(question, [{"role": "assistant", "content": json.dumps(question.value)}])
    return answer(body, question.value, content_type="text/event-stream")


def _as_many_events(question: Question) -> Reply:
    text = json.dumps(question.value)
    deltas = [{"content": text[start : start + 7]} for start in range(0, len(text), 7)]
    keep_alive = b": keep-alive\n\n"
    body = keep_alive + events(question, [{"role": "assistant", "content": ""}, *deltas])
    return answer(body, question.value, content_type="text/event-stream; charset=utf-8")


def _text_of_choice(question: Question) -> Reply:
    """The format of the old completions API."""
    body = completion(question, None)
    body["choices"] = [{"index": 0, "finish_reason": "stop", "text": json.dumps(question.value)}]
    return answer(body, question.value)


ENVELOPES = [
    Case(name="content-parts", behave=shows(lambda j: {"content": [{"type": "text", "text": j}]}), extra=0),
    Case(name="event-stream", behave=_as_events, extra=0),
    Case(name="cut-if-no-limit-is-sent", behave=_cut_without_a_limit, extra=0),
    Case(
        name="text-in-two-parts",
        behave=shows(lambda j: {"content": [{"type": "text", "text": j[:9]}, {"type": "text", "text": j[9:]}]}),
    ),
    Case(name="answer-in-a-tool-call", behave=shows(_tool_call, "tool_calls")),
    Case(name="finish-reason-missing", behave=sends(_choice(finish_reason=None)), extra=0),
    Case(name="finish-reason-of-its-own", behave=sends(_choice(finish_reason="eos_token")), extra=0),
    Case(name="finish-reason-in-capitals", behave=sends(_choice(finish_reason="STOP")), extra=0),
    Case(name="role-missing", behave=shows(lambda j: {"role": None, "content": j}), extra=0),
    Case(name="usage-missing", behave=sends(lambda b: {k: v for k, v in b.items() if k != "usage"}), extra=0),
    Case(name="usage-null", behave=sends(_merged(usage=None)), extra=0),
    Case(name="usage-is-a-list", behave=sends(_merged(usage=[])), extra=0),
    Case(
        name="usage-in-floats",
        behave=sends(_merged(usage={"prompt_tokens": 12.5, "completion_tokens": "7", "total_tokens": None})),
        extra=0,
    ),
    Case(
        name="usage-not-a-number",
        behave=sends(lambda b: json.dumps(b | {"usage": {"completion_tokens": float("nan")}}).encode()),
        extra=0,
    ),
    Case(name="only-choices", behave=sends(lambda b: {"choices": b["choices"]}), extra=0),
    Case(name="error-null-beside", behave=sends(_merged(error=None, created=1764000000.25)), extra=0),
    Case(
        name="two-choices",
        behave=sends(lambda b: b | {"choices": [b["choices"][0], _choice(index=1)(b)["choices"][0]]}),
    ),
    Case(name="blank-lines-before-the-body", behave=sends(lambda b: b"\n\n\n   \n" + json.dumps(b).encode()), extra=0),
    Case(name="body-as-plain-text", behave=sends(lambda b: b, "text/plain; charset=utf-8")),
    Case(name="body-without-a-type", behave=sends(lambda b: b, "application/octet-stream")),
    Case(
        name="wrong-charset",
        behave=sends(lambda b: json.dumps(b, ensure_ascii=False).encode(), "application/json; charset=iso-8859-1"),
    ),
    Case(name="event-stream-in-pieces", behave=_as_many_events),
    Case(
        name="old-function-call",
        behave=shows(lambda j: {"content": None, "function_call": {"name": "f", "arguments": j}}, "function_call"),
    ),
    Case(name="output-text-part", behave=shows(lambda j: {"content": [{"type": "output_text", "text": j}]})),
    Case(name="bare-text-parts", behave=shows(lambda j: {"content": [j]})),
    Case(name="content-is-the-object", behave=shows(lambda j: {"content": json.loads(j)})),
    Case(name="parsed-beside", behave=shows(lambda j: {"content": j, "parsed": json.loads(j), "refusal": ""}), extra=0),
    Case(name="text-of-the-choice", behave=_text_of_choice),
    Case(name="byte-order-mark-of-the-body", behave=sends(lambda b: b"\xef\xbb\xbf" + json.dumps(b).encode())),
    Case(name="body-called-html", behave=sends(lambda b: b, "text/html")),
    Case(
        name="choice-index-missing",
        behave=sends(lambda b: b | {"choices": [{"message": b["choices"][0]["message"]}]}),
        extra=0,
    ),
    Case(
        name="usage-negative",
        behave=sends(lambda b: b | {"usage": {"prompt_tokens": -1, "completion_tokens": 1e30}}),
        extra=0,
    ),
]
