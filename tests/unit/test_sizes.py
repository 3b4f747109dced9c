"""Hand-written code stays small enough to read at one sitting: modules, classes and functions."""

import ast
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST_LINES_OF_A_MODULE = 300
MOST_LINES_OF_A_FUNCTION = 40
MOST_METHODS_OF_A_CLASS = 12
_OTHER_LANGUAGES = ("sh", "lua", "css", "ts", "tsx", "mjs")
_GENERATED = (
    "proto/lore/",
    "packages/jobs/src/api/openapi.ts",
    "client/src/loresmith/model.py",
    "client/src/loresmith/payload.py",
    "client/src/loresmith/typed_call.py",
)


def written_by_hand(*suffixes: str) -> list[str]:
    """The files in git with these suffixes, without generated ones."""
    command = ["git", "ls-files", "--", *(f"*.{suffix}" for suffix in suffixes)]
    paths = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [path for path in paths if not path.startswith(_GENERATED) and (ROOT / path).is_file()]


Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@cache
def definitions() -> list[tuple[str, Definition]]:
    """Each class and each function of the Python code, with the path of its module."""
    parsed = ((path, ast.parse((ROOT / path).read_text(encoding="utf-8"))) for path in written_by_hand("py"))
    return [(path, node) for path, tree in parsed for node in ast.walk(tree) if isinstance(node, Definition)]


def methods(node: ast.ClassDef) -> int:
    """How many functions the class defines itself, `__init__` and properties included."""
    return sum(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) for each in node.body)


def above(limit: int, sizes: Iterable[tuple[str, int]]) -> list[str]:
    return [f"{name}: {size}" for name, size in sizes if size > limit]


def test_no_module_has_too_many_lines() -> None:
    paths = written_by_hand("py", *_OTHER_LANGUAGES)
    sizes = ((path, len((ROOT / path).read_text(encoding="utf-8").splitlines())) for path in paths)
    too_large = above(MOST_LINES_OF_A_MODULE, sizes)
    assert not too_large, f"split by subject, at most {MOST_LINES_OF_A_MODULE} lines: {too_large}"


def test_no_class_has_too_many_methods() -> None:
    sizes = ((f"{path} {node.name}", methods(node)) for path, node in definitions() if isinstance(node, ast.ClassDef))
    too_large = above(MOST_METHODS_OF_A_CLASS, sizes)
    assert not too_large, f"split by responsibility, at most {MOST_METHODS_OF_A_CLASS} methods: {too_large}"


def test_no_function_has_too_many_lines() -> None:
    sizes = (
        (f"{path} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for path, node in definitions()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    too_large = above(MOST_LINES_OF_A_FUNCTION, sizes)
    assert not too_large, f"extract its parts, at most {MOST_LINES_OF_A_FUNCTION} lines: {too_large}"


def test_the_limits_apply_to_every_language() -> None:
    """An empty list of files would pass every other test here."""
    for suffix in ("py", *_OTHER_LANGUAGES):
        assert written_by_hand(suffix), suffix
