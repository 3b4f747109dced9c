"""Runs a block that starts a make target in a fresh clone, in a terminal, as a reader would."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import cache_from_source
from pathlib import Path

from tests.pseudo_terminal import PseudoTerminal
from website.document import ROOT

#: Variables that make passes to the programs that it starts.
_OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")


def fresh_clone(folder: Path) -> Path:
    """A copy of all tracked files, and of new ones that are not ignored. Its `.venv` is the environment of these tests.

    Bytecode is copied too, so that nothing is compiled again.
    """
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        _copy(ROOT / name, folder / name)
        if name.endswith(".py"):
            _copy(*(Path(cache_from_source(str(base / name))) for base in (ROOT, folder)))
    link_environment(Path(sys.prefix), folder / ".venv")
    return folder


def link_environment(real: Path, place: Path) -> None:
    """Link to everything in it except `.ready`, which is new, so that make installs nothing."""
    place.mkdir()
    for path in real.iterdir():
        if path.name != ".ready":
            (place / path.name).symlink_to(path)
    (place / ".ready").touch()


def _copy(source: Path, target: Path) -> None:
    """With its time, by which Python and make know whether what is made from it is old. No links to folders."""
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def without_make(variables: Mapping[str, str]) -> dict[str, str]:
    """Without those of an outer `make test`: its options must not reach a target. `-O` would hold back its output."""
    return {name: value for name, value in variables.items() if name not in _OF_MAKE}


def started(code: str, variables: Mapping[str, str], folder: Path) -> PseudoTerminal:
    """Start a block in this clone. A context manager: at its end the terminal is closed, which stops the target."""
    return PseudoTerminal(["/bin/bash", "-c", code], without_make(variables), folder, columns=200)
