"""The stack calls the provider in the settings."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.provider_check.advice import advice
from tests.integration.local.command_line import Command


class Provider(http.server.ThreadingHTTPServer):
    """A user's own LLM. It accepts no key, and records the keys of the calls."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Refusal)
        self.keys: set[str] = set()
        self.url = f"http://127.0.0.1:{self.server_port}/v1"


class _Refusal(http.server.BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        self.server.keys.add(self.headers["Authorization"])
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def do_GET(self) -> None:
        error = {"message": "no", "type": "invalid_request_error", "code": "invalid_api_key"}
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"error": error}).encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def test_a_demo_with_a_provider_that_refuses_the_key_ends_with_1_and_says_why(
    tmp_path: Path, provider: Provider
) -> None:
    """It calls the provider with the user's key, and does not start the offline writer. The check before the first job
    says it too, and after the job comes the setting to check.
    """
    own = {"OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "a-key-of-mine"}
    with Command("demo", tmp_path / "demo", **own) as demo:
        assert demo.status() == 1
    assert provider.keys == {"Bearer a-key-of-mine"}
    logs = demo.folder / "logs"
    assert (logs / "generator.log").exists()
    assert not (logs / "llm.log").exists()
    before, _, after = demo.said.partition("First job ")
    assert "does not accept the key (401)." in before
    assert "The job failed: The language model does not accept the API key" in after
    setting = advice("provider_auth")
    assert setting
    assert setting in after
    assert f"The LLM is at {provider.url}. Its error messages are in {logs / 'generator.log'}." in demo.said
    assert "Traceback" not in demo.said
