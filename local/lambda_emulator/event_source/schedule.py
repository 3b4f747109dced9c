"""An EventBridge schedule: invokes a function at intervals."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from local.lambda_emulator.runtime.outcome import Failed, Outcome
from local.lambda_emulator.runtime.sandbox import ACCOUNT_ID

log = logging.getLogger(__name__)


def scheduled_event(rule: str, region: str, at: datetime) -> dict[str, Any]:
    """The event of a schedule. Source: AWS Lambda developer guide, "Invoke a Lambda function on a schedule"."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{ACCOUNT_ID}:rule/{rule}"],
        "detail": {},
    }


async def run_schedule(
    rule: str, region: str, every_s: float, invoke: Callable[[Any], Awaitable[Outcome]], stopping: asyncio.Event
) -> None:
    """Wait `every_s`, then invoke, again and again until `stopping` is set. Failures are only logged."""
    while not await _set_within(stopping, every_s):
        outcome = await invoke(scheduled_event(rule, region, datetime.now(UTC)))
        if isinstance(outcome, Failed):
            log.error("The scheduled function failed: %s: %s", outcome.type, outcome.message)


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
