"""One call to `/chat/completions`, with a limit on its time, a trace, and a report of its cost.

Address, headers and HTTP client are those of OpenAI's SDK (`app.llm_client`). The SDK's own calls are not used: they
take as much CPU time as the HTTP client. Its retries repeat "no credit left" like any other 429, and do not know the
job's deadline. Its models only fit OpenAI's own format.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import httpx2
from pydantic_core import to_json

from generator_service.error import LoreError, ProviderTimeout, ProviderUnavailable
from generator_service.llm.ask import Ask, Patience, Spend
from generator_service.llm.assembly import ErrorReply
from generator_service.llm.call import Call
from generator_service.llm.complaint import Complaint, complaint_of
from generator_service.llm.limiter import Limiter
from generator_service.llm.options import ProviderOptions
from generator_service.llm.provider_error import of_connection, translate
from generator_service.llm.reply import Reply, UnreadableReply, read_reply
from generator_service.llm.runaway import RunawayGuard
from generator_service.llm.stream import OnText, read_stream
from generator_service.llm.usage import Usage, estimated_tokens
from generator_service.trace import call_span, provider_headers

log = logging.getLogger(__name__)

_PATH = "chat/completions"
#: If the first answer takes longer than this, the server may be loading the model, seconds.
LOADING_NOTICE_S = 8.0

#: How a connection fails. The client passes on the errors of aiohttp about a response that is not HTTP.
_BROKEN = (httpx2.RequestError, aiohttp.ClientError)

#: Called with the answer so far while it arrives. Returns whether another part of it has arrived.
OnParts = Callable[[str], bool]


class _Unreachable(Exception):
    """No response came. The cause is the client's error."""


#: How a call fails.
_FAILURES = (TimeoutError, _Unreachable, *_BROKEN, ErrorReply, UnreadableReply)


class ProviderComplained(LoreError):
    """The provider answered with an error. Another variant of the request may help."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__()
        self.complaint = complaint

    @property
    def code(self) -> str:
        """For the trace."""
        return translate(self.complaint).code


class ChatCompletions:
    """The provider's endpoint."""

    def __init__(self, client: httpx2.AsyncClient, *, options: ProviderOptions, limiter: Limiter) -> None:
        """`client` has the address of the API and the headers of every request."""
        self._client = client
        self._url = client.base_url.join(_PATH).copy_merge_params(options.query)
        self._headers = dict(client.headers) | {name.lower(): value for name, value in options.headers.items()}
        self._options = options
        self._limiter = limiter
        #: Identify the provider in a log line.
        self.log_fields: dict[str, object] = {"provider_host": client.base_url.host, "model": options.model}

    async def call(
        self, ask: Ask, body: Mapping[str, Any], patience: Patience, spend: Spend, on_parts: OnParts
    ) -> Reply:
        """`body` is the request that asks for the answer. Raises `ProviderError` and `ProviderComplained`.

        `on_parts` is called with the answer so far, while a streamed answer arrives. A stream that runs away is closed.
        """
        async with self._limiter.slot(patience) as call:
            with call_span(self._options.model, ask.name) as span:
                reply = await self._finished(self._exchange(call, ask, body, patience, on_parts), spend)
                span.set_attribute("gen_ai.usage.input_tokens", reply.usage.prompt_tokens)
                span.set_attribute("gen_ai.usage.output_tokens", reply.usage.completion_tokens)
            spend(reply.usage)
            self._limiter.answered(call)
            return reply

    async def _finished(self, exchange: Awaitable[Reply], spend: Spend) -> Reply:
        """The reply to one request. A failed one is reported to `spend` as a call."""
        try:
            return await exchange
        except asyncio.CancelledError:
            spend(Usage(llm_calls=1))
            raise
        except _FAILURES as cause:
            error = self._error_of(cause)
        spend(Usage(llm_calls=1))
        raise error

    def _error_of(self, cause: Exception) -> LoreError:
        match cause:
            case TimeoutError():
                self._limiter.timed_out()
                extra = self.log_fields | {"timeout_s": self._options.timeout_s}
                log.warning("LLM call took longer than allowed", extra=extra)
                return ProviderTimeout()
            case ErrorReply():
                return ProviderComplained(cause.complaint)
            case _Unreachable():
                log.warning("LLM cannot be reached: %r", cause.__cause__, extra=self.log_fields)
                return of_connection(cause.__cause__)
            case httpx2.RequestError() | aiohttp.ClientError():
                log.warning("LLM's answer broke off: %r", cause, extra=self.log_fields)
                return ProviderUnavailable()
            case _:
                log.warning("LLM's answer cannot be read: %r", cause.__cause__ or cause, extra=self.log_fields)
                return ProviderUnavailable()

    async def _exchange(
        self, call: Call, ask: Ask, body: Mapping[str, Any], patience: Patience, on_parts: OnParts
    ) -> Reply:
        is_cold = self._limiter.is_cold
        timeout_s = self._options.timeout_s
        if is_cold:
            timeout_s = max(timeout_s, self._options.load_timeout_s)
        guard = RunawayGuard(ask.parts)
        with _loading_notice(patience, may_load=is_cold) as dismiss:

            def on_text(text: str) -> bool:
                dismiss()
                if on_parts(text):
                    call.restart()
                    self._limiter.reached()
                return not guard.has_run_away(text)

            async with call.timed(timeout_s):
                if body.get("stream"):
                    return await self._stream(body, on_text)
                return read_reply(await self._post(body))

    async def _post(self, body: Mapping[str, Any]) -> bytes:
        async with aclosing(await self._response(body)) as response:
            return await response.aread()

    async def _stream(self, body: Mapping[str, Any], on_text: OnText) -> Reply:
        async with aclosing(await self._response(body)) as response:
            reply = await read_stream(response.aiter_bytes(), on_text)
        if not reply.is_stopped:
            return reply
        log.warning("LLM's answer ran away and was stopped", extra=self.log_fields | {"characters": len(reply.text)})
        return replace(reply, usage=_estimated_usage(body, reply))

    async def _response(self, body: Mapping[str, Any]) -> httpx2.Response:
        """Send the request. The response's body is unread. Raises `_Unreachable`, or `ErrorReply` if not 2xx."""
        headers = self._headers | provider_headers()
        request = httpx2.Request("POST", self._url, headers=headers, content=to_json(body))
        try:
            response = await self._client.send(request, stream=True, follow_redirects=False)
        except _BROKEN as error:
            raise _Unreachable from error
        if response.is_success:
            return response
        async with aclosing(response):
            await response.aread()
        raise ErrorReply(complaint_of(response))


def _estimated_usage(body: Mapping[str, Any], reply: Reply) -> Usage:
    """The cost of a call that was stopped. The provider would have reported it at the end."""
    prompt_tokens = sum(estimated_tokens(message["content"]) for message in body["messages"])
    written = sum(map(estimated_tokens, (reply.text, *reply.elsewhere)))
    return Usage(1, prompt_tokens, written)


@contextmanager
def _loading_notice(patience: Patience, *, may_load: bool) -> Iterator[Callable[[], None]]:
    """Call `patience.on_loading` if the server takes so long that it may be loading the model.

    Yields a function to call when the model is loaded.
    """
    timer = asyncio.get_running_loop().call_later(LOADING_NOTICE_S, patience.on_loading)
    if not may_load:
        timer.cancel()
    try:
        yield timer.cancel
    finally:
        timer.cancel()
