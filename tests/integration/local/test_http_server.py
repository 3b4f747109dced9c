"""The server that runs the local API, the page and the offline writer."""

import socket
from typing import Any

import requests
from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.http_server import serving

no_delay: list[int] = []


class _Watched(H11Protocol):
    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        no_delay.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def test_answers_are_sent_without_delay() -> None:
    """Nagle's algorithm and delayed acknowledgements together cost 40 ms for each answer on a reused connection."""
    with serving(PlainTextResponse("hello"), _Watched) as url:
        assert requests.get(url, timeout=120).text == "hello"
    assert all(no_delay)
    assert no_delay
