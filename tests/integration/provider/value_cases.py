"""Answers whose JSON has another shape, or decorated names and odd characters in its texts."""

import json
from typing import Any

from tests.integration.provider.case import (
    CHARACTER,
    WORLD,
    Case,
    each_field,
    each_name,
    each_text,
    first_for,
    means,
    right,
    writes,
)
from tests.integration.provider.question import Question
from tests.integration.provider.reply import Reply, answer, completion

_MORE_NAMES = each_field("names", lambda names: [*names, {"name": "One Too Many", "concept": "Nobody asked."}])


_MORE_TRAITS = each_field("traits", lambda traits: [*traits, "Nobody asked for this one."])


def _same_name_twice(question: Question) -> Reply:
    """One name for all pieces when asked for a list, until it is asked a third time."""
    if question.asks_for("names") and question.times["names"] < 3:
        value = each_name(lambda _: "Marlow's Last Bell")(question.value)
        return answer(completion(question, json.dumps(value)), value)
    return right(question)


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
    inner = next(iter(value.values()))
    return inner if len(value) == 1 and isinstance(inner, list) else value


def _knowledge(question: Question) -> Reply:
    if not question.asks_for("knowledge"):
        return right(question)
    sent, meant = (_with_numbers(question.value, knowledge, stress) for knowledge, stress in ((3, 75), (8, 50)))
    return answer(completion(question, json.dumps(sent)), meant)


def _with_numbers(value: Any, knowledge: int, stress: int) -> Any:
    return each_field("knowledge", lambda _: knowledge)(each_field("stress", lambda _: stress)(value))


VALUES = [
    Case(name="extra-field", behave=writes(lambda v: v | {"reasoning": "because"}), extra=0),
    Case(name="wrapper-key", behave=writes(lambda v: {"response": v}), extra=0),
    Case(name="three-names-for-two", behave=writes(_MORE_NAMES), extra=0),
    Case(name="four-traits-for-three", behave=writes(_MORE_TRAITS), work=CHARACTER, extra=0),
    Case(name="bold-names", behave=writes(each_name(lambda name: f"**{name}**")), extra=0),
    Case(name="numbered-names", behave=writes(each_name(lambda name: f"1. {name}")), extra=0),
    Case(name="quoted-names", behave=writes(each_name(lambda name: f"\u201c{name}\u201d")), extra=0),
    Case(name="nul-in-text", behave=writes(each_text(lambda text: text.replace(". ", "\x00. ", 1))), extra=0),
    Case(name="escape-in-text", behave=writes(each_text(lambda text: text.replace(" ", " \x1b", 1))), extra=0),
    Case(
        name="new-emoji-in-text",
        behave=means(each_field("description", lambda text: f"{text} \U0001fae8\U0001fadc\U0001faea"), lambda v: v),
        extra=0,
    ),
    Case(name="same-name-for-all", behave=_same_name_twice, extra=2),
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
        name="names-as-texts-once",
        behave=first_for(
            "names", lambda q: answer(completion(q, json.dumps({"names": [n["name"] for n in q.value["names"]]})))
        ),
    ),
    Case(name="paragraphs-as-a-list", behave=writes(each_field("description", lambda text: [text]))),
    Case(
        name="traits-as-objects",
        behave=writes(each_field("traits", lambda t: [{"trait": e} for e in t])),
        work=CHARACTER,
    ),
    Case(name="tagged-names", behave=writes(each_name(lambda name: f"<b>{name}</b>"))),
    Case(name="bold-in-prose", behave=writes(each_field("description", lambda t: t.replace("found", "**found**")))),
    Case(name="quoted-prose", behave=writes(each_field("description", lambda text: f'"{text}"'))),
    Case(name="keys-in-camel-case", behave=writes(lambda v: {"relicAnswer": v})),
    Case(name="in-a-list-in-a-wrapper", behave=writes(lambda v: {"results": [v]})),
    Case(name="echo-of-the-question", behave=writes(lambda v: {"theme": "noir", "count": 2, "number": 1} | v)),
    Case(name="scores-with-fraction-texts", behave=writes(each_field("health", lambda n: f"{n}.0")), work=CHARACTER),
    Case(name="underlined-names", behave=writes(each_name(lambda name: f"__{name}__"))),
    Case(name="guillemet-names", behave=writes(each_name(lambda name: f"«{name}»"))),
    Case(name="low-quoted-names", behave=writes(each_name(lambda name: f"„{name}“"))),
    Case(name="bullet-names", behave=writes(each_name(lambda name: f"• {name}"))),
    Case(name="kind-labelled-names", behave=writes(each_name(lambda name: f"Relic Name: {name}"))),
    Case(name="code-names", behave=writes(each_name(lambda name: f"`{name}`"))),
    Case(name="title-in-bold", behave=writes(each_field("title", lambda title: f'**"{title}"**')), work=WORLD),
    Case(
        name="names-with-an-apostrophe",
        behave=means(each_name(lambda name: f"'Tis the {name}'s"), lambda v: v),
        extra=0,
    ),
    Case(name="names-with-a-year", behave=means(each_name(lambda name: f"1984: A {name}"), lambda v: v), extra=0),
    Case(
        name="names-with-a-hyphen", behave=means(each_name(lambda name: f"-{name}-"), lambda v: v, json.dumps), extra=1
    ),
    Case(name="names-in-part-quoted", behave=means(each_name(lambda name: f'The "{name}"'), lambda v: v), extra=0),
    Case(name="noncharacter-in-text", behave=writes(each_text(lambda text: text.replace(". ", "\ufffe. ", 1)))),
    Case(name="bell-in-text", behave=writes(each_text(lambda text: text.replace(" ", " \x07\x7f\x9f", 1)))),
    Case(
        name="family-in-text", behave=means(each_field("description", lambda t: f"{t} 👩‍👩‍👧 🏴󠁧󠁢󠁷󠁬󠁳󠁿"), lambda v: v), extra=0
    ),
    Case(name="two-numbers-out-of-range", behave=_knowledge, work=CHARACTER, adjusted=("adjusted", "adjusted")),
]
