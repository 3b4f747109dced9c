"""Sends the check's requests with the generator's HTTP library, so that proxies and certificates are the same."""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping

import httpx2

from local.provider_check.check import Answer, NoAnswer

#: For the connection, and for each part of the answer.
TIMEOUT_S = 10.0
#: For the whole answer: a server may send it very slowly.
ANSWER_TIMEOUT_S = 15.0
#: The longest known list of models, OpenRouter's, is about 1 MB.
_BODY_MAX_BYTES = 8_000_000

#: What an exception means for the user; the first match counts. Its own message is not shown, because it can quote a
#: header.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (httpx2.ProxyError, "the proxy does not connect (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)"),
    (httpx2.TimeoutException, f"no answer within {TIMEOUT_S:g} s"),
    (socket.gaierror, "no host has this name"),
    (ConnectionRefusedError, "nothing listens there"),
    (
        ssl.SSLCertVerificationError,
        "its certificate is not trusted (set SSL_CERT_FILE to a file with the trusted ones)",
    ),
    (ssl.SSLError, "it does not speak TLS; if it is a local server, write http://"),
    (httpx2.RemoteProtocolError, "the server there does not speak HTTP, or needs https://"),
    (httpx2.LocalProtocolError, "OPENAI_API_KEY or LLM_EXTRA_HEADERS has characters that a header must not have"),
    (UnicodeError, "OPENAI_API_KEY or LLM_EXTRA_HEADERS has characters that a header must not have"),
    (httpx2.InvalidURL, "it is not a valid address"),
)


class HttpAsk:
    """Sends GET requests with the key. Does not follow redirects, because the key must not go to another address."""

    def __init__(
        self, headers: Mapping[str, str], query: Mapping[str, str], *, answer_timeout_s: float = ANSWER_TIMEOUT_S
    ) -> None:
        self._headers = headers
        self._query = query
        self._answer_timeout_s = answer_timeout_s

    def __call__(self, url: str) -> Answer:
        try:
            with (
                httpx2.Client(timeout=TIMEOUT_S) as client,
                client.stream("GET", url, headers=dict(self._headers), params=dict(self._query) or None) as response,
            ):
                return _answer(response, self._answer_timeout_s)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            raise NoAnswer(_reason(error)) from None


def _answer(response: httpx2.Response, timeout_s: float) -> Answer:
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    location = response.headers.get("location") if response.is_redirect else None
    return Answer(response.status_code, _start(response, timeout_s), media_type, location)


def _start(response: httpx2.Response, timeout_s: float) -> bytes:
    ends_at = time.monotonic() + timeout_s
    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > _BODY_MAX_BYTES:
            break
        if time.monotonic() > ends_at:
            raise NoAnswer(f"no whole answer within {timeout_s:g} s")
    return body


def _reason(error: Exception) -> str:
    causes = list(_causes(error))
    for kind, reason in _REASONS:
        if any(isinstance(cause, kind) for cause in causes):
            return reason
    return "the connection was lost"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
