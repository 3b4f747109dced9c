"""A provider in this process that answers the LLM client from a script, in virtual time."""

import asyncio
import json
import math
from collections.abc import Callable, Coroutine
from typing import Any

import httpx2
import pytest

from generator_service.error import LoreError
from generator_service.kind import Named
from generator_service.llm.ask import Answer, Ask, Llm, Message, Part, Patience, Spend
from generator_service.llm.dialect import Dialect
from generator_service.llm.limiter import Limiter
from generator_service.llm.openai_llm import OpenAiLlm
from generator_service.llm.options import ProviderOptions
from generator_service.llm.usage import Usage
from tests.virtual_time import now_s

GOOD = {"name": "Osk", "concept": "a ferryman"}
QUESTION: list[Message] = [{"role": "system", "content": "rules"}, {"role": "user", "content": "a name, please"}]
ASK = Ask("character_name", (Part("name", Named),), QUESTION)
KEY = "sk-a-very-secret-key"

#: A response, an exception to raise, or a function that returns a response.
Response = httpx2.Response | Exception | Callable[[], Any]


def completion(content: str | None, finish_reason: str = "stop", **message: Any) -> httpx2.Response:
    choice = {
        "index": 0,
        "finish_reason": finish_reason,
        "message": {"role": "assistant", "content": content} | message,
    }
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return httpx2.Response(200, json={"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage})


def good() -> httpx2.Response:
    return completion(json.dumps(GOOD))


def failure(status: int, code: str = "", **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json={"error": {"message": "provider text", "code": code}}, headers=headers)


def rejection(text: str, status: int = 400) -> httpx2.Response:
    return httpx2.Response(status, json={"error": {"message": text}})


async def answer_of(llm: Llm, ask: Ask, patience: Patience | None = None, spend: Spend = lambda _: None) -> Answer:
    """The answer to a question with one part."""
    answers: list[Answer] = []
    await llm.complete(ask, patience or Patience(), spend, lambda _, answer: answers.append(answer))
    (answer,) = answers
    return answer


def client_of(answer: Callable[[httpx2.Request], Coroutine[None, None, httpx2.Response]]) -> httpx2.AsyncClient:
    """The HTTP client. `answer` replaces the network."""
    headers = {"Authorization": f"Bearer {KEY}"}
    return httpx2.AsyncClient(base_url="http://llm.invalid/v1", headers=headers, transport=httpx2.MockTransport(answer))


class Provider:
    """Answers in the given order, and records the requests and what the client did."""

    def __init__(self) -> None:
        self.answers: list[Response] = []
        self.requests: list[dict[str, Any]] = []
        self.client = client_of(self._answer)
        self.limiter = Limiter(4, timeout_s=30, clock=now_s, sleep=self._sleep)
        #: Parameters that the operators have set.
        self.body: dict[str, Any] = {}
        #: How long the client slept, and the waits that it announced beforehand, seconds.
        self.slept: list[float] = []
        self.waits: list[float] = []
        self.costs: list[Usage] = []

    @property
    def spent(self) -> Usage:
        return sum(self.costs, Usage())

    async def _sleep(self, delay_s: float) -> None:
        self.slept.append(delay_s)
        await asyncio.sleep(delay_s)

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(json.loads(request.content))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx2.Response) else await answer()

    def llm(self, max_attempts: int = 4) -> OpenAiLlm:
        options = ProviderOptions(
            model="gpt-test",
            timeout_s=30,
            load_timeout_s=30,
            max_attempts=max_attempts,
            reasoning_tokens=1000,
            body=self.body,
            query={},
            headers={},
        )
        return OpenAiLlm(
            self.client,
            options=options,
            dialect=Dialect(),
            limiter=self.limiter,
            clock=now_s,
            sleep=self._sleep,
            random=lambda: 1.0,
        )

    async def ask(
        self, *answers: Response, deadline_in_s: float = math.inf, max_attempts: int = 4
    ) -> tuple[Any, Usage]:
        self.answers = list(answers)
        patience = Patience(now_s() + deadline_in_s, self.waits.append)
        answer = await answer_of(self.llm(max_attempts), ASK, patience, self.costs.append)
        return answer.output, self.spent

    async def fail(self, *answers: Response, deadline_in_s: float = math.inf) -> LoreError:
        with pytest.raises(LoreError) as raised:
            await self.ask(*answers, deadline_in_s=deadline_in_s)
        return raised.value
