"""An LLM client for any server that speaks OpenAI's chat completions."""

import asyncio
import logging
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpx2

from generator_service.error import InvalidOutput, LoreError, ProviderError, ProviderTimeout
from generator_service.llm.answer import Rejected, Verdict, read_parts
from generator_service.llm.ask import Ask, Clock, Deliver, Part, Patience, Sleep, Spend
from generator_service.llm.chat_completions import ChatCompletions, OnParts, ProviderComplained
from generator_service.llm.complaint import Complaint
from generator_service.llm.dialect import Dialect
from generator_service.llm.early import EarlyReader
from generator_service.llm.intake import Intake
from generator_service.llm.limiter import Limiter
from generator_service.llm.negotiation import Negotiator, Variant
from generator_service.llm.options import ProviderOptions
from generator_service.llm.provider_error import BUSY_STATUSES, PAUSING_STATUSES, hint_of, translate
from generator_service.llm.reply import Reply
from generator_service.llm.request import Repair, request_body
from generator_service.llm.retrying import Retrying
from generator_service.llm.usage import Usage

log = logging.getLogger(__name__)

#: The longest pause, seconds. A pause holds back all jobs of the process. If the provider asked for a longer one, the
#: next call of another job shows whether it is still needed. The rejected call itself waits as long as it was told to.
MAX_PAUSE_S = 60.0
#: How long before the job's deadline a weak text is taken as it is, seconds.
TAKE_S = 1.0
_UNUSABLE = Usage(unusable_answers=1)
_WEAK = Usage(weak_answers=1)


class OpenAiLlm:
    """`ask.Llm` over HTTP."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        options: ProviderOptions,
        dialect: Dialect,
        limiter: Limiter,
        clock: Clock,
        sleep: Sleep,
        random: Callable[[], float],
    ) -> None:
        """`dialect` is tried first; `random` returns numbers from 0 to 1; `client` is as in `ChatCompletions`."""
        self._options = options
        self._limiter = limiter
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._endpoint = ChatCompletions(client, options=options, limiter=limiter)
        self._negotiator = Negotiator(
            dialect, reasoning_tokens=options.reasoning_tokens, log_fields=self._endpoint.log_fields
        )

    @property
    def paused_for_s(self) -> float:
        """For how long the provider has asked for a pause, seconds; 0 if it has not."""
        return self._limiter.paused_for_s

    async def complete(self, ask: Ask, patience: Patience, spend: Spend, deliver: Deliver) -> None:
        """See `ask.Llm`. After an unusable or weak answer it asks once more for the parts in question and says why.

        If the second answer is not better, does not come, or may not be asked for, the best version so far is taken. A
        part that was only out of bounds is adjusted. A refusal is final.
        """
        intake = Intake(ask, deliver)
        cause: LoreError | None = None
        try:
            await self._fill(intake, patience, spend)
            time_s = self._time_to_repair_s(intake, patience)
            if intake.missing and time_s > 0 and patience.may_repair():
                async with asyncio.timeout(time_s if math.isfinite(time_s) else None):
                    await self._fill(intake, patience, spend)
        except TimeoutError:
            cause = ProviderTimeout()
        except LoreError as error:
            cause = error
        intake.settle(cause)

    def _time_to_repair_s(self, intake: Intake, patience: Patience) -> float:
        """How long the second answer may take, seconds. A weak text must be taken before the job's deadline."""
        return patience.deadline_at - self._clock() - TAKE_S if intake.weak else math.inf

    async def _fill(self, intake: Intake, patience: Patience, spend: Spend) -> None:
        """Ask for the missing parts, and take those that are right."""
        verdicts: Mapping[str, Verdict]
        try:
            parts, reply = await self._reply(intake, patience, spend)
            verdicts = read_parts(reply, parts, intake.missing)
        except InvalidOutput as error:  # the provider checks answers itself
            verdicts = {part.key: Rejected(error) for part in intake.missing}
        faults = _faults(verdicts.values())
        if faults:
            spend(_UNUSABLE)
        for fault in faults:
            log.warning("Answer is unusable: %s", fault.fault, extra={"content": fault.content})
        intake.take(verdicts)
        if intake.weak:
            spend(_WEAK)
        for weak in intake.weak:
            log.info("Answer is weak: %s", weak.fault, extra={"content": weak.content})

    async def _reply(self, intake: Intake, patience: Patience, spend: Spend) -> tuple[tuple[Part, ...], Reply]:
        """Call until a reply comes, the error is final, or the attempts or the patience run out.

        Returns the parts that the last call asked for: parts that came before a call broke off are not asked for again.
        """
        start = variant = self._negotiator.first_variant()
        retrying = Retrying(self._options, patience, clock=self._clock, sleep=self._sleep, random=self._random)
        while True:
            ask = intake.ask
            body = self._body(ask, intake.repair, variant)
            error: LoreError
            try:
                reply = await self._endpoint.call(ask, body, patience, spend, _early_parts(intake, ask))
            except ProviderComplained as refusal:
                complaint, is_last = refusal.complaint, retrying.is_last_attempt
                if other := self._negotiator.next_variant(variant, complaint, body, is_last_attempt=is_last):
                    variant = other
                    continue
                error = self._error_of(complaint)
                if complaint.status in BUSY_STATUSES and complaint.retry_after_s is None and self._limiter.refused():
                    retrying.discount_attempt()
            except ProviderError as failure:
                error = failure
            else:
                self._negotiator.learn(start.dialect, variant, reply, body)
                return ask.parts, reply
            await retrying.back_off(error)

    def _body(self, ask: Ask, repair: Repair, variant: Variant) -> dict[str, Any]:
        options = self._options
        return request_body(
            ask, repair, variant.dialect, model=options.model, options=options.body, room_tokens=variant.room_tokens
        )

    def _error_of(self, complaint: Complaint) -> LoreError:
        """Log what the provider said, start the pause that it asked for, and return the generator's own error."""
        error = translate(complaint)
        detail = {
            "status": complaint.status,
            "provider_request_id": complaint.request_id,
            "provider": complaint.text[:2000],
            "hint": hint_of(complaint),
        }
        log.warning("LLM call failed: %s", error.code, extra=self._endpoint.log_fields | detail)
        delay_s = error.retry_after_s if complaint.status in PAUSING_STATUSES else None
        if delay_s is not None and isinstance(error, ProviderError):
            self._limiter.pause(min(delay_s, MAX_PAUSE_S), type(error))
        if complaint.status < 500:
            self._limiter.reached()
        return error


def _early_parts(intake: Intake, ask: Ask) -> OnParts:
    """Takes the parts of a streamed answer while it is written."""
    reader = EarlyReader([part.key for part in ask.parts])
    return lambda text: intake.take_early(reader.read(text))


def _faults(verdicts: Iterable[Verdict]) -> list[InvalidOutput]:
    """What is wrong with the parts, without repetitions."""
    errors = [verdict.error for verdict in verdicts if isinstance(verdict, Rejected)]
    return list({error.fault: error for error in errors if isinstance(error, InvalidOutput)}.values())
