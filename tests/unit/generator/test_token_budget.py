"""The token budget of an attempt: no call starts that might exceed it, and finished pieces are delivered."""

import asyncio
from dataclasses import replace

import pytest

from chalicelib.domain.spending import MAX_BUDGET
from generator_service.error import BudgetExhausted, InvalidOutput, ProviderUnavailable
from generator_service.llm.ask import Ask, Deliver, Patience, Spend
from generator_service.llm.usage import Usage
from generator_service.writing.token_budget import TokenBudget, expected_usage
from tests.unit.generator.attempt import KINDS, Attempt, named, names_in
from tests.unit.generator.scripted_llm import COST, ScriptedLlm
from tests.unit.generator.until import until

#: More than any single question of a relic is expected to cost.
ONE_CALL = 1_000


class MeteredLlm(ScriptedLlm):
    """Reports this usage for each answered call, instead of its own."""

    usage = COST

    async def complete(self, ask: Ask, patience: Patience, spend: Spend, deliver: Deliver) -> None:
        def instead(usage: Usage) -> None:
            spend(self.usage if usage == COST else usage)

        await super().complete(ask, patience, instead, deliver)


def attempt(llm: ScriptedLlm, tokens: int | None, *, count: int = 1) -> Attempt:
    started = Attempt("relic", llm, named(*"ABCDEFGHIJ"[:count]), count=count)
    started.token_budget = tokens
    return started


async def test_a_budget_that_is_large_enough_changes_nothing() -> None:
    finished = await attempt(ScriptedLlm(), 100_000, count=3).run()
    assert names_in(finished) == ["A", "B", "C"]


async def test_a_budget_for_no_call_fails_the_job_before_it_costs_anything() -> None:
    llm = ScriptedLlm()
    with pytest.raises(BudgetExhausted) as error:
        await attempt(llm, 1).run()
    assert llm.asked == []
    assert (error.value.code, error.value.retryable, error.value.transient) == ("budget_exhausted", True, False)


async def test_a_budget_for_no_call_completes_a_job_whose_stages_are_all_finished() -> None:
    first = Attempt("relic", ScriptedLlm(), count=1)
    await first.run()
    again = Attempt("relic", ScriptedLlm(), first.checkpoints(), count=1)
    again.token_budget = 1
    assert not (await again.run()).failures


async def test_concurrent_calls_cannot_exceed_the_budget_together() -> None:
    """Ten descriptions are asked for at the same time. Only as many start as fit when none has cost anything yet."""
    llm = ScriptedLlm()
    llm.script("relic_description", *[asyncio.Event()] * 10)
    started = attempt(llm, 3_000, count=10)
    task = asyncio.create_task(started.run())
    await until(lambda: llm.running > 0)
    await asyncio.sleep(10)
    assert llm.running == 3
    task.cancel()
    await asyncio.wait([task])


async def test_pieces_that_are_finished_are_delivered_and_the_others_say_why_they_are_missing() -> None:
    llm = MeteredLlm()
    llm.usage = Usage(1, 600, 200)
    started = attempt(llm, 3_000, count=4)
    finished = await started.run()
    assert len(finished.result) == 3
    assert {failure.error.code for failure in finished.failures} == {"budget_exhausted"}
    assert len(finished.failures) == 1
    assert started.spent.tokens <= 3_000


async def test_what_a_call_did_not_cost_is_free_for_the_next() -> None:
    """The four calls of a setting are expected to cost 3,000 tokens, and cost 440."""
    started = Attempt("setting", ScriptedLlm(), count=1)
    started.token_budget = 2_400
    assert not (await started.run()).failures
    assert started.spent.tokens == 440


async def test_no_further_call_starts_once_a_call_has_cost_more_than_expected() -> None:
    """The overrun is at most what the running calls cost more than expected."""
    llm = MeteredLlm()
    llm.usage = Usage(1, 600, 5_000)
    started = attempt(llm, 4 * ONE_CALL, count=6)
    finished = await started.run()
    assert {failure.error.code for failure in finished.failures} == {"budget_exhausted"}
    assert len(llm.asked) == len(finished.result) == 4
    assert started.spent.tokens == 4 * 5_600


async def test_a_failed_call_costs_nothing() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", ProviderUnavailable(), number=1)
    finished = await attempt(llm, 3 * ONE_CALL, count=2).run()
    assert [failure.error.code for failure in finished.failures] == ["provider_unavailable"]


async def test_a_cancelled_call_frees_what_was_held_for_it() -> None:
    budget = TokenBudget(100)

    async def call() -> None:
        with budget.reserve(100):
            await asyncio.Event().wait()

    task = asyncio.create_task(call())
    await until(lambda: budget.left == 0)
    task.cancel()
    await asyncio.wait([task])
    assert budget.left == 100


@pytest.mark.parametrize(("cost", "may_repair"), [(400, True), (1_600, False)])
async def test_an_answer_is_asked_for_again_only_if_the_budget_allows_it(cost: int, may_repair: bool) -> None:
    class Unusable(ScriptedLlm):
        async def complete(self, ask: Ask, patience: Patience, spend: Spend, deliver: Deliver) -> None:
            spend(Usage(1, cost, 0))
            spend(Usage(unusable_answers=1))
            assert patience.may_repair() is may_repair
            raise InvalidOutput("nonsense")

    started = attempt(Unusable(), 2 * ONE_CALL)
    with pytest.raises(InvalidOutput):
        await started.run()
    assert started.spent.tokens == cost


async def test_a_repair_holds_its_own_tokens() -> None:
    """Otherwise every unusable answer could double the cost unnoticed."""
    budget = TokenBudget(1_000)
    with budget.reserve(600) as reservation:
        reservation.pay(500)
        assert budget.left == 500
        assert not reservation.hold()
    assert budget.left == 500
    with budget.reserve(400) as reservation:
        reservation.pay(50)
        assert reservation.hold()
        assert budget.left == 50
    assert budget.left == 450


async def test_answers_that_the_provider_does_not_count_are_estimated() -> None:
    """Otherwise no budget and no daily limit would apply to such a provider."""
    llm = MeteredLlm()
    llm.usage = Usage(1)
    started = attempt(llm, None, count=1)
    await started.run()
    assert 400 < started.spent.prompt_tokens < 800
    assert 0 < started.spent.completion_tokens < 200
    assert started.spent.llm_calls == 1


async def test_parts_of_a_broken_answer_that_the_provider_did_not_count_are_estimated() -> None:
    class Broken(ScriptedLlm):
        async def complete(self, ask: Ask, patience: Patience, spend: Spend, deliver: Deliver) -> None:
            await super().complete(replace(ask, parts=ask.parts[:1]), patience, lambda _: None, deliver)
            spend(Usage(1))
            raise ProviderUnavailable

    started = attempt(Broken(), None, count=1)
    with pytest.raises(ProviderUnavailable):
        await started.run()
    assert started.spent.llm_calls == 1
    assert started.spent.tokens > 400


async def test_a_counted_answer_is_not_counted_again_if_the_second_question_fails() -> None:
    """A weak text is then taken as it is. Its call has reported its cost, and the failed one has none."""

    class FailingRepair(ScriptedLlm):
        async def complete(self, ask: Ask, patience: Patience, spend: Spend, deliver: Deliver) -> None:
            spend(Usage(1, 600, 200))
            spend(Usage(weak_answers=1))
            assert patience.may_repair()
            spend(Usage(1))
            await super().complete(ask, patience, lambda _: None, deliver)

    started = attempt(FailingRepair(), None, count=1)
    await started.run()
    assert (started.spent.llm_calls, started.spent.tokens) == (2, 800)


async def test_an_unusable_answer_that_the_provider_does_not_count_is_estimated() -> None:
    class Unusable(ScriptedLlm):
        async def complete(self, ask: Ask, patience: Patience, spend: Spend, deliver: Deliver) -> None:
            spend(Usage(1))
            spend(Usage(unusable_answers=1))
            raise InvalidOutput("nonsense")

    started = attempt(Unusable(), None, count=1)
    with pytest.raises(InvalidOutput):
        await started.run()
    assert (started.spent.llm_calls, started.spent.unusable_answers) == (1, 1)
    assert started.spent.tokens > 500


class UsualLlm(ScriptedLlm):
    """Each call costs what it is expected to cost."""

    async def complete(self, ask: Ask, patience: Patience, spend: Spend, deliver: Deliver) -> None:
        await super().complete(
            ask, patience, lambda usage: spend(expected_usage(ask) if usage == COST else usage), deliver
        )


@pytest.mark.parametrize("kind", KINDS)
async def test_ten_pieces_of_every_kind_fit_into_the_default_budget_twice(kind: str) -> None:
    started = Attempt(kind, UsualLlm(), count=1 if KINDS[kind].document else 10)
    started.token_budget = MAX_BUDGET // 2
    assert not (await started.run()).failures
