"""The offline writer's texts pass the rules by which every model is judged, so its jobs need no further calls."""

import json
import re

import httpx2
import pytest

from generator_service.registry import load_kinds
from generator_service.writing.event import Event, StageFinished
from generator_service.writing.job_writer import JobWriter
from local.offline_writer.wire.completion import AnswerWriter, CompletionRequest
from tests.offline_job import job_of
from tests.property.test_offline_prose import CONTEXTS, JOBS
from tests.unit.generator.scripted_provider import Provider, client_of, completion
from tests.virtual_time import now_s

KINDS = load_kinds()
#: A question that asks again only because of a text's length.
_TOO_LONG = re.compile(r"standard\. `\w+` has \d+ words; write [\d to]+ words\. Write")


@pytest.mark.parametrize("kind", KINDS)
async def test_every_text_of_the_offline_writer_passes_the_rules_at_the_first_call(kind: str) -> None:
    writer, requests = AnswerWriter(seed=13), list[str]()

    async def answer(request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content) | {"stream": False}
        requests.extend(message["content"] for message in body["messages"][2:] if message["role"] == "user")
        return completion(writer.write(CompletionRequest.model_validate(body)))

    for theme, tone, context in JOBS:
        given = {"tone": tone} if tone else {}
        count = 1 if KINDS[kind].document else 3
        job = job_of(KINDS[kind], {"theme": theme, "count": count, "context": CONTEXTS[context], **given})
        provider, events = Provider(), list[Event]()
        provider.client = client_of(answer)
        requests.clear()
        await JobWriter(job, provider.llm(), events.append, clock=now_s, time_left_s=1_000).write()
        remarks = [each.message for event in events if isinstance(event, StageFinished) for each in event.remarks]
        assert list(filter(_is_about_more_than_length, [*requests, *remarks])) == []


def _is_about_more_than_length(text: str) -> bool:
    """With a context, a few texts are longer than 1.6 times what the prompt asks for."""
    return "too long" not in text and not _TOO_LONG.search(text)
