"""The whole system reads answers: it understands clear ones, and asks again after unclear ones."""

import pytest

from tests.provider import answer_cases, error_cases, unusable_cases
from tests.provider.case import Case
from tests.provider.conftest import Board
from tests.provider.run import judge


@pytest.mark.parametrize("case", answer_cases.REPORTED, ids=str)
def test_an_answer_with_a_clear_meaning_is_used(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", answer_cases.KIN, ids=str)
def test_a_similar_form_of_a_clear_answer_is_used_too(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", unusable_cases.ONCE, ids=str)
def test_an_ambiguous_answer_is_asked_for_again(board: Board, case: Case) -> None:
    """The second answer is shown; nothing is guessed from the first one."""
    judge(case, board(case))


@pytest.mark.parametrize("case", unusable_cases.BOUNDS, ids=str)
def test_a_number_that_stays_out_of_range_becomes_the_nearest_bound_with_a_warning(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", unusable_cases.ONE_PIECE, ids=str)
def test_a_piece_that_fails_does_not_fail_the_job(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", [*unusable_cases.ALWAYS, error_cases.IN_WORDS], ids=str)
def test_answers_that_are_never_usable_cost_at_most_twice_the_fewest_calls(board: Board, case: Case) -> None:
    """Across all attempts of the job. No prompt is sent a third time."""
    outcome = board(case)
    judge(case, outcome)
    assert sum(call.reply.is_unusable for call in outcome.calls) <= 2 * case.work.calls
    asked = [tuple(call.question.texts) for call in outcome.calls]
    assert all(asked.count(words) <= 2 for words in asked)


@pytest.mark.parametrize("case", error_cases.FOR_PEOPLE, ids=str)
def test_a_final_error_fails_the_job_at_once(board: Board, case: Case) -> None:
    """Its sentence tells a person what happened and what to do."""
    outcome = board(case)
    judge(case, outcome)
    assert outcome.error.endswith(".")


@pytest.mark.parametrize("case", [unusable_cases.NEVER_STOPS], ids=str)
def test_a_model_that_never_stops_costs_no_more_than_the_limits(board: Board, case: Case) -> None:
    calls = board(case).calls
    limits = [call.question.limit for call in calls]
    assert all(limits)
    assert sum(call.reply.tokens for call in calls) <= sum(limit for limit in limits if limit)
