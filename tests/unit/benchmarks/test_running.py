"""What is kept of a job, and when a run stops."""

import asyncio
import json

import httpx2
import pytest

from benchmarks.eval.job_record import JobRecord
from benchmarks.eval.order import Grid, orders
from benchmarks.eval.prompt_meter import characters_of, count_prompt, metered
from benchmarks.eval.provider import chosen, environment_at
from benchmarks.eval.running import OtherRun, RunStopped, require_same_run, write
from generator_service.error import InvalidOutput, LoreError, ProviderAuth, ProviderTimeout, ProviderUnavailable
from generator_service.registry import load_kinds
from generator_service.settings import Settings
from generator_service.writing.prompt import PROMPT_VERSION
from tests.unit.benchmarks.job import record, relic
from tests.unit.generator.scripted_llm import COST, ScriptedLlm, names

_KINDS = load_kinds()
_SETTINGS = Settings.read({"OPENAI_API_KEY": "any", "OPENAI_MODEL": "model"})
(_ORDER,) = orders(Grid(jobs=1, count=2), ["relic"])


async def written(llm: ScriptedLlm) -> JobRecord:
    return await write(_ORDER, _KINDS, llm, _SETTINGS)


async def test_a_job_is_kept_with_its_stages_and_their_cost() -> None:
    """A name and two texts for each of two pieces."""
    llm = ScriptedLlm(adjusted=("health was set to 150.",))
    llm.script("relic_names", names("Osk's Spoon", "Tinder"))
    job = await written(llm)
    assert (job.whole, job.asked, job.error, job.missing) == (2, 2, None, ())
    assert job.cost.llm_calls == len(llm.asked)
    assert job.cost.prompt_tokens == len(llm.asked) * COST.prompt_tokens
    assert sorted((stage.piece_index, stage.stage) for stage in job.stages) == [
        (index, stage) for index in (0, 1) for stage in ("description", "history", "name")
    ]
    assert {stage.adjusted for stage in job.stages if stage.stage != "name"} == {("health was set to 150.",)}
    assert job.outputs()[1]["name"]["name"] == "Tinder"


async def test_a_missing_piece_is_kept_with_its_reason() -> None:
    llm = ScriptedLlm()
    llm.script("relic_names", names("Osk's Spoon", "Tinder"))
    llm.script("relic_history", InvalidOutput("It was empty."), number=2)
    job = await written(llm)
    assert (job.whole, job.error, job.missing) == (1, None, ("invalid_output",))
    assert len(job.stages) == 5


@pytest.mark.parametrize("error", [InvalidOutput("It was empty."), ProviderTimeout()])
async def test_a_job_without_a_result_is_kept_with_its_error(error: LoreError) -> None:
    """A model that is too slow, or writes nothing usable, is what the report is about."""
    llm = ScriptedLlm()
    llm.script("relic_names", error)
    job = await written(llm)
    assert (job.result, job.error, job.whole, job.stages) == (None, error.code, 0, ())


@pytest.mark.parametrize("error", [ProviderAuth(), ProviderUnavailable()])
async def test_a_run_stops_if_every_further_job_would_fail(error: LoreError) -> None:
    llm = ScriptedLlm()
    llm.script("relic_names", error)
    with pytest.raises(RunStopped, match=error.message[:20]):
        await written(llm)


async def test_each_job_counts_its_own_prompts() -> None:
    """The jobs send from tasks of their own, side by side."""

    async def job(times: int) -> int:
        with metered() as meter:
            async with asyncio.TaskGroup() as group:
                for _ in range(times):
                    group.create_task(count_prompt(httpx2.Request("POST", "http://x", json=_BODY)))
        return meter.characters

    first, second = await asyncio.gather(job(1), job(3))
    assert (first, second) == (7, 21)


async def test_prompts_outside_of_a_job_are_not_counted() -> None:
    await count_prompt(httpx2.Request("POST", "http://x", json=_BODY))
    with metered() as meter:
        pass
    assert meter.characters == 0


_BODY = {"messages": [{"role": "system", "content": "abc"}, {"role": "user", "content": "日本語!"}]}


def test_characters_are_counted_and_not_bytes() -> None:
    assert characters_of(json.dumps(_BODY).encode()) == 7


@pytest.mark.parametrize(
    ("name", "environment", "expected"),
    [
        ("auto", {}, "offline"),
        ("auto", {"OPENAI_API_KEY": " "}, "offline"),
        ("auto", {"OPENAI_API_KEY": "sk"}, "environment"),
        ("auto", {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, "environment"),
        ("smollm2", {"OPENAI_API_KEY": "sk"}, "smollm2"),
    ],
)
def test_a_provider_that_the_environment_names_is_used(name: str, environment: dict[str, str], expected: str) -> None:
    assert chosen(name, environment) == expected


def test_a_local_server_gets_no_secret_of_the_operator() -> None:
    given = {
        "OPENAI_API_KEY": "sk-secret",
        "OPENAI_ORG_ID": "org",
        "LLM_EXTRA_HEADERS": '{"x": "secret"}',
        "LLM_TIMEOUT_S": "9",
    }
    assert environment_at(given, "http://127.0.0.1:1/v1", "m") == {
        "LLM_TIMEOUT_S": "9",
        "OPENAI_API_KEY": "offline",
        "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
        "OPENAI_MODEL": "m",
    }


@pytest.mark.parametrize(("model", "prompt_version"), [("another", PROMPT_VERSION), ("model", PROMPT_VERSION - 1)])
def test_a_folder_has_jobs_of_one_model_and_one_version_of_the_prompts(model: str, prompt_version: int) -> None:
    jobs = [record("a", relic("A"), model="model", prompt_version=PROMPT_VERSION)]
    require_same_run(jobs, "model")
    with pytest.raises(OtherRun, match="Choose another folder"):
        require_same_run([*jobs, record("b", relic("B"), model=model, prompt_version=prompt_version)], "model")
