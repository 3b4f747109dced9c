"""Several steps in one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import RedisCluster
from redis.exceptions import NoScriptError

from chalicelib.adapter.redis_client import Client
from chalicelib.adapter.redis_script import Script


@dataclass(frozen=True, slots=True)
class Step:
    """An idempotent command or script. All its keys are in one hash slot."""

    #: The name of the command, or the script.
    does: str | Script
    keys: Sequence[str]
    args: Sequence[str | int] = ()

    def command(self, *, in_full: bool) -> list[Any]:
        if isinstance(self.does, Script):
            return self.does.command(self.keys, self.args, in_full=in_full)
        return [self.does, *self.keys, *self.args]


async def run_in_order(redis: Client, steps: Sequence[Step]) -> list[Any]:
    """The answers of all steps. If the connection breaks, the last ones may not have run.

    Scripts are sent in full: the steps after one that the server does not know would run before it.
    One round trip. In a cluster it is one for each step, because its nodes would not keep the order.
    """
    if isinstance(redis, RedisCluster):
        return [answer for step in steps for answer in await run_together(redis, [step])]
    return await _send(redis, steps, in_full=True)


async def run_together(redis: Client, steps: Sequence[Step]) -> list[Any]:
    """The answers of all steps, which take one round trip. The nodes of a cluster run theirs side by side."""
    try:
        return await _send(redis, steps, in_full=False)
    except NoScriptError:
        return await _send(redis, steps, in_full=True)


async def _send(redis: Client, steps: Sequence[Step], *, in_full: bool) -> list[Any]:
    if len(steps) == 1:
        return [await redis.execute_command(*steps[0].command(in_full=in_full))]
    commands = redis.pipeline(transaction=False)
    for step in steps:
        commands.execute_command(*step.command(in_full=in_full))
    return list(await commands.execute())
