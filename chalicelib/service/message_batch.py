"""Handles the messages of one invocation side by side."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from chalicelib.domain.error import Unavailable
from chalicelib.port.meter import Meter

log = logging.getLogger(__name__)


class Identified(Protocol):
    @property
    def id(self) -> str: ...


M = TypeVar("M", bound=Identified)
#: Handles a message; False if it must be delivered again.
Handle = Callable[[M], Awaitable[bool]]


async def failures(messages: Sequence[M], handle: Handle[M], function: str, meter: Meter) -> list[str]:
    """Handle all messages. Returns the ids of those that must be delivered again. `function` names it in metrics."""
    done = await asyncio.gather(*(_guarded(message, handle, function, meter) for message in messages))
    return [message.id for message, ok in zip(messages, done, strict=True) if not ok]


async def _guarded(message: M, handle: Handle[M], function: str, meter: Meter) -> bool:
    """Handle one message; False if it failed. Its error must not affect the others, so it ends here, in the log."""
    try:
        return await handle(message)
    except Unavailable as error:
        log.warning("Message returned to its queue: %s", error.code, extra={"message_id": message.id})
    except Exception:
        log.exception("Message returned to its queue: it could not be handled", extra={"message_id": message.id})
    meter.message_failed(function)
    return False
