"""Lua scripts on Redis, and waiting until a replica has received their writes."""

import asyncio
import hashlib
import logging
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import NoScriptError, ResponseError

from chalicelib.adapter.redis_client import Client

_LUA = Path(__file__).parent / "lua"
#: The longest that a write waits for a replica to receive it.
_REPLICATED_WITHIN_MS = 250
#: How long the process trusts the last answer to the question whether the server has a replica, seconds.
_REPLICAS_KNOWN_FOR_S = 1.0

log = logging.getLogger(__name__)


class Script:
    """Lua files after `clock.lua`, sent by their digest, or in full if the server does not know it (any more)."""

    def __init__(self, *names: str) -> None:
        self._text = "".join((_LUA / name).read_text(encoding="utf-8") for name in ("clock.lua", *names))
        self._sha = hashlib.sha1(self._text.encode(), usedforsecurity=False).hexdigest()

    def command(self, keys: Sequence[str], args: Sequence[str | int], *, in_full: bool = False) -> list[Any]:
        """The words to send. `in_full`: the server does not know the script's digest."""
        name, script = ("EVAL", self._text) if in_full else ("EVALSHA", self._sha)
        return [name, script, len(keys), *keys, *args]

    async def run(self, redis: Redis, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        try:
            return await redis.evalsha(self._sha, len(keys), *keys, *args)
        except NoScriptError:
            return await redis.eval(self._text, len(keys), *keys, *args)

    async def run_replicated(self, redis: Redis, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        """The same; returns once a replica has received the write, or after `_REPLICATED_WITHIN_MS`."""
        answer, replicas = await self._and_wait(redis, self.command(keys, args))
        if isinstance(answer, NoScriptError):
            answer, replicas = await self._and_wait(redis, self.command(keys, args, in_full=True))
        if isinstance(answer, Exception):
            raise answer
        if replicas == 0:
            log.warning("Written, but on no replica yet: a failover at this moment would lose it")
        return answer

    @staticmethod
    async def _and_wait(redis: Redis, command: list[Any]) -> list[Any]:
        """Send both on one connection: WAIT covers only what its own connection has written."""
        commands = redis.pipeline(transaction=False)
        commands.execute_command(*command)
        commands.wait(1, _REPLICATED_WITHIN_MS)
        return await commands.execute(raise_on_error=False)


class Replicas:
    """Whether the server has connected replicas. A cluster is not asked: its client cannot WAIT on one node."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._found = False
        self._found_at = -math.inf

    async def are_connected(self) -> bool:
        if isinstance(self._client, RedisCluster):
            return False
        now = asyncio.get_running_loop().time()
        if now - self._found_at >= _REPLICAS_KNOWN_FOR_S:
            self._found, self._found_at = await self._ask(self._client), now
        return self._found

    @staticmethod
    async def _ask(client: Redis) -> bool:
        try:
            about: Any = await client.info("replication")
        except ResponseError:
            return False  # the user lacks the permission
        slaves = [value for name, value in about.items() if re.fullmatch(r"slave\d+", name)]
        return any(slave["state"] == "online" for slave in slaves)
