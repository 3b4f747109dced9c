"""Counts the characters of the prompts that are sent, repairs and retries included."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import httpx2


@dataclass
class PromptMeter:
    characters: int = 0


_meter: ContextVar[PromptMeter | None] = ContextVar("prompt_meter", default=None)


@contextmanager
def metered() -> Iterator[PromptMeter]:
    """Count the prompts that this task and the tasks that it starts send inside the block."""
    meter = PromptMeter()
    token = _meter.set(meter)
    try:
        yield meter
    finally:
        _meter.reset(token)


async def count_prompt(request: httpx2.Request) -> None:
    """A request hook of httpx."""
    if (meter := _meter.get()) is not None:
        meter.characters += characters_of(request.content)


def characters_of(body: bytes) -> int:
    """The characters of all messages in the body of a chat completion request."""
    return sum(len(message["content"]) for message in json.loads(body)["messages"])
