"""The client as pip or pipx installs it, with its console script."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

from local.project import ROOT

_CLIENT = ROOT / "client"
_UV = Path(sys.executable).parent / "uv"
_PIPX = "pipx==1.18.4"


def install(folder: Path) -> Path:
    """The installed `loresmith`. What it needs comes from the environment of the tests, with its pinned versions."""
    python = _new_environment(folder / "venv")
    _run(_UV, "pip", "install", "--quiet", "--python", python, "--offline", "--no-deps", build(folder))
    (packages,) = folder.glob("venv/lib/python*/site-packages")
    (packages / "needs.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python.with_name("loresmith")


def install_oldest(folder: Path, extra: str = "") -> Path:
    """The installed `loresmith` with the oldest packages that it permits. They come from PyPI."""
    project = tomllib.loads((_CLIENT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = project["dependencies"] + (project["optional-dependencies"][extra] if extra else [])
    python = _new_environment(folder / "venv")
    _add(python, f"{build(folder)}{f'[{extra}]' if extra else ''}", *(each.replace(">=", "==") for each in needed))
    return python.with_name("loresmith")


def install_pipx(folder: Path) -> Path:
    """The installed `pipx`. It uses the uv beside it, if uv can reach its index."""
    python = _new_environment(folder / "pipx")
    if _add(python, _PIPX):
        python.with_name("uv").symlink_to(_UV)
    return python.with_name("pipx")


def build(folder: Path) -> Path:
    """The wheel."""
    options = ("--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", folder)
    _run(_UV, "build", *options, copy_of_client(folder / "source"))
    (wheel,) = folder.glob("*.whl")
    return wheel


def copy_of_client(folder: Path) -> Path:
    """Its sources. Building it writes there."""
    ignored = shutil.ignore_patterns("build", "dist", "*.egg-info", "__pycache__")
    return shutil.copytree(_CLIENT, folder, ignore=ignored)


def _new_environment(folder: Path) -> Path:
    """The Python of a new virtual environment."""
    _run(_UV, "venv", "--quiet", "--python", sys.executable, folder)
    return folder / "bin" / "python"


def _add(python: Path, *packages: str) -> bool:
    """Install packages. uv is faster, but does not read pip.conf: if it cannot reach its index, pip installs.

    Returns whether uv has installed them.
    """
    command = [str(_UV), "pip", "install", "--quiet", "--python", str(python), *packages]
    if subprocess.run(command, capture_output=True, timeout=300, check=False).returncode == 0:
        return True
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", *packages)
    return False


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Variables for a command line that nobody has signed in with. `folder` is its home."""
    own = {"HOME": str(folder), "LORESMITH_CONFIG": str(folder / "login.json"), "TERM": "xterm", "LANG": "C.UTF-8"}
    cleared = {name: value for name, value in os.environ.items() if not name.startswith("LORESMITH_")}
    return cleared | own | variables


def packages_of_home() -> dict[str, str]:
    """Variables with which pip and uv find their settings and caches, although the home is another.

    pip refuses to install outside a virtual environment. It compiles nothing, because Python does that on import.
    """
    folders = {"XDG_CACHE_HOME": ".cache", "XDG_CONFIG_HOME": ".config"}
    found = {name: os.environ.get(name) or str(Path.home() / folder) for name, folder in folders.items()}
    settings = (Path.home() / path for path in (".pip/pip.conf", "Library/Application Support/pip/pip.conf"))
    if "PIP_CONFIG_FILE" not in os.environ and (own := next(filter(Path.exists, settings), None)):
        found["PIP_CONFIG_FILE"] = str(own)
    return found | {"PIP_REQUIRE_VIRTUALENV": "1", "PIP_NO_COMPILE": "1"}


def output(script: str, variables: dict[str, str], folder: Path) -> str:
    """What bash prints. Fails if a command fails."""
    return _run("bash", "-euo", "pipefail", "-c", script, folder=folder, variables=variables)


def _run(*command: str | Path, folder: Path | None = None, variables: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=variables, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
