"""The client as pip installs it, with its console script."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from local.project import ROOT

_CLIENT = ROOT / "client"


def install(folder: Path) -> Path:
    """The installed `loresmith`. What it needs comes from the environment of the tests, with its pinned versions."""
    program = _install(folder, "--offline", "--no-deps", str(build(folder)))
    (packages,) = folder.glob("venv/lib/python*/site-packages")
    (packages / "needs.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return program


def install_oldest(folder: Path, extra: str = "") -> Path:
    """The installed `loresmith` with the oldest packages that it permits. They come from PyPI."""
    return _install(folder, "--resolution", "lowest-direct", f"{build(folder)}{extra}")


def build(folder: Path) -> Path:
    """The wheel."""
    source = folder / "source"
    source.mkdir()
    for path in ("src", "README.md", "LICENSE", "pyproject.toml"):
        (source / path).symlink_to(_CLIENT / path)
    options = ["--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable]
    _uv("build", *options, "--out-dir", str(folder), str(source))
    (wheel,) = folder.glob("*.whl")
    return wheel


def _install(folder: Path, *what: str) -> Path:
    environment = folder / "venv"
    _uv("venv", "--quiet", "--python", sys.executable, str(environment))
    _uv("pip", "install", "--quiet", "--python", str(environment / "bin" / "python"), *what)
    return environment / "bin" / "loresmith"


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Variables for a command line that nobody has signed in with. `folder` is its home."""
    own = {"HOME": str(folder), "LORESMITH_CONFIG": str(folder / "login.json"), "TERM": "xterm", "LANG": "C.UTF-8"}
    cleared = {name: value for name, value in os.environ.items() if not name.startswith("LORESMITH_")}
    return cleared | own | variables


def _uv(*arguments: str) -> None:
    command = [str(Path(sys.executable).parent / "uv"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
