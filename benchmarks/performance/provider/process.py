"""The provider as a process of its own, and its controls."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from local.process.tether import tethered
from local.project import ROOT


class ProviderProcess:
    """Controls of a running provider."""

    def __init__(self, url: str, pid: int) -> None:
        #: For OPENAI_BASE_URL.
        self.url = url
        self.pid = pid
        self._address = urlsplit(url).netloc

    def stats(self) -> Mapping[str, Any]:
        """`calls`, `in_flight`, `most_in_flight`, `last_answer_at` (monotonic clock, seconds), `latency_s`."""
        return dict(self._ask("GET", "/stats"))

    def calls(self) -> list[dict[str, Any]]:
        """The calls since the last reset: `body`, and `answered_at` (monotonic clock; None if it is pending)."""
        return list(self._ask("GET", "/calls"))

    def reset(self) -> None:
        """Count from 0."""
        self._ask("POST", "/reset")

    def set_latency(self, latency_s: float) -> None:
        self._ask("POST", "/latency", {"latency_s": latency_s})

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        connection = http.client.HTTPConnection(self._address, timeout=60)
        try:
            connection.request(method, path, json.dumps(body))
            answer = connection.getresponse()
            if answer.status != 200:
                raise RuntimeError(f"the provider answered {method} {path} with {answer.status}")
            return json.loads(answer.read())
        finally:
            connection.close()


@contextmanager
def provider(latency_s: float = 0.0, chunk: int = 0) -> Iterator[ProviderProcess]:
    """Run a provider. `chunk`: characters in one event of a stream; 0: one part of the answer."""
    argv = [sys.executable, "-m", "benchmarks.performance.provider", "--latency", str(latency_s), "--chunk", str(chunk)]
    with subprocess.Popen(tethered(argv), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the provider did not start")
            yield ProviderProcess(line.split()[-1], process.pid)
        finally:
            process.terminate()
