"""Cases of servers that answer with an error."""

from dataclasses import replace
from typing import Any

from tests.integration.provider.case import (
    Case,
    always,
    first,
)
from tests.integration.provider.question import Question
from tests.integration.provider.reply import (
    Reply,
    answer,
    completion,
)
from tests.integration.provider.server import Behaviour


def final(name: str, code: str, reply: Reply | Behaviour, *, most: int = 1, logs: tuple[str, ...] = ()) -> Case:
    """Every request gets this; the first one decides."""
    behave = always(reply) if isinstance(reply, Reply) else reply
    return Case(name=name, behave=behave, ends=(code,), most=most, logs=logs)


def passing(name: str, *replies: Reply | Behaviour) -> Case:
    """The first requests get these, and the job completes."""
    return Case(name=name, behave=first(*replies), extra=len(replies))


def wrapped(fault: Any) -> Reply:
    """An error in the body of a 200."""
    return replace(answer({"error": fault}), tokens=0)


def no_choice(**fields: Any) -> Behaviour:
    """A completion without content."""

    def behave(question: Question) -> Reply:
        return replace(answer(completion(question, None) | fields), tokens=0)

    return behave
