"""The files, tests, names, headings and settings that the documents mention exist."""

import ast
import os
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from generator_service.settings import Settings
from local.provider_check.advice import SLOW_SERVER
from website.document import ROOT, anchor, documents

DOCUMENTS = documents()
_TEST = re.compile(r"`([\w/.]*\.py)?::(test_\w+)`")
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def cited_tests(text: str) -> Iterator[tuple[str, str]]:
    """File and name. `::name` alone is of the file that was named last."""
    file = ""
    for path, name in _TEST.findall(text):
        file = path or file
        yield file, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_cited_tests_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = []
    for file, name in cited_tests(text):
        path = ROOT / "tests" / file.removeprefix("tests/")
        if not path.is_file() or f"def {name}(" not in path.read_text(encoding="utf-8"):
            missing.append(f"{file}::{name}")
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_to_files(document: Path) -> None:
    targets = _LINK.findall(document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


_PATH = re.compile(r"`((?:[\w-]+/)+[\w.-]+\.(?:py|lua|ts|tsx|sh|proto|json|md|txt))`")
#: The worked example of a new type: a test adds it to a copy (tests/acceptance/test_new_type.py).
_NOT_YET_THERE = {"generator_service/kinds/quest.py"}


def files() -> Iterator[str]:
    """Every file of the project as /path/from/its/root."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name != "node_modules" and not name.startswith(".")]
        yield from (f"/{(Path(folder) / name).relative_to(ROOT)}" for name in names)


_FILES = tuple(files())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_cited_files_exist(document: Path) -> None:
    """A file may be named by the end of its path."""
    paths = set(_PATH.findall(document.read_text(encoding="utf-8"))) - _NOT_YET_THERE
    assert {path for path in paths if not any(file.endswith(f"/{path}") for file in _FILES)} == set()


#: | question | `file` | `name` ... |
_WHERE = re.compile(r"^\| [^|]+\? \| `([^`]+)` \| `([\w.]+)`", re.MULTILINE)


@pytest.mark.parametrize("document", ["README.md", "docs/architecture.md"])
def test_every_place_that_a_question_leads_to_is_there(document: str) -> None:
    """The file has the name; the folder has the file."""
    rows = _WHERE.findall((ROOT / document).read_text(encoding="utf-8"))
    assert rows
    assert [row for row in rows if not leads_somewhere(*row)] == []


def leads_somewhere(path: str, name: str) -> bool:
    place = ROOT / path
    if place.is_dir():
        return (place / name).is_file()
    return re.search(rf"\b{name.rpartition('.')[2]}\b", place.read_text(encoding="utf-8")) is not None


_ANCHOR = re.compile(r"\]\(([^)#\s:]*)#([^)\s]+)\)")


def anchors(document: Path) -> set[str]:
    """What GitHub makes of the headings, and the anchors that are written out."""
    text = document.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {anchor(heading) for heading in headings} | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_to_headings(document: Path) -> None:
    targets = _ANCHOR.findall(document.read_text(encoding="utf-8"))
    missing = [
        f"{path}#{heading}"
        for path, heading in targets
        if heading not in anchors(document.parent / path if path else document)
    ]
    assert missing == []


#: `Class._method`, `module.function`: the last part has to be somewhere in the code.
_NAME = re.compile(r"`[A-Za-z_]\w*\.(\w+)(?:\(\))?`")
_SUFFIXES = {"py", "lua", "json", "md", "sh", "ts", "tsx", "css", "proto", "toml", "txt", "yml", "log"}
_CODE = "\n".join(
    file.read_text(encoding="utf-8")
    for folder in ("chalicelib", "generator_service", "foundation", "infra", "local", "proto", "tests")
    for file in (ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_cited_names_exist(document: Path) -> None:
    names = set(_NAME.findall(document.read_text(encoding="utf-8"))) - _SUFFIXES
    assert {name for name in names if not re.search(rf"\b{name}\b", _CODE)} == set()


_SHELL = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`[^`]+`")
_QUOTE = re.compile(r'"([^"]+)"')
#: A search of the log; the searches for a job's id are left out.
_SEARCH = re.compile(r'message like "([^"<]+)"')


def quoted_log_lines(text: str) -> set[str]:
    """What stands in double quotes, apart from code, and what a search looks for."""
    prose = _INLINE.sub("", _SHELL.sub("", re.sub(r'<a id="[^"]*">', "", text)))
    return {" ".join(quote.split()) for quote in [*_QUOTE.findall(prose), *_SEARCH.findall(text)]}


def log_lines() -> Iterator[str]:
    """The messages in the `log.…(…)` calls of the deployed programs."""
    packages = [(ROOT / name).rglob("*.py") for name in ("chalicelib", "foundation", "generator_service")]
    for file in (ROOT / "app.py", *chain.from_iterable(packages)):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name("log")), args=arguments):
                    yield from (a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str))


def test_every_quoted_log_line_is_logged() -> None:
    """The runbooks put log lines, and nothing else, in double quotes."""
    quoted, logged = quoted_log_lines((ROOT / "docs" / "operations.md").read_text(encoding="utf-8")), list(log_lines())
    assert "Attempt failed" in quoted
    assert {quote for quote in quoted if not any(quote in line for line in logged)} == set()


PROVIDERS = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
_LLM = [name for name in Settings.model_fields if name.startswith(("llm_", "openai_"))]


@pytest.mark.parametrize("name", _LLM)
def test_every_llm_setting_is_documented_with_its_default(name: str) -> None:
    (row,) = [
        line for line in PROVIDERS.splitlines() if line.startswith("|") and f"`{name.upper()}`" in line.split("|")[1]
    ]
    default = Settings.model_fields[name].default
    if isinstance(default, str | int | float):
        assert row.split("|")[2].strip(" `") == (f"{default:g}" if isinstance(default, float) else str(default))


def test_the_documented_advice_for_slow_servers_is_that_of_make_run() -> None:
    assert " ".join(f"{name}={value}" for name, value in SLOW_SERVER.items()) in PROVIDERS
