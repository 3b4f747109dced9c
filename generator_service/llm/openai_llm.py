"""An LLM client for any server that speaks OpenAI's chat completions."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from openai import AsyncOpenAI

from generator_service.error import InvalidOutput, LoreError, ProviderError
from generator_service.llm.answer import read_answer
from generator_service.llm.ask import Answer, Ask, Clock, M, Patience, Sleep, Spend
from generator_service.llm.chat_completions import ChatCompletions, ProviderComplained
from generator_service.llm.complaint import Complaint
from generator_service.llm.dialect import Dialect
from generator_service.llm.limiter import Limiter
from generator_service.llm.negotiation import Negotiator, Variant
from generator_service.llm.options import ProviderOptions
from generator_service.llm.provider_error import BUSY_STATUSES, PAUSING_STATUSES, hint_of, translate
from generator_service.llm.reply import Reply
from generator_service.llm.request import Repair, repair_of, request_body
from generator_service.llm.retrying import Retrying
from generator_service.llm.usage import Usage

log = logging.getLogger(__name__)

#: The longest pause, seconds. A pause holds back all jobs of the process. If the provider asked for a longer one, the
#: next call of another job shows whether it is still needed. The rejected call itself waits as long as it was told to.
MAX_PAUSE_S = 60.0
_UNUSABLE = Usage(unusable_answers=1)


class OpenAiLlm:
    """`ask.Llm` over `AsyncOpenAI`."""

    def __init__(
        self,
        client: AsyncOpenAI,
        *,
        options: ProviderOptions,
        dialect: Dialect,
        limiter: Limiter,
        clock: Clock,
        sleep: Sleep,
        random: Callable[[], float],
    ) -> None:
        """`dialect` is tried first; `random` returns numbers from 0 to 1; `client` must have `max_retries=0`."""
        self._options = options
        self._limiter = limiter
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._endpoint = ChatCompletions(client, options=options, limiter=limiter)
        self._negotiator = Negotiator(
            dialect, reasoning_tokens=options.reasoning_tokens, log_fields=self._endpoint.log_fields
        )

    async def complete(self, ask: Ask[M], patience: Patience, spend: Spend) -> Answer[M]:
        """See `ask.Llm`. After an unusable answer it asks once more and says what was wrong.

        If the second answer is unusable too, does not come, or may not be asked for, the first one is adjusted if it
        was only out of bounds. A refusal is final.
        """
        first: Reply | None = None
        error: LoreError
        try:
            first = await self._reply(ask, Repair(), patience, spend)
            return read_answer(first, ask.schema)
        except InvalidOutput as fault:
            _count_unusable(fault, spend)
            error = fault
            repair = repair_of(fault)
        if patience.may_repair():
            try:
                return read_answer(await self._reply(ask, repair, patience, spend), ask.schema, may_adjust=True)
            except InvalidOutput as fault:
                _count_unusable(fault, spend)
                error = fault
            except ProviderError as fault:
                error = fault
        if first is not None:
            with suppress(InvalidOutput):
                return read_answer(first, ask.schema, may_adjust=True)
        raise error

    async def _reply(self, ask: Ask[M], repair: Repair, patience: Patience, spend: Spend) -> Reply:
        """Call until a reply comes, the error is final, or the attempts or the patience run out."""
        start = variant = self._negotiator.first_variant()
        retrying = Retrying(self._options, patience, clock=self._clock, sleep=self._sleep, random=self._random)
        while True:
            body = self._body(ask, repair, variant)
            error: LoreError
            try:
                reply = await self._endpoint.call(ask.name, body, patience, spend)
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
                return reply
            await retrying.back_off(error)

    def _body(self, ask: Ask[M], repair: Repair, variant: Variant) -> dict[str, Any]:
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


def _count_unusable(fault: InvalidOutput, spend: Spend) -> None:
    spend(_UNUSABLE)
    log.warning("Answer is unusable: %s", fault.fault, extra={"content": fault.content})
