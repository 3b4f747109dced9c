"""What the RPC leaves in the log when its call ends early. The RPC itself is tested in tests/integration/generator."""

import asyncio
import logging
from typing import Any

import pytest

from generator_service.job_limit import JobLimit
from generator_service.registry import load_kinds
from generator_service.servicer import LoreServicer
from proto.lore.v1 import lore_pb2
from tests.unit.generator.scripted_llm import ScriptedLlm
from tests.virtual_time import now_s


class Call:
    """A gRPC call without a deadline."""

    def invocation_metadata(self) -> tuple[()]:
        return ()

    def time_remaining(self) -> None:
        return None


async def test_a_call_that_ends_while_an_event_is_sent_stops_the_work_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """gRPC closes the generator then, and cancels nothing in it. The line must name the job in any task."""
    caplog.set_level(logging.INFO)
    llm: Any = ScriptedLlm()
    llm.script("relic_history", asyncio.Event())
    servicer = LoreServicer(kinds=load_kinds(), llm=llm, job_limit=JobLimit(1), clock=now_s)
    request = lore_pb2.GenerateRequest(job_id="job-1", kind="relic", params_json='{"theme": "fantasy", "count": 1}')
    call: Any = Call()
    events = servicer.Generate(request, call)
    await anext(events)
    await events.aclose()
    assert llm.running == 0
    (line,) = [record for record in caplog.records if record.message.startswith("Job was cancelled")]
    assert vars(line)["job_id"] == "job-1"


async def test_a_call_that_is_closed_from_another_task_leaves_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """gRPC does that when the caller leaves with the last event, so for nearly every completed job. That task has a
    context of its own, in which the job's span cannot be ended as the current one."""
    llm: Any = ScriptedLlm()
    llm.script("relic_history", asyncio.Event())
    servicer = LoreServicer(kinds=load_kinds(), llm=llm, job_limit=JobLimit(1), clock=now_s)
    request = lore_pb2.GenerateRequest(job_id="job-1", kind="relic", params_json='{"theme": "fantasy", "count": 1}')
    call: Any = Call()
    events = servicer.Generate(request, call)
    await asyncio.create_task(_first(events))
    await asyncio.create_task(events.aclose())
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def _first(events: Any) -> Any:
    return await anext(events)
