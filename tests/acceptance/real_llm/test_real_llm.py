"""The whole system with a real model. It has 135 million parameters, and often breaks rules."""

import pytest

from tests.acceptance.real_llm.blemish import blemishes
from tests.acceptance.real_llm.order import MODEL_AT_FAULT, most_calls, payload_of
from tests.acceptance.real_llm.relic import TYPE, Run, until
from tests.acceptance.real_llm.running import System, limit_of
from tests.e2e.api import Api

#: Far fewer words than the 90 that the prompts ask for.
SHORT_WORDS = 30
pytestmark = pytest.mark.timeout(3 * 1000)


def test_a_job_completes(run: Run) -> None:
    assert {job["error_code"] for job in run.jobs if job["status"] == "failed"} <= MODEL_AT_FAULT
    assert run.jobs[-1]["status"] == "completed"


def test_a_job_survives_a_restart_of_the_model(run: Run) -> None:
    """The generator repeats the call that broke off, and the new model answers it."""
    outcomes = [call["outcome"] for call in run.calls[: run.first]]
    broken_off = next(number for number, outcome in enumerate(outcomes) if outcome != 200)
    assert 200 in outcomes[broken_off:]


def test_texts_for_people_have_no_faults(run: Run) -> None:
    for job in run.jobs:
        assert not blemishes(job["result"])
        assert not blemishes([item["details"] for item in job["items"]])
        assert not blemishes([job["message"], job["error"] or "none"])


def test_every_call_has_a_limit_that_no_answer_exceeds(run: Run) -> None:
    """A model that repeats itself would never stop."""
    for call in run.calls:
        limit = limit_of(call)
        assert limit is not None, call["request"]
        if call["outcome"] == 200:
            assert call["answer"]["usage"]["completion_tokens"] <= limit


def test_no_question_is_asked_more_than_twice(run: Run) -> None:
    answered = [call for call in run.calls if call["outcome"] == 200]
    assert len(answered) <= most_calls(TYPE) * len(run.jobs)


def test_a_text_below_its_standard_has_a_warning(run: Run) -> None:
    """This model hardly ever writes as many words as the prompt asks for."""
    for job in run.jobs:
        warned = {(warning["item"], warning["stage"]) for warning in job["warnings"]}
        for index, piece in enumerate(job["result"] or ()):
            texts = {"description": piece["description"], "history": piece["details"]["history"]}
            short = {(index, stage) for stage, text in texts.items() if len(text.split()) < SHORT_WORDS}
            assert short <= warned


def test_cancelling_a_job_frees_the_model(system: System, api: Api) -> None:
    """An abandoned call costs money and blocks a slot that another call needs."""
    job = api.submit("create_world", payload_of("create_world", "fantasy"))
    until(lambda: system.llama.busy_slots() > 0)
    began = len(system.calls())
    assert api.ask("POST", f"/jobs/{job['id']}/cancel").status_code == 202
    until(lambda: system.llama.busy_slots() == 0)
    until(lambda: len(system.calls()) > began)
    assert [call["outcome"] for call in system.calls()[began:]] == ["caller hung up"]
