"""What an attempt at a job writes, in what order, and what it reports."""

import asyncio
import dataclasses
import json
from collections.abc import Mapping

import pytest

from generator_service.error import (
    InvalidOutput,
    ProviderQuota,
    ProviderUnavailable,
)
from generator_service.llm.ask import Ask, Deliver, Patience, Spend
from generator_service.llm.schema import strict_schema
from generator_service.llm.usage import Usage
from generator_service.writing.event import Remark
from generator_service.writing.job import Checkpoint
from generator_service.writing.reporter import LOADING_MESSAGE, WAITING_MESSAGE
from tests.unit.generator.answering import Answering
from tests.unit.generator.attempt import KINDS, Attempt, named, names_in
from tests.unit.generator.scripted_llm import COST, ScriptedLlm, names
from tests.unit.generator.until import until


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_completed_and_each_stage_is_reported_once(kind: str) -> None:
    count = 1 if KINDS[kind].document else 3
    attempt = Attempt(kind, ScriptedLlm(), count=count)
    finished = await attempt.run()
    assert not finished.failures
    expected = [(item, stage.key) for item in range(count) for stage in KINDS[kind].stages]
    assert sorted((stage.piece_index, stage.stage) for stage in attempt.stages) == sorted(expected)
    assert {message for _, message in attempt.progress[1:-1]} == {stage.message for stage in KINDS[kind].stages}


async def test_a_stage_is_judged_against_what_is_finished_when_it_is_reported() -> None:
    """The LLM client has judged each of the two texts by itself."""
    llm = ScriptedLlm()
    text = Answering().fill(strict_schema(KINDS["event"].stage["description"].output))["description"]
    llm.script("event_description", {"description": text})
    llm.script("event_impact", {"impact": text})
    attempt = Attempt("event", llm, count=1)
    await attempt.run()
    remarks = {stage.stage: [remark.message for remark in stage.remarks] for stage in attempt.stages}
    assert remarks["description"] == []
    assert "impact repeats description." in remarks["impact"]


async def test_progress_goes_from_20_to_90_as_in_the_guide() -> None:
    attempt = Attempt("character", ScriptedLlm(), count=3)
    await attempt.run()
    percents = [percent for percent, _ in attempt.progress]
    assert percents == [20, *(20 + int(done / 18 * 70) for done in range(1, 19)), 90]
    assert attempt.progress[0] == (20, "Generating characters...")
    assert attempt.progress[-1] == (90, "Finalizing characters...")


async def test_three_characters_take_one_names_call_and_two_calls_each() -> None:
    llm = ScriptedLlm()
    await Attempt("character", llm, count=3).run()
    assert llm.names.count("character_names") == 1
    assert len(llm.asked) == 7
    assert llm.max_running == 6


async def test_a_call_starts_as_soon_as_its_prerequisites_are_finished() -> None:
    """The traits only need the name: a slow backstory does not delay them."""
    llm, slow = ScriptedLlm(), asyncio.Event()
    llm.script("character_backstory", slow)
    attempt = Attempt("character", llm, count=1)
    task = asyncio.create_task(attempt.run())
    await until(lambda: {"character_skills", "character_stats"} <= set(llm.finished))
    assert "character_backstory" not in llm.finished
    slow.set()
    assert not (await task).failures


async def test_a_stage_is_reported_while_the_next_one_of_its_call_is_still_being_written() -> None:
    llm, slow = ScriptedLlm(), asyncio.Event()
    llm.script("relic_history", slow)
    attempt = Attempt("relic", llm, count=1)
    task = asyncio.create_task(attempt.run())
    await until(lambda: "relic_description" in llm.finished)
    assert [(stage.stage, stage.usage) for stage in attempt.stages] == [("name", COST), ("description", Usage())]
    slow.set()
    await task
    assert attempt.stages[-1].usage == COST


async def test_a_resumed_piece_asks_only_for_the_missing_stages_of_a_call() -> None:
    first = Attempt("character", ScriptedLlm(), count=1)
    first.llm.script("character_skills", ProviderUnavailable())
    with pytest.raises(ProviderUnavailable):
        await first.run()
    second = Attempt("character", ScriptedLlm(), first.checkpoints(), count=1)
    await second.run()
    ((name, data),) = second.llm.asked
    assert (name, data["stages"]) == ("character_skills_stats", ["skills", "stats"])
    assert set(data["piece"]) == {"name", "concept", "traits", "flaw"}


async def test_a_part_that_comes_before_one_that_it_needs_waits_for_it() -> None:
    """Otherwise an attempt that ends in between would leave a checkpoint without the one that it builds on."""

    class Backwards(ScriptedLlm):
        async def complete(self, ask: Ask, patience: Patience, spend: Spend, deliver: Deliver) -> None:
            backwards = dataclasses.replace(ask, parts=ask.parts[::-1])
            await super().complete(backwards, patience, spend, deliver)

    attempt = Attempt("relic", Backwards(), count=1)
    await attempt.run()
    assert [stage.stage for stage in attempt.stages] == ["name", "description", "history"]


async def test_the_result_has_the_pieces_in_the_order_of_their_index() -> None:
    llm, slow = ScriptedLlm(), asyncio.Event()
    llm.script("relic_names", names("Ada", "Bo"))
    llm.script("relic_description", slow, number=1)
    task = asyncio.create_task(Attempt("relic", llm, count=2).run())
    await until(lambda: "relic_history" in llm.finished)
    slow.set()
    assert names_in(await task) == ["Ada", "Bo"]


async def test_a_finished_stage_is_never_written_again() -> None:
    first = Attempt("character", ScriptedLlm(), count=3)
    first.llm.script("character_stats", ProviderUnavailable(), ProviderUnavailable(), ProviderUnavailable())
    with pytest.raises(ProviderUnavailable):
        await first.run()
    second = Attempt("character", ScriptedLlm(), first.checkpoints(), count=3)
    finished = await second.run()
    assert set(second.llm.names) == {"character_stats"}
    assert [stage.stage for stage in second.stages] == ["stats"] * 3
    assert second.progress[0][0] == 20 + int(15 / 18 * 70)
    assert not finished.failures


async def test_a_job_with_every_stage_finished_makes_no_call() -> None:
    first = Attempt("event", ScriptedLlm(), count=2)
    whole = await first.run()
    again = Attempt("event", ScriptedLlm(), first.checkpoints(), count=2)
    assert (await again.run()).result == whole.result
    assert (again.llm.asked, again.progress[-1]) == ([], (90, "Finalizing events..."))


async def test_only_missing_names_are_asked_for_and_existing_ones_are_avoided() -> None:
    llm = ScriptedLlm()
    written = [
        Checkpoint(item, "name", json.dumps({"name": name, "concept": "c"})) for item, name in ((0, "A"), (2, "C"))
    ]
    llm.script("relic_names", names("B"))
    finished = await Attempt("relic", llm, written, count=3, avoid=["Z"]).run()
    assert names_in(finished) == ["A", "B", "C"]
    data = llm.asked[0][1] if llm.names[0] == "relic_names" else dict(llm.asked)["relic_names"]
    assert (data["count"], data["avoid"]) == (1, ["Z", "A", "C"])


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint(0, "name", '{"name": "", "concept": "c"}'),
        Checkpoint(0, "name", "garbage"),
        Checkpoint(0, "unheard_of", "{}"),
        Checkpoint(7, "name", '{"name": "A", "concept": "c"}'),
        Checkpoint(-1, "name", '{"name": "A", "concept": "c"}'),
        Checkpoint(0, "history", '{"history": "Rests on a description that is not there."}'),
    ],
)
async def test_an_unusable_checkpoint_is_written_again(checkpoint: Checkpoint) -> None:
    """Refusing it would fail every further attempt of a job that outlived a deployment."""
    attempt = Attempt("relic", ScriptedLlm(), [checkpoint], count=1)
    assert not (await attempt.run()).failures
    assert len(attempt.stages) == 3


async def test_a_repeated_name_is_asked_for_again_and_the_first_name_of_a_round_has_its_cost() -> None:
    llm = ScriptedLlm()
    llm.script("event_names", names("Ada", "ÁDA", "Bo"), names("Cy"))
    attempt = Attempt("event", llm, count=3)
    assert names_in(await attempt.run()) == ["Ada", "Bo", "Cy"]
    costs = [stage.usage for stage in attempt.stages if stage.stage == "name"]
    assert costs == [COST, Usage(), COST]


async def test_two_pieces_never_have_the_same_name() -> None:
    llm = ScriptedLlm()
    llm.script("event_names", names("Ada", "Ada"), names("ada"), names("Adá"), names("ADA"))
    attempt = Attempt("event", llm, count=2)
    finished = await attempt.run()
    assert names_in(finished) == ["Ada"]
    (failure,) = finished.failures
    assert (failure.piece_index, failure.stage, failure.error.code, failure.error.retryable) == (
        1,
        "name",
        "duplicate_name",
        True,
    )


async def test_all_calls_are_counted_even_if_they_fail() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", InvalidOutput("nonsense"), number=1)
    attempt = Attempt("relic", llm, count=2)
    await attempt.run()
    assert attempt.spent.llm_calls == len(llm.asked)


async def test_calls_after_the_last_finished_stage_are_counted_too() -> None:
    """No later stage reports them, but they were paid for."""
    llm = ScriptedLlm()
    llm.script("relic_description", asyncio.Event(), number=1)
    llm.script("relic_description", ProviderQuota(), number=2)
    attempt = Attempt("relic", llm, named("Ada", "Bo"), count=2)
    with pytest.raises(ProviderQuota):
        await attempt.run()
    assert (len(llm.asked), attempt.spent.llm_calls) == (2, 2)


async def test_the_cost_of_failed_calls_is_reported_before_the_deadline() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", ProviderUnavailable(), number=1)
    llm.script("relic_description", asyncio.Event(), number=2)
    attempt = Attempt("relic", llm, count=2)
    task = asyncio.create_task(attempt.run(time_left_s=5))
    await until(lambda: attempt.spent.llm_calls == 2)
    assert not task.done()
    task.cancel()
    await asyncio.wait([task])


async def test_a_stage_is_reported_with_its_adjustments() -> None:
    llm = ScriptedLlm()
    llm.adjusted = ("health was 160, out of range, and was set to 150.",)
    attempt = Attempt("relic", llm, count=1)
    await attempt.run()
    (sentence,) = llm.adjusted
    assert [list(stage.remarks) for stage in attempt.stages] == [[], *[[Remark("adjusted", sentence)]] * 2]


async def test_a_jobs_note_is_reported_once_for_each_piece_in_all_attempts() -> None:
    first = Attempt("relic", ScriptedLlm(), count=2)
    first.notes = ("the text is in English.",)
    await first.run()
    remarks = [Remark("adjusted", "the text is in English.")]
    noted = [(stage.piece_index, stage.stage) for stage in first.stages if list(stage.remarks) == remarks]
    assert noted == [(0, "name"), (1, "name")]
    kept = [checkpoint for checkpoint in first.checkpoints() if checkpoint.piece_index == 0]
    second = Attempt("relic", ScriptedLlm(), finished=kept[:2], count=2)
    second.notes = first.notes
    await second.run()
    assert [stage.piece_index for stage in second.stages if stage.remarks] == [1]


async def test_every_piece_says_in_which_language_it_is() -> None:
    attempt = Attempt("relic", ScriptedLlm(), count=1)
    attempt.language = "ar"
    finished = await attempt.run()
    assert [stage.piece["language"] for stage in attempt.stages] == ["ar"] * 3
    assert not isinstance(finished.result, Mapping)
    assert finished.result[0]["language"] == "ar"


async def test_a_possible_model_load_is_reported_once() -> None:
    llm = ScriptedLlm()
    llm.script("relic_names", *[lambda patience: patience.on_loading()] * 2)
    attempt = Attempt("relic", llm, count=1)
    await attempt.run()
    assert [message for _, message in attempt.progress].count(LOADING_MESSAGE) == 1


async def test_a_long_wait_is_reported_once_and_does_not_change_progress() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", *([lambda patience: patience.on_wait(2.0)] * 3))
    attempt = Attempt("relic", llm, count=3)
    await attempt.run()
    waits = [index for index, said in enumerate(attempt.progress) if said[1] == WAITING_MESSAGE]
    assert len(waits) == 1
    assert attempt.progress[waits[0]][0] == attempt.progress[waits[0] - 1][0]


async def test_a_short_wait_is_not_reported() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", lambda patience: patience.on_wait(1.9))
    attempt = Attempt("relic", llm, count=1)
    await attempt.run()
    assert WAITING_MESSAGE not in [message for _, message in attempt.progress]


async def test_a_title_that_the_caller_has_chosen_is_kept() -> None:
    finished = await Attempt("world", ScriptedLlm(), count=1, title="The Bells of Low Tarn").run()
    assert isinstance(finished.result, Mapping)
    assert finished.result["title"] == "The Bells of Low Tarn"
    assert set(finished.result) == {"language", "title", "story", "quest"}
