"""Runs the blocks of a page in order, in one shell or one Python: later blocks can use what earlier ones have set."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from local.stack.local_stack import LocalStack
from tests.snippet.block import Block
from tests.snippet.make_target import without_make
from website.document import ROOT

#: The address of the API in the documents: the one that `make run` prints if its port is free.
API = "http://127.0.0.1:18212"
#: A block fails at the first command that fails; also if jq finds nothing, as with a wrong name of a field.
#: curl reports the status of each answer, because it succeeds even if the API has refused the request. Missing
#: programs are reported too, because the shell ignores what fails in an argument.
_SHELL = r"""
set -euo pipefail
shopt -s inherit_errexit
curl() { command curl --max-time 120 -w '%{stderr}\n@status %{http_code}\n' "$@"; }
jq() { command jq -e "$@"; }
loresmith() { python -c 'from loresmith.cli import main; main()' "$@"; }
command_not_found_handle() { echo "@missing $1" >&2; return 127; }
"""
_REPORT = re.compile(r"^@(block|status|missing) (.+)$", re.MULTILINE)


class SnippetError(AssertionError):
    """A block does not do what it shows."""


def run_shell(blocks: Sequence[Block], api: str, folder: Path) -> str:
    """Run them in this folder, against the API at this address. Returns what they print. Raises `SnippetError`."""
    parts = [f"echo '@block {block.place}' >&2\n{block.code}" for block in blocks]
    done = _run(["bash", "-c", _SHELL + _here("\n".join(parts), api)], folder, api)
    for fault in _faults(blocks, done.stderr):
        raise SnippetError(f"{fault}\n{done.stdout}{done.stderr}")
    if done.returncode != 0:
        place = [value for kind, value in _REPORT.findall(done.stderr) if kind == "block"][-1]
        raise SnippetError(f"{place}: a command failed\n{done.stdout}{done.stderr}")
    return done.stdout


def _faults(blocks: Sequence[Block], reported: str) -> Iterator[str]:
    """Where a program is missing, or the API has answered with another status than the page says."""
    statuses: dict[str, list[str]] = {}
    place, seen = "", [""]
    for kind, value in _REPORT.findall(reported):
        match kind:
            case "block":
                place, statuses[value] = value, (seen := [])
            case "missing":
                yield f"{place}: there is no program {value}"
            case "status":
                seen.append(value)
    for block in blocks:
        refused = [status for status in statuses.get(block.place, ()) if status >= "400"]
        expected = [block.rules["expect"]] if "expect" in block.rules else []
        if block.place in statuses and refused != expected:
            yield f"{block.place}: the API refused with {refused or 'nothing'}; expected: {expected or 'nothing'}"


def run_python(blocks: Sequence[Block], api: str, folder: Path) -> str:
    """Run them as one program, in which each line has the number that it has in the document."""
    program = ""
    for block in blocks:
        program += "\n" * (block.line - program.count("\n")) + block.code
    path = folder / Path(blocks[0].document).with_suffix(".py").name
    path.write_text(_here(program, api), encoding="utf-8")
    done = _run([sys.executable, "-W", "error", str(path)], folder, api)
    if done.returncode != 0:
        raise SnippetError(f"{blocks[0].document}:\n{done.stdout}{done.stderr}")
    return done.stdout


def clone(folder: Path, stack: LocalStack) -> Path:
    """A folder like a clone in which this stack runs. What a page writes stays out of the real clone."""
    (folder / ".local").symlink_to(stack.logs.parent)
    for path in ROOT.iterdir():
        if not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    return folder


def _here(code: str, api: str) -> str:
    return code.replace(API, api)


def _run(command: list[str], folder: Path, api: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = {"PATH": path, "NO_PROXY": "127.0.0.1", "LORESMITH_API": api, "LORESMITH_TOKEN": ""}
    variables["PYTHONPATH"] = str(ROOT / "client/src")
    return subprocess.run(
        command,
        cwd=folder,
        env=without_make(os.environ) | variables,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
