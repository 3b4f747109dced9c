"""The offline writer streams, and writes several stages with one answer. The generator's client reads both."""

import json
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx2
import pytest

from generator_service.llm.ask import Answer, Patience
from generator_service.llm.dialect import Dialect
from generator_service.llm.limiter import Limiter
from generator_service.llm.openai_llm import OpenAiLlm
from generator_service.llm.options import ProviderOptions
from generator_service.llm.usage import Usage
from generator_service.params import Params
from generator_service.registry import load_kinds
from generator_service.writing.job import Job
from generator_service.writing.prompt import stages_ask
from local.offline_writer.wire.app import OfflineWriter
from local.offline_writer.wire.completion import AnswerWriter
from local.offline_writer.wire.fault import Faults, read_plan
from tests.virtual_time import now_s

CHARACTER = load_kinds()["character"]
STAGES = [CHARACTER.stage[key] for key in ("traits", "skills", "stats")]
OSK = {"name": CHARACTER.stage["name"].output.model_validate({"name": "Osk Tarn", "concept": "a ferryman who lies"})}


class Writer:
    """The offline writer in this process, and a client for it."""

    def __init__(self) -> None:
        self.faults = Faults(0, [], Random(1))
        app = OfflineWriter(AnswerWriter(1), self.faults).app()
        self.http = httpx2.AsyncClient(base_url="http://writer.invalid/v1", transport=httpx2.ASGITransport(app=app))
        self.happened: list[str | Usage] = []

    def be(self, latency_s: float = 0, **rule: Any) -> None:
        self.faults.replace(read_plan({"latency_s": latency_s, "rules": [rule] if rule else []}))

    async def write(self, *keys: str) -> dict[str, Answer]:
        """These stages of a character."""
        options = ProviderOptions(
            model="m",
            timeout_s=30,
            load_timeout_s=30,
            max_attempts=4,
            reasoning_tokens=0,
            body={},
            query={},
            headers={},
        )
        limiter = Limiter(4, timeout_s=30, clock=now_s, sleep=_no_sleep)
        llm = OpenAiLlm(
            self.http,
            options=options,
            dialect=Dialect(),
            limiter=limiter,
            clock=now_s,
            sleep=_no_sleep,
            random=lambda: 1.0,
        )
        answers: dict[str, Answer] = {}

        def deliver(key: str, answer: Answer) -> None:
            self.happened.append(key)
            answers[key] = answer

        stages = [CHARACTER.stage[key] for key in keys] or STAGES
        ask = stages_ask(Job(CHARACTER, Params(), {}), stages, 0, OSK)
        await llm.complete(ask, Patience(), self.happened.append, deliver)
        return answers

    async def log(self) -> dict[str, Any]:
        return dict((await self.http.get("http://writer.invalid/control/calls")).json())


async def _no_sleep(_delay_s: float) -> None:
    return None


@pytest.fixture
async def writer() -> AsyncIterator[Writer]:
    writer = Writer()
    yield writer
    await writer.http.aclose()


async def test_one_streamed_answer_has_every_stage_and_its_usage_comes_last(writer: Writer) -> None:
    answers = await writer.write()
    first, second, usage, last = writer.happened
    assert (first, second, last) == ("traits", "skills", "stats")
    assert isinstance(usage, Usage)
    assert usage.llm_calls == 1
    assert usage.completion_tokens > 0
    assert all(isinstance(answers[stage.key].output, stage.output) for stage in STAGES)


async def test_the_answer_comes_after_the_latency_and_the_log_has_the_call(writer: Writer) -> None:
    writer.be(latency_s=10)
    await writer.write()
    assert 6 <= now_s() <= 14
    log = await writer.log()
    assert (log["started"], log["finished"], log["in_flight"]) == (1, 1, 0)
    assert log["log"][0]["schema"] == "character_traits_skills_stats"


@pytest.mark.parametrize("fault", ["429", "500", "503", "broken_body", "garbage", "wrong_schema", "truncated", "empty"])
async def test_a_fault_that_strikes_a_stream_once_costs_one_more_call(writer: Writer, fault: str) -> None:
    writer.be(fault=fault, times=1)
    answers = await writer.write()
    assert list(answers) == ["traits", "skills", "stats"]
    assert (await writer.log())["started"] == 2


async def test_a_broken_stream_has_delivered_its_first_stages(writer: Writer) -> None:
    writer.be(fault="broken_body", times=1)
    await writer.write("appearance", "backstory")
    assert writer.happened[:2] == ["appearance", Usage(1)]


async def test_without_a_stream_the_answer_is_the_same(writer: Writer) -> None:
    ask = stages_ask(Job(CHARACTER, Params(), {}), STAGES, 0, OSK)
    body = {"model": "m", "messages": list(ask.messages)}
    plain = (await writer.http.post("http://writer.invalid/v1/chat/completions", json=body)).json()
    streamed = (await writer.http.post("http://writer.invalid/v1/chat/completions", json=body | {"stream": True})).text
    chunks = [json.loads(line.removeprefix("data: ")) for line in streamed.split("\n\n") if line[6:7] == "{"]
    text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    assert text == plain["choices"][0]["message"]["content"]
    assert not any("usage" in chunk for chunk in chunks)
    assert streamed.endswith("data: [DONE]\n\n")
