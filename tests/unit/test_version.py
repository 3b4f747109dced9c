"""pyproject.toml says which version this is; what cannot read it there must agree."""

import json
import tomllib
from pathlib import Path

from chalicelib.api.router import document

ROOT = Path(__file__).parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_the_api_document_names_the_version() -> None:
    assert document()["info"]["version"] == VERSION


def test_the_python_client_has_the_version() -> None:
    project = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION


def test_the_page_and_its_hooks_have_the_version() -> None:
    """npm writes it into the lock file once more for each, and twice for the whole."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    found = {lock["version"]}
    for folder in ("", "frontend", "packages/jobs"):
        package = json.loads((ROOT / folder / "package.json").read_text(encoding="utf-8"))
        found |= {package["version"], lock["packages"][folder]["version"]}
    assert found == {VERSION}


def test_the_page_uses_the_hooks_of_the_same_version() -> None:
    page = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    assert page["dependencies"]["@loresmith/jobs"] == VERSION


def test_the_changelog_has_an_entry_for_the_version() -> None:
    assert f"\n## [{VERSION}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
