"""A payload is put together from the options of a type that only the API knows."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from loresmith.cli.failure import USAGE, CommandError
from loresmith.cli.payload import GivenPayload, assemble
from loresmith.cli.payload_field import fields_of, option_of
from loresmith.cli.reference import find_type
from tests.unit.client.cli.job_type import quests
from tests.unit.client.scripted_api import ScriptedApi, answer


def assembled(*extra: str, **given: Any) -> dict[str, Any]:
    client = ScriptedApi(answer({})).blocking_client()
    return assemble(GivenPayload(given.pop("named", {}), extra, **given), quests(), client)


def test_an_option_gets_the_type_that_the_schema_says() -> None:
    payload = assembled(
        "--theme", "7", "--count=7", "--difficulty", "hard", "--is-secret", "--weight", "1.5", "--avoid", "A, the Old"
    )  # fmt: skip
    assert payload == {
        "theme": "7",
        "count": 7,
        "difficulty": "hard",
        "is_secret": True,
        "weight": 1.5,
        "avoid": ["A, the Old"],
    }


@pytest.mark.parametrize("name", ["--selected-setting", "--selectedSetting", "--selectedsetting", "--selected_setting"])
def test_an_option_is_found_however_its_words_are_joined(name: str) -> None:
    assert assembled(name, '{"name": "Low Tarn"}') == {"selectedSetting": {"name": "Low Tarn"}}


def test_repeated_values_make_a_list_and_dots_lead_into_objects() -> None:
    assignments = ["avoid=A", "avoid=B", "selectedLore.relic.name=Lantern", "selectedLore.relic.details={}"]
    assert assembled(assignments=assignments) == {
        "avoid": ["A", "B"],
        "selectedLore": {"relic": {"name": "Lantern", "details": {}}},
    }


def test_options_override_a_file(tmp_path: Path) -> None:
    file = tmp_path / "payload.json"
    file.write_text(json.dumps({"theme": "sea", "count": 1, "selectedLore": {"relic": {"name": "A", "details": {}}}}))
    payload = assembled(
        named={"count": 2, "theme": None},
        assignments=["selectedLore.relic.name=B"],
        file=file,
    )
    assert payload == {
        "theme": "sea",
        "count": 2,
        "selectedLore": {"relic": {"name": "B", "details": {}}},
    }


def test_a_file_can_be_the_value_of_an_object(tmp_path: Path) -> None:
    (tmp_path / "place.json").write_text('{"name": "Low Tarn"}', encoding="utf-8")
    assert assembled("--selected-setting", f"@{tmp_path / 'place.json'}")["selectedSetting"] == {"name": "Low Tarn"}
    assert assembled("--theme", "@home") == {"theme": "@home"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--dificulty", "hard"], "generate_quests has no field dificulty. Did you mean difficulty?"),
        (["--zzz", "1"], "generate_quests has no field zzz. Its fields: loresmith types generate_quests"),
        (["--count", "many"], "count cannot be 'many'. It takes: whole number, 1 to 10."),
        (["--count", "[1]"], "count cannot be '[1]'. It takes: whole number, 1 to 10."),
        (["--selected-setting", "Low Tarn"], "selectedSetting cannot be 'Low Tarn'. It takes: JSON."),
        (["--difficulty"], "--difficulty needs a value: easy | hard."),
        (["hard"], "Unexpected value hard. Put values after options: --theme hard"),
        (["--selectedLore.sword", "x"], "generate_quests has no field selectedLore.sword."),
        (["--selected-setting", "@no.json"], "no.json cannot be read: No such file or directory."),
    ],
)
def test_a_wrong_option_says_what_is_right(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        assembled(*arguments)
    assert refused.value.message.startswith(sentence)
    assert refused.value.exit_code == USAGE


def test_the_values_of_a_field_are_described_in_words() -> None:
    assert {option_of(name): field.takes() for name, field in fields_of(quests()).items()} == {
        "theme": "text, up to 1,000 characters",
        "count": "whole number, 1 to 10",
        "difficulty": "easy | hard",
        "is-secret": "true or false",
        "weight": "number",
        "avoid": "list, up to 100",
        "selected-setting": "JSON",
        "selected-lore": "JSON",
    }


@pytest.mark.parametrize("name", ["quests", "quest", "generate_quests", "Quests", "generate-quests"])
def test_a_type_has_several_names(name: str) -> None:
    assert find_type([quests()], name).type == "generate_quests"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("qests", "The API has no job type qests. Did you mean quests?"),
        ("generate_qests", "The API has no job type generate_qests. Did you mean quests?"),
        ("songs", "The API has no job type songs. Its job types: quests"),
    ],
)
def test_a_name_that_no_type_has_says_which_are_there(name: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=re.escape(sentence)):
        find_type([quests()], name)
