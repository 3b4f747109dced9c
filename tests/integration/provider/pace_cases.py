"""Servers that are slow in different ways. Their times are those of real servers, divided by about twenty."""

import threading
import time
from collections.abc import Callable

from tests.integration.provider.case import CHARACTERS, Case, right
from tests.integration.provider.question import Question
from tests.integration.provider.reply import Reply, error
from tests.integration.provider.server import Behaviour

_TICK_S = 0.01
_GONE = error(499, None)


def _works(question: Question, seconds: float) -> bool:
    """Work for this time. Return whether the client stayed to the end."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        if question.is_gone():
            return False
        time.sleep(_TICK_S)
    return True


def one_at_a_time(seconds: float) -> Behaviour:
    """Handle one call at a time, like most local servers. The others wait; one whose client hangs up is dropped."""
    lock = threading.Lock()

    def behave(question: Question) -> Reply:
        while not lock.acquire(timeout=_TICK_S):
            if question.is_gone():
                return _GONE
        try:
            return right(question) if _works(question, seconds) else _GONE
        finally:
            lock.release()

    return behave


def stubborn(seconds: float) -> Behaviour:
    """Handle one call at a time, each to its end, even if its client has hung up."""
    lock = threading.Lock()

    def behave(question: Question) -> Reply:
        with lock:
            time.sleep(seconds)
        return _GONE if question.is_gone() else right(question)

    return behave


class Loading:
    """A model that is loaded at the first request. If that client hangs up, loading starts again."""

    def __init__(self, seconds: float, while_loading: Callable[[Question], Reply | None]) -> None:
        """`while_loading` returns the answer to a request during loading, or None to make it wait."""
        self._seconds = seconds
        self._while_loading = while_loading
        self._lock = threading.Lock()
        self._began_at: float | None = None

    def __call__(self, question: Question) -> Reply:
        with self._lock:
            self._began_at = self._began_at or time.monotonic()
            left_s = self._began_at + self._seconds - time.monotonic()
        if left_s <= 0:
            return right(question)
        if reply := self._while_loading(question):
            return reply
        if _works(question, left_s):
            return right(question)
        with self._lock:
            self._began_at = None
        return _GONE


_LOADING = error(503, {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}})
#: Stands for six seconds for a call, of thirty that are allowed.
_SLOW = {"LLM_TIMEOUT_S": "2", "LLM_LOAD_TIMEOUT_S": "4", "RPC_DEADLINE_S": "90"}
#: Stands for forty seconds to load the model. Thirty are allowed for a call, and 75 for the first one.
_PATIENT = {"LLM_TIMEOUT_S": "1.5", "LLM_LOAD_TIMEOUT_S": "6"}

#: Up to half as many calls again may be lost before the generator knows what the server can handle.
ONE_AT_A_TIME = Case(
    name="one-at-a-time",
    behave=one_at_a_time(0.4),
    work=CHARACTERS,
    extra=CHARACTERS.calls // 2,
    settings=_SLOW,
)
STUBBORN = Case(
    name="one-at-a-time-to-the-end",
    behave=stubborn(0.4),
    work=CHARACTERS,
    extra=CHARACTERS.calls // 2,
    settings=_SLOW,
)
LOADS_ON_FIRST_CALL = Case(name="loads-on-first-call", behave=Loading(3, lambda _: None), settings=_PATIENT)
#: Such an answer costs nothing, so the server may be asked often.
SAYS_THAT_IT_LOADS = Case(name="says-that-it-loads", behave=Loading(3, lambda _: _LOADING), extra=20, settings=_PATIENT)
ALL = [ONE_AT_A_TIME, STUBBORN, LOADS_ON_FIRST_CALL, SAYS_THAT_IT_LOADS]
