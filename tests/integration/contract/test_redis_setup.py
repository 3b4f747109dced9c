"""Settings that do not fit the server: an outage for callers, and the log names the setting."""

import contextlib
import logging
import socket
import threading
from functools import partial
from urllib.parse import quote

import pytest

from chalicelib import bootstrap
from chalicelib.domain import change
from chalicelib.domain.error import StoreUnavailable
from chalicelib.settings import Settings
from local.stack.tcp_port import assign_ports
from tests.integration.contract.redis_refusal import (
    FOUND,
    KINDS,
    connected,
)
from tests.integration.contract.stored_job import created
from tests.redis_server import RedisServer

#: A password with every special character.
AWKWARD = "p@ss/w#rd?:%41 é"


@KINDS
async def test_a_password_with_special_characters_is_percent_encoded(binary: str) -> None:
    with RedisServer(binary, "--requirepass", AWKWARD) as server:
        database = connected(server, userinfo=f":{quote(AWKWARD, safe='')}@")
        assert (await created(database.jobs)).revision == 1
        await database.close()


SETUPS = {
    "no password": ("", "/0", "REDIS_URL"),
    "wrong password": (":wrong@", "/0", "REDIS_URL"),
    "unknown user": ("nobody:wrong@", "/0", "REDIS_URL"),
    "user without rights": ("reader:secret@", "/0", "ACL"),
    "no such database": (":secret@", "/99", "REDIS_URL"),
}


@KINDS
async def test_a_wrong_setting_is_an_outage_for_callers_and_named_in_the_log(
    binary: str, caplog: pytest.LogCaptureFixture
) -> None:
    with RedisServer(binary, "--requirepass", "secret") as server:
        rights = ["on", ">secret", "~*", "+hello", "+client", "+get", "+eval", "+evalsha", "+info"]
        server.ask("ACL", "SETUSER", "reader", *rights, password="secret")
        for name, (userinfo, path, setting) in SETUPS.items():
            caplog.clear()
            database = connected(server, userinfo=userinfo, path=path)
            cancel, rows = partial(database.jobs.apply, "x", change.cancel()), partial(database.index.read_rows, ["x"])
            for attempt in (partial(created, database.jobs), cancel, rows, database.jobs.ping):
                with pytest.raises(StoreUnavailable):
                    await attempt()
            errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
            assert errors, name
            assert all(setting in message for message in errors), name
            assert "secret" not in caplog.text
            await database.close()


@KINDS
async def test_a_rotated_password_is_an_outage_until_both_sides_agree(binary: str) -> None:
    """Open connections stay signed in; new ones fail."""
    with RedisServer(binary, "--requirepass", "first") as server:
        database = connected(server, userinfo=":first@")
        await created(database.jobs)
        server.ask("CONFIG", "SET", "requirepass", "second", password="first")
        server.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes", password="second")
        with pytest.raises(StoreUnavailable):
            await created(database.jobs)
        server.ask("CONFIG", "SET", "requirepass", "first", password="second")
        assert (await created(database.jobs)).revision == 1
        await database.close()


@KINDS
async def test_a_client_of_the_wrong_kind_is_named_in_the_log(binary: str, caplog: pytest.LogCaptureFixture) -> None:
    """REDIS_CLUSTER does not match the server."""
    with RedisServer(binary) as alone:
        database = connected(alone, cluster=True)
        with pytest.raises(StoreUnavailable):
            await database.jobs.read("x")
        assert "REDIS_CLUSTER=false" in caplog.text
        await database.close()


@KINDS
async def test_a_cluster_with_unassigned_slots_is_an_outage(binary: str) -> None:
    bus = str(assign_ports(["bus"], {})["bus"])
    with RedisServer(binary, "--cluster-enabled", "yes", "--cluster-port", bus) as server:
        for cluster in (True, False):
            database = connected(server, cluster=cluster)
            with pytest.raises(StoreUnavailable):
                await created(database.jobs)
            await database.close()


async def test_a_renamed_command_is_named_in_the_log_without_its_arguments(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Such replies quote the arguments, and payloads must not be in the log."""
    if "redis" not in FOUND:
        pytest.skip(
            "redis-server is not installed; only it can rename a command here. Debian: apt-get install redis-server"
        )
    with RedisServer(FOUND["redis"], "--rename-command", "EVALSHA", "", "--rename-command", "EVAL", "") as server:
        database = connected(server)
        with pytest.raises(StoreUnavailable) as raised:
            await created(database.jobs)
        assert raised.value.__cause__ is None
        assert "renamed commands" in caplog.text
        await database.close()


async def test_a_server_that_is_not_redis_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                caller.close()

    threading.Thread(target=answer, daemon=True).start()
    url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    database = bootstrap.redis_database(Settings.read({"REDIS_URL": url, "AUTH_MODE": "none"}))
    with pytest.raises(StoreUnavailable):
        await database.jobs.read("x")
    listener.close()
    assert "does not speak the Redis protocol" in caplog.text
    await database.close()
