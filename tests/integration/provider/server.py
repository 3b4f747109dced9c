"""A server for OpenAI's chat completions that misbehaves as a case says.

A word in the prompt selects the case.
"""

import http.server
import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from tests.integration.provider.lore import Lore
from tests.integration.provider.question import Question, case_of, names_in, schema_of
from tests.integration.provider.reply import Reply, answer, completion, error, streamed

#: Answers a question.
Behaviour = Callable[[Question], Reply]

PATH = "/v1/chat/completions"
#: The run of all questions that name no case.
OTHERS = "others"


@dataclass(frozen=True)
class Call:
    question: Question
    reply: Reply


class Provider:
    """The server, as a context manager. Each run of a case has its own behaviour."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lore = Lore()
        self._cases: dict[str, Behaviour] = {}
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._calls: defaultdict[str, list[Call]] = defaultdict(list)
        self._server = _Server(self)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def play(self, run: str, behaviour: Behaviour) -> str:
        """The theme for a job that should get this behaviour. `run`: lower-case letters, digits and hyphens."""
        self._cases[run] = behaviour
        return f"noir, case-{run}"

    def calls(self, run: str) -> list[Call]:
        """The calls of a run that were answered."""
        with self._lock:
            return list(self._calls[run])

    def reply(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> Reply:
        run = case_of(body) or OTHERS
        if run not in self._cases:
            return error(500, {"error": {"message": f"unknown case {run}"}})
        question = replace(self._question(run, body, headers), path=path)
        reply = self._cases[run](question) if question.value is not None else _puzzled(question)
        with self._lock:
            self._calls[run].append(Call(question, reply))
        return reply

    def _question(self, run: str, body: dict[str, Any], headers: dict[str, str]) -> Question:
        schema = schema_of(body)
        names = names_in(schema)
        with self._lock:
            self._counts[run,] += 1
            self._counts.update((run, name) for name in names)
            value = schema and self._lore.fill(schema, json.dumps(body["messages"]).replace('\\"', '"'))
            times = {name: self._counts[run, name] for name in names}
            return Question(body, headers, value, self._counts[run,], times)


def _puzzled(question: Question) -> Reply:
    return answer(completion(question, "I would love to help! What should the answer look like?"))


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, provider: Provider) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.provider = provider

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that hang up."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.partition("?")[0] == PATH:
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = json.loads(body)
            reply = self.server.provider.reply(self.path, headers, request)
            self._send(streamed(reply) if request.get("stream") else reply)
        else:
            self._send(error(404, {"detail": "Not Found"}))

    def do_GET(self) -> None:
        self._send(error(405, {"detail": "Method Not Allowed"}))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_: Any) -> None:
        """Log nothing: the terminal is for the tests."""
