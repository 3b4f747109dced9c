"""Answers for fake LLMs. They fit any JSON Schema of the generator."""

import itertools
import json
from typing import Any

#: Fields that are names. A reader must not confuse them, so no word is in two of them.
_NAMES = ("name", "title")
#: Fields that are one line.
_LINES = ("concept", "traits", "skills")
#: How many sentences of eight words each other text has: as many words as the standards of all stages allow.
_SENTENCES = 8
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Answering:
    """Fills schemas with texts in which no rule finds a fault. No two of them are the same."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def fill(self, schema: dict[str, Any]) -> Any:
        return self._fill(schema, schema.get("$defs", {}), "answer")

    def _fill(self, node: dict[str, Any], definitions: dict[str, Any], name: str) -> Any:
        if "$ref" in node:
            return self._fill(definitions[node["$ref"].rpartition("/")[2]], definitions, name)
        match node["type"]:
            case "object":
                return {key: self._fill(field, definitions, key) for key, field in node["properties"].items()}
            case "array":
                return [self._fill(node["items"], definitions, name) for _ in range(node.get("minItems", 1))]
            case "integer":
                return node.get("minimum", 0)
            case _ if name in _NAMES:
                return self._word().capitalize()
            case _ if name in _LINES:
                return f"The {name} of {self._word()}."
            case _:
                return " ".join(
                    f"The {self._word()} and the {self._word()} left before {self._word()}." for _ in range(_SENTENCES)
                )

    def _word(self) -> str:
        number, word = next(self._numbers), ""
        while number:
            number, digit = divmod(number, len(_LETTERS))
            word += _LETTERS[digit]
        return word


def data_of(messages: list[Any]) -> dict[str, Any]:
    """The data block of the first user message. It is the last line but one, as for the offline writer."""
    user = next(message["content"] for message in messages if message["role"] == "user")
    lines = user.rstrip().splitlines()
    assert (lines[-3], lines[-1]) == ("<data>", "</data>"), user
    data: dict[str, Any] = json.loads(lines[-2])
    return data
