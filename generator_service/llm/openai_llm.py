"""The LLM behind any server that speaks OpenAI's chat completions.

The SDK handles connections and their errors. Its own retries are off: it retries "no credit left" like any other 429,
and does not know our deadline. Bodies are parsed here, because the SDK's models only fit OpenAI's own format.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import openai
from openai import AsyncOpenAI

from generator_service.error import (
    InvalidOutput,
    LoreError,
    ProviderBadRequest,
    ProviderError,
    ProviderLoading,
    ProviderTimeout,
    ProviderUnavailable,
)
from generator_service.llm.answer import read_answer
from generator_service.llm.ask import Answer, Ask, Clock, M, Patience, Spend
from generator_service.llm.complaint import Complaint, complaint_of
from generator_service.llm.dialect import Dialect
from generator_service.llm.json_text import has_thoughts
from generator_service.llm.limiter import Call, Limiter, Sleep
from generator_service.llm.provider_error import BUSY_STATUSES, PAUSING_STATUSES, hint_of, of_connection, translate
from generator_service.llm.reply import Ending, ErrorReply, Reply, UnreadableReply, read_reply
from generator_service.llm.request import Repair, repair_of, request_body
from generator_service.llm.usage import Usage
from generator_service.trace import call_span, provider_headers

log = logging.getLogger(__name__)

#: Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015), seconds.
BACKOFF_BASE_S = 0.5
BACKOFF_CAP_S = 8.0
#: A pause that the provider asks for holds back all jobs of the process; after this a call finds out whether it still
#: does. The job that was told to wait longer does not wait, it fails.
LONGEST_PAUSE_S = 60.0
#: How long to wait before asking a server again that says it is loading its model, seconds.
LOADING_POLL_S = 2.0
#: If a first answer takes longer than this, the server may be loading the model, seconds.
LOADING_TOLD_S = 8.0
_UNUSABLE = Usage(unusable_answers=1)
#: How many forms of a request one call may try.
_MOST_FORMS = 6
#: A guess is kept when it has worked so often.
_LUCKY_GUESSES = 2
#: A server that writes this much more than its limit does not know it by this name; some count a token more.
_HEEDED = 1.25


@dataclass(frozen=True, slots=True)
class _Walk:
    """How one call makes its requests; it changes as the provider refuses them."""

    dialect: Dialect
    #: What the answer may have where the prompt nearly fills the context.
    room_tokens: int | None = None
    steps: int = 0
    #: Whether this form was tried since nothing else worked, and not because the provider said what it refuses.
    is_guess: bool = False


class _Complained(LoreError):
    """The provider answered with an error; another form of the request may help."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__()
        self.complaint = complaint
        self.code = translate(complaint).code  # type: ignore[misc] # for the trace


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderOptions:
    """What is sent to the provider, and how long it may take."""

    model: str
    #: Limits one call.
    timeout_s: float
    #: Limits one call to a server that may have to load its model first.
    load_timeout_s: float
    #: How many calls to make for one answer while the provider's errors are temporary.
    max_attempts: int
    #: Tokens that a model found to reason may use in addition to its answer.
    reasoning_tokens: int
    #: Parameters, query and headers that the operators have set.
    body: Mapping[str, Any]
    query: Mapping[str, str]
    headers: Mapping[str, str]


def _count_unusable(fault: InvalidOutput, spend: Spend) -> None:
    spend(_UNUSABLE)
    log.warning("Answer is unusable: %s", fault.fault, extra={"content": fault.content})


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
        self._client = client
        self._options = options
        self._dialect = dialect
        self._limiter = limiter
        self._clock = clock
        self._sleep = sleep
        self._random = random
        #: Guesses at the form that have worked after a fault; one may be chance.
        self._lucky_guesses = 0
        self._is_understood = False

    async def complete(self, ask: Ask[M], patience: Patience, spend: Spend) -> Answer[M]:
        """See `ask.Llm`. After an unusable answer it asks once more and says what was wrong.

        If the second answer is unusable too, does not come, or may not be asked for, the first one is adjusted, if it
        only broke bounds. A refusal is final.
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
        """Call until there is a reply, the error is final, or attempts or patience run out.

        A refused form is followed by another for this call alone. What was answered is kept for the process.
        """
        start = walk = _Walk(self._dialect)
        attempt = 1
        loads_until = math.inf
        while True:
            body = self._body(ask, repair, walk)
            error: LoreError
            try:
                reply = await self._call(ask.name, body, patience, spend)
                self._learn(start.dialect, walk, reply, body)
                return reply
            except _Complained as refusal:
                complaint = refusal.complaint
                if other := self._follow(walk, complaint, body, is_last=attempt >= self._options.max_attempts):
                    walk = other
                    continue
                error = self._understood(complaint)
                if complaint.status in BUSY_STATUSES and complaint.retry_after_s is None:
                    attempt -= self._limiter.refused()
            except ProviderError as failure:
                error = failure
            if not isinstance(error, ProviderError) or not error.retryable or attempt >= self._options.max_attempts:
                raise error
            loads_until = min(loads_until, self._clock() + self._options.load_timeout_s)
            await self._back_off(error, attempt, patience)
            attempt += not isinstance(error, ProviderLoading) or self._clock() > loads_until

    def _body(self, ask: Ask[M], repair: Repair, walk: "_Walk") -> dict[str, Any]:
        options = self._options
        return request_body(
            ask, repair, walk.dialect, model=options.model, options=options.body, room_tokens=walk.room_tokens
        )

    async def _back_off(self, error: ProviderError, attempt: int, patience: Patience) -> None:
        jitter = self._random()
        if isinstance(error, ProviderLoading):
            patience.on_loading()
            delay_s = LOADING_POLL_S
        elif error.retry_after_s is not None:
            delay_s = error.retry_after_s + jitter * BACKOFF_BASE_S
        else:
            delay_s = jitter * min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2 ** (max(attempt, 1) - 1))
        if self._clock() + delay_s > patience.deadline_at:
            raise error
        patience.on_wait(delay_s)
        await self._sleep(delay_s)

    async def _call(self, name: str, body: Mapping[str, Any], patience: Patience, spend: Spend) -> Reply:
        async with self._limiter.slot(patience) as call:
            with call_span(self._options.model, name) as span:
                reply = await self._send(call, body, patience, spend)
                span.set_attribute("gen_ai.usage.input_tokens", reply.usage.prompt_tokens)
                span.set_attribute("gen_ai.usage.output_tokens", reply.usage.completion_tokens)
            spend(reply.usage)
            self._limiter.answered(call)
            return reply

    async def _send(self, call: Call, body: Mapping[str, Any], patience: Patience, spend: Spend) -> Reply:
        """One request. Raises `ProviderError` and `_Complained`, and reports the cost of the failed call to `spend`."""
        try:
            return read_reply(await self._post(call, body, patience))
        except TimeoutError:
            self._limiter.timed_out()
            log.warning(
                "LLM call took longer than allowed", extra=self._about() | {"timeout_s": self._options.timeout_s}
            )
            error: Exception = ProviderTimeout()
        except openai.APIStatusError as cause:
            error = _Complained(complaint_of(cause))
        except ErrorReply as cause:
            error = _Complained(cause.complaint)
        except openai.OpenAIError as cause:
            log.warning("LLM cannot be reached: %r", cause.__cause__ or cause, extra=self._about())
            error = of_connection(cause)
        except UnreadableReply as cause:
            log.warning("LLM's answer cannot be read: %r", cause.__cause__ or cause, extra=self._about())
            error = ProviderUnavailable()
        except asyncio.CancelledError:
            spend(Usage(llm_calls=1))
            raise
        spend(Usage(llm_calls=1))
        raise error

    async def _post(self, call: Call, body: Mapping[str, Any], patience: Patience) -> bytes:
        is_cold = self._limiter.is_cold
        timeout_s = self._options.timeout_s
        if is_cold:
            timeout_s = max(timeout_s, self._options.load_timeout_s)
        teller = asyncio.get_running_loop().call_later(LOADING_TOLD_S, patience.on_loading) if is_cold else None
        try:
            async with call.timed(timeout_s):
                response = await self._client.post(
                    "/chat/completions",
                    cast_to=httpx2.Response,
                    body=dict(body),
                    options={
                        "headers": {**self._options.headers, **provider_headers()},
                        "params": dict(self._options.query),
                        "follow_redirects": False,
                        "timeout": None,
                    },
                )
                return response.content
        finally:
            if teller:
                teller.cancel()

    def _follow(self, walk: "_Walk", complaint: Complaint, body: Mapping[str, Any], *, is_last: bool) -> "_Walk | None":
        """Another form of this request, if the provider refuses this one; None if the form was not the cause.

        `is_last`: nothing else is left to try. Some servers break at what they do not know instead of refusing it.
        """
        if walk.steps >= _MOST_FORMS or not isinstance(translate(complaint), ProviderBadRequest | ProviderUnavailable):
            return None
        other = walk.dialect.after(complaint, body)
        room = walk.dialect.room(complaint, body) if walk.room_tokens is None else None
        if other is not None or room is not None:
            followed = replace(walk, dialect=other or walk.dialect, room_tokens=room, steps=walk.steps + 1)
        elif (
            not self._is_understood
            and hint_of(complaint) is None
            and (is_last or self._lucky_guesses or complaint.status < 500)
        ):
            other = walk.dialect.plainest(complaint, body)
            if other is None:
                return None
            followed = _Walk(other, steps=walk.steps + 1, is_guess=complaint.status >= 500)
        else:
            return None
        detail = {"status": complaint.status, "provider": complaint.text[:2000], "form": repr(followed.dialect)}
        log.warning("The provider refuses this form of requests, trying another", extra=self._about() | detail)
        return followed

    def _learn(self, start: Dialect, walk: "_Walk", reply: Reply, body: Mapping[str, Any]) -> None:
        """Keep what an answer shows: the form that the provider takes, whether its model reasons, and its limit's name.

        A guess that worked after a fault may have worked by chance: the second one is kept.
        """
        self._lucky_guesses += walk.is_guess
        dialect = start if walk.is_guess and self._lucky_guesses < _LUCKY_GUESSES else walk.dialect
        self._is_understood = self._is_understood or not walk.is_guess
        reasons = reply.reasoning_tokens or reply.has_reasoning or has_thoughts(reply.text)
        is_silent = reply.ending is Ending.CUT_OFF and not reply.text.strip()
        if (reasons or is_silent) and not dialect.reasoning_tokens:
            dialect = replace(dialect, reasoning_tokens=self._options.reasoning_tokens)
        limit = body.get(dialect.limit_name or "", math.inf)
        if reply.usage.completion_tokens - reply.reasoning_tokens > limit * _HEEDED and "limit" not in dialect.fixed:
            other = dialect.with_other_limit_name()
            dialect = other if other.limit_name else dialect
        if self._dialect != start:
            # Another call has learned meanwhile.
            dialect = replace(
                self._dialect, reasoning_tokens=max(dialect.reasoning_tokens, self._dialect.reasoning_tokens)
            )
        if dialect != self._dialect:
            log.info("Learned of the provider: %r", dialect, extra=self._about())
            self._dialect = dialect

    def _understood(self, complaint: Complaint) -> LoreError:
        """The provider's error as ours; what it said is logged, and a pause it asked for holds for everybody."""
        error = translate(complaint)
        detail = {
            "status": complaint.status,
            "provider_request_id": complaint.request_id,
            "provider": complaint.text[:2000],
            "hint": hint_of(complaint),
        }
        log.warning("LLM call failed: %s", error.code, extra=self._about() | detail)
        if (
            complaint.status in PAUSING_STATUSES
            and isinstance(error, ProviderError)
            and error.retry_after_s is not None
        ):
            self._limiter.pause(min(error.retry_after_s, LONGEST_PAUSE_S), type(error))
        if complaint.status < 500:
            self._limiter.reached()
        return error

    def _about(self) -> dict[str, Any]:
        return {"provider_host": self._client.base_url.host, "model": self._options.model}
