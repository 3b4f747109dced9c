"""A call in the provider's queue gets its full time again whenever the queue moves."""

import asyncio

import pytest

from generator_service.llm.call import Answers, Call
from tests.virtual_time import now_s


async def ended_after(call: Call, timeout_s: float = 10) -> float:
    began_at = now_s()
    with pytest.raises(TimeoutError):
        async with call.timed(timeout_s):
            await asyncio.Event().wait()
    return now_s() - began_at


async def test_a_call_ends_after_its_time() -> None:
    assert await ended_after(Call(1, 10, Answers())) == 10


async def test_each_answer_to_an_earlier_call_gives_the_full_time_again() -> None:
    answers = Answers()
    asyncio.get_running_loop().call_later(4, answers.add, 0)
    asyncio.get_running_loop().call_later(9, answers.add, 1)
    assert await ended_after(Call(2, 10, answers)) == 19


async def test_an_answer_to_a_later_call_changes_nothing() -> None:
    answers = Answers()
    asyncio.get_running_loop().call_later(4, answers.add, 3)
    assert await ended_after(Call(2, 10, answers)) == 10


async def test_an_answer_never_shortens_the_time_of_a_call_that_may_take_longer() -> None:
    answers = Answers()
    asyncio.get_running_loop().call_later(1, answers.add, 0)
    assert await ended_after(Call(1, 10, answers), timeout_s=60) == 60


async def test_the_last_answer_counts_and_what_nobody_asks_for_is_forgotten() -> None:
    answers = Answers()
    for number in (5, 2, 7, 3):
        answers.add(number)
        await asyncio.sleep(1)
    assert [answers.last_before(number) for number in (2, 3, 4, 9)] == [None, 1, 3, 3]
    answers.forget_before(4)
    assert [answers.last_before(number) for number in (3, 4)] == [None, 3]
