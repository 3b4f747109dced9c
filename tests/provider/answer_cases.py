"""Answers that any reader understands, in the various forms that models and servers use."""

import json
import re
from typing import Any

from tests.provider.case import (
    CHARACTER,
    Case,
    each_field,
    each_name,
    each_text,
    first,
    first_for,
    means,
    right,
    says,
    sends,
    shows,
    writes,
)
from tests.provider.question import Question
from tests.provider.reply import Reply, answer, completion, events

_BOM = "\ufeff"


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _merged(**fields: Any) -> Any:
    return lambda body: body | fields


def _choice(**fields: Any) -> Any:
    """A change of the completion's only choice."""
    return lambda body: body | {"choices": [body["choices"][0] | fields]}


def _content(body: dict[str, Any]) -> str:
    return str(body["choices"][0]["message"]["content"])


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


_MORE_NAMES = each_field("names", lambda names: [*names, {"name": "One Too Many", "concept": "Nobody asked."}])
_MORE_TRAITS = each_field("traits", lambda traits: [*traits, "Nobody asked for this one."])


def _same_name_twice(question: Question) -> Reply:
    """One name for all pieces when asked for a list, until it is asked a third time."""
    if question.asks_for("names") and question.nth < 3:
        value = each_name(lambda _: "Marlow's Last Bell")(question.value)
        return answer(completion(question, json.dumps(value)), value)
    return right(question)


def _with_draft(text: str) -> str:
    draft = re.sub(r'": "[^"]*"', '": "a first draft"', text)
    return f"<think>Perhaps {draft}? Too short. I can do better.</think>\n{text}"


def _titled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.capitalize(): _titled(child) for key, child in value.items()}
    return [_titled(child) for child in value] if isinstance(value, list) else value


def _shouted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.upper(): _shouted(child) for key, child in value.items()}
    return [_shouted(child) for child in value] if isinstance(value, list) else value


def _numbers(change: Any) -> Any:
    """A change of every whole number in a value."""

    def of(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: of(child) for key, child in value.items()}
        return change(value) if isinstance(value, int) else value

    return of


def _bare_list(value: Any) -> Any:
    """Without the object around the only list."""
    (inner,) = value.values()
    return inner if isinstance(inner, list) else value


def _commented(text: str) -> str:
    return "// The answer:\n" + text.replace("{", "{ /* as asked */ ", 1) + " // done"


def _trailing_commas(text: str) -> str:
    return re.sub(r'("|\d|\]|\})(\s*)([\]}])', r"\1,\2\3", text)


def _invalid_escapes(text: str) -> str:
    return text.replace("'", "\\'").replace(";", "\\;")


def _curly(text: str) -> str:
    """Typographic quotes in place of JSON's."""
    return re.sub(r'"([^"]*)"', "\u201c\\1\u201d", text)


def _broken_lines(text: str) -> str:
    """Raw line breaks inside the strings, between paragraphs, which JSON does not permit."""
    return text.replace("\\n", "\n")


#: From the report of such answers.
REPORTED = [
    Case(name="thinking", behave=says(lambda j: f"<think>They want {{a relic}}.</think>{j}"), extra=0),
    Case(name="thinking-closed-only", behave=says(lambda j: f"They want {{a relic}}.\n</think>\n\n{j}"), extra=0),
    Case(name="prose-before", behave=says(lambda j: f"Sure! {j}"), extra=0),
    Case(name="prose-after", behave=says(lambda j: f"{j}  I hope this helps."), extra=0),
    Case(
        name="prose-and-fence",
        behave=says(lambda j: f"Here is your relic:\n\n```json\n{j}\n```\n\nShall I write another one?"),
        extra=0,
    ),
    Case(name="fence-on-one-line", behave=says(lambda j: f"```json {j} ```"), extra=0),
    Case(name="fence-in-capitals", behave=says(lambda j: f"```JSON\n{j}\n```"), extra=0),
    Case(name="fence-closed-on-the-last-line", behave=says(lambda j: f"```json\n{j}```"), extra=0),
    Case(name="byte-order-mark", behave=says(lambda j: _BOM + j), extra=0),
    Case(name="whole-but-length", behave=says(lambda j: j + "\n" * 4000, finish_reason="length"), extra=0),
    Case(name="content-parts", behave=shows(lambda j: {"content": [{"type": "text", "text": j}]}), extra=0),
    Case(name="answer-in-reasoning-content", behave=shows(lambda j: {"content": None, "reasoning_content": j})),
    Case(name="event-stream", behave=_as_events, extra=0),
    Case(name="extra-field", behave=writes(lambda v: v | {"reasoning": "because"}), extra=0),
    Case(name="wrapper-key", behave=writes(lambda v: {"response": v}), extra=0),
    Case(name="three-names-for-two", behave=writes(_MORE_NAMES), extra=0),
    Case(name="four-traits-for-three", behave=writes(_MORE_TRAITS), work=CHARACTER, extra=0),
    Case(name="bold-names", behave=writes(each_name(lambda name: f"**{name}**")), extra=0),
    Case(name="numbered-names", behave=writes(each_name(lambda name: f"1. {name}")), extra=0),
    Case(name="quoted-names", behave=writes(each_name(lambda name: f"\u201c{name}\u201d")), extra=0),
    Case(
        name="doubled-line-breaks",
        behave=means(
            each_field("description", lambda text: text.replace(". ", ".\n\n", 1)),
            each_field("description", lambda text: text.replace("\n", "\\n")),
        ),
        extra=0,
    ),
    Case(
        name="doubled-letter-escapes",
        behave=writes(each_text(lambda text: text.replace("ë", "\\u00eb").replace("—", "\\u2014"))),
        extra=0,
    ),
    Case(name="cut-where-no-limit-is-sent", behave=_cut_without_a_limit, extra=0),
    Case(name="nul-in-text", behave=writes(each_text(lambda text: text.replace(". ", "\x00. ", 1))), extra=0),
    Case(name="escape-in-text", behave=writes(each_text(lambda text: text.replace(" ", " \x1b", 1))), extra=0),
    Case(
        name="new-emoji-in-text",
        behave=means(each_field("description", lambda text: f"{text} \U0001fae8\U0001fadc\U0001faea"), lambda v: v),
        extra=0,
    ),
    Case(name="same-name-for-all", behave=_same_name_twice, extra=2),
]

#: More of the same kinds.
KIN = [
    Case(
        name="harmony-channels",
        behave=says(
            lambda j: (
                "<|channel|>analysis<|message|>They want {a relic}.<|end|>"
                f"<|start|>assistant<|channel|>final<|constrain|>json<|message|>{j}<|return|>"
            )
        ),
    ),
    Case(name="thinking-in-square-brackets", behave=says(lambda j: f"[THINK]They want {{a relic}}.[/THINK]{j}")),
    Case(name="thinking-under-another-name", behave=says(lambda j: f"<thinking>A {{relic}}?</thinking>\n{j}")),
    Case(name="thinking-with-a-draft", behave=says(_with_draft)),
    Case(name="empty-thinking", behave=says(lambda j: f"<think>\n\n</think>\n\n{j}")),
    Case(
        name="thinking-parts",
        behave=shows(
            lambda j: {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": 'They want {"a": "relic"}.'}]},
                    {"type": "text", "text": j},
                ]
            }
        ),
    ),
    Case(
        name="text-in-two-parts",
        behave=shows(lambda j: {"content": [{"type": "text", "text": j[:9]}, {"type": "text", "text": j[9:]}]}),
    ),
    Case(
        name="reasoning-beside-content",
        behave=shows(lambda j: {"content": j, "reasoning": 'Maybe {"a": "draft"}?'}),
        extra=0,
    ),
    Case(name="answer-in-reasoning", behave=shows(lambda j: {"content": "", "reasoning": j})),
    Case(name="answer-in-a-tool-call", behave=shows(_tool_call, "tool_calls")),
    Case(name="special-token-at-the-end", behave=says(lambda j: f"{j}<|im_end|>")),
    Case(name="end-of-sequence-at-the-end", behave=says(lambda j: f"{j}</s>")),
    Case(name="role-before", behave=says(lambda j: f"assistant\n\n{j}")),
    Case(name="brace-too-many", behave=says(lambda j: j + "}")),
    Case(name="brackets-too-many", behave=says(lambda j: j + "\n]}")),
    Case(name="said-twice", behave=says(lambda j: f"{j}\n{j}")),
    Case(name="json-in-json", behave=says(json.dumps)),
    Case(name="json-in-a-tag", behave=says(lambda j: f"<answer>\n{j}\n</answer>")),
    Case(name="fence-of-tildes", behave=says(lambda j: f"~~~json\n{j}\n~~~")),
    Case(name="fence-never-closed", behave=says(lambda j: f"```json\n{j}")),
    Case(name="fence-without-language", behave=says(lambda j: f"Of course:\n```\n{j}\n```")),
    Case(name="pretty-printed", behave=writes(lambda v: v, _pretty), extra=0),
    Case(name="windows-line-ends", behave=writes(lambda v: v, lambda v: _pretty(v).replace("\n", "\r\n")), extra=0),
    Case(name="trailing-commas", behave=says(_trailing_commas)),
    Case(name="comments", behave=says(_commented)),
    Case(name="python-literal", behave=writes(lambda v: v | {"is_done": True, "next": None}, repr)),
    Case(name="curly-quotes", behave=says(_curly)),
    Case(
        name="raw-line-breaks-in-strings",
        behave=means(
            each_field("description", lambda text: text.replace(". ", ".\n\n", 1)),
            lambda v: v,
            lambda v: _broken_lines(json.dumps(v)),
        ),
    ),
    Case(name="invalid-escapes", behave=says(_invalid_escapes)),
    Case(name="one-element-list", behave=writes(lambda v: [v])),
    Case(name="bare-list", behave=writes(_bare_list)),
    Case(name="keys-with-a-capital", behave=writes(_titled)),
    Case(name="keys-in-capitals", behave=writes(_shouted), work=CHARACTER),
    Case(name="under-properties", behave=writes(lambda v: {"type": "object", "properties": v})),
    Case(name="wrapped-twice", behave=writes(lambda v: {"data": {"result": v}})),
    Case(name="wrapper-with-a-status", behave=writes(lambda v: {"status": "ok", "output": v})),
    Case(name="wrapper-that-is-text", behave=writes(lambda v: {"answer": json.dumps(v)})),
    Case(name="numbers-as-text", behave=writes(_numbers(str)), work=CHARACTER),
    Case(name="numbers-as-floats", behave=writes(_numbers(float)), work=CHARACTER, extra=0),
    Case(name="labelled-names", behave=writes(each_name(lambda name: f"Name: {name}"))),
    Case(name="listed-names", behave=writes(each_name(lambda name: f"- {name}"))),
    Case(name="heading-names", behave=writes(each_name(lambda name: f"## {name}"))),
    Case(name="straight-quoted-names", behave=writes(each_name(lambda name: f'"{name}"'))),
    Case(name="bold-numbered-names", behave=writes(each_name(lambda name: f"2) **{name}**"))),
    Case(
        name="names-that-begin-with-a-number", behave=means(each_name(lambda name: f"7 {name}s"), lambda v: v), extra=0
    ),
    Case(name="names-with-a-nickname", behave=means(each_name(lambda name: f'"Lucky" {name}'), lambda v: v), extra=0),
    Case(name="names-with-a-title", behave=means(each_name(lambda name: f"Mr. {name} No. 9"), lambda v: v), extra=0),
    Case(name="private-use-character", behave=writes(each_text(lambda text: text.replace(". ", "\ue000. ", 1)))),
    Case(name="half-a-character", behave=writes(each_text(lambda text: text.replace(". ", "\ud83d. ", 1)))),
    Case(
        name="replaced-quotes-in-text",
        behave=means(each_field("description", lambda text: f'{text} "Ours," she said.'), lambda v: v),
        extra=0,
    ),
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
        name="names-as-texts-once",
        behave=first_for(
            "names", lambda q: answer(completion(q, json.dumps({"names": [n["name"] for n in q.value["names"]]})))
        ),
    ),
    Case(name="brace-missing-once", behave=first(lambda q: answer(completion(q, json.dumps(q.value)[:-1]), q.value))),
]
