"""llama.cpp's server as a process that tests can kill, restart and ask for its state."""

import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from local.process.tether import tethered
from local.project import LOOPBACK, ROOT
from local.stack import probe
from local.stack.tcp_port import assign_ports

#: `make` creates it; see the Makefile.
PYTHON = ROOT / ".venv-real-llm" / "bin" / "python"
#: How many answers the model writes at the same time.
PARALLEL = 4
#: The size with which the model was trained, and the server's default. Our prompts have 600 to 1,300 tokens.
CONTEXT_TOKENS = 2048
_START_S = 240


class LlamaServer:
    """Runs inside its `with` block, always on the same port. Also ends if this process dies."""

    def __init__(self, folder: Path, *, parallel: int = PARALLEL) -> None:
        self._log = folder / "llama.log"
        self._port = assign_ports(["llama"], {})["llama"]
        self._argv = [str(PYTHON), str(Path(__file__).with_name("serve.py"))]
        self._argv += [str(number) for number in (self._port, parallel, CONTEXT_TOKENS)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """A value for OPENAI_BASE_URL."""
        return f"http://{LOOPBACK}:{self._port}/v1"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start the server and wait until the model is loaded."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(tethered(self._argv), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + _START_S
        while not probe.http_ok(self._port, "/health"):
            assert self._process.poll() is None, f"llama.cpp's server has ended:\n{self._last_words()}"
            assert time.monotonic() < deadline, f"llama.cpp's server is not ready:\n{self._last_words()}"
            time.sleep(0.05)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def busy_slots(self) -> int:
        """How many answers are being written now."""
        return sum(slot["is_processing"] for slot in self._get("/slots").json())

    def _get(self, path: str) -> Any:
        answer = requests.get(f"http://{LOOPBACK}:{self._port}{path}", timeout=120)
        answer.raise_for_status()
        return answer

    def _last_words(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])
