"""The contract of `port.Averages`."""

import asyncio
import uuid

import pytest

from chalicelib.domain.job import Usage
from chalicelib.domain.usage_sums import FADE_AT, UsageSums
from chalicelib.port.averages import Averages


@pytest.fixture
def type_name() -> str:
    return f"generate_{uuid.uuid4().hex}"


def used(count: int, tokens: int = 1_000) -> UsageSums:
    return UsageSums.of(count, Usage(llm_calls=1 + 3 * count, prompt_tokens=tokens * count, completion_tokens=100))


async def test_a_type_that_was_never_measured_has_no_sums(averages: Averages, type_name: str) -> None:
    assert await averages.read(type_name) == UsageSums()


async def test_the_usage_of_jobs_is_summed_up_for_each_type(averages: Averages, type_name: str) -> None:
    for count in (1, 3):
        await averages.add(type_name, used(count))
    await averages.add(f"{type_name}_of_another_kind", used(10))
    assert await averages.read(type_name) == UsageSums(
        jobs=2,
        count=4,
        count_squared=10,
        llm_calls=14,
        prompt_tokens=4_000,
        completion_tokens=200,
        count_llm_calls=34,
        count_prompt_tokens=10_000,
        count_completion_tokens=400,
    )


async def test_jobs_that_end_at_the_same_time_are_all_counted(averages: Averages, type_name: str) -> None:
    await asyncio.gather(*(averages.add(type_name, used(2)) for _ in range(20)))
    assert (await averages.read(type_name)).jobs == 20


async def test_the_sums_are_halved_so_that_old_jobs_fade(averages: Averages, type_name: str) -> None:
    expected = UsageSums()
    for n in range(3 * FADE_AT):
        job = used(1 + n % 7, tokens=997 + n)
        expected = expected.plus(job)
        await averages.add(type_name, job)
    assert await averages.read(type_name) == expected
    assert FADE_AT / 2 <= expected.jobs < FADE_AT


async def test_the_largest_usage_is_summed_up_without_a_loss(averages: Averages, type_name: str) -> None:
    """Sums are written as text: a short form would drop the last digits of large ones."""
    large = UsageSums.of(10, Usage(llm_calls=999, prompt_tokens=123_456_789_012, completion_tokens=98_765_432_109))
    await averages.add(type_name, large)
    await averages.add(type_name, large)
    assert await averages.read(type_name) == large.plus(large)
