"""Two forms of answers, and functions that read a text in these forms."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from generator_service.kind import Output
from generator_service.llm.answer import Rejected, read_parts
from generator_service.llm.ask import Part
from generator_service.llm.reply import Ending, Reply
from generator_service.registry import load_kinds
from generator_service.text import Name, Phrase, Prose

KINDS = load_kinds()


class Relic(Output):
    name: Name
    history: Prose


class Statistics(Output):
    health: Annotated[int, Field(ge=50, le=150)]
    traits: Annotated[list[Phrase], Field(min_length=2, max_length=3)]


RIGHT = {"name": "The {Bell}", "history": 'It said "no" [twice].'}


J = json.dumps(RIGHT)


RELIC = Relic(**RIGHT)


STATISTICS = {"health": 100, "traits": ["loud", "kind"]}


@dataclass(frozen=True)
class Read:
    """An answer that was read."""

    output: Any
    adjusted: tuple[str, ...] = ()


def read_answer(reply: Reply, schema: type[Output], *, may_adjust: bool = False) -> Read:
    """The answer to a question with one part. Raises the error of an unusable one."""
    parts = [Part("answer", schema)]
    verdict = read_parts(reply, parts, parts)["answer"]
    if isinstance(verdict, Rejected):
        if not may_adjust or verdict.fallback is None:
            raise verdict.error
        verdict = verdict.fallback
    return Read(verdict.output, tuple(verdict.adjusted))


def read(text: str, ending: Ending = Ending.WHOLE, *elsewhere: str) -> Relic:
    relic: Relic = read_answer(Reply(text, ending, elsewhere), Relic).output
    return relic


def statistics(**fields: Any) -> Read:
    return read_answer(Reply(json.dumps(STATISTICS | fields)), Statistics)
