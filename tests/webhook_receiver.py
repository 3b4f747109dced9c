"""A real server that receives webhooks, as an owner would write it, with the library of Standard Webhooks."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from local.project import LOOPBACK
from tests.redis_server import until


@dataclass(frozen=True, slots=True)
class Event:
    """One request, verified."""

    id: str
    path: str
    headers: dict[str, str]
    body: bytes
    type: str
    data: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


class Receiver:
    """Answers `status` to every request, with `headers`, after `before_answer`. `secret` verifies each request."""

    def __init__(self, secret: Callable[[], str], port: int = 0) -> None:
        self.status = 204
        self.headers: dict[str, str] = {}
        self.before_answer: Callable[[], None] = lambda: None
        self.events: list[Event] = []
        #: Requests that were not signed correctly, or not JSON.
        self.refused: list[str] = []
        self._secret = secret
        self._server = ThreadingHTTPServer((LOOPBACK, port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/hooks"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def of(self, job_id: str, *types: str) -> list[Event]:
        """The events of a job, in the order of their arrival; only of these types if any are named."""
        found = list(self.events)
        return [event for event in found if event.data["id"] == job_id and (not types or event.type in types)]

    def wait_for(self, job_id: str, *types: str, count: int = 1, timeout_s: float = 120) -> Event:
        """Wait for events, and return the last of them."""
        until(lambda: len(self.of(job_id, *types)) >= count, timeout_s)
        assert self.refused == []
        return self.of(job_id, *types)[count - 1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                try:
                    given = Webhook(receiver._secret()).verify(body, headers)
                except Exception as error:  # noqa: BLE001 - the test shows it
                    receiver.refused.append(f"{error}: {body[:200]!r}")
                    given = json.loads(body)
                event = Event(headers["webhook-id"], self.path, headers, body, given["type"], given["data"])
                receiver.events.append(event)
                receiver.before_answer()
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def receiving(secret: Callable[[], str], port: int = 0) -> Iterator[Receiver]:
    receiver = Receiver(secret, port)
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()
