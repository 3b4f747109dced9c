"""The client of webhooks against real servers, over real TLS, most of which mean no good."""

import asyncio
import socket
from collections.abc import Sequence

import pytest

from chalicelib.adapter.public_resolver import PublicResolver, Resolve, system_resolve
from chalicelib.adapter.webhook_client import MAX_ANSWER_BYTES, HttpWebhookClient
from chalicelib.domain.webhook_url import WebhookUrl
from chalicelib.port.webhook_client import Answer
from local.project import LOOPBACK
from tests.integration.webhook.hostile_server import (
    NAME,
    Authority,
    Behaviour,
    drips,
    drips_a_body,
    floods_a_body,
    floods_a_header,
    hangs,
    says,
    serving,
)

#: A 2xx without a body.
OK = b"HTTP/1.1 204 No Content\r\n\r\n"
HEADERS = {"webhook-id": "msg_1"}
BODY = b'{"type":"job.completed"}'
#: For a server that never answers: the test takes this long. Far more than a real answer takes.
SHORT_S = 1.0


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


async def to_here(_host: str, _port: int) -> Sequence[str]:
    return [LOOPBACK]


def client(
    authority: Authority, resolve: Resolve = to_here, *, allow_local: bool = True, timeout_s: float = 120
) -> HttpWebhookClient:
    """It may reach this machine, where the servers are, unless a test says otherwise."""
    resolver = PublicResolver(allow_local=allow_local, resolve=resolve)
    return HttpWebhookClient(resolver, timeout_s=timeout_s, context=authority.client_context)


def url(port: int, host: str = NAME, scheme: str = "https") -> WebhookUrl:
    return WebhookUrl(scheme, host, port, "/hooks?a=1")


async def answer(authority: Authority, behaviour: Behaviour, *, timeout_s: float = 120) -> Answer:
    with serving(behaviour, authority.server_context(NAME)) as server:
        return await client(authority, timeout_s=timeout_s).post(url(server.port), HEADERS, BODY)


async def test_a_request_has_the_name_of_the_host_and_everything_that_was_signed(authority: Authority) -> None:
    with serving(says(OK), authority.server_context(NAME)) as server:
        found = await client(authority).post(url(server.port), HEADERS, BODY)
    (request,) = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.decode().splitlines()
    assert (found, body) == (Answer(status=204), BODY)
    assert lines[0] == "POST /hooks?a=1 HTTP/1.1"
    assert {line.lower() for line in lines} >= {
        f"host: {NAME}:{server.port}",
        "content-type: application/json",
        f"content-length: {len(BODY)}",
        "webhook-id: msg_1",
    }


async def test_the_certificate_must_be_that_of_the_name_even_though_the_address_is_used(authority: Authority) -> None:
    with serving(says(OK), authority.server_context("other.example.com")) as server:
        assert await client(authority).post(url(server.port), HEADERS, BODY) == Answer(error_code="tls_failed")
    assert server.requests == []


async def test_a_certificate_of_an_unknown_authority_is_refused(authority: Authority) -> None:
    with serving(says(OK), Authority().server_context(NAME)) as server:
        assert await client(authority).post(url(server.port), HEADERS, BODY) == Answer(error_code="tls_failed")
    assert server.requests == []


async def test_a_server_without_tls_is_not_sent_anything(authority: Authority) -> None:
    """Not even one that speaks first, as mail servers do."""
    with socket.create_server((LOOPBACK, 0)) as mail:
        port = mail.getsockname()[1]
        sending = asyncio.create_task(client(authority).post(url(port), HEADERS, BODY))
        with (await asyncio.to_thread(mail.accept))[0] as connection:
            connection.sendall(b"220 mail.example.com ready\r\n")
            assert await sending == Answer(error_code="tls_failed")
            assert BODY not in await asyncio.to_thread(connection.recv, 65_536)


@pytest.mark.parametrize("location", ["http://169.254.169.254/latest/meta-data/", "https://127.0.0.1/", "/elsewhere"])
async def test_a_redirect_is_not_followed(authority: Authority, location: str) -> None:
    with serving(
        says(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()),
        authority.server_context(NAME),
    ) as server:
        assert await client(authority).post(url(server.port), HEADERS, BODY) == Answer(status=302)
    assert len(server.requests) == 1


@pytest.mark.parametrize("behaviour", [hangs, drips])
async def test_a_receiver_that_keeps_the_client_waiting_is_given_up(authority: Authority, behaviour: Behaviour) -> None:
    """However steadily it sends."""
    assert await answer(authority, behaviour, timeout_s=SHORT_S) == Answer(error_code="timeout")


async def test_a_server_that_never_completes_the_handshake_is_given_up(authority: Authority) -> None:
    with socket.socket() as silent:
        silent.bind((LOOPBACK, 0))
        silent.listen()
        port = silent.getsockname()[1]
        found = await client(authority, timeout_s=SHORT_S).post(url(port), HEADERS, BODY)
    assert found == Answer(error_code="timeout")


@pytest.mark.parametrize("behaviour", [drips_a_body, floods_a_body])
async def test_the_status_counts_even_if_the_rest_of_the_answer_never_ends(
    authority: Authority, behaviour: Behaviour
) -> None:
    assert await answer(authority, behaviour) == Answer(status=200)


async def test_an_endless_header_is_not_read_to_its_end(authority: Authority) -> None:
    assert MAX_ANSWER_BYTES == 65_536
    assert await answer(authority, floods_a_header) == Answer(error_code="bad_answer")


@pytest.mark.parametrize("nonsense", [b"", b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
async def test_an_answer_that_is_not_http_is_no_success(authority: Authority, nonsense: bytes) -> None:
    assert await answer(authority, says(nonsense)) == Answer(error_code="bad_answer")


async def test_an_interim_answer_is_not_the_answer(authority: Authority) -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 500 Error\r\nContent-Length: 0\r\n\r\n"
    assert await answer(authority, says(interim)) == Answer(status=500)


@pytest.mark.parametrize(
    ("value", "seconds"), [("120", 120), ("Fri, 31 Dec 1999 23:59:59 GMT", 0), ("soon", None), ("-1", None)]
)
async def test_a_retry_after_is_a_number_or_a_date(authority: Authority, value: str, seconds: float | None) -> None:
    said = f"HTTP/1.1 429 Too Many Requests\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n".encode()
    assert await answer(authority, says(said)) == Answer(status=429, retry_after_s=seconds)


async def test_a_closed_port_is_not_reached(authority: Authority) -> None:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port = free.getsockname()[1]
        assert await client(authority).post(url(port), HEADERS, BODY) == Answer(error_code="not_reached")


async def test_a_name_that_does_not_exist_is_not_reached(authority: Authority) -> None:
    async def unknown(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert await client(authority, unknown).post(url(443), HEADERS, BODY) == Answer(error_code="not_reached")


PRIVATE = (
    LOOPBACK,
    "::1",
    "::ffff:127.0.0.1",
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "fd00:ec2::254",
    "fe80::1%eth0",
    "64:ff9b::7f00:1",
)


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_that_leads_into_a_private_network_is_refused(authority: Authority, address: str) -> None:
    with serving(says(OK), authority.server_context(NAME)) as server:

        async def resolve(_host: str, _port: int) -> Sequence[str]:
            return [address]

        found = await client(authority, resolve, allow_local=False).post(url(server.port), HEADERS, BODY)
    assert (found, server.requests) == (Answer(error_code="address_refused"), [])


async def test_one_private_address_among_public_ones_is_enough_to_refuse(authority: Authority) -> None:
    """The caller could not know which one is used."""

    async def mixed(_host: str, _port: int) -> Sequence[str]:
        return ["93.184.216.34", "169.254.169.254"]

    found = await client(authority, mixed, allow_local=False).post(url(443), HEADERS, BODY)
    assert found == Answer(error_code="address_refused")


async def test_a_name_that_changes_its_address_after_the_check_is_still_sent_to_the_checked_one(
    authority: Authority,
) -> None:
    """DNS rebinding. The name is resolved once, and the connection is made to what was checked."""
    asked = 0

    async def rebinding(_host: str, _port: int) -> Sequence[str]:
        nonlocal asked
        asked += 1
        return [LOOPBACK] if asked == 1 else ["169.254.169.254"]

    with serving(says(OK), authority.server_context(NAME)) as server:
        found = await client(authority, rebinding).post(url(server.port), HEADERS, BODY)
    assert (found.status, asked, len(server.requests)) == (204, 1, 1)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "127.0.0.1"])
async def test_no_spelling_of_this_machine_gets_past_the_systems_resolver(authority: Authority, host: str) -> None:
    """Such hosts are already refused when they are given. This is the second line."""
    with serving(says(OK), authority.server_context(NAME)) as server:
        sender = client(authority, system_resolve, allow_local=False)
        found = await sender.post(url(server.port, host), HEADERS, BODY)
    assert found.error_code in {"address_refused", "not_reached"}
    assert server.requests == []


async def test_the_environments_proxies_are_not_used(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert await answer(authority, says(OK)) == Answer(status=204)


async def test_plain_http_works_for_this_machine(authority: Authority) -> None:
    with serving(says(OK), None) as server:
        found = await client(authority).post(url(server.port, LOOPBACK, "http"), HEADERS, BODY)
    assert found == Answer(status=204)


async def test_a_slow_receiver_does_not_hold_up_the_others(authority: Authority) -> None:
    """They are sent side by side: all of them take as long as the slowest one."""
    with (
        serving(hangs, authority.server_context(NAME)) as slow,
        serving(says(OK), authority.server_context(NAME)) as quick,
    ):
        sender = client(authority)
        waiting = asyncio.create_task(sender.post(url(slow.port), HEADERS, BODY))
        answers = await asyncio.gather(*(sender.post(url(quick.port), HEADERS, BODY) for _ in range(20)))
        assert not waiting.done()
        waiting.cancel()
    assert answers == [Answer(status=204)] * 20
