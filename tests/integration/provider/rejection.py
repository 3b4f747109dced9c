"""Cases of servers that reject a form of request."""

import json
from collections.abc import Callable
from typing import Any

from tests.integration.provider.case import (
    Case,
    refuses,
    right,
)
from tests.integration.provider.question import Question
from tests.integration.provider.reply import (
    Reply,
)
from tests.integration.provider.server import Behaviour

When = Callable[[Question], bool]


def is_schema(question: Question) -> bool:
    return question.format == "json_schema"


def is_any_format(question: Question) -> bool:
    return "response_format" in question.body


def is_strict(question: Question) -> bool:
    return is_schema(question) and "strict" in question.body["response_format"]["json_schema"]


def has_system(question: Question) -> bool:
    return bool({"system", "developer"} & set(question.roles))


def sends_field(name: str) -> When:
    return lambda question: question.body.get(name) is not None


def has_keyword(*keywords: str) -> When:
    """Whether the schema of `response_format` has one of these words."""
    return lambda q: (
        is_schema(q)
        and any(
            f'"{keyword}"' in json.dumps(q.body["response_format"]["json_schema"]["schema"]) for keyword in keywords
        )
    )


def longer_than(limit: int) -> When:
    return lambda question: (question.limit or 0) > limit


def refused(name: str, when: When, reply: Reply, *, then: Behaviour = right, extra: int = 1, **more: Any) -> Case:
    """A rejection is remembered."""
    return Case(name=name, behave=refuses(when, reply, then), extra=extra, is_remembered=True, **more)
