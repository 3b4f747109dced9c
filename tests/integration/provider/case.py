"""Cases: how a provider behaves, how the job should end, and what it may cost."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.integration.provider.question import Question
from tests.integration.provider.reply import Reply, answer, completion
from tests.integration.provider.server import Behaviour


@dataclass(frozen=True)
class Work:
    """A job, and the fewest calls that it needs."""

    type: str
    kind: str
    count: int
    calls: int


#: One call for the names, then one for the description and the history of each relic.
RELICS = Work("generate_relics", "relic", 2, 3)
#: The name, and two calls for the other stages. The last stage has numbers.
CHARACTER = Work("generate_characters", "character", 1, 3)
WORLD = Work("create_world", "world", 1, 1)


@dataclass(frozen=True, kw_only=True)
class Case:
    name: str
    behave: Behaviour
    work: Work = RELICS
    #: "completed", or all acceptable error codes.
    ends: tuple[str, ...] = ("completed",)
    #: Calls beyond the fewest that a completed job may take.
    extra: int = 1
    #: The most calls that a failed job may take.
    most: int | None = None
    #: Pieces of a completed job that may be missing.
    missing: int = 0
    #: Codes of the warnings about pieces that are there.
    adjusted: tuple[str, ...] = ()
    #: Whether the generator must remember what it learned, so that a second job takes the fewest calls.
    is_remembered: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    #: What the generator's log must say.
    logs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def right(question: Question) -> Reply:
    """Answer with the right JSON and nothing else."""
    return answer(completion(question, json.dumps(question.value)), question.value)


def says(change: Callable[[str], Any], **more: Any) -> Behaviour:
    """Answer with the right JSON, changed as text."""
    return lambda q: answer(completion(q, change(json.dumps(q.value)), **more), q.value)


def writes(change: Callable[[Any], Any], dump: Callable[[Any], str] = json.dumps) -> Behaviour:
    """Answer with the right value, changed before it becomes text."""
    return lambda q: answer(completion(q, dump(change(q.value))), q.value)


def means(
    change: Callable[[Any], Any], spoil: Callable[[Any], Any], dump: Callable[[Any], str] = json.dumps
) -> Behaviour:
    """Answer with a changed value in a spoilt form that should still be understood."""

    def behave(question: Question) -> Reply:
        meant = change(question.value)
        return answer(completion(question, dump(spoil(meant))), meant)

    return behave


def shows(message: Callable[[str], Mapping[str, Any]], finish_reason: str = "stop") -> Behaviour:
    """Answer with the right JSON somewhere in the message."""

    def behave(question: Question) -> Reply:
        body = completion(question, None, finish_reason=finish_reason)
        body["choices"][0]["message"] = {"role": "assistant", **message(json.dumps(question.value))}
        return answer(body, question.value)

    return behave


def sends(change: Callable[[dict[str, Any]], Any], content_type: str = "application/json") -> Behaviour:
    """Answer with the right completion and a changed body. Bytes are sent as they are."""

    def behave(question: Question) -> Reply:
        body = change(completion(question, json.dumps(question.value)))
        return answer(body, question.value, content_type=content_type)

    return behave


def babbles(content: Any, **more: Any) -> Behaviour:
    """Give an unusable answer."""
    return lambda q: answer(completion(q, content, **more))


def spoils(change: Callable[[str], str], **more: Any) -> Behaviour:
    """Answer with the right JSON, changed so that its meaning is unclear."""
    return lambda q: answer(completion(q, change(json.dumps(q.value)), **more))


def spoils_value(change: Callable[[Any], Any]) -> Behaviour:
    """Answer with the right value, changed so that its meaning is unclear. Stages that stay the same can be used."""

    def behave(question: Question) -> Reply:
        sent = change(question.value)
        kept = {key: part for key, part in question.value.items() if isinstance(sent, dict) and sent.get(key) == part}
        return replace(answer(completion(question, json.dumps(sent))), kept=kept)

    return behave


def always(reply: Reply) -> Behaviour:
    return lambda _: reply


def first(*replies: Behaviour | Reply, then: Behaviour = right) -> Behaviour:
    """Use these for the first requests of a job, one each, and `then` for the others."""

    def behave(question: Question) -> Reply:
        if question.number > len(replies):
            return then(question)
        reply = replies[question.number - 1]
        return reply if isinstance(reply, Reply) else reply(question)

    return behave


def first_for(field_name: str, *replies: Behaviour | Reply, then: Behaviour = right) -> Behaviour:
    """Use these for the first requests that ask for this field, and `then` for all others."""

    def behave(question: Question) -> Reply:
        number = question.times.get(field_name, 0)
        if not 1 <= number <= len(replies):
            return then(question)
        reply = replies[number - 1]
        return reply if isinstance(reply, Reply) else reply(question)

    return behave


def refuses(when: Callable[[Question], bool], reply: Reply, then: Behaviour = right) -> Behaviour:
    """Answer requests of this form with an error, and use `then` for all others."""
    return lambda q: reply if when(q) else then(q)


def each_text(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """Change every text in a value."""

    def of(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: of(child) for key, child in value.items()}
        if isinstance(value, list):
            return [of(child) for child in value]
        return change(value) if isinstance(value, str) else value

    return of


def each_name(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """Change every name in a value."""
    return each_field("name", change)


def each_field(name: str, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Change every field of this name in a value, at any depth. A stage with the same name is not a field."""

    def of(value: Any) -> Any:
        if isinstance(value, list):
            return [of(child) for child in value]
        if not isinstance(value, dict):
            return value
        return {
            key: change(child) if key == name and not isinstance(child, dict) else of(child)
            for key, child in value.items()
        }

    return of
