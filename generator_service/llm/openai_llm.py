"""The LLM behind any server that speaks OpenAI's chat completions with a JSON schema as response format.

OpenAI, vLLM, Ollama, llama.cpp and OpenRouter all do. The SDK's own retries are off: it tries "no credit left" again
like any other 429, and knows nothing of our deadline.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

import openai
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion
from openai.types.chat.chat_completion import Choice

from generator_service.error import InvalidOutput, LoreError, ProviderError, ProviderTimeout, ProviderUnavailable
from generator_service.llm.answer import choice_of, read_answer, usage_of
from generator_service.llm.ask import Ask, Clock, M, Message, Patience, Spend
from generator_service.llm.limiter import Limiter, Sleep
from generator_service.llm.provider_error import PAUSING_STATUSES, translate
from generator_service.llm.schema import strict_schema
from generator_service.llm.usage import Usage
from generator_service.trace import call_span, provider_headers

log = logging.getLogger(__name__)

#: Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015), seconds.
BACKOFF_BASE_S = 0.5
BACKOFF_CAP_S = 8.0
#: A pause that the provider asks for holds back all jobs of the process; after this a call finds out whether it still
#: does. The job that was told to wait longer does not wait, it fails.
LONGEST_PAUSE_S = 60.0


class OpenAiLlm:
    """`ask.Llm` over `AsyncOpenAI`."""

    def __init__(
        self,
        client: AsyncOpenAI,
        *,
        model: str,
        limiter: Limiter,
        timeout_s: float,
        max_attempts: int,
        clock: Clock,
        sleep: Sleep,
        random: Callable[[], float],
    ) -> None:
        """`timeout_s` bounds one call; `random` gives numbers from 0 to 1; `client` must have `max_retries=0`."""
        self._client = client
        self._model = model
        self._limiter = limiter
        self._timeout_s = timeout_s
        self._max_attempts = max_attempts
        self._clock = clock
        self._sleep = sleep
        self._random = random

    @property
    def _host(self) -> str:
        return self._client.base_url.host

    async def complete(self, ask: Ask[M], patience: Patience, spend: Spend) -> M:
        """See `ask.Llm`. An invalid or cut-off answer is asked for once more, with what was wrong with it."""
        try:
            return await self._answer(ask, ask.messages, patience, spend)
        except InvalidOutput as fault:
            log.warning("Answer is unusable, asking again: %s", fault.fault, extra={"content": fault.content})
            return await self._answer(ask, [*ask.messages, *_repair(fault)], patience, spend)

    async def _answer(self, ask: Ask[M], messages: Sequence[Message], patience: Patience, spend: Spend) -> M:
        return read_answer(await self._persist(ask, messages, patience, spend), ask.schema)

    async def _persist(self, ask: Ask[M], messages: Sequence[Message], patience: Patience, spend: Spend) -> Choice:
        """Call until there is an answer, the error is final, or attempts or patience run out."""
        attempt = 0
        while True:
            attempt += 1
            try:
                async with self._limiter.slot(patience):
                    return await self._call(ask, messages, spend)
            except ProviderError as error:
                if not error.retryable or attempt >= self._max_attempts:
                    raise
                await self._back_off(error, attempt, patience)

    async def _back_off(self, error: ProviderError, attempt: int, patience: Patience) -> None:
        jitter = self._random()
        if error.retry_after_s is None:
            delay_s = jitter * min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2 ** (attempt - 1))
        else:
            delay_s = error.retry_after_s + jitter * BACKOFF_BASE_S
        if self._clock() + delay_s > patience.deadline_at:
            raise error
        patience.on_wait(delay_s)
        await self._sleep(delay_s)

    async def _call(self, ask: Ask[M], messages: Sequence[Message], spend: Spend) -> Choice:
        with call_span(self._model, ask.name) as span:
            completion = await self._complete(ask, messages, spend)
            usage = usage_of(completion)
            span.set_attribute("gen_ai.usage.input_tokens", usage.prompt_tokens)
            span.set_attribute("gen_ai.usage.output_tokens", usage.completion_tokens)
        spend(usage)
        return choice_of(completion)

    async def _complete(self, ask: Ask[M], messages: Sequence[Message], spend: Spend) -> ChatCompletion:
        try:
            async with asyncio.timeout(self._timeout_s):
                answer: ChatCompletion = await self._client.chat.completions.create(
                    **self._request(ask, messages), extra_headers=provider_headers()
                )
                return answer
        except TimeoutError:
            spend(Usage(llm_calls=1))
            log.warning("LLM call took longer than %s s", self._timeout_s, extra={"provider_host": self._host})
            raise ProviderTimeout from None
        except asyncio.CancelledError:
            spend(Usage(llm_calls=1))
            raise
        except openai.OpenAIError as cause:
            spend(Usage(llm_calls=1))
            raise self._understood(cause) from cause
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as cause:
            # The SDK trips over a body that is cut off, in another encoding, or of another form.
            spend(Usage(llm_calls=1))
            log.warning("LLM's answer cannot be read: %r", cause, extra={"provider_host": self._host})
            raise ProviderUnavailable from cause

    def _request(self, ask: Ask[M], messages: Sequence[Message]) -> dict[str, Any]:
        form = {"name": ask.name, "strict": True, "schema": strict_schema(ask.schema)}
        return {
            "model": self._model,
            "messages": list(messages),
            "response_format": {"type": "json_schema", "json_schema": form},
        }

    def _understood(self, cause: openai.OpenAIError) -> LoreError:
        """The provider's error as ours; what it said is logged, and a pause it asked for holds for everybody."""
        error = translate(cause)
        status = getattr(cause, "status_code", None)
        detail = {
            "provider_host": self._host,
            "status": status,
            "provider_request_id": getattr(cause, "request_id", None),
            "provider": str(cause)[:2000],
        }
        log.warning("LLM call failed: %s", error.code, extra=detail)
        if status in PAUSING_STATUSES and isinstance(error, ProviderError) and error.retry_after_s is not None:
            self._limiter.pause(min(error.retry_after_s, LONGEST_PAUSE_S), type(error))
        return error


def _repair(fault: InvalidOutput) -> list[Message]:
    said: list[Message] = [{"role": "assistant", "content": fault.content}] if fault.content else []
    wanted = f"That answer cannot be used. {fault.fault} Answer again, with one JSON object that fits the schema."
    return [*said, {"role": "user", "content": wanted}]
