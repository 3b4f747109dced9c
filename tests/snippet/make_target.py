"""Runs a block that starts a make target in a fresh clone, in a terminal, as a reader would."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import cache_from_source
from pathlib import Path

from tests.pseudo_terminal import CTRL_C, PseudoTerminal
from website.document import ROOT

#: What a make leaves to those that it starts.
_OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")


def fresh_clone(folder: Path) -> Path:
    """A copy of all files that git knows or would add, in which `make` finds the environment of these tests.

    Their bytecode is copied too, which saves the time to compile them.
    """
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        _copy(ROOT / name, folder / name)
        if name.endswith(".py"):
            _copy(*(Path(cache_from_source(str(base / name))) for base in (ROOT, folder)))
    venv = folder / ".venv"
    venv.mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (venv / name).symlink_to(Path(sys.prefix) / name)
    (venv / ".ready").touch()  # it must be newer than the locks, or make would install
    return folder


def _copy(source: Path, target: Path) -> None:
    """With its time, by which Python and make know whether what is made from it is old. No links to folders."""
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


class Target(PseudoTerminal):
    """A running block."""

    @property
    def output(self) -> str:
        """All that it has printed so far."""
        return self.shown

    def interrupt(self) -> int:
        """Press Ctrl-C, wait for the end, and return the exit code."""
        self.type(CTRL_C)
        return self.exit_code()


def started(code: str, variables: Mapping[str, str], folder: Path) -> Target:
    """Start a block in this clone. A context manager: at its end the terminal is closed, which stops the target.

    The tests may run below `make test`. Its options do not reach the target: one of them keeps back what is printed.
    """
    own = {name: value for name, value in variables.items() if name not in _OF_MAKE}
    return Target(["/bin/bash", "-c", code], own, folder, columns=200)
