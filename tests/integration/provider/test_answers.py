"""The whole system reads answers: it understands clear ones, and asks again after unclear ones."""

import asyncio

import pytest

from tests.integration.provider import answer_cases, error_cases, unusable_cases, weak_cases
from tests.integration.provider.case import Case, first
from tests.integration.provider.conftest import Board, Fresh
from tests.integration.provider.question import Question
from tests.integration.provider.reply import Reply, answer, completion
from tests.integration.provider.run import generate, judge
from tests.integration.provider.server import Behaviour, Provider


@pytest.mark.parametrize("case", answer_cases.ALL, ids=str)
def test_an_answer_that_any_reader_understands_is_understood(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", unusable_cases.ONCE, ids=str)
def test_an_ambiguous_answer_is_asked_for_again(board: Board, case: Case) -> None:
    """The second answer is shown; nothing is guessed from the first one."""
    judge(case, board(case))


@pytest.mark.parametrize("case", unusable_cases.BOUNDS, ids=str)
def test_a_number_that_stays_out_of_range_becomes_the_nearest_bound_with_a_warning(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", weak_cases.ONCE, ids=str)
def test_a_weak_text_is_asked_for_again_and_the_second_one_is_shown(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", weak_cases.ALWAYS, ids=str)
def test_a_text_that_stays_weak_is_shown_with_a_warning(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", unusable_cases.ONE_PIECE, ids=str)
def test_a_piece_that_fails_does_not_fail_the_job(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", [*unusable_cases.ALWAYS, error_cases.IN_WORDS], ids=str)
def test_answers_that_are_never_usable_cost_twice_the_fewest_calls_at_most(board: Board, case: Case) -> None:
    """This counts all attempts of the job. No question is asked a third time in the same words."""
    outcome = board(case)
    judge(case, outcome)
    assert sum(call.reply.is_unusable for call in outcome.calls) <= 2 * case.work.calls
    asked = [tuple(call.question.texts) for call in outcome.calls]
    assert all(asked.count(words) <= 2 for words in asked)


@pytest.mark.parametrize("case", error_cases.FOR_PEOPLE, ids=str)
def test_a_final_error_fails_the_job_at_once(board: Board, case: Case) -> None:
    """Its sentence is for a person: what happened, and what to do."""
    outcome = board(case)
    judge(case, outcome)
    assert outcome.error.endswith(".")


@pytest.mark.parametrize("case", [unusable_cases.NEVER_STOPS], ids=str)
def test_a_model_that_never_stops_costs_no_more_than_the_limits(board: Board, case: Case) -> None:
    calls = board(case).calls
    limits = [call.question.limit for call in calls]
    assert all(limits)
    assert sum(call.reply.tokens for call in calls) <= sum(limit for limit in limits if limit)


def _endless(text: str) -> Behaviour:
    """About 400 KB of repetition, regardless of the limit."""

    def behave(question: Question) -> Reply:
        body = completion(question, None, finish_reason="length")
        body["choices"][0]["message"]["content"] = '{"names": [1' + text * (400_000 // len(text)) + "x]}"
        return answer(body)

    return behave


@pytest.mark.parametrize("text", ["<think>", "[THINK]", "<|channel|>final", "\n", " \n", "/* ", '{"a":', "and then "])
async def test_a_runaway_answer_is_read_in_linear_time(fresh: Fresh, provider: Provider, text: str) -> None:
    """Reading blocks all jobs of the process, and quadratic time would take minutes."""
    case = Case(name="endless", behave=first(_endless(text)), settings={"LLM_TIMEOUT_S": "5"})
    async with asyncio.timeout(120):
        judge(case, await generate(await fresh(**case.settings), provider, case))
