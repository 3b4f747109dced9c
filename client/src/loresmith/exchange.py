"""One request and its answer, repeated while the API is unavailable. Nearly every request is safe to repeat."""

from __future__ import annotations

import itertools
import json
import logging
import math
import random
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeAlias, TypeVar

import httpx
from pydantic import AnyHttpUrl, BaseModel, TypeAdapter, ValidationError

from loresmith.answering import model_of, refusal_of
from loresmith.error import ApiError, ConnectionLost, LoreSmithError, NotConfigured, RequestTimeout, UnexpectedAnswer
from loresmith.step import Call, Now, Pause, Request, Send, Steps

log = logging.getLogger("loresmith")

M = TypeVar("M", bound=BaseModel)
#: A bearer token, or a function that returns one and is called again after a 401.
Token: TypeAlias = str | Callable[[], str] | Callable[[], Awaitable[str]]
#: What is called before each repetition, with the error and the pause in seconds.
OnRetry: TypeAlias = Callable[[LoreSmithError, float], object]

_URL = TypeAdapter(AnyHttpUrl)
#: The API may be restarting, or asks to be called later. A 500 is a bug, and a repetition would fail again.
_REPEATED = frozenset({429, 502, 503, 504})
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.25, 8.0
#: Added to the pause that the API asks for, so that clients that were refused together do not all return together.
_SPREAD_S = 0.25
#: How long to wait for an answer that is not held: longer than API Gateway, which gives up after 29 s.
_ANSWER_S = 35.0
#: What the resolver says of a name that does not exist. It says EAI_AGAIN if it cannot tell at the moment.
_UNKNOWN_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


class OutOfTime(Exception):
    """The caller's own time has passed, and the API is unavailable. The cause is the error of the last attempt."""


class Exchange:
    """The API's address, the token, and how long to keep trying."""

    def __init__(self, api: str | None, token: Token | None, timeout_s: float, on_retry: OnRetry | None) -> None:
        self.api = _address(api)
        self.timeout_s = timeout_s
        self._token = token
        self._current_token = _checked(token) if isinstance(token, str) else None
        self._on_retry = on_retry
        #: Whether the API has answered before, so that its address is right.
        self._has_answered = False

    def ask(self, request: Request, model: type[M]) -> Steps[M]:
        """The answer as a model."""
        answer = yield from self.send(request)
        return model_of(answer, model)

    def send(
        self, request: Request, accepted: tuple[int, ...] = (), within_s: float = math.inf
    ) -> Steps[httpx.Response]:
        """The answer, if it is a success or has an accepted status.

        Raises the error of the last attempt when the API has been unavailable for `timeout_s`. The time that it may
        hold an answer does not count. Raises `OutOfTime` when `within_s` has passed first.
        """
        end_at, give_up_at = (yield Now()) + within_s, math.inf
        refused, was_refreshed = None, False
        for attempt in itertools.count():
            token = yield from self._fetch_token(refused)
            sent_at = yield Now()
            patient_s = min(give_up_at - sent_at, self.timeout_s or _ANSWER_S, _ANSWER_S)
            limit_s = min(patient_s + request.hold_s, end_at - sent_at)
            outcome = yield from self._attempt(request, token, accepted, max(limit_s, 0.1))
            if isinstance(outcome, httpx.Response):
                return outcome
            if outcome.status == 401 and callable(self._token) and not was_refreshed:
                refused, was_refreshed = token, True
                continue
            failed_at = yield Now()
            give_up_at = min(give_up_at, min(failed_at, sent_at + request.hold_s) + self.timeout_s)
            pause_s = _pause_s(outcome, attempt)
            if pause_s is None:
                raise outcome
            if failed_at + pause_s >= min(give_up_at, end_at):
                if end_at <= max(give_up_at, failed_at):
                    raise OutOfTime from outcome
                raise outcome
            yield from self._report(outcome, pause_s, attempt, min(give_up_at, end_at) - failed_at)
            yield Pause(pause_s)
        raise AssertionError

    def _report(self, outcome: LoreSmithError, pause_s: float, attempt: int, left_s: float) -> Steps[None]:
        """Say that a request is repeated. Nobody should wait in silence for an address that may be wrong."""
        may_be_wrong = attempt == 0 and not self._has_answered and self._on_retry is None
        level = logging.WARNING if may_be_wrong else logging.INFO
        log.log(level, "%s; trying again in %.1f s, for at most %.0f s", outcome, pause_s, left_s)
        if self._on_retry is not None:
            yield Call(partial(self._on_retry, outcome, pause_s))

    def _attempt(
        self, request: Request, token: str | None, accepted: tuple[int, ...], limit_s: float
    ) -> Steps[httpx.Response | LoreSmithError]:
        headers = {"User-Agent": f"loresmith-python/{_version()}"} | request.headers
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            answer: httpx.Response = yield Send(request, self.api + request.path, headers, limit_s)
        except httpx.TimeoutException as cause:
            return _caused(RequestTimeout(f"{self.api} did not answer in time."), cause)
        except httpx.TransportError as cause:
            return _caused(_unreachable(self.api, cause, has_answered=self._has_answered), cause)
        except httpx.RequestError as cause:
            return _caused(UnexpectedAnswer(f"The answer of {self.api} cannot be read: {cause}"), cause)
        self._has_answered = True
        return answer if answer.is_success or answer.status_code in accepted else refusal_of(answer, self.api)

    def _fetch_token(self, refused: str | None) -> Steps[str | None]:
        """The token that the calls share, unless it is the refused one. Other threads may replace it meanwhile."""
        token = self._current_token
        if callable(self._token) and (token is None or token == refused):
            given = yield Call(self._token)
            token = self._current_token = None if given is None else _checked(given)
        return token


def with_json(request: Request, body: Any) -> Request:
    """The request with a JSON body. Models are sent as the fields that they were received with."""
    content = json.dumps(body, default=_plain, ensure_ascii=False, allow_nan=False).encode()
    return replace(request, content=content, headers={"Content-Type": "application/json"} | request.headers)


def query_of(**parameters: Any) -> dict[str, str]:
    """The parameters that are set, as text: `true`, not `True`."""
    return {
        name.rstrip("_"): str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in parameters.items()
        if value is not None and value is not False
    }


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        raise TypeError("a set has no order; send a list")
    return list(value)


def _pause_s(failure: LoreSmithError, attempt: int) -> float | None:
    """The pause before the next attempt; None if there should be none. `attempt` counts from 0."""
    if isinstance(failure, ApiError):
        if failure.status not in _REPEATED:
            return None
        if failure.retry_after_s is not None:
            return failure.retry_after_s + random.uniform(0, _SPREAD_S)  # noqa: S311  # not a secret
    elif not failure.retryable:
        return None
    longest_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(attempt, 10))
    return random.uniform(longest_s / 2, longest_s)  # noqa: S311  # not a secret


def _unreachable(api: str, cause: httpx.TransportError, *, has_answered: bool) -> ConnectionLost:
    """A certificate that is not trusted will not be trusted in a moment. Nor will a name exist that never did."""
    chain: BaseException | None = cause
    while chain is not None and not _is_lasting(chain, has_answered):
        chain = chain.__cause__ or chain.__context__
    return ConnectionLost(f"{api} cannot be reached: {cause or type(cause).__name__}", retryable=chain is None)


def _is_lasting(cause: BaseException, has_answered: bool) -> bool:
    if isinstance(cause, socket.gaierror):
        return not has_answered and cause.errno in _UNKNOWN_NAME
    return isinstance(cause, ssl.SSLCertVerificationError)


def _checked(token: str) -> str:
    """The token without the line end that it may have in a file. An error must not show it."""
    stripped = token.strip()
    if not stripped.isascii() or not stripped.isprintable() or " " in stripped:
        raise NotConfigured("The token has characters that no bearer token has. Check where it comes from.")
    return stripped


def _caused(failure: LoreSmithError, cause: Exception) -> LoreSmithError:
    failure.__cause__ = cause
    return failure


def _address(api: str | None) -> str:
    if not api:
        raise NotConfigured("Pass the address of the API, or set LORESMITH_API, such as http://127.0.0.1:18212.")
    try:
        parts = _URL.validate_python(api)
    except ValidationError:
        raise NotConfigured("The address of the API must be a URL that begins with http:// or https://.") from None
    if parts.query is not None or parts.fragment is not None:
        raise NotConfigured("The address of the API must have no query and no fragment.")
    if parts.username or parts.password:
        raise NotConfigured("The address of the API must not contain a user or a password. Pass a token.")
    return api.rstrip("/")


@cache
def _version() -> str:
    try:
        return version("loresmith")
    except PackageNotFoundError:  # run from its source
        return "0"
