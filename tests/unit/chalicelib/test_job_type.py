"""What a caller is told about an invalid payload, and who a world may be for."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.domain.error import Forbidden, InvalidSubmission
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.payload import ANONYMOUS

WORLD = JOB_TYPES["create_world"]
PIECE = {"name": "x", "description": "y"}
TAG = 'must be the tag of a language (BCP 47), such as "de", "pt-BR" or "zh-Hant"'


def faults(payload: Any, type_name: str = "generate_relics") -> list[tuple[str, str]]:
    with pytest.raises(InvalidSubmission) as refusal:
        JOB_TYPES[type_name].validate(payload, ANONYMOUS)
    return [(fault.field.removeprefix("payload."), fault.message) for fault in refusal.value.faults]


@pytest.mark.parametrize(
    ("payload", "field", "message"),
    [
        ([], "payload", "must be a JSON object"),
        ({"themes": "x"}, "themes", "is not a field of this type of job; remove it"),
        ({"theme": 3}, "theme", "must be text"),
        ({"theme": ""}, "theme", "must not be empty"),
        ({"theme": "x" * 81}, "theme", "must have at most 80 characters"),
        ({"language": 3}, "language", "must be text"),
        ({"language": ""}, "language", TAG),
        ({"language": "german"}, "language", TAG),
        ({"language": "xq"}, "language", TAG),
        ({"language": "de_DE"}, "language", TAG),
        ({"premise": ""}, "premise", "must not be empty"),
        ({"premise": "x" * 1_001}, "premise", "must have at most 1000 characters"),
        ({"premise": "a\u0007"}, "premise", "must not contain the control character U+0007 (character 2)"),
        ({"selectedEvent": PIECE | {"language": "xq"}}, "selectedEvent.language", TAG),
        ({"count": "3"}, "count", "must be a whole number"),
        ({"count": True}, "count", "must be a whole number"),
        ({"count": 2.5}, "count", "must be a whole number"),
        ({"count": 0}, "count", "must be greater than or equal to 1"),
        ({"count": 10**400}, "count", "must be less than or equal to 10"),
        ({"avoid": "x"}, "avoid", "must be a list"),
        ({"avoid": ["x"] * 101}, "avoid", "must have at most 100 entries"),
        ({"avoid": ["x", None]}, "avoid[1]", "must be text"),
        ({"selectedEvent": "x"}, "selectedEvent", "must be a JSON object"),
        ({"selectedEvent": {"name": "x"}}, "selectedEvent.description", "is required"),
        ({"selectedEvent": PIECE | {"type": "relic"}}, "selectedEvent.type", "must be 'event'"),
        ({"selectedEvent": PIECE | {"details": ["x"]}}, "selectedEvent.details", "must be a JSON object"),
        (
            {"selectedEvent": PIECE | {"details": {"a": "x" * 16_400}}},
            "selectedEvent",
            "details must be at most 16,384 characters of JSON",
        ),
    ],
)
def test_a_fault_is_reported_in_plain_words(payload: Any, field: str, message: str) -> None:
    assert faults(payload) == [(field, message)]


@pytest.mark.parametrize("name", JOB_TYPES)
def test_every_type_takes_a_language_and_a_premise_and_passes_them_on(name: str) -> None:
    given = {**JOB_TYPES[name].example, "language": "PT-br", "premise": " Four beginners.\r\nA dragon. "}
    params = JOB_TYPES[name].validate(given, ANONYMOUS).params()
    assert (params["language"], params["premise"]) == ("pt-BR", "Four beginners.\nA dragon.")


def test_a_piece_of_a_result_is_accepted_as_context_unchanged() -> None:
    """The generator gets only what it needs. The language is not needed: the text shows it."""
    piece = {"name": "x", "description": "y", "type": "event", "language": "zh-Hant", "details": {"concept": "z"}}
    payload = JOB_TYPES["generate_relics"].validate({"selectedEvent": piece}, ANONYMOUS)
    assert payload.model_dump(exclude_none=True)["selectedEvent"] == piece
    assert payload.params()["context"] == {"event": {"name": "x", "description": "y", "details": {"concept": "z"}}}


@pytest.mark.parametrize("user_id", ["42", "No\u00ebl", "a\u00ad", 0, 7, 7.0, 2**63 - 1])
def test_a_user_id_may_be_any_name_or_number(user_id: Any) -> None:
    """Many databases number their users."""
    assert isinstance(WORLD.validate({"user_id": user_id}, ANONYMOUS).model_dump()["user_id"], str)


@pytest.mark.parametrize(
    ("user_id", "message"),
    [
        (None, "is required"),
        (True, "must be text"),
        (7.5, "must be text"),
        ([], "must be text"),
        (-1, "must be text, or a whole number from 0 to 9223372036854775807"),
        (2**63, "must be text, or a whole number from 0 to 9223372036854775807"),
    ],
)
def test_a_user_id_must_be_text_or_a_number(user_id: Any, message: str) -> None:
    assert faults({"user_id": user_id}, "create_world") == [("user_id", message)]


@pytest.mark.parametrize("given", [{}, {"user_id": None}, {"user_id": "42"}, {"user_id": 42}, {"user_id": "42\u200b "}])
def test_a_caller_with_a_token_may_name_itself_or_no_user(given: dict[str, Any]) -> None:
    assert WORLD.validate(given, "42").model_dump()["user_id"] == "42"


@pytest.mark.parametrize("user_id", ["43", 43, 0])
def test_a_caller_with_a_token_may_not_name_another_user(user_id: Any) -> None:
    with pytest.raises(Forbidden):
        WORLD.validate({"user_id": user_id}, "42")


@pytest.mark.parametrize("user_id", ["", 42.5, True, False, [], {}, 10**30])
def test_a_user_id_must_be_text_or_a_number_even_with_a_token(user_id: Any) -> None:
    with pytest.raises(InvalidSubmission):
        WORLD.validate({"user_id": user_id}, "42")


@pytest.mark.parametrize("user_id", ["7", 0, 7, 7.0, 2**63 - 1, 2**63, -1, 7.5, True, None, "", [], {}])
def test_the_schema_says_which_users_are_accepted(user_id: Any) -> None:
    schema = Draft202012Validator(WORLD.payload_schema(tokens_required=False))
    try:
        WORLD.validate({"user_id": user_id}, ANONYMOUS)
        is_accepted = True
    except InvalidSubmission:
        is_accepted = False
    assert schema.is_valid({"user_id": user_id}) is is_accepted


def test_the_schema_says_that_a_caller_without_a_token_must_name_the_user() -> None:
    assert not Draft202012Validator(WORLD.payload_schema(tokens_required=False)).is_valid({})
    with_token = Draft202012Validator(WORLD.payload_schema(tokens_required=True))
    assert with_token.is_valid({})
    assert with_token.is_valid({"user_id": None})
