"""docs/settings.md and .env.example name every setting with its real default."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from chalicelib.domain.quota import Quota
from chalicelib.settings import MOST_PIECES, Durations
from chalicelib.settings import Settings as LambdaSettings
from foundation.settings import EnvironmentSettings
from generator_service.settings import Settings as GeneratorSettings
from infra.cdk.settings import InfraSettings
from infra.release.settings import ReleaseSettings
from local.stack.settings import StackSettings

ROOT = Path(__file__).parents[2]
#: Heading in docs/settings.md → the settings that it documents.
PROGRAMS: dict[str, type[EnvironmentSettings]] = {
    "API, worker and recovery": LambdaSettings,
    "Durations": Durations,
    "Generator": GeneratorSettings,
    "Local stack": StackSettings,
    "AWS stage": InfraSettings,
}
#: Fields that are no variable of their own: they hold what other variables say.
COMPOSED = {LambdaSettings: {"timing"}, StackSettings: {"environment"}, InfraSettings: {"llm"}}
#: Read by Vite.
UNCHECKED = {"WEB_DEV_PORT"}
RENAMED: dict[tuple[type[EnvironmentSettings], str], str] = {(InfraSettings, "region"): "AWS_REGION"}
_ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]*)` \| (.*?) \|", re.MULTILINE)
_EXAMPLE = re.compile(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


def variables(program: type[EnvironmentSettings]) -> dict[str, Any]:
    """Variable → default, without those that docs/providers.md documents (tests/unit/test_docs.py)."""
    names = set(program.model_fields) - COMPOSED.get(program, set())
    if program is GeneratorSettings:
        names = {name for name in names if not name.startswith(("llm_", "openai_"))}
    return {RENAMED.get((program, name), name.upper()): program.model_fields[name].default for name in names}


def documented(heading: str) -> dict[str, str]:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return {name: default.strip("` ") for name, default in _ROW.findall(section)}


def as_text(default: Any) -> str | None:
    """How a default is written; None if words may describe it."""
    match default:
        case bool():
            return str(default).lower()
        case SecretStr():
            return default.get_secret_value()
        case Path():
            return str(default.relative_to(ROOT))
        case float():
            return f"{default:g}"
        case int() | str():
            return str(default)
        case _:
            return None


@pytest.mark.parametrize("heading", PROGRAMS)
def test_every_setting_is_documented_with_its_default(heading: str) -> None:
    rows, settings = documented(heading), variables(PROGRAMS[heading])
    assert rows.keys() - UNCHECKED == settings.keys()
    expected = {name: text for name, default in settings.items() if (text := as_text(default)) is not None}
    assert {name: rows[name] for name in expected} == expected


def test_the_quotas_of_callers_with_a_token_are_documented() -> None:
    rows, quota = documented("API, worker and recovery"), Quota()
    limits = {
        "MAX_ACTIVE_JOBS": quota.max_unfinished,
        "MAX_RUNNING_JOBS": quota.max_running,
        "MAX_SUBMISSIONS_PER_MINUTE": quota.max_submissions,
        "TOKENS_PER_DAY": quota.max_tokens,
        "MAX_PIECES": MOST_PIECES,
    }
    assert {name: rows[name] for name in limits} == {
        name: f"{limit} with `jwt`, else no limit" for name, limit in limits.items()
    }


def test_every_setting_of_the_deploy_script_is_documented() -> None:
    """CONFIRM is read by the script itself."""
    last = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").partition("The deploy script itself reads ")[2]
    assert set(re.findall(r"`([A-Z_]+)`", last)) == {name.upper() for name in ReleaseSettings.model_fields} | {
        "CONFIRM"
    }


def examples() -> Iterator[tuple[str, str]]:
    yield from _EXAMPLE.findall((ROOT / ".env.example").read_text(encoding="utf-8"))


def test_the_example_file_changes_nothing_when_it_is_copied() -> None:
    """Each line is a comment with the default, so that a copy is a safe start."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_every_line_of_the_example_file_is_a_setting_with_its_default() -> None:
    programs = (LambdaSettings, Durations, GeneratorSettings, StackSettings)
    known: dict[str, set[str | None]] = {}
    for program in programs:
        for name, field in program.model_fields.items():
            known.setdefault(name.upper(), set()).add(as_text(field.default))
    wrong = {name: value for name, value in examples() if (value or None) not in known.get(name, set())}
    assert {name: known.get(name) for name in wrong} == {}
