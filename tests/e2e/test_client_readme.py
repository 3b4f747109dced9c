"""The examples of the Python client run: those of the READMEs in order, and those in its docstrings."""

import doctest
import inspect
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import loresmith
from local.project import ROOT
from local.stack.local_stack import LocalStack

CLIENT = ROOT / "client"
READMES = [path.read_text(encoding="utf-8") for path in (CLIENT / "README.md", ROOT / "README.md")]
#: In the order of the documents. Each may use what those before it have defined.
EXAMPLES = [example for readme in READMES for example in re.findall(r"```python\n(.*?)```", readme, re.DOTALL)]
ADDRESS = "http://127.0.0.1:18212"


def environment(stack: LocalStack) -> dict[str, str]:
    return dict(os.environ) | {"NO_PROXY": "127.0.0.1", "LORESMITH_API": stack.urls.api, "LORESMITH_TOKEN": ""}


def run(program: str, stack: LocalStack, folder: Path, python: Path) -> str:
    """What the program prints."""
    command = [str(python), "-W", "error", "-c", program.replace(ADDRESS, stack.urls.api)]
    done = subprocess.run(
        command, cwd=folder, env=environment(stack), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for path in ("src", "README.md", "LICENSE", "pyproject.toml"):
        (source / path).symlink_to(CLIENT / path)
    build = f"import setuptools.build_meta; setuptools.build_meta.build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=source, capture_output=True, timeout=300, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.parametrize("versions", ["oldest", "newest"])
def test_the_examples_run_in_a_new_environment(versions: str, wheel: Path, stack: LocalStack, tmp_path: Path) -> None:
    """It has only the wheel, and the oldest or the newest versions of what the wheel asks for. Needs the internet."""
    project = tomllib.loads((CLIENT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [each.replace(">=", "==") if versions == "oldest" else each for each in project["dependencies"]]
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], timeout=300, check=True)
    python = tmp_path / "venv" / "bin" / "python"
    install(python, str(wheel), *needed)
    printed = run("\n".join(EXAMPLES), stack, tmp_path, python)
    assert "100%  Job completed successfully" in printed
    assert "The Borrowed Lantern" in printed
    assert (tmp_path / "vault.zip").stat().st_size > 0


def install(python: Path, *packages: str) -> None:
    """uv is faster, but does not read pip.conf. If it cannot reach its index, pip installs."""
    uv = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--python", str(python), *packages]
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", *packages]
    if subprocess.run(uv, capture_output=True, timeout=300, check=False).returncode != 0:
        subprocess.run(pip, capture_output=True, timeout=300, check=True)


def test_the_first_example_has_ten_lines() -> None:
    """The first example is what the README promises: ten lines."""
    assert len([line for line in EXAMPLES[0].splitlines() if line.strip()]) <= 10


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
