"""The figures of a run, computed by hand."""

from typing import Any

import pytest

from benchmarks.eval.figure import figures, rule_figures, stages_right_first
from benchmarks.eval.job_record import Cost, JobRecord
from benchmarks.eval.length import lengths
from benchmarks.eval.price import read_price
from benchmarks.eval.run_data import RunData
from benchmarks.eval.written import written_pieces
from chalicelib.domain.price import Price
from generator_service.judging.weakness import Rule
from generator_service.registry import load_kinds
from tests.unit.benchmarks.job import record, relic

SETTING = {"setting": {"name": "Low Tarn", "description": "A drowned town."}}


def value(title: str, *records: JobRecord, price: Price | None = None) -> float | None:
    data = RunData.of(records)
    (figure,) = [each for each in [*figures(data, price), *rule_figures(data)] if each.title == title]
    return figure.over(data.records).value


def failing(asked: int, unusable: int, *pieces: dict[str, dict[str, Any]], result: Any = None) -> JobRecord:
    return record(
        "job",
        *pieces,
        params={"count": asked},
        result=result,
        error=None if result else "invalid_output",
        cost=Cost(llm_calls=8, unusable_answers=unusable),
    )


def test_a_job_without_unusable_answers_is_right_at_the_first_call() -> None:
    assert stages_right_first(record("job", relic("A", "b", "c"), relic("D", "e", "f"))) == (6, 6)


def test_each_unusable_answer_spoils_a_stage() -> None:
    job = record("job", relic("A", "b", "c"), cost=Cost(llm_calls=4, unusable_answers=1))
    assert stages_right_first(job) == (2, 3)


def test_each_weak_answer_spoils_a_stage() -> None:
    job = record("job", relic("A", "b", "c"), cost=Cost(llm_calls=5, unusable_answers=1, weak_answers=1))
    assert stages_right_first(job) == (1, 3)


def test_a_missing_piece_has_one_more_stage_that_was_tried() -> None:
    """Three stages of the whole piece, one of the other, and the one that failed there, with two unusable answers."""
    job = failing(2, 2, relic("A", "b", "c"), relic("D"), result=[{"name": "A"}])
    assert stages_right_first(job) == (3, 5)


def test_no_more_stages_are_wrong_than_were_tried() -> None:
    assert stages_right_first(failing(1, 9)) == (0, 1)


def test_what_missing_pieces_cost_is_paid_by_the_complete_ones() -> None:
    """Eight calls for each job, and three complete pieces."""
    jobs = (
        record("a", relic("A"), relic("B"), cost=Cost(llm_calls=8)),
        record("b", relic("C"), relic("D"), result=[{"name": "C"}], cost=Cost(llm_calls=7)),
    )
    assert value("calls a piece", *jobs) == 5


def test_a_run_without_a_complete_piece_has_no_cost_a_piece() -> None:
    assert value("calls a piece", failing(2, 4)) is None


def test_there_is_a_cost_if_prices_are_set() -> None:
    job = record("a", relic("A"), cost=Cost(llm_calls=3, prompt_tokens=1_000_000, completion_tokens=500_000))
    price = read_price({"LLM_PROMPT_USD_PER_MILLION": "0.15", "LLM_COMPLETION_USD_PER_MILLION": "0.6"})
    assert value("cost a piece", job, price=price) == pytest.approx(0.45)
    assert "cost a piece" not in [figure.title for figure in figures(RunData.of([job]), read_price({}))]


def test_missing_and_adjusted_pieces_have_a_warning() -> None:
    job = record("job", relic("A", "b", "c"), relic("D"), relic("E", "f", "g"), result=[{"name": "A"}, {"name": "E"}])
    adjusted = job.stages[0].model_copy(update={"adjusted": ("health was 160, out of range, and was set to 150.",)})
    job = job.model_copy(update={"stages": (adjusted, *job.stages[1:])})
    assert value("pieces with a warning", job) == pytest.approx(2 / 3)


def test_a_rule_that_is_broken_needs_a_warning() -> None:
    """Both texts are too short, and the warnings name the first one."""
    named = {"name": {"name": "Osk's Spoon", "concept": "a spoon that nobody will own"}}
    job = record("job", relic("Osk's Spoon", "A spoon.", "It is old.") | named)
    name, description, history = job.stages
    warned = description.model_copy(update={"below_standard": ("description is too short.",)})
    job = job.model_copy(update={"stages": (name, warned, history)})
    assert value("stages that break a rule", job) == pytest.approx(2 / 3)
    assert value("stages that break a rule without a warning", job) == pytest.approx(1 / 3)
    assert value("pieces with a warning", job) == 1


def test_a_text_may_use_a_forbidden_name_that_any_piece_of_the_job_has() -> None:
    job = record(
        "job", relic("The Salt Spoon", "It was carved for Aria."), relic("The Oar of Aria", "It belongs to Aria.")
    )
    broken = [Rule.FORBIDDEN_NAME in judged.rules for judged in RunData.of([job]).judged["job"]]
    assert broken == [False, False, True, False]
    alone = record("alone", relic("The Salt Spoon", "It was carved for Aria."))
    assert [Rule.FORBIDDEN_NAME in judged.rules for judged in RunData.of([alone]).judged["alone"]] == [False, True]


def test_context_is_used_if_a_piece_names_it() -> None:
    """Two pieces and one context piece; "tarn" alone names it."""
    job = record("job", relic("A", "Found in the tarn."), relic("B", "Found in a ditch."), params={"context": SETTING})
    assert value("context pieces used by name", job) == 0.5


def test_without_context_there_is_nothing_to_use() -> None:
    assert value("context pieces used by name", record("job", relic("A", "b"))) is None


def test_a_repetition_counts_against_the_later_piece_only() -> None:
    """Four stages, one of which repeats: the second description."""
    said = "Whoever carries it hears the tide in every room, and nobody else in the house ever does. "
    first, second = relic("Tinder", said), relic("Osk's Spoon", said)
    assert value("repeats_other_piece", record("job", first, second)) == 0.25


def test_stages_that_break_several_rules_count_once() -> None:
    """The description is too short and unfinished, the name is good."""
    named = {"name": {"name": "Osk's Spoon", "concept": "a spoon that remembers mouths"}}
    job = record("job", relic("", "It is") | named)
    assert value("too_short", job) == value("unfinished", job) == value("stages that break a rule", job) == 0.5


def test_names_of_the_caller_are_allowed() -> None:
    taken = {"setting": {"name": "Ravenwood", "description": "A wood."}}
    job = record("job", relic("Osk's Spoon", "It lies in Ravenwood."))
    assert value("forbidden_name", job) == 0.5
    assert value("forbidden_name", job.model_copy(update={"params": job.params | {"context": taken}})) == 0


def test_lengths_are_counted_in_words_and_sorted() -> None:
    """90 to 130 words are asked for."""
    texts = [" ".join(["word"] * count) for count in (131, 89, 90, 130)]
    pieces = written_pieces(record("job", *[relic("A", text) for text in texts]), load_kinds()["relic"])
    (found,) = [each for each in lengths("relic", pieces) if each.field == "description"]
    assert found.found == (89, 90, 130, 131)
    assert (found.below, found.above) == (0.25, 0.25)
    assert (found.at(0.05), found.at(0.5), found.at(0.95)) == (89, 130, 131)


def test_variety_compares_pieces_of_one_kind_only() -> None:
    """An event may have the name of a relic."""
    event = record("event", {"name": {"name": "Tinder", "concept": "a thing"}}, kind="event")
    assert value("distinct names", record("relic", relic("Tinder")), event) == 1
