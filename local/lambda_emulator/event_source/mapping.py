"""An SQS event source mapping: receives messages, invokes the function, and deletes the messages that it handled."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.lambda_emulator.error import MappingRefused
from local.lambda_emulator.event_source.concurrency import ConcurrencyLimit
from local.lambda_emulator.event_source.queue import MAX_MESSAGES, SqsQueue
from local.lambda_emulator.event_source.sqs_event import sqs_event
from local.lambda_emulator.event_source.verdict import MalformedResponse, handled
from local.lambda_emulator.runtime.outcome import Failed, Outcome

log = logging.getLogger(__name__)

#: The pause after a failed receive, seconds.
_PAUSE_S = 0.5
#: AWS recommends a visibility timeout of six times the function's timeout.
_RECOMMENDED_FACTOR = 6

Invoke = Callable[[Any], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class MappingConfig:
    """Settings of a mapping with ReportBatchItemFailures, checked as Lambda checks them."""

    function_timeout_s: float
    batch_size: int = 10
    #: How long a receive waits for a message, in whole seconds.
    poll_s: int = 20
    maximum_concurrency: int = 2
    #: Messages of all batches together. None: no limit, as on AWS.
    maximum_messages: int | None = None
    #: The share of batches to deliver twice, to test that the function is idempotent. On AWS, it is close to 0.
    duplicate_rate: float = 0

    def check(self, queue_arn: str, visibility_s: int) -> None:
        """Raises `MappingRefused`."""
        if queue_arn.endswith(".fifo"):
            raise MappingRefused(f"{queue_arn} is a FIFO queue. The local event source serves standard queues only.")
        if not 1 <= self.batch_size <= MAX_MESSAGES:
            raise MappingRefused(f"A batch must have 1 to {MAX_MESSAGES} messages here.")
        if visibility_s < self.function_timeout_s:
            raise MappingRefused(
                f"The queue hides messages for {visibility_s} s, but the function may take "
                f"{self.function_timeout_s:g} s. It would receive messages again while it is still handling them. "
                "Raise the visibility timeout."
            )
        if visibility_s < (recommended_s := _RECOMMENDED_FACTOR * self.function_timeout_s):
            log.warning("Visibility timeout of %s: %d s; AWS recommends %g s", queue_arn, visibility_s, recommended_s)


class EventSourceMapping:
    """Calls `invoke`, which runs the function on an event, for as many batches at a time as the config allows."""

    def __init__(
        self, queue: SqsQueue, invoke: Invoke, config: MappingConfig, rng: random.Random | None = None
    ) -> None:
        self._queue = queue
        self._invoke = invoke
        self._config = config
        self._random = rng or random.Random()  # noqa: S311 - nothing secret
        self._queue_arn = ""
        self.concurrency = ConcurrencyLimit(config.maximum_concurrency, config.maximum_messages)

    async def run(self) -> None:
        """Run until `drain` is called and the last batch is handled.

        At the start, raises `MappingRefused` if the queue is unsuitable, and botocore's errors if it cannot be reached.
        """
        state = await self._queue.state()
        self._queue_arn = state.arn
        self._config.check(state.arn, state.visibility_s)
        async with asyncio.TaskGroup() as batches:
            # Receive only what can start at once: the visibility timeout runs from the receive.
            while await self.concurrency.admits():
                if messages := await self._receive():
                    self.concurrency.count(len(messages))
                    batches.create_task(self._deliver(messages))
                else:
                    await self.concurrency.release(0, succeeded=None)

    async def drain(self) -> None:
        """Start no more receives. `run` returns when the batches in progress are handled."""
        await self.concurrency.close()

    async def _receive(self) -> list[Any]:
        """The messages of the next batch. Empty if none arrived, or if a drain has begun meanwhile."""
        at_most = self.concurrency.fill(self._config.batch_size)
        receiving = asyncio.create_task(self._queue.receive(at_most, self._config.poll_s))
        closed = asyncio.create_task(self.concurrency.wait_closed())
        try:
            await asyncio.wait({receiving, closed}, return_when=asyncio.FIRST_COMPLETED)
            return await receiving if receiving.done() else []
        except (BotoCoreError, ClientError) as error:
            log.warning("Receive failed: %s", error)
            await asyncio.sleep(_PAUSE_S)
            return []
        finally:
            receiving.cancel()
            closed.cancel()

    async def _deliver(self, messages: Sequence[Any]) -> None:
        succeeded = False
        try:
            event = sqs_event(messages, self._queue_arn)
            outcome = await self._invoke(event)
            if self._random.random() < self._config.duplicate_rate:
                outcome = await self._invoke(event)
            succeeded = await self._settle(messages, outcome)
        finally:
            await self.concurrency.release(len(messages), succeeded=succeeded)

    async def _settle(self, messages: Sequence[Any], outcome: Outcome) -> bool:
        """Delete the handled messages; the queue delivers the others again. Returns False for a function error."""
        receipts = {message["MessageId"]: message["ReceiptHandle"] for message in messages}
        if isinstance(outcome, Failed):
            log.error("%d messages will be delivered again: %s: %s", len(messages), outcome.type, outcome.message)
            return False
        try:
            done = handled(outcome, receipts)
        except MalformedResponse as error:
            log.error("%d messages will be delivered again: %s", len(messages), error)  # noqa: TRY400 - not a crash
            return False
        await self._queue.delete([receipts[message_id] for message_id in done])
        return True
