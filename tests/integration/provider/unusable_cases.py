"""Answers with an unclear meaning. The generator asks again and never guesses."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.integration.provider.case import (
    CHARACTER,
    RELICS,
    Case,
    always,
    babbles,
    each_field,
    each_name,
    first,
    first_for,
    refuses,
    right,
    spoils,
    spoils_value,
)
from tests.integration.provider.question import Question
from tests.integration.provider.reply import Reply, answer, completion, openai_error
from tests.integration.provider.server import Behaviour

#: A phrase of each sentence in lore.py → another phrase.
_OTHER_WORDS = {"It was": "It was never", "Keeps": "Hides", "Whistles": "Hums", "Can tell": "Knows", "Never": "Always"}


def _other(text: str) -> str:
    """The same answer with other words, in every frame of its texts."""
    for word, other in _OTHER_WORDS.items():
        text = text.replace(word, other)
    return text


def _without_last(value: Any) -> Any:
    """The value without the last field of each object."""
    if isinstance(value, list):
        return [_without_last(child) for child in value]
    if isinstance(value, dict):
        inner = {key: _without_last(child) for key, child in value.items()}
        return inner if any(isinstance(child, list) for child in inner.values()) else dict(list(inner.items())[:-1])
    return value


def schema_itself(question: Question) -> Reply:
    return answer(completion(question, json.dumps(question.schema)))


def _with_health(health: Any) -> Callable[[Any], Any]:
    return each_field("health", lambda _: health)


def _health(*values: int) -> Behaviour:
    """Answer with these values for health, in turn. One that is out of range means the nearest bound."""

    def behave(question: Question) -> Reply:
        if not question.asks_for("health"):
            return right(question)
        health = values[min(question.times["health"], len(values)) - 1]
        sent, meant = _with_health(health)(question.value), _with_health(min(max(health, 50), 150))(question.value)
        return answer(completion(question, json.dumps(sent)), meant)

    return behave


def _fewer(question: Question) -> Reply:
    value = {"names": question.value["names"][:1]}
    return answer(completion(question, json.dumps(value)), value)


def _duplicate_key(question: Question) -> Reply:
    """The last key a second time, with another text. The parts before it are whole."""
    sent = f'{json.dumps(question.value)[:-1]}, "history": "something else entirely"}}'
    kept = {key: part for key, part in question.value.items() if key != "history"}
    return replace(answer(completion(question, sent)), kept=kept)


def _by_name(value: Any) -> Any:
    return {"names": {entry["name"]: entry["concept"] for entry in value["names"]}}


#: Only the first answer of a job is bad.
ONCE = [
    Case(name="two-answers", behave=first(spoils(lambda j: f"{j}\nOr better:\n{_other(j)}"))),
    Case(name="cut-in-a-string", behave=first(spoils(lambda j: j[:-30]))),
    Case(name="cut-by-length", behave=first(spoils(lambda j: j[:-30], finish_reason="length"))),
    Case(name="field-missing", behave=first(spoils_value(_without_last))),
    Case(name="text-is-null", behave=first_for("description", spoils_value(each_field("description", lambda _: None)))),
    Case(name="text-is-empty", behave=first_for("description", spoils_value(each_field("description", lambda _: " ")))),
    Case(
        name="text-is-an-object",
        behave=first_for(
            "description", spoils_value(each_field("description", lambda text: {"look": text, "smell": "tar"}))
        ),
    ),
    Case(
        name="number-is-a-word",
        behave=first_for("health", spoils_value(each_field("health", lambda _: "high"))),
        work=CHARACTER,
    ),
    Case(
        name="number-is-a-fraction",
        behave=first_for("health", spoils_value(each_field("health", lambda _: 99.5))),
        work=CHARACTER,
    ),
    Case(
        name="list-too-short",
        behave=first_for("traits", spoils_value(each_field("traits", lambda traits: traits[:2]))),
        work=CHARACTER,
    ),
    Case(name="names-too-few", behave=first(_fewer)),
    Case(name="names-empty", behave=first(spoils_value(lambda _: {"names": []}))),
    Case(name="schema-itself", behave=first(schema_itself)),
    Case(name="only-words", behave=first(babbles("A relic is a thing of the past. Which era do you have in mind?"))),
    Case(name="only-thinking", behave=first(babbles("<think>They want a relic. Where do I begin?"))),
    Case(name="nothing", behave=first(babbles(""))),
    Case(name="null", behave=first(babbles("null"))),
    Case(name="brace-alone", behave=first(babbles("{"))),
    Case(name="health-out-of-range-once", behave=_health(160, 120), work=CHARACTER),
    Case(name="names-by-name", behave=first(spoils_value(_by_name))),
    Case(
        name="concept-missing",
        behave=first(spoils_value(lambda v: {"names": [{"name": e["name"]} for e in v["names"]]})),
    ),
    Case(
        name="text-too-long", behave=first_for("description", spoils_value(each_field("description", lambda t: t * 9)))
    ),
    Case(name="endless-brackets", behave=first(spoils(lambda _: '{"names": ' * 2000))),
    Case(
        name="two-fences-that-differ",
        behave=first(spoils(lambda j: f"```json\n{j}\n```\n```json\n{_other(j)}\n```")),
    ),
    Case(name="key-duplicated", behave=first_for("history", _duplicate_key)),
    Case(name="cut-after-a-comma", behave=first(spoils(lambda j: j[: j.rindex(",") + 1], finish_reason="length"))),
    Case(name="cut-in-a-fence", behave=first(spoils(lambda j: f"```json\n{j[:-25]}", finish_reason="length"))),
    Case(
        name="number-is-a-range", behave=first_for("health", spoils_value(_with_health("100 to 120"))), work=CHARACTER
    ),
    Case(name="number-is-true", behave=first_for("health", spoils_value(_with_health(True))), work=CHARACTER),
    Case(name="number-is-null", behave=first_for("health", spoils_value(_with_health(None))), work=CHARACTER),
    Case(
        name="text-is-a-number", behave=first_for("description", spoils_value(each_field("description", lambda _: 42)))
    ),
    Case(name="names-are-blank", behave=first(spoils_value(each_name(lambda _: "**  **")))),
    Case(name="thinking-cut-off", behave=first(spoils(lambda j: f"<think>Perhaps {j[:-30]}", finish_reason="length"))),
    Case(name="schema-for-a-description", behave=first_for("description", schema_itself)),
    Case(name="schema-for-a-history", behave=first_for("history", schema_itself)),
]

#: Numbers that stay out of range.
BOUNDS = [
    Case(name="health-too-high", behave=_health(160), work=CHARACTER, adjusted=("adjusted",)),
    Case(name="health-too-low", behave=_health(-5), work=CHARACTER, adjusted=("adjusted",)),
]


def _second_history(behaviour: Behaviour) -> Behaviour:
    """Use this behaviour for the history of the second piece, each time."""

    def behave(question: Question) -> Reply:
        is_it = question.asks_for("history") and '"number": 2' in question.prompt
        return behaviour(question) if is_it else right(question)

    return behave


#: One piece always fails.
ONE_PIECE = [
    Case(name="one-history-is-nonsense", behave=_second_history(babbles("No.")), missing=1),
    Case(
        name="one-history-is-refused",
        behave=_second_history(always(openai_error(400, "Content Exists Risk", code="invalid_request_error"))),
        missing=1,
    ),
    Case(
        name="one-history-is-a-bad-request",
        behave=_second_history(always(openai_error(400, "The request could not be processed."))),
        missing=1,
        extra=4,
    ),
]


def _never_stops(question: Question) -> Reply:
    """Write as many tokens as the limit allows; without a limit, as many as fit into the context."""
    limit = question.limit or 128_000
    body = completion(
        question, ('{"names": [{"name": "' + "and then " * 20_000)[: limit * 4 - 4], finish_reason="length"
    )
    body["usage"]["completion_tokens"] = limit
    return answer(body)


NEVER_STOPS = Case(name="never-stops", behave=_never_stops, ends=("truncated",), most=2 * RELICS.calls)


#: No usable answer in any attempt.
def _cut_after_a_sentence(question: Question) -> Reply:
    """Only the last text of a piece has no end. Its whole sentences can be used."""
    if "history" not in question.value:
        return right(question)
    sent = json.dumps(question.value)[:-2] + " And then the"
    return replace(answer(completion(question, sent, finish_reason="length")), kept=question.value)


ALWAYS = [
    NEVER_STOPS,
    Case(name="words-for-good", behave=babbles("A relic? Gladly!"), ends=("invalid_output",), most=2 * RELICS.calls),
    Case(name="nothing-for-good", behave=babbles(""), ends=("invalid_output",), most=2 * RELICS.calls),
    Case(
        name="cut-for-good",
        behave=spoils(lambda j: j[:40], finish_reason="length"),
        ends=("truncated",),
        most=2 * RELICS.calls,
    ),
    Case(
        name="cut-after-a-sentence-for-good",
        behave=_cut_after_a_sentence,
        extra=2,
        adjusted=("adjusted", "adjusted"),
    ),
    Case(
        name="schema-fails-for-good",
        behave=refuses(
            lambda _: True,
            openai_error(400, "Failed to generate JSON. Please adjust your prompt.", code="json_validate_failed"),
        ),
        ends=("invalid_output",),
        most=2 * RELICS.calls,
    ),
]
