"""A terminal in which one bash runs the blocks of a document in order, as if a reader pasted them."""

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import termios
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

#: A block fails at the first command that fails. `called` does what AWS would do with its machines, and the shell waits
#: for it. `sleep` returns at once, because no real machine needs the time.
_SHELL = r"""
set -euo pipefail
shopt -s inherit_errexit
sleep() { :; }
loresmith() { PYTHONPATH=$CLIENT "$PYTHON" -c 'from loresmith.cli import main; main()' "$@"; }
aws() {
  "$AWS_CLI" "$@" || return
  case "$1 $2" in
    "ecs update-service" | "elasticache modify-replication-group") echo "@called $*" >&2; read -r -u 3 ;;
  esac
}
while read -r -u 3 file; do . "$file"; echo "@done"; done
"""
_CALLED = re.compile(r"^@called (.*)\n", re.MULTILINE)
_QUESTION = "[y/N]: "
_ROWS_AND_COLUMNS = (50, 200)
#: An installation of CDK prints nothing, nor do many calls of the AWS CLI.
_LONGEST_SILENCE_S = 1200

Called = Callable[[str], None]


class Terminal:
    """The bash, as a context manager. It runs in the folder, with only these variables."""

    def __init__(self, folder: Path, variables: Mapping[str, str], called: Called) -> None:
        self._folder = folder
        self._variables = dict(variables)
        self._called = called

    def __enter__(self) -> Self:
        self._screen, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, _ROWS_AND_COLUMNS)
        read, self._files = os.pipe()
        self._bash = subprocess.Popen(
            ["bash", "-c", f"exec 3<&{read}\n{_SHELL}"],
            cwd=self._folder,
            env=self._variables,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            pass_fds=[read],
            start_new_session=True,
        )
        os.close(theirs)
        os.close(read)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._files)
        if kind is not None:
            with contextlib.suppress(OSError):  # it may have ended
                os.killpg(self._bash.pid, signal.SIGKILL)
        self._bash.wait()
        os.close(self._screen)

    def run(self, code: str) -> str:
        """Run the code, answer each question with yes, and return what is on the screen. Fails if a command fails."""
        file = self._folder / "block.sh"
        file.write_text(code, encoding="utf-8")
        self._tell(str(file))
        seen = answered = ""
        while not seen.endswith("@done\n"):
            new = self._read()
            assert new, f"A command failed:\n{code}\n{answered}{seen}"
            seen += new
            if call := _CALLED.search(seen):
                self._called(call[1])
                seen = seen[: call.start()] + seen[call.end() :]
                self._tell("")
            if seen.endswith(_QUESTION):
                os.write(self._screen, b"y\n")
                answered, seen = answered + seen, ""
        return answered + seen.removesuffix("@done\n")

    def _tell(self, line: str) -> None:
        os.write(self._files, f"{line}\n".encode())

    def _read(self) -> str:
        """What is new on the screen; "" if bash has ended."""
        shown, _, _ = select.select([self._screen], [], [], _LONGEST_SILENCE_S)
        assert shown, "Nothing happens."
        try:
            return os.read(self._screen, 65536).decode(errors="replace").replace("\r", "")
        except OSError:
            return ""
