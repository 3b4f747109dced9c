"""The offline writer's answer always fits the schema, or the schema is refused."""

import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from local.offline_writer.lore.schema_filler import UnusableSchema
from local.offline_writer.wire.completion import AnswerWriter, CompletionRequest


def answer_to(schema: dict[str, Any], seed: int = 1) -> Any:
    form = {"type": "json_schema", "json_schema": {"name": "odd", "strict": True, "schema": schema}}
    messages = [{"role": "user", "content": "Write."}]
    asked = CompletionRequest.model_validate({"model": "m", "messages": messages, "response_format": form})
    return json.loads(AnswerWriter(seed).write(asked))


class Spell(BaseModel):
    school: Literal["fire", "frost"]
    rank: Annotated[int, Field(gt=2, lt=5)]
    chance: Annotated[float, Field(ge=0, le=1)]
    is_ritual: bool
    words: Annotated[list[Annotated[str, Field(min_length=8, max_length=12)]], Field(min_length=3, max_length=3)]
    counter: "Spell | None"
    variants: list["Spell"]


@pytest.mark.parametrize("seed", range(5))
def test_an_answer_keeps_every_limit_and_a_recursive_schema_ends(seed: int) -> None:
    Spell.model_validate(answer_to(Spell.model_json_schema(), seed))


@pytest.mark.parametrize("limit", [{"pattern": "^[A-Z]{3}$"}, {"format": "date"}, {"uniqueItems": True}])
def test_an_unsupported_limit_is_refused_by_name(limit: dict[str, Any]) -> None:
    """If the answer ignored the limit, the job would fail for no visible reason."""
    schema = {"type": "object", "properties": {"code": {"type": "string"} | limit}, "required": ["code"]}
    with pytest.raises(UnusableSchema, match=f"does not support {next(iter(limit))} at code"):
        answer_to(schema)


@pytest.mark.parametrize(
    "schema", [{"$ref": "#/$defs/nothing"}, {"$ref": "#"}, {}, {"type": "integer", "minimum": 5, "maximum": 4}]
)
def test_a_schema_that_no_value_fits_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(UnusableSchema):
        answer_to(schema)
