"""What pydantic found wrong is said in plain words, the same ones everywhere."""

import re
from typing import Annotated, Any, get_args

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core.core_schema import ErrorType

from foundation.validation import faults_of, sentence_of


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    count: Annotated[int, Field(ge=1, le=10**9)] = 1
    share: Annotated[float, Field(ge=0)] = 0
    names: Annotated[list[str], Field(min_length=1, max_length=2)] = ["x"]
    #: pydantic counts the characters of a validated text as items.
    title: Annotated[str, AfterValidator(str.strip), Field(min_length=1, max_length=3)] = "x"


def faults(given: Any) -> list[str]:
    with pytest.raises(ValidationError) as refusal:
        Order.model_validate(given)
    return faults_of(refusal.value, "order")


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"count": 10**9 + 1}, "count: must be less than or equal to 1000000000"),
        ({"share": -0.5}, "share: must be greater than or equal to 0"),
        ({"names": []}, "names: must have 1 or more entries"),
        ({"names": ["a", "b", "c"]}, "names: must have at most 2 entries"),
        ({"names": ["a", 7]}, "names[1]: must be text"),
        ({"title": "long"}, "title: must have at most 3 characters"),
        ({"title": " "}, "title: must not be empty"),
        ({"colour": "red"}, "colour: is not a field of the order; remove it"),
        (7, "order: must be a JSON object"),
    ],
)
def test_a_fault_is_its_place_and_a_sentence(given: Any, fault: str) -> None:
    assert faults(given) == [fault]


#: Words from pydantic's messages, about its own terms and Python's types.
LIBRARY = re.compile(r"\b(Input|should|String|Value error|validation|valid \w+ to|NoneType|float|int|str)\b")


@pytest.mark.parametrize("error_type", get_args(ErrorType))
def test_no_error_is_told_in_the_words_of_pydantic(error_type: str) -> None:
    limits = {"min_length": 1, "max_length": 3, "gt": 1, "ge": 1, "lt": 10, "le": 10}
    context = limits | {"expected": "'a' or 'b'", "pattern": "^a", "error": ValueError("is odd")}
    sentence = sentence_of({"type": error_type, "msg": "Input should be odd", "ctx": context}, "the order")
    assert sentence
    assert not LIBRARY.search(sentence)
