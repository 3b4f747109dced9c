"""The documents name only commands that exist, and none that goes around them."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from loresmith.cli.command import app

ROOT = Path(__file__).parents[4]
DOCUMENTS = sorted(
    file for pattern in ("*.md", "docs/**/*.md", "client/*.md", "examples/*.md") for file in ROOT.glob(pattern)
)
#: The words after `loresmith ops --stage X`, and the options after them.
_CALL = re.compile(
    r"loresmith ops(?: --(?:stage|local) \S+)*"
    r"((?: [a-z]+)+)"
    r"((?: --?[a-z][a-z-]*(?: \"[^\"]*\"| [^-`\s&|]\S*)?)*)"
)


def commands() -> dict[str, Any]:
    """The command by its name, such as "status" or "dead list"."""
    application: Any = typer.main.get_command(app)
    found: dict[str, Any] = {}
    for name, command in application.commands["ops"].commands.items():
        found[name] = command
        found |= {f"{name} {inner}": each for inner, each in getattr(command, "commands", {}).items()}
    return found


def calls() -> list[tuple[str, str]]:
    """The command and the options of each call in a document."""
    texts = [document.read_text(encoding="utf-8") for document in DOCUMENTS]
    return [(words.strip(), options) for text in texts for words, options in _CALL.findall(text)]


def command_of(words: str) -> Any:
    """The command that the words begin with: an argument may follow."""
    known, parts = commands(), words.split()
    return known.get(" ".join(parts[:2])) or known.get(parts[0])


def test_every_command_in_the_documents_exists() -> None:
    named = calls()
    assert len(named) > 10
    assert [words for words, _ in named if command_of(words) is None] == []
    for words, options in named:
        parameters = command_of(words).params
        has = {option for parameter in parameters for option in (*parameter.opts, *parameter.secondary_opts)}
        given = set(re.findall(r"--[a-z-]+", re.sub(r"\"[^\"]*\"", "", options)))
        assert given <= has, (words, options)


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = text.partition("## On call")[2].partition("### Rights")[0]
    assert {word for name in commands() for word in name.split()} <= set(re.findall(r"\w+", section))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_no_document_sends_the_people_on_call_to_redis(document: Path) -> None:
    assert "redis-cli" not in document.read_text(encoding="utf-8")
