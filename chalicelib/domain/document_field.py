"""The types of the fields that people write in the library."""

import json
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, JsonValue, StringConstraints

from chalicelib.domain.document_search import folded
from chalicelib.domain.payload import MAX_DETAILS_LENGTH
from chalicelib.domain.text import Line, PrintableJson, PrintableText, Prose, as_prose, clean_json, not_blank

#: The configuration of every model: "3" is not 3, and an unknown field is refused.
STRICT = ConfigDict(strict=True, extra="forbid")
MAX_TAGS = 20
MAX_STORY_LENGTH = 20_000


def _absent_if_blank(text: object) -> object:
    return None if isinstance(text, str) and not text.strip() else text


def _bounded(details: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if len(json.dumps(details, ensure_ascii=False)) > MAX_DETAILS_LENGTH:
        raise ValueError(f"must be at most {MAX_DETAILS_LENGTH:,} characters of JSON")
    return details


def _different(tags: list[str]) -> list[str]:
    """The tags, each once, whatever its case."""
    return list({folded(tag): tag for tag in reversed(tags)}.values())[::-1]


_AnyProse = Annotated[PrintableText, Field(max_length=4000)]
#: Prose that may be left out: an empty text is the same as none.
Description = Annotated[Prose | None, BeforeValidator(_absent_if_blank, json_schema_input_type=_AnyProse | None)]
Details = Annotated[
    dict[str, JsonValue],
    BeforeValidator(clean_json, json_schema_input_type=dict[PrintableText, PrintableJson]),
    AfterValidator(_bounded),
]
Tags = Annotated[list[Line], Field(max_length=MAX_TAGS), AfterValidator(_different)]
Story = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_STORY_LENGTH),
    BeforeValidator(as_prose),
    AfterValidator(not_blank),
    Field(json_schema_extra={"format": "printable"}),
]
