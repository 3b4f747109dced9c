"""What happens to a job if calls fail, its deadline comes, or it is cancelled."""

import asyncio

import pytest

from generator_service.error import (
    DuplicateName,
    Internal,
    InvalidOutput,
    LoreError,
    ProviderAuth,
    ProviderBadRequest,
    ProviderQuota,
    ProviderRateLimited,
    ProviderTimeout,
    ProviderUnavailable,
    Refused,
)
from generator_service.llm.ask import Patience
from generator_service.writing.job_writer import deciding_error
from tests.unit.generator.attempt import Attempt, named
from tests.unit.generator.scripted_llm import ScriptedLlm
from tests.unit.generator.until import until


async def test_a_failing_piece_does_not_affect_the_others() -> None:
    llm = ScriptedLlm()
    llm.script("character_backstory", Refused(), number=2)
    attempt = Attempt("character", llm, count=3)
    finished = await attempt.run()
    assert len(finished.result) == 2
    (failure,) = finished.failures
    assert (failure.piece_index, failure.stage, failure.error.code) == (1, "backstory", "refused")


async def test_a_failed_piece_starts_no_more_calls_but_keeps_the_running_ones() -> None:
    """A stage that is already paid for becomes a checkpoint for the next attempt; a new stage would be wasted."""
    llm, slow = ScriptedLlm(), asyncio.Event()
    llm.script("setting_history", slow)
    llm.script("setting_culture", ProviderUnavailable())
    attempt = Attempt("setting", llm, count=1)
    task = asyncio.create_task(attempt.run())
    await until(lambda: "setting_landscape" in llm.finished)
    slow.set()
    with pytest.raises(ProviderUnavailable):
        await task
    assert {stage.stage for stage in attempt.stages} == {"name", "landscape", "history", "economy"}
    assert "setting_summary" not in llm.names


@pytest.mark.parametrize("error", [ProviderAuth, ProviderQuota])
async def test_an_error_that_every_call_would_raise_stops_the_job(error: type[LoreError]) -> None:
    """The LLM has not answered any call yet, so the set-up is broken and every other call would fail as well."""
    llm = ScriptedLlm()
    llm.script("character_traits", error(), number=2)
    llm.script("character_traits", *([asyncio.Event()] * 10))
    llm.script("character_backstory", *([asyncio.Event()] * 10))
    llm.script("character_appearance", *([asyncio.Event()] * 10))
    attempt = Attempt("character", llm, named("Ada", "Bo", "Cy"), count=3)
    with pytest.raises(error):
        await attempt.run()
    assert llm.running == 0
    asked = len(llm.asked)
    await asyncio.sleep(10)
    assert len(llm.asked) == asked


@pytest.mark.parametrize("error", [ProviderAuth, ProviderQuota, ProviderBadRequest])
async def test_after_a_first_answer_a_rejected_call_only_fails_its_piece(error: type[LoreError]) -> None:
    """Paid work is not thrown away because the provider rejects one call."""
    llm = ScriptedLlm()
    llm.script("relic_history", error(), number=3)
    finished = await Attempt("relic", llm, count=5).run()
    assert len(finished.result) == 4
    assert [(failure.piece_index, failure.error.code) for failure in finished.failures] == [(2, error.failure.code)]


async def test_a_complete_piece_is_delivered_even_if_the_credit_runs_out() -> None:
    llm = ScriptedLlm()

    def run_out_of_credit(_patience: Patience) -> None:
        raise ProviderQuota

    gate = asyncio.Event()
    llm.script("relic_history", gate, run_out_of_credit, number=2)
    attempt = Attempt("relic", llm, count=2)
    task = asyncio.create_task(attempt.run())
    await until(lambda: "relic_history" in llm.finished)
    gate.set()
    finished = await task
    assert len(finished.result) == 1
    assert finished.failures[0].error.code == "provider_quota"


async def test_without_a_complete_piece_the_deciding_error_ends_the_job() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", Refused(), number=1)
    llm.script("relic_description", ProviderRateLimited(retry_after_s=30), number=2)
    with pytest.raises(ProviderRateLimited) as raised:
        await Attempt("relic", llm, count=2).run()
    assert raised.value.retry_after_s == 30


def test_an_error_that_stops_the_job_is_reported_before_a_temporary_one() -> None:
    order = [Refused(), ProviderUnavailable(), ProviderRateLimited(retry_after_s=3), ProviderTimeout(retry_after_s=9)]
    assert deciding_error(order) is order[3]
    assert deciding_error([*order, ProviderAuth()]).code == "provider_auth"
    assert deciding_error([Refused(), DuplicateName()]).code == "duplicate_name"


async def test_complete_pieces_are_delivered_before_the_deadline() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", asyncio.Event(), number=2)
    finished = await Attempt("relic", llm, count=2).run(time_left_s=5)
    assert len(finished.result) == 1
    assert (finished.failures[0].stage, finished.failures[0].error.code) == ("description", "out_of_time")
    assert llm.running == 0


async def test_without_a_complete_piece_writing_continues_until_the_deadline() -> None:
    llm, slow = ScriptedLlm(), asyncio.Event()
    llm.script("relic_description", slow)
    task = asyncio.create_task(Attempt("relic", llm, count=1).run(time_left_s=0.0))
    await asyncio.sleep(100)
    assert not task.done()
    slow.set()
    assert not (await task).failures


async def test_cancelling_the_job_leaves_nothing_running() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", *([asyncio.Event()] * 3))
    task = asyncio.create_task(Attempt("relic", llm, count=3).run())
    await until(lambda: llm.running == 3)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert llm.running == 0


async def test_a_bug_only_fails_its_piece() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", TypeError("a bug"), number=1)
    finished = await Attempt("relic", llm, count=2).run()
    assert len(finished.result) == 1
    assert [(failure.piece_index, failure.error.code) for failure in finished.failures] == [(0, "internal")]


async def test_a_bug_in_every_piece_is_an_internal_error() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", TypeError("a bug"))
    with pytest.raises(Internal):
        await Attempt("relic", llm, count=1).run()
    assert llm.running == 0


async def test_a_stage_that_something_else_cancels_fails_its_piece_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def cancel_this_stage(_patience: Patience) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()

    llm = ScriptedLlm()
    llm.script("relic_description", cancel_this_stage, asyncio.Event(), number=1)
    finished = await Attempt("relic", llm, count=2).run()
    assert [(failure.piece_index, failure.error.code) for failure in finished.failures] == [(0, "internal")]
    assert "Stages were cancelled by a bug" in caplog.text


async def test_the_attempts_of_a_job_share_a_budget_for_unusable_answers() -> None:
    """Otherwise an incapable model would cost many times the price of the job."""
    llm = ScriptedLlm()
    attempt = Attempt("relic", llm, count=1)
    attempt.unusable_answers = 4
    with pytest.raises(InvalidOutput):
        await attempt.run()
    assert llm.asked == []
    attempt.unusable_answers = 3
    assert not (await attempt.run()).failures


async def test_a_rejected_call_of_a_second_attempt_only_fails_its_piece() -> None:
    """Rejections come faster than answers, so no call of this attempt may have been answered yet."""
    llm = ScriptedLlm()
    llm.script("relic_description", ProviderBadRequest(), number=3)
    finished = await Attempt("relic", llm, named("Ada", "Bo", "Cy", "Di", "Ed"), count=5).run()
    assert len(finished.result) == 4
