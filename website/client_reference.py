"""The Python client reference as Markdown. mkdocstrings adds the signatures and docstrings.

The client is parsed, not imported: its dependencies are not installed where the site is built.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from website.document import ROOT

PACKAGE = ROOT / "client/src/loresmith"
_INTRODUCTION = """\
# Python client reference

Everything that the package `loresmith` exports, generated from its docstrings when this site was built. The
[guide](../../client/README.md) explains how to use it.

Both clients have the same methods. `Steps[T]` means: `LoreSmith` returns a `T`, and in `AsyncLoreSmith` you await it.
`Stream[T]` means: you get each `T` with `for`, or with `async for` in `AsyncLoreSmith`.
"""
#: The module that a name is imported from -> the title of its chapter, in the order of the page.
_CHAPTERS = {
    "client": "Clients",
    "job": "Jobs",
    "submission": "Batches",
    "model": "Answers",
    "exported_file": "Files",
    "webhook": "Webhooks",
    "error": "Errors",
}
#: What both clients have in common is shown once. Callers need base classes only for errors.
_OPTIONS = {
    "error": "      show_bases: true\n",
    "AsyncLoreSmith": "      inherited_members: false\n",
    "AsyncJob": "      inherited_members: false\n",
}


def client_reference() -> str:
    """The whole page. Raises `ValueError` if a module with exports has no chapter."""
    exports = _imports(PACKAGE / "__init__.py")
    if unknown := {module for module, _ in exports} - _CHAPTERS.keys():
        raise ValueError(f"client_reference.py has no chapter for the exports of these modules: {sorted(unknown)}")
    return "\n".join([_INTRODUCTION, *_chapters(exports)]) + "\n"


def _chapters(exports: list[tuple[str, str]]) -> Iterator[str]:
    for chapter, title in _CHAPTERS.items():
        yield f"## {title}\n"
        for name in sorted((name for module, name in exports if module == chapter), key=_async_last):
            yield _entry(f"loresmith.{name}", _OPTIONS.get(name, _OPTIONS.get(chapter, "")))
        if chapter == "client":
            for attribute, path in _parts():
                yield f"## client.{attribute}\n"
                yield _entry(path, "      show_root_heading: false\n      show_root_toc_entry: false\n")


def _async_last(name: str) -> bool:
    return name.startswith("Async")


def _entry(path: str, options: str) -> str:
    return f"::: {path}\n" + (f"    options:\n{options}" if options else "")


def _imports(module: Path) -> list[tuple[str, str]]:
    """What the module imports from this package: module, name."""
    return [
        (node.module.removeprefix("loresmith."), alias.name)
        for node in ast.parse(module.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("loresmith.")
        for alias in node.names
    ]


def _parts() -> Iterator[tuple[str, str]]:
    """`client.pieces` and the like: the attribute, and the path of its class."""
    module = PACKAGE / "client.py"
    origins = {name: origin for origin, name in _imports(module)}
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr=attribute)], value=ast.Call(func=ast.Name(kind))):
                if kind.startswith("Blocking") and not attribute.startswith("_"):
                    yield attribute, f"loresmith.{origins[kind]}.{kind}"
