"""The stack calls the provider in the settings."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.api import Api
from tests.integration.local.command_line import Command


class Provider(http.server.ThreadingHTTPServer):
    """A user's own LLM. It accepts no key, and records the keys that it gets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Refusal)
        self.keys: set[str] = set()
        self.url = f"http://127.0.0.1:{self.server_port}/v1"


class _Refusal(http.server.BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        self.server.keys.add(self.headers["Authorization"])
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


def test_a_users_own_provider_replaces_the_offline_writer(tmp_path: Path, provider: Provider) -> None:
    own = {"OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "a-key-of-mine"}
    with Command("stack", tmp_path / "stack", **own) as stack:
        ready = stack.wait_ready()
        with Api(ready["urls"]["api"]) as api:
            job = api.finished(api.submit("generate_relics", {"count": 1})["id"])
    assert "llm" not in ready["processes"]
    assert ready["urls"]["llm"] == provider.url
    assert (job["status"], job["error_code"]) == ("failed", "provider_auth")
    assert provider.keys == {"Bearer a-key-of-mine"}
