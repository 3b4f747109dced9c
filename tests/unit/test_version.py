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


def test_the_page_has_the_version() -> None:
    """npm writes it twice into the lock file."""
    package = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    assert {package["version"], lock["version"], lock["packages"][""]["version"]} == {VERSION}


def test_the_changelog_has_an_entry_for_the_version() -> None:
    assert f"\n## [{VERSION}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
