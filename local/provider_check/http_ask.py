"""`check.Ask` with the generator's HTTP library: the same proxies, the same certificates."""

import socket
import ssl
from collections.abc import Iterator, Mapping

import httpx2

from local.provider_check.check import Answer, NoAnswer

TIMEOUT_S = 5.0
#: The longest known list, OpenRouter's, has about 1 MB.
_BODY_MAX_BYTES = 8_000_000

#: What the exceptions of a failed connection mean; the first match counts. Their own messages can quote a header.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (httpx2.ProxyError, "the proxy does not connect (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)"),
    (httpx2.TimeoutException, f"no answer within {TIMEOUT_S:g} s"),
    (socket.gaierror, "there is no host of this name"),
    (ConnectionRefusedError, "nothing listens there"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted (SSL_CERT_FILE names the trusted ones)"),
    (ssl.SSLError, "it does not speak TLS; if it is a local server, write http://"),
    (httpx2.RemoteProtocolError, "what answers there is no HTTP server, or wants https://"),
    (httpx2.LocalProtocolError, "OPENAI_API_KEY or LLM_EXTRA_HEADERS has characters that no header can have"),
    (UnicodeError, "OPENAI_API_KEY or LLM_EXTRA_HEADERS has characters that no header can have"),
    (httpx2.InvalidURL, "this is no address"),
)


class HttpAsk:
    """Does not follow redirects: the key must not go to another address."""

    def __init__(self, headers: Mapping[str, str], query: Mapping[str, str]) -> None:
        self._headers = headers
        self._query = query

    def __call__(self, url: str) -> Answer:
        try:
            with (
                httpx2.Client(timeout=TIMEOUT_S) as client,
                client.stream("GET", url, headers=dict(self._headers), params=dict(self._query) or None) as response,
            ):
                return _answer(response)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            raise NoAnswer(_reason(error)) from None


def _answer(response: httpx2.Response) -> Answer:
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    location = response.headers.get("location") if response.is_redirect else None
    return Answer(response.status_code, _start(response), media_type, location)


def _start(response: httpx2.Response) -> bytes:
    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > _BODY_MAX_BYTES:
            break
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
