"""Sends webhooks over HTTP/1.1: one connection for each request, no proxies, no redirects, bounded in time and size."""

import asyncio
import logging
import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property

import h11

from chalicelib.adapter.public_resolver import AddressRefused, PublicResolver
from chalicelib.domain.webhook_url import WebhookUrl
from chalicelib.port.webhook_client import TIMEOUT, Answer

log = logging.getLogger(__name__)

#: For everything: the name, the connection, TLS, the request and the answer. Seconds.
TIMEOUT_S = 10.0
#: For the connection to one of the addresses, with TLS.
_CONNECT_TIMEOUT_S = 4.0
#: For the rest of an answer whose head has arrived.
_REST_TIMEOUT_S = 1.0
#: The most bytes of an answer's head, and about the most of its body, that are read.
MAX_ANSWER_BYTES = 64 * 1024
_CHUNK_BYTES = 16 * 1024
_USER_AGENT = "loresmith-webhooks"


class HttpWebhookClient:
    """`port.WebhookClient`. `context` is for tests; by default the system's certificate authorities are trusted."""

    def __init__(
        self, resolver: PublicResolver, *, timeout_s: float = TIMEOUT_S, context: ssl.SSLContext | None = None
    ) -> None:
        self._resolver = resolver
        self._timeout_s = timeout_s
        self._given_context = context

    async def post(self, url: WebhookUrl, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._post(url, headers, body)
        except TimeoutError:
            return Answer(error_code=TIMEOUT)
        except AddressRefused:
            return Answer(error_code="address_refused")
        except ssl.SSLError as error:
            return _failed("tls_failed", url, error)
        except OSError as error:
            return _failed("not_reached", url, error)
        except h11.RemoteProtocolError as error:
            return _failed("bad_answer", url, error)

    async def _post(self, url: WebhookUrl, headers: Mapping[str, str], body: bytes) -> Answer:
        addresses = await self._resolver.addresses(url.host, url.port)
        reader, writer = await self._connect(url, addresses)
        try:
            connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_ANSWER_BYTES)
            writer.writelines(_request(connection, url, headers, body))
            await writer.drain()
            return await _answer(connection, reader)
        finally:
            # Not closed in peace: a receiver that does not answer TLS's farewell would hold up the others.
            writer.transport.abort()

    async def _connect(
        self, url: WebhookUrl, addresses: Iterable[str]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to one of the addresses, which were checked. The certificate must be that of the name."""
        tls = {"ssl": self._context, "server_hostname": url.host} if url.scheme == "https" else {}
        failure: OSError | None = None
        for address in addresses:
            try:
                async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                    return await asyncio.open_connection(address, url.port, limit=_CHUNK_BYTES, **tls)  # type: ignore[arg-type]
            except ssl.SSLError:
                raise
            except OSError as error:  # and TimeoutError
                failure = error
        raise failure or OSError("no address")

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = self._given_context or ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def _request(connection: h11.Connection, url: WebhookUrl, headers: Mapping[str, str], body: bytes) -> Iterable[bytes]:
    own = {
        "Host": url.authority,
        "User-Agent": _USER_AGENT,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    request = h11.Request(method="POST", target=url.target, headers=[*own.items(), *headers.items()])
    events = (request, h11.Data(data=body), h11.EndOfMessage())
    return [sent for event in events if (sent := connection.send(event))]


async def _answer(connection: h11.Connection, reader: asyncio.StreamReader) -> Answer:
    """What the head of the answer says. The rest is read for a moment, so that its sender is not cut off."""
    head = await _next(connection, reader)
    while isinstance(head, h11.InformationalResponse):
        head = await _next(connection, reader)
    if not isinstance(head, h11.Response):
        raise h11.RemoteProtocolError("the connection was closed before the answer")
    with suppress(TimeoutError, OSError, h11.RemoteProtocolError):
        async with asyncio.timeout(_REST_TIMEOUT_S):
            size = 0
            while isinstance(data := await _next(connection, reader), h11.Data) and size < MAX_ANSWER_BYTES:
                size += len(data.data)
    return Answer(status=head.status_code, retry_after_s=_retry_after_s(dict(head.headers).get(b"retry-after")))


async def _next(connection: h11.Connection, reader: asyncio.StreamReader) -> h11.Event | type[h11.PAUSED]:
    """The next part of the answer. h11 refuses a head that is larger than its limit."""
    while True:
        event = connection.next_event()
        if not isinstance(event, type) or event is h11.PAUSED:
            return event
        connection.receive_data(await reader.read(_CHUNK_BYTES))


def _retry_after_s(value: bytes | None) -> float | None:
    """Seconds from a Retry-After, which is a number or a date (RFC 9110, 10.2.3); None if it is neither."""
    text = (value or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    with suppress(ValueError):
        until = parsedate_to_datetime(text)
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    return None


def _failed(code: str, url: WebhookUrl, error: Exception) -> Answer:
    # Not the error's text, which may quote the receiver.
    log.info("Webhook not delivered: %s", type(error).__name__, extra={"origin": url.origin, "error_code": code})
    return Answer(error_code=code)
