"""A request for a chat completion, as the provider sees it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: A job's theme contains the name of its case, and the number of the run.
_CASE = re.compile(r"case-([a-z0-9-]+)")
_LIMITS = ("max_completion_tokens", "max_tokens")


@dataclass(frozen=True)
class Question:
    body: dict[str, Any]
    headers: Mapping[str, str]
    #: A correct answer; None if no schema was found.
    value: Any
    #: 1 for the first request of this run of the case.
    number: int
    #: Field at any depth → how many requests of this run have asked for it, with this one.
    times: Mapping[str, int]
    path: str = ""

    @property
    def format(self) -> str:
        """ "json_schema", "json_object" or "text"."""
        return str((self.body.get("response_format") or {}).get("type", "text"))

    @property
    def schema(self) -> dict[str, Any] | None:
        return schema_of(self.body)

    @property
    def fields(self) -> tuple[str, ...]:
        return fields_of(self.body)

    @property
    def roles(self) -> list[str]:
        return [message["role"] for message in self.body["messages"]]

    @property
    def texts(self) -> list[str]:
        return [text_of(message) for message in self.body["messages"]]

    @property
    def prompt(self) -> str:
        return "\n".join(self.texts)

    @property
    def limit(self) -> int | None:
        """The most tokens that the answer may have; None if no limit is sent."""
        return next((self.body[name] for name in _LIMITS if self.body.get(name) is not None), None)

    def asks_for(self, *fields: str) -> bool:
        """Whether the answer has these fields, at any depth."""
        return set(fields) <= self.times.keys()

    @property
    def alternates(self) -> bool:
        """Whether user and assistant alternate after the system message, and no message is empty."""
        spoken = self.roles[1:] if self.roles[0] == "system" else self.roles
        turns = ["user" if index % 2 == 0 else "assistant" for index in range(len(spoken))]
        return spoken == turns and all(text.strip() for text in self.texts)


def case_of(body: dict[str, Any]) -> str | None:
    for message in body["messages"]:
        if found := _CASE.search(text_of(message)):
            return found.group(1)
    return None


def schema_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """The schema in `response_format`, or else the first one in the prompt."""
    form = (body.get("response_format") or {}).get("json_schema")
    if form:
        return dict(form["schema"])
    told = (text_of(message) for message in body["messages"] if message["role"] != "assistant")
    return next((schema for text in told for schema in _schemas_in(text)), None)


def fields_of(body: dict[str, Any]) -> tuple[str, ...]:
    return tuple((schema_of(body) or {}).get("properties", ()))


def names_in(schema: Any) -> set[str]:
    """The names of the fields of a schema, at any depth."""
    if isinstance(schema, list):
        return {name for each in schema for name in names_in(each)}
    if not isinstance(schema, dict):
        return set()
    fields = schema.get("properties")
    own = set(fields) if isinstance(fields, dict) else set()
    return own | {name for each in schema.values() for name in names_in(each)}


def text_of(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _schemas_in(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    for brace in re.finditer(r"\{", text):
        try:
            value, _ = decoder.raw_decode(text, brace.start())
        except ValueError:
            continue
        if isinstance(value, dict) and value.get("type") == "object" and isinstance(value.get("properties"), dict):
            yield value
