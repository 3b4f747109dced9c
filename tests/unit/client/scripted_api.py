"""An API that answers as a test says, behind both clients."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from loresmith import AsyncLoreSmith, LoreSmith
from loresmith.exchange import Exchange
from loresmith.performing import Blocking
from tests.virtual_time import now_s

ADDRESS = "http://api.test/stage"
JOB_ID = "8bc11506-4fc3-4ef0-8e0e-61c766af0c11"

Answer = httpx.Response | Exception


def job(status: str = "processing", revision: int = 1, **changed: Any) -> dict[str, Any]:
    return {
        "id": JOB_ID,
        "type": "generate_relics",
        "status": status,
        "progress": 100 if status == "completed" else 10,
        "message": "Generating...",
        "result": None,
        "error": None,
        "error_code": None,
        "retryable": False,
        "warnings": [],
        "items": [],
        "usage": {"llm_calls": 1, "prompt_tokens": 2, "completion_tokens": 3, "estimated_cost_usd": None},
        "attempt": 1,
        "max_attempts": 3,
        "revision": revision,
        "retry_of": None,
        "created_at": "2026-11-23T16:39:47.852Z",
        "started_at": None,
        "updated_at": "2026-11-23T16:39:47.852Z",
        "completed_at": None,
        "expires_at": "2026-11-24T16:39:47.852Z",
        "links": {"self": "/jobs/1", "events": "/jobs/1/events", "cancel": "/jobs/1/cancel"},
    } | changed


def answer(body: Any, status: int = 200, **headers: str) -> httpx.Response:
    """Header names are given with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers=named)


def held(body: Any) -> httpx.Response:
    """The answer to a long poll that the API has held."""
    return answer(body, preference_applied="wait=20")


def problem(status: int, code: str, *, retryable: bool = False, errors: Any = None, **headers: str) -> httpx.Response:
    body = {"title": "No", "status": status, "detail": "It did not work.", "code": code, "retryable": retryable}
    return answer(body | ({} if errors is None else {"errors": errors}), status, x_request_id="r1", **headers)


class ScriptedApi:
    """Gives its answers in order, the last one for ever. Keeps the requests, and when they came."""

    def __init__(self, *answers: Answer, now: Callable[[], float] = now_s) -> None:
        self.requests: list[httpx.Request] = []
        self.times_s: list[float] = []
        self._now = now
        self._answers = self._each(answers)

    @property
    def pauses_s(self) -> list[float]:
        return [after - before for before, after in zip(self.times_s, self.times_s[1:], strict=False)]

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content) for request in self.requests]

    def client(self, **options: Any) -> AsyncLoreSmith:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        return AsyncLoreSmith(ADDRESS, http=http, **options)

    def blocking_client(self, **options: Any) -> LoreSmith:
        return LoreSmith(ADDRESS, http=httpx.Client(transport=httpx.MockTransport(self._answer)), **options)

    def blocking(self, clock: "Clock", timeout_s: float) -> Blocking:
        """What performs the steps of the blocking client, with a clock of its own."""
        http = httpx.Client(transport=httpx.MockTransport(self._answer))
        return Blocking(Exchange(ADDRESS, None, timeout_s, None), http, sleep=clock.sleep, now_s=clock)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.times_s.append(self._now())
        given = next(self._answers)
        if isinstance(given, Exception):
            raise given
        return given

    @staticmethod
    def _each(answers: tuple[Answer, ...]) -> Iterator[Answer]:
        yield from answers
        while True:
            yield answers[-1]


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds
