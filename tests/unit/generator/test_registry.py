"""A new kind takes one new file. It is found, checked and written like any other."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from generator_service.kind import Kind
from generator_service.params import parse_params
from generator_service.registry import KindError, load_kinds

QUEST = """
from typing import Annotated, Literal

from pydantic import Field

from generator_service.judging.standard import Standard, Words
from generator_service.kind import Kind, Named, Output, Stage
from generator_service.params import Params
from generator_service.text import Prose


class QuestParams(Params):
    difficulty: Literal["easy", "hard"] = "easy"


class Description(Output):
    description: Prose
    reward: Annotated[int, Field(ge=1, le=100)]


KIND = Kind(
    name="quest",
    plural="quests",
    params=QuestParams,
    stages=(
        Stage(key="name", message="Generated names...", together=True, output=Named, prompt="Propose quests."),
        Stage(
            key="description",
            message="Generated descriptions...",
            after=("name",),
            output=Description,
            standard=Standard(lengths={"description": Words(20, 40)}, sentences=("description",)),
            prompt="Describe it.",
        ),
    ),
)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """An empty package for kinds."""
    (tmp_path / "more_kinds").mkdir()
    (tmp_path / "more_kinds" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("more_kinds")
    for name in [name for name in sys.modules if name.split(".")[0] == "more_kinds"]:
        del sys.modules[name]


def add(package: ModuleType, name: str, text: str) -> None:
    (Path(package.__path__[0]) / f"{name}.py").write_text(text)
    importlib.invalidate_caches()


def load_quest(package: ModuleType) -> Kind:
    add(package, "quest", QUEST)
    return load_kinds(package)["quest"]


def test_a_new_kind_takes_one_file(package: ModuleType) -> None:
    quest = load_quest(package)
    assert [stage.key for stage in quest.stages] == ["name", "description"]
    assert parse_params(quest.params, '{"difficulty": "hard"}').extra == {"difficulty": "hard"}


def test_a_kind_that_is_declared_twice_is_rejected(package: ModuleType) -> None:
    add(package, "quest", QUEST)
    add(package, "quest_again", QUEST)
    with pytest.raises(KindError, match="quest: declared twice"):
        load_kinds(package)


def test_an_invalid_kind_keeps_the_generator_from_starting(package: ModuleType) -> None:
    add(package, "quest", QUEST.replace('after=("name",)', 'after=("nothing",)'))
    with pytest.raises(KindError, match="needs nothing, which is not a stage"):
        load_kinds(package)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('sentences=("description",)', 'sentences=("story",)', "quest.description: the standard names story, which is"),
        ('sentences=("description",)', 'sentences=("reward",)', "the standard names reward, which is not a text"),
        ("Words(20, 40)", "Words(40, 20)", "the standard asks for 40 to 20 words of description, which is not a range"),
        (
            "together=True,",
            'together=True, standard=Standard(on_weak="fail"),',
            'quest.name: a stage that is written `together` cannot have `on_weak="fail"`',
        ),
    ],
)
def test_a_standard_that_does_not_fit_its_stage_keeps_the_generator_from_starting(
    package: ModuleType, old: str, new: str, fault: str
) -> None:
    assert old in QUEST
    add(package, "quest", QUEST.replace(old, new))
    with pytest.raises(KindError, match=re.escape(fault)):
        load_kinds(package)


def test_a_kind_needs_no_standards(package: ModuleType) -> None:
    standard = '            standard=Standard(lengths={"description": Words(20, 40)}, sentences=("description",)),\n'
    add(package, "quest", QUEST.replace(standard, ""))
    quest = load_kinds(package)["quest"]
    assert [stage.max_words for stage in quest.stages] == [None, None]
