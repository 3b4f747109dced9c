"""The contract of `port.Generator`, on the fake and on the real generator process over gRPC."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.error import GenerationFailed, Unavailable
from chalicelib.port.generator import (
    Generated,
    GenerationEvent,
    GenerationRequest,
    Generator,
    Progressed,
    StageFinished,
)
from generator_service.registry import load_kinds
from tests.integration.contract.generator_bench import Bench, FakeBench, ProcessBench, process_bench

KINDS = load_kinds()
COUNT = 2


@pytest.fixture(scope="session")
def generator_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessBench]:
    with process_bench(tmp_path_factory.mktemp("generator")) as bench:
        yield bench


@pytest.fixture(params=["fake", "process"])
def bench(request: pytest.FixtureRequest) -> Bench:
    bench: Bench = FakeBench() if request.param == "fake" else request.getfixturevalue("generator_process")
    bench.be_fast()
    return bench


@pytest.fixture
def generator(bench: Bench) -> Generator:
    return bench.generator


def asked(kind: str = "character", **changes: Any) -> GenerationRequest:
    request = GenerationRequest(job_id="job-1", kind=kind, params={"theme": "fantasy", "count": COUNT}, timeout_s=60)
    return replace(request, **changes)


async def events_of(generator: Generator, request: GenerationRequest) -> list[GenerationEvent]:
    async with aclosing(generator.generate(request)) as events:
        return [event async for event in events]


def stages_in(events: list[GenerationEvent]) -> list[StageFinished]:
    return [event for event in events if isinstance(event, StageFinished)]


def result_in(events: list[GenerationEvent]) -> Any:
    assert isinstance(events[-1], Generated)
    return events[-1].result


@pytest.mark.parametrize("kind", KINDS)
async def test_progress_runs_from_20_to_90_and_messages_name_the_kind(generator: Generator, kind: str) -> None:
    count = 1 if KINDS[kind].document else COUNT
    *reports, final = await events_of(generator, asked(kind, params={"theme": "fantasy", "count": count}))
    assert isinstance(final, Generated)
    assert reports[0] == Progressed(20, f"Generating {KINDS[kind].plural}...")
    assert reports[-1] == Progressed(90, f"Finalizing {KINDS[kind].plural}...")
    progress = [report.progress for report in reports if isinstance(report, Progressed | StageFinished)]
    assert progress == sorted(progress)


@pytest.mark.parametrize("kind", KINDS)
async def test_each_stage_of_each_piece_is_reported_once_with_its_own_message(generator: Generator, kind: str) -> None:
    count = 1 if KINDS[kind].document else COUNT
    events = await events_of(generator, asked(kind, params={"theme": "fantasy", "count": count}))
    reported = [(stage.checkpoint.item, stage.checkpoint.stage) for stage in stages_in(events)]
    assert len(reported) == len(set(reported))
    assert {item for item, _ in reported} == set(range(count))
    assert len({frozenset(stage for item, stage in reported if item == number) for number in range(count)}) == 1
    messages = {stage.key: stage.message for stage in KINDS[kind].stages}
    assert all(stage.message == messages[stage.checkpoint.stage] for stage in stages_in(events))


async def test_the_result_is_the_pieces_in_order(generator: Generator) -> None:
    events = await events_of(generator, asked())
    result = result_in(events)
    assert len(result) == COUNT
    for item, piece in enumerate(result):
        assert piece.keys() == {"name", "description", "type", "language", "details"}
        assert piece["type"] == "character"
        assert piece == [stage.piece for stage in stages_in(events) if stage.checkpoint.item == item][-1]


async def test_fields_of_a_piece_are_null_until_they_are_written(generator: Generator) -> None:
    first, *_ = stages_in(await events_of(generator, asked()))
    assert (first.checkpoint.stage, first.piece["description"]) == ("name", None)
    assert first.piece["name"]


async def test_a_world_is_one_document(generator: Generator) -> None:
    result = result_in(await events_of(generator, asked("world", params={"theme": "fantasy", "count": 1})))
    assert result.keys() == {"language", "title", "story", "quest"}
    assert result["quest"].keys() == {"title", "description"}


async def test_stages_report_their_cost(generator: Generator) -> None:
    stages = stages_in(await events_of(generator, asked()))
    assert sum(stage.checkpoint.usage.llm_calls for stage in stages) > 0
    assert sum(stage.checkpoint.usage.prompt_tokens for stage in stages) > 0


async def test_stages_say_which_model_and_which_prompts_wrote_them(generator: Generator) -> None:
    for stage in stages_in(await events_of(generator, asked())):
        assert stage.model
        assert stage.prompt_version is not None


async def test_finished_stages_are_kept_and_neither_written_nor_reported_again(generator: Generator) -> None:
    """The next attempt pays only for the rest."""
    whole = stages_in(await events_of(generator, asked()))
    kept = [stage.checkpoint for stage in whole if stage.checkpoint.stage in ("name", "appearance")]
    events = await events_of(generator, asked(finished=kept))
    again = {(stage.checkpoint.item, stage.checkpoint.stage) for stage in stages_in(events)}
    assert again == {(s.checkpoint.item, s.checkpoint.stage) for s in whole if s.checkpoint not in kept}
    assert isinstance(events[0], Progressed)
    assert 20 < events[0].progress < stages_in(events)[0].progress
    names = [checkpoint.output["name"] for checkpoint in kept if checkpoint.stage == "name"]
    assert [piece["name"] for piece in result_in(events)] == names


async def test_with_every_stage_finished_the_result_costs_nothing(generator: Generator) -> None:
    events = await events_of(generator, asked())
    kept = [stage.checkpoint for stage in stages_in(events)]
    again = await events_of(generator, asked(finished=kept))
    assert stages_in(again) == []
    assert result_in(again) == result_in(events)


async def test_an_unknown_kind_fails_and_is_not_retryable(generator: Generator) -> None:
    with pytest.raises(GenerationFailed) as failed:
        await events_of(generator, asked("spaceship"))
    assert (failed.value.code, failed.value.retryable) == ("unknown_kind", False)


async def test_work_that_takes_too_long_ends_with_a_timeout(bench: Bench) -> None:
    bench.be_slow()
    with pytest.raises(GenerationFailed) as failed:
        await events_of(bench.generator, asked(timeout_s=bench.short_timeout_s))
    assert (failed.value.code, failed.value.retryable) == ("timeout", True)
    await _idle(bench)


async def test_a_closed_stream_stops_the_work(bench: Bench) -> None:
    """A cancelled job must not cost any more calls."""
    bench.be_slow()
    async with aclosing(bench.generator.generate(asked())) as events:
        assert isinstance(await anext(events), Progressed)
        await _busy(bench)
    await _idle(bench)


async def test_a_cancelled_reader_stops_the_work(bench: Bench) -> None:
    bench.be_slow()
    reader = asyncio.create_task(events_of(bench.generator, asked()))
    await _busy(bench)
    reader.cancel()
    await asyncio.wait([reader])
    await _idle(bench)


async def test_a_generator_that_serves_can_be_pinged(generator: Generator) -> None:
    await generator.ping()


async def test_a_generator_that_is_down_is_unavailable(bench: Bench) -> None:
    down = bench.unreachable()
    with pytest.raises(Unavailable):
        await down.ping()
    with pytest.raises(GenerationFailed) as failed:
        await events_of(down, asked(timeout_s=1))
    assert (failed.value.code, failed.value.retryable) == ("generator_unavailable", True)


async def _busy(bench: Bench) -> None:
    async with asyncio.timeout(120):
        while not bench.calls_in_flight():  # noqa: ASYNC110 - the calls are in another process
            await asyncio.sleep(0.02)


async def _idle(bench: Bench) -> None:
    async with asyncio.timeout(120):
        while bench.calls_in_flight():  # noqa: ASYNC110 - the calls are in another process
            await asyncio.sleep(0.02)
