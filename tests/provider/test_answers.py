"""Answers, read by the whole system: clear ones are understood, unclear ones are asked for again."""

import pytest

from tests.provider import answer_cases, error_cases, unusable_cases
from tests.provider.case import Case
from tests.provider.conftest import Board
from tests.provider.run import judge


@pytest.mark.parametrize("case", answer_cases.REPORTED, ids=str)
def test_an_answer_that_any_reader_understands_is_understood(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", answer_cases.KIN, ids=str)
def test_other_forms_of_the_same_kinds_are_understood_too(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", unusable_cases.ONCE, ids=str)
def test_an_ambiguous_answer_is_asked_for_again(board: Board, case: Case) -> None:
    """The second answer is shown; nothing is guessed from the first one."""
    judge(case, board(case))


@pytest.mark.parametrize("case", unusable_cases.BOUNDS, ids=str)
def test_a_number_that_stays_out_of_range_becomes_the_nearest_bound_with_a_warning(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", unusable_cases.ONE_PIECE, ids=str)
def test_one_bad_call_costs_its_piece_and_not_the_job(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", [*unusable_cases.ALWAYS, error_cases.IN_WORDS], ids=str)
def test_answers_that_are_never_usable_cost_twice_the_fewest_calls_at_most(board: Board, case: Case) -> None:
    """Across all attempts of the job. Nothing is asked a third time in the same words."""
    outcome = board(case)
    judge(case, outcome)
    assert sum(call.reply.is_unusable for call in outcome.calls) <= 2 * case.work.calls
    asked = [tuple(call.question.texts) for call in outcome.calls]
    assert all(asked.count(words) <= 2 for words in asked)


@pytest.mark.parametrize("case", error_cases.FOR_PEOPLE, ids=str)
def test_an_error_that_is_final_fails_the_job_at_once(board: Board, case: Case) -> None:
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
