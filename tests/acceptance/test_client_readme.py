"""The examples of the Python client run: those of the READMEs, and those in its docstrings.

They run where the client was installed as the documents say.
"""

import doctest
import inspect
import re
import shutil
import sys
from pathlib import Path

import pytest

import loresmith
from local.stack.local_stack import LocalStack
from tests.installed_client import copy_of_client, environment, install_oldest, output, packages_of_home
from tests.snippet.block import all_blocks, blocks_run_by
from tests.snippet.program import API

_PATH = "tests/acceptance/test_client_readme.py"
#: Those that install the client. The one that makes the environment for it comes first.
INSTALLING = sorted(blocks_run_by(_PATH), key=lambda block: "-m venv" not in block.code)
_EXAMPLES = [block for block in all_blocks() if block.elsewhere == _PATH and block not in INSTALLING]
EXAMPLES = [block.code for block in _EXAMPLES]


def examples(document: str, stack: LocalStack) -> str:
    """A command that runs those of a document in order. Each may use what those before it have defined."""
    program = "\n".join(block.code for block in _EXAMPLES if block.document == document)
    return f"python -W error - <<'END'\n{program.replace(API, stack.urls.api)}\nEND"


def variables(stack: LocalStack, home: Path, python: Path) -> dict[str, str]:
    """For a reader with this home, whose Python is this one."""
    own = {"PATH": f"{python.parent}:/usr/bin:/bin", "NO_PROXY": "127.0.0.1", "LORESMITH_API": stack.urls.api}
    return environment(home, **own)


def test_the_examples_run_with_the_oldest_packages_that_the_client_permits(stack: LocalStack, tmp_path: Path) -> None:
    """No other packages are installed. These come from PyPI."""
    reader = variables(stack, tmp_path, install_oldest(tmp_path))
    for document in ("client/README.md", "README.md"):
        check_examples(document, output(examples(document, stack), reader, tmp_path), tmp_path)


def test_the_client_is_installed_as_the_documents_say(stack: LocalStack, tmp_path: Path) -> None:
    """All commands use one environment. The client is removed from it before each of them. The rest comes from PyPI."""
    copy_of_client(tmp_path / "client")
    (tmp_path / ".local").symlink_to(stack.logs.parent)
    (tmp_path / "tools").mkdir()
    python = tmp_path / "tools" / "python3"
    python.write_text(f'#!/bin/sh\nexec "{Path(sys.executable).resolve()}" "$@"\n', encoding="utf-8")
    python.chmod(0o700)
    program = tmp_path / "loresmith" / "bin" / "loresmith"
    reader = variables(stack, tmp_path, program) | packages_of_home()
    reader["PATH"] = f"{program.parent}:{tmp_path}/tools:/usr/bin:/bin"
    for block in INSTALLING:
        remove_client(program)
        output(block.code, reader, tmp_path)
        assert program.exists(), block.place
        match block.document:
            case "docs/cli.md":
                assert output(f"{program} generate relics --count 1", reader, tmp_path).startswith("## ")
            case "docs/operations.md":
                assert re.search(r"^generator +ok\b", output("loresmith ops status", reader, tmp_path), re.MULTILINE)
            case document:
                check_examples(document, output(examples(document, stack), reader, tmp_path), tmp_path)


def remove_client(program: Path) -> None:
    """Uninstall the client. pip would take half a second."""
    program.unlink(missing_ok=True)
    for part in program.parents[1].glob("lib/python*/site-packages/loresmith*"):
        shutil.rmtree(part)


def check_examples(document: str, printed: str, folder: Path) -> None:
    """Check what the examples of this document have printed and written."""
    if document == "client/README.md":
        assert "100%  Job completed successfully" in printed
        assert "The Borrowed Lantern" in printed
        assert (folder / "vault.zip").stat().st_size > 0
    else:
        assert len(re.findall(r"^.+ - .+$", printed, re.MULTILINE)) == 3


def test_the_first_example_has_ten_lines() -> None:
    """The first example of each README has at most ten lines."""
    for document in ("client/README.md", "README.md"):
        first = next(block.code for block in _EXAMPLES if block.document == document)
        assert len([line for line in first.splitlines() if line.strip()]) <= 10


def docstrings() -> dict[str, str]:
    """Those that have examples: of what the package exports, and of its methods."""
    found = {}
    for name in loresmith.__all__:
        kind = getattr(loresmith, name)
        members = inspect.getmembers(kind) if inspect.isclass(kind) else []
        for path, member in [(name, kind), *((f"{name}.{key}", member) for key, member in members)]:
            if ">>>" in (text := getattr(member, "__doc__", None) or ""):
                found[path] = inspect.cleandoc(text)
    return found


DOCSTRINGS = docstrings()


@pytest.mark.parametrize("name", DOCSTRINGS)
def test_the_examples_of_a_docstring_run(
    name: str, stack: LocalStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LORESMITH_API", stack.urls.api)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    example = doctest.DocTestParser().get_doctest(DOCSTRINGS[name], vars(loresmith).copy(), name, name, 0)
    failed = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example).failed
    assert failed == 0, capsys.readouterr().out


def test_the_important_docstrings_have_examples() -> None:
    assert {"LoreSmith", "AsyncLoreSmith", "verify_webhook", "LoreSmith.submit", "LoreSmith.generate"} <= set(
        DOCSTRINGS
    )
