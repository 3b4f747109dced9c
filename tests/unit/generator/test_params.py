"""The parameters of a job."""

import json
from typing import Any

import pytest

from generator_service.error import InvalidParams
from generator_service.params import Params, parse_params
from generator_service.registry import load_kinds


def test_missing_params_have_the_defaults_of_the_guide() -> None:
    params = parse_params(Params, "")
    assert (params.theme, params.count, params.avoid, dict(params.context)) == ("fantasy", 3, (), {})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 11}, "count"),
        ({"count": "3"}, "count"),
        ({"count": 3.0}, "count"),
        ({"theme": ""}, "theme"),
        ({"theme": "x" * 81}, "theme"),
        ({"tone": "x" * 81}, "tone"),
        ({"avoid": "Zed"}, "avoid"),
        ({"language": "xq"}, "language"),
        ({"premise": "x" * 1001}, "premise"),
        ({"unknown": 1}, "unknown"),
        ({"context": {"setting": {"description": "A drowned town."}}}, "context.setting.name"),
        ({"context": {"setting": {"name": "a", "background": False}}}, "context.setting.background"),
        ({"context": {"setting": {"name": "a", "description": "b", "type": "c"}}}, "context.setting.type"),
    ],
)
def test_a_fault_is_named_by_its_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidParams) as raised:
        parse_params(Params, json.dumps(given))
    assert f"{field}: " in raised.value.message


@pytest.mark.parametrize("text", ["[]", "{", "null", '{"theme": "\\ud800"}'])
def test_anything_but_a_json_object_is_rejected(text: str) -> None:
    with pytest.raises(InvalidParams):
        parse_params(Params, text)


def test_every_fault_is_reported_at_once() -> None:
    with pytest.raises(InvalidParams) as raised:
        parse_params(Params, '{"count": 0, "theme": "", "odd": 1}')
    assert all(field in raised.value.message for field in ("count", "theme", "odd"))


def test_a_request_for_two_worlds_is_rejected() -> None:
    with pytest.raises(InvalidParams):
        parse_params(load_kinds()["world"].params, '{"count": 2}')
