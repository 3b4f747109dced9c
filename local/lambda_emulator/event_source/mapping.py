"""An SQS event source mapping: receives, invokes, deletes what was handled, and leaves the rest to the queue."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.lambda_emulator.error import MappingRefused
from local.lambda_emulator.event_source.pace import Pace
from local.lambda_emulator.event_source.queue import MAX_MESSAGES, SqsQueue
from local.lambda_emulator.event_source.sqs_event import sqs_event
from local.lambda_emulator.event_source.verdict import MalformedResponse, handled
from local.lambda_emulator.runtime.outcome import Failed, Outcome

log = logging.getLogger(__name__)

#: After a receive that failed.
_PAUSE_S = 0.5
#: AWS recommends that the queue hides a message six times as long as the function may take, plus the window.
_RECOMMENDED_FACTOR = 6

Invoke = Callable[[Any], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class MappingConfig:
    """As CreateEventSourceMapping takes it; the checks are Lambda's own."""

    function_timeout_s: float
    batch_size: int = 10
    #: How long a batch that is not full waits for more.
    window_s: float = 0
    #: Whole seconds that a receive is held for its first message. 20 on AWS; short here, since a drain waits for it.
    poll_s: int = 1
    maximum_concurrency: int = 2
    #: FunctionResponseTypes has ReportBatchItemFailures. Without it, what the function returns is ignored.
    reports_item_failures: bool = True
    #: Share of batches that are handed to the function a second time, to show that it is idempotent. 0 on AWS, mostly.
    duplicate_rate: float = 0

    def check(self, queue_arn: str, visibility_s: int) -> None:
        """Raises `MappingRefused`."""
        if queue_arn.endswith(".fifo"):
            raise MappingRefused(f"{queue_arn} is a FIFO queue. The local event source serves standard queues only.")
        if not 1 <= self.batch_size <= 10_000 or not 0 <= self.window_s <= 300:
            raise MappingRefused("A batch has 1 to 10,000 messages, and its window 0 to 300 s.")
        if self.batch_size > MAX_MESSAGES and self.window_s < 1:
            raise MappingRefused(f"A batch of more than {MAX_MESSAGES} needs a window of at least 1 s.")
        if visibility_s < self.function_timeout_s:
            raise MappingRefused(
                f"The queue hides messages for {visibility_s} s, but the function may take "
                f"{self.function_timeout_s:g} s: they would be delivered "
                "again while they are being handled. Raise the visibility timeout."
            )
        if visibility_s < (recommended_s := _RECOMMENDED_FACTOR * self.function_timeout_s + self.window_s):
            log.warning("Visibility timeout of %s: %d s; AWS recommends %g s", queue_arn, visibility_s, recommended_s)


class EventSourceMapping:
    """`invoke` runs the function on an event; it is called for at most `maximum_concurrency` batches at a time."""

    def __init__(
        self, queue: SqsQueue, invoke: Invoke, config: MappingConfig, rng: random.Random | None = None
    ) -> None:
        self._queue = queue
        self._invoke = invoke
        self._config = config
        self._random = rng or random.Random()  # noqa: S311 - nothing secret
        self._queue_arn = ""
        self.pace = Pace(config.maximum_concurrency)

    async def run(self) -> None:
        """Until `drain`, and then until what is under way is over.

        Raises at its start, where the queue is not fit or cannot be reached: `MappingRefused`, botocore's errors.
        """
        state = await self._queue.state()
        self._queue_arn = state.arn
        self._config.check(state.arn, state.visibility_s)
        async with asyncio.TaskGroup() as batches:
            # Nothing is received that cannot be started at once: a message's visibility clock runs from the receive.
            while await self.pace.admits():
                if messages := await self._batch():
                    batches.create_task(self._deliver(messages))
                else:
                    await self.pace.release(succeeded=None)

    async def drain(self) -> None:
        """Receive no more; `run` returns when what is under way is over."""
        await self.pace.close()

    async def _batch(self) -> list[Any]:
        messages = await self._receive(self._config.batch_size, self._config.poll_s)
        full_at = time.monotonic() + self._config.window_s
        while messages and len(messages) < self._config.batch_size and (left_s := full_at - time.monotonic()) > 0:
            more = await self._receive(self._config.batch_size - len(messages), min(self._config.poll_s, int(left_s)))
            messages += more
            if not more:
                await asyncio.sleep(min(0.05, left_s))
        return messages

    async def _receive(self, at_most: int, wait_s: int) -> list[Any]:
        try:
            return await self._queue.receive(at_most, wait_s)
        except (BotoCoreError, ClientError) as error:
            log.warning("Nothing could be received: %s", error)
            await asyncio.sleep(_PAUSE_S)
            return []

    async def _deliver(self, messages: Sequence[Any]) -> None:
        succeeded = False
        try:
            event = sqs_event(messages, self._queue_arn)
            outcome = await self._invoke(event)
            if self._random.random() < self._config.duplicate_rate:
                outcome = await self._invoke(event)
            succeeded = await self._settle(messages, outcome)
        finally:
            await self.pace.release(succeeded=succeeded)

    async def _settle(self, messages: Sequence[Any], outcome: Outcome) -> bool:
        """Delete what was handled; the rest comes back when its visibility timeout ends. False for a function error."""
        receipts = {message["MessageId"]: message["ReceiptHandle"] for message in messages}
        if isinstance(outcome, Failed):
            log.error("%d messages will be delivered again: %s: %s", len(messages), outcome.type, outcome.message)
            return False
        try:
            done = handled(outcome, receipts, reports_item_failures=self._config.reports_item_failures)
        except MalformedResponse as error:
            log.error("%d messages will be delivered again: %s", len(messages), error)  # noqa: TRY400 - not a crash
            return False
        await self._queue.delete([receipts[message_id] for message_id in done])
        return True
