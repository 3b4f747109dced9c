"""The documents of the project: where they are, and the anchors of their headings."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PATTERNS = (
    "*.md",
    "docs/**/*.md",
    "client/*.md",
    "packages/*/*.md",
    "frontend/*.md",
    "examples/*.md",
    "benchmarks/*/README.md",
)
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def documents() -> list[Path]:
    """Every document that users and contributors read, sorted by path."""
    return sorted(file for pattern in _PATTERNS for file in ROOT.glob(pattern))


def linked_files(document: Path) -> set[Path]:
    """The files other than documents that a document links to: pictures, examples."""
    targets = _LINK.findall(document.read_text(encoding="utf-8"))
    files = {(document.parent / target).resolve() for target in targets}
    return {file for file in files if file.is_file() and file.suffix != ".md"}


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading, so that one link works there and on the site."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def address(path: str) -> str:
    """The address on the site of the document at `path`: `cost/` for `docs/cost.md`, the root for the README.

    Other documents in the root go under `project/`, because `SECURITY.md` and `docs/security.md` would clash.
    """
    folder, _, name = path.removesuffix(".md").rpartition("/")
    if path == "README.md":
        return ""
    if path == "docs/README.md":
        return "documents/"
    if not folder:
        return f"project/{name.lower()}/"
    place = f"{folder}/" if name == "README" else f"{folder}/{name.lower()}/"
    return place.removeprefix("docs/")
