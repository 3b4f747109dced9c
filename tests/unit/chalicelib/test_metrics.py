"""Metrics count each job once, no matter what ends it."""

import asyncio
import json
from typing import Any

import pytest

from chalicelib.adapter.emf_meter import EmfMeter
from chalicelib.domain import change
from chalicelib.domain.error import GenerationFailed
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.price import Price
from tests.unit.chalicelib.system import OWNER, System

PRICE = Price(prompt=1.0, completion=10.0)


def metered() -> System:
    return System(meter=EmfMeter("dev", PRICE))


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The embedded metrics among the lines on stdout."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')]


def values(blobs: list[dict[str, Any]], name: str) -> list[float]:
    return [blob[name][0] for blob in blobs if name in blob]


async def test_a_completed_job_is_measured_from_its_claim_to_its_cost(capsys: pytest.CaptureFixture[str]) -> None:
    system = metered()
    job = await system.submitted(count=1)
    await asyncio.sleep(2)
    await system.work(job.id)
    blobs = written(capsys)
    (ended,) = [blob for blob in blobs if "JobsEnded" in blob]
    assert (ended["Stage"], ended["type"], ended["outcome"]) == ("dev", "generate_characters", "completed")
    (definition,) = ended["_aws"]["CloudWatchMetrics"]
    assert definition["Namespace"] == "LoreSmithJobs"
    assert sorted(map(sorted, definition["Dimensions"])) == [["Stage"], ["Stage", "outcome"], ["Stage", "type"]]
    assert values(blobs, "QueueWait") == [2000]
    assert values(blobs, "StageDuration") == [0] * len(JOB_TYPES["generate_characters"].stages)
    (tokens,), (cost,) = values(blobs, "LlmTokens"), values(blobs, "LlmCostUsd")
    assert tokens > 0
    assert 0 < cost < tokens * 10 / 1_000_000


async def test_without_prices_no_cost_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    system = System(meter=EmfMeter("dev", None))
    await system.work((await system.submitted(count=1)).id)
    blobs = written(capsys)
    assert values(blobs, "LlmTokens") != []
    assert values(blobs, "LlmCostUsd") == []


async def test_attempts_and_take_overs_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    system = metered()
    job = await system.submitted(count=1)
    await system.jobs.apply(job.id, change.claim(job, "a worker that dies", system.timing))
    await asyncio.sleep(system.timing.lease_s + 1)

    async def fail(_job: str, _item: int, _stage: str) -> None:
        raise GenerationFailed("generator_unavailable", "Later.", retryable=True)

    system.generator.before_stage = fail
    await system.work(job.id)
    blobs = written(capsys)
    assert values(blobs, "LeasesExpired") == [1]
    assert values(blobs, "Retries") == [1]
    assert values(blobs, "QueueWait") == []
    assert values(blobs, "JobsEnded") == []


async def test_a_cancel_and_an_expiry_are_endings_too(capsys: pytest.CaptureFixture[str]) -> None:
    system = metered()
    cancelled, forgotten = await system.submitted(), await system.submitted()
    await system.services.reading.cancel(OWNER, cancelled.id)
    await system.services.reading.cancel(OWNER, cancelled.id)
    await asyncio.sleep(system.timing.max_pending_s + 1)
    await system.services.recovery.sweep()
    await system.services.reading.job(OWNER, forgotten.id)
    assert [blob["outcome"] for blob in written(capsys) if "JobsEnded" in blob] == ["cancelled", "failed"]


async def test_the_queue_wait_of_a_job_that_a_full_generator_sends_back_is_measured_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    system = metered()
    job = await system.submitted(count=1)
    await asyncio.sleep(2)
    for token in ("first", "second"):
        await system.jobs.apply(job.id, change.claim(await system.job(job.id), token, system.timing))
        EmfMeter("dev", PRICE).claimed(await system.job(job.id), took_over=False)
        await asyncio.sleep(1)
        await system.jobs.apply(job.id, change.release(token, "The generator is busy.", 0, uses_attempt=False))
    assert values(written(capsys), "QueueWait") == [2000]
