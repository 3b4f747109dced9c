"""The examples of the Python client run: those of its README in order, and those in its docstrings."""

import doctest
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import loresmith
from local.project import ROOT
from local.stack.local_stack import LocalStack

CLIENT = ROOT / "client"
README = (CLIENT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
ADDRESS = "http://127.0.0.1:18212"
OLDEST, NEWEST = "lowest-direct", "highest"


def environment(stack: LocalStack) -> dict[str, str]:
    return dict(os.environ) | {"NO_PROXY": "127.0.0.1", "LORESMITH_API": stack.urls.api, "LORESMITH_TOKEN": ""}


def run(program: str, stack: LocalStack, folder: Path, python: Path = Path(sys.executable), **more: str) -> str:
    """What the program prints."""
    command = [str(python), "-W", "error", "-c", program.replace(ADDRESS, stack.urls.api)]
    done = subprocess.run(
        command, cwd=folder, env=environment(stack) | more, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_examples_of_the_readme_run_in_order(stack: LocalStack, tmp_path: Path) -> None:
    printed = run("\n".join(EXAMPLES), stack, tmp_path, PYTHONPATH=str(CLIENT / "src"))
    assert "100%  Job completed successfully" in printed
    assert "The Borrowed Lantern" in printed
    assert (tmp_path / "vault.zip").stat().st_size > 0


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for path in ("src", "README.md", "LICENSE", "pyproject.toml"):
        (source / path).symlink_to(CLIENT / path)
    _run("uv", "build", "--quiet", "--wheel", "--no-build-isolation", "--out-dir", str(folder), str(source))
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.parametrize("versions", [OLDEST, NEWEST])
def test_the_first_example_runs_in_a_new_environment(
    versions: str, wheel: Path, stack: LocalStack, tmp_path: Path
) -> None:
    """Only with what the package asks for: its oldest, and its newest permitted dependencies."""
    python = tmp_path / "venv" / "bin" / "python"
    _run("uv", "venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv"))
    _run("uv", "pip", "install", "--quiet", "--python", str(python), "--resolution", versions, str(wheel))
    assert "100%  Job completed successfully" in run(EXAMPLES[0], stack, tmp_path, python)


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr


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
