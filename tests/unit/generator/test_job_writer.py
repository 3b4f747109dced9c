"""One attempt at one job: what is written when, what is reported, and what becomes of failures."""

import asyncio
import json
import math
from typing import Any

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
from generator_service.llm.usage import Usage
from generator_service.params import parse_params
from generator_service.registry import load_kinds
from generator_service.writing.event import Event, Generated, Progressed, Spent, StageFinished
from generator_service.writing.job import Checkpoint, Job, usable_outputs
from generator_service.writing.job_writer import JobWriter, deciding_error
from generator_service.writing.reporter import LOADING_MESSAGE, WAITING_MESSAGE
from tests.unit.generator.scripted_llm import COST, ScriptedLlm, names
from tests.unit.generator.until import until
from tests.virtual_time import now_s

pytestmark = pytest.mark.virtual_time

KINDS = load_kinds()


class Attempt:
    """Runs one attempt and keeps what it reported."""

    def __init__(self, kind: str, llm: ScriptedLlm, finished: list[Checkpoint] | None = None, **params: Any) -> None:
        self.kind = KINDS[kind]
        self.llm = llm
        self.params = parse_params(self.kind.params, json.dumps(params))
        self.finished = finished or []
        self.events: list[Event] = []
        self.unusable_answers = 0

    async def run(self, time_left_s: float = math.inf) -> Generated:
        finished = usable_outputs(self.kind, self.params.count, self.finished)
        job = Job(self.kind, self.params, finished, self.unusable_answers)
        writer = JobWriter(job, self.llm, self.events.append, clock=now_s, time_left_s=time_left_s)
        async with asyncio.timeout(1000):
            return await writer.write()

    @property
    def stages(self) -> list[StageFinished]:
        return [event for event in self.events if isinstance(event, StageFinished)]

    @property
    def progress(self) -> list[tuple[int, str]]:
        told = [event for event in self.events if isinstance(event, StageFinished | Progressed)]
        return [(event.progress, event.message) for event in told]

    @property
    def spent(self) -> Usage:
        return sum((event.usage for event in self.events if isinstance(event, StageFinished | Spent)), Usage())

    def checkpoints(self) -> list[Checkpoint]:
        return [Checkpoint(s.piece_index, s.stage, json.dumps(s.output.fields())) for s in self.stages]


def named(*names_given: str) -> list[Checkpoint]:
    """The names that an earlier attempt has finished."""
    outputs = (json.dumps(piece) for piece in names(*names_given)["names"])
    return [Checkpoint(item, "name", output) for item, output in enumerate(outputs)]


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_completed_and_each_stage_is_reported_once(kind: str) -> None:
    count = 1 if KINDS[kind].document else 3
    attempt = Attempt(kind, ScriptedLlm(), count=count)
    finished = await attempt.run()
    assert not finished.failures
    expected = [(item, stage.key) for item in range(count) for stage in KINDS[kind].stages]
    assert sorted((stage.piece_index, stage.stage) for stage in attempt.stages) == sorted(expected)
    assert {message for _, message in attempt.progress[1:-1]} == {stage.message for stage in KINDS[kind].stages}


async def test_progress_goes_from_20_to_90_as_in_the_guide() -> None:
    attempt = Attempt("character", ScriptedLlm(), count=3)
    await attempt.run()
    percents = [percent for percent, _ in attempt.progress]
    assert percents == [20, *(20 + int(done / 18 * 70) for done in range(1, 19)), 90]
    assert attempt.progress[0] == (20, "Generating characters...")
    assert attempt.progress[-1] == (90, "Finalizing characters...")


async def test_three_characters_take_one_names_call_and_five_calls_each() -> None:
    llm = ScriptedLlm()
    await Attempt("character", llm, count=3).run()
    assert llm.names.count("character_names") == 1
    assert len(llm.asked) == 16
    assert llm.most_running >= 9, "appearance, backstory and traits of all three run side by side"


async def test_a_stage_starts_as_soon_as_its_prerequisites_are_finished() -> None:
    """Skills wait for the traits alone: a slow backstory does not hold them up."""
    llm, slow = ScriptedLlm(), asyncio.Event()
    llm.script("character_backstory", slow)
    attempt = Attempt("character", llm, count=1)
    task = asyncio.create_task(attempt.run())
    await until(lambda: {"character_skills", "character_stats"} <= set(llm.finished))
    assert "character_backstory" not in llm.finished
    slow.set()
    assert not (await task).failures


async def test_the_result_has_the_pieces_in_the_order_of_their_index() -> None:
    llm, slow = ScriptedLlm(), asyncio.Event()
    llm.script("relic_names", names("Ada", "Bo"))
    llm.script("relic_description", slow, number=1)
    task = asyncio.create_task(Attempt("relic", llm, count=2).run())
    await until(lambda: "relic_history" in llm.finished)
    slow.set()
    assert [piece["name"] for piece in (await task).result] == ["Ada", "Bo"]


async def test_a_failing_piece_does_not_affect_the_others() -> None:
    llm = ScriptedLlm()
    llm.script("character_backstory", Refused(), number=2)
    attempt = Attempt("character", llm, count=3)
    finished = await attempt.run()
    assert len(finished.result) == 2
    (failure,) = finished.failures
    assert (failure.piece_index, failure.stage, failure.error.code) == (1, "backstory", "refused")


async def test_a_failed_piece_starts_no_more_stages_but_keeps_the_running_ones() -> None:
    """What is paid for is a checkpoint for the next attempt; what is not begun would be paid for in vain."""
    llm, slow = ScriptedLlm(), asyncio.Event()
    llm.script("character_traits", slow)
    llm.script("character_backstory", ProviderUnavailable())
    attempt = Attempt("character", llm, count=1)
    task = asyncio.create_task(attempt.run())
    await until(lambda: "character_appearance" in llm.finished)
    slow.set()
    with pytest.raises(ProviderUnavailable):
        await task
    assert {stage.stage for stage in attempt.stages} == {"name", "appearance", "traits"}
    assert not {"character_skills", "character_stats"} & set(llm.names)


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
    assert [piece["name"] for piece in finished.result] == ["A", "B", "C"]
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
    assert [piece["name"] for piece in (await attempt.run()).result] == ["Ada", "Bo", "Cy"]
    costs = [stage.usage for stage in attempt.stages if stage.stage == "name"]
    assert costs == [COST, Usage(), COST]


async def test_two_pieces_never_have_the_same_name() -> None:
    llm = ScriptedLlm()
    llm.script("event_names", names("Ada", "Ada"), names("ada"), names("Adá"), names("ADA"))
    attempt = Attempt("event", llm, count=2)
    finished = await attempt.run()
    assert [piece["name"] for piece in finished.result] == ["Ada"]
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
    """No stage takes them along: what failed last, and what was stopped, was paid for all the same."""
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


@pytest.mark.parametrize("error", [ProviderAuth, ProviderQuota])
async def test_an_error_that_every_call_would_get_stops_the_job(error: type[LoreError]) -> None:
    """The LLM has not answered any call yet: the set-up is broken, and every other call would fail the same way."""
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
    assert [(failure.piece_index, failure.error.code) for failure in finished.failures] == [(2, error.code)]


async def test_a_stage_is_reported_with_its_adjustments() -> None:
    llm = ScriptedLlm()
    llm.adjusted = ("health was 160, out of range, and was set to 150.",)
    attempt = Attempt("relic", llm, count=1)
    await attempt.run()
    assert [stage.adjusted for stage in attempt.stages] == [(), llm.adjusted, llm.adjusted]


async def test_a_possible_model_load_is_reported_once() -> None:
    llm = ScriptedLlm()
    llm.script("relic_names", *[lambda patience: patience.on_loading()] * 2)
    attempt = Attempt("relic", llm, count=1)
    await attempt.run()
    assert [message for _, message in attempt.progress].count(LOADING_MESSAGE) == 1


async def test_a_complete_piece_is_delivered_even_if_the_credit_runs_out() -> None:
    llm = ScriptedLlm()

    def wait_for_first(_patience: Patience) -> None:
        raise ProviderQuota

    async_gate = asyncio.Event()
    llm.script("relic_history", async_gate, wait_for_first, number=2)
    attempt = Attempt("relic", llm, count=2)
    task = asyncio.create_task(attempt.run())
    await until(lambda: "relic_history" in llm.finished)
    async_gate.set()
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


def test_the_deciding_error_is_one_that_stops_the_job_or_else_one_that_may_pass() -> None:
    order = [Refused(), ProviderUnavailable(), ProviderRateLimited(retry_after_s=3), ProviderTimeout(retry_after_s=9)]
    assert deciding_error(order) is order[3]
    assert deciding_error([*order, ProviderAuth()]).code == "provider_auth"
    assert deciding_error([Refused(), DuplicateName()]).code == "duplicate_name"


async def test_complete_pieces_are_delivered_before_the_deadline() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", asyncio.Event(), number=2)
    finished = await Attempt("relic", llm, count=2).run(time_left_s=5)
    assert len(finished.result) == 1
    assert (finished.failures[0].stage, finished.failures[0].error.code) == ("description", "provider_timeout")
    assert llm.running == 0


async def test_without_a_complete_piece_the_work_goes_on_until_the_deadline() -> None:
    llm, slow = ScriptedLlm(), asyncio.Event()
    llm.script("relic_description", slow)
    task = asyncio.create_task(Attempt("relic", llm, count=1).run(time_left_s=0.0))
    await asyncio.sleep(100)
    assert not task.done()
    slow.set()
    assert not (await task).failures


async def test_a_long_wait_is_told_once_and_does_not_change_progress() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", *([lambda patience: patience.on_wait(2.0)] * 3))
    attempt = Attempt("relic", llm, count=3)
    await attempt.run()
    waits = [index for index, said in enumerate(attempt.progress) if said[1] == WAITING_MESSAGE]
    assert len(waits) == 1
    assert attempt.progress[waits[0]][0] == attempt.progress[waits[0] - 1][0]


async def test_a_short_wait_is_not_told() -> None:
    llm = ScriptedLlm()
    llm.script("relic_description", lambda patience: patience.on_wait(1.9))
    attempt = Attempt("relic", llm, count=1)
    await attempt.run()
    assert WAITING_MESSAGE not in [message for _, message in attempt.progress]


async def test_a_title_that_the_caller_has_chosen_is_kept() -> None:
    finished = await Attempt("world", ScriptedLlm(), count=1, title="The Bells of Low Tarn").run()
    assert finished.result["title"] == "The Bells of Low Tarn"
    assert set(finished.result) == {"title", "story", "quest"}


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


async def test_the_attempts_of_a_job_share_a_budget_for_unusable_answers() -> None:
    """Otherwise an incapable model would cost many times the price of the job."""
    llm = ScriptedLlm()
    attempt = Attempt("relic", llm, count=1)
    attempt.unusable_answers = 6
    with pytest.raises(InvalidOutput):
        await attempt.run()
    assert llm.asked == []
    attempt.unusable_answers = 5
    assert not (await attempt.run()).failures


async def test_a_rejected_call_of_a_second_attempt_only_fails_its_piece() -> None:
    """Refusals come faster than answers: nothing of this attempt may have been answered yet."""
    llm = ScriptedLlm()
    llm.script("relic_description", ProviderBadRequest(), number=3)
    finished = await Attempt("relic", llm, named("Ada", "Bo", "Cy", "Di", "Ed"), count=5).run()
    assert len(finished.result) == 4
