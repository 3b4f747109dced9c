"""Two forms of answers, and functions that read a text in these forms."""

import json
from typing import Annotated, Any

from pydantic import Field

from generator_service.kind import Output
from generator_service.llm.answer import read_answer
from generator_service.llm.ask import Answer
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


def read(text: str, ending: Ending = Ending.WHOLE, *elsewhere: str) -> Relic:
    return read_answer(Reply(text, ending, elsewhere), Relic).output


def statistics(**fields: Any) -> Answer[Statistics]:
    return read_answer(Reply(json.dumps(STATISTICS | fields)), Statistics)
