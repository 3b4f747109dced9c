"""A real model rewrites two fields of a relic that it has written. Its text is often poor, but the rest must stay."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.acceptance.real_llm.blemish import blemishes
from tests.acceptance.real_llm.order import MAX_JOBS, MODEL_AT_FAULT, PATIENCE_S
from tests.acceptance.real_llm.relic import Run, until
from tests.acceptance.real_llm.running import System
from tests.e2e.api import Api

#: Field → how it should change, and the name of the question.
WISHES = {
    "description": ("shorter", "relic_description"),
    "history": ("its first owner was older, and one-eyed", "relic_history"),
}
#: What a document says about its versions.
_VERSION = frozenset({"version", "author", "updated_at"})
pytestmark = pytest.mark.timeout(3 * 1000)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A job that has completed, the piece before and after it, and the calls for it."""

    field: str
    job: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]
    calls: list[dict[str, Any]]

    @property
    def changed(self) -> set[str]:
        """The fields that differ, in the piece or in its details."""
        old, new = ({**piece, **piece["details"]} for piece in (self.before, self.after))
        names = (old.keys() | new.keys()) - {"details"} - _VERSION
        return {name for name in names if old.get(name) != new.get(name)}


@pytest.fixture(scope="module")
def rewrites(system: System, run: Run) -> list[Rewrite]:
    """The second rewrite starts from what the first one left."""
    address = f"/pieces/{run.jobs[-1]['items'][0]['library_id']}"
    with Api(system.stack.urls.api) as api:
        until(lambda: api.ask("GET", address).status_code == 200)  # the job may have ended a moment ago
        return [rewritten(system, api, address, field) for field in WISHES]


def rewritten(system: System, api: Api, address: str, field: str) -> Rewrite:
    """The first of a few jobs that completes. The others fail because of the model, and change nothing."""
    before = api.ask("GET", address).json()
    for _ in range(MAX_JOBS):
        began = len(system.calls())
        payload = {"piece_id": before["id"], "fields": [field], "instruction": WISHES[field][0]}
        job = api.finished(api.submit("rewrite_piece", payload)["id"], PATIENCE_S)
        after = api.ask("GET", address).json()
        if job["status"] == "completed":
            return Rewrite(field, job, before, after, system.calls()[began:])
        assert job["error_code"] in MODEL_AT_FAULT, job
        assert after == before
    pytest.fail(f"{MAX_JOBS} jobs have failed")


def test_only_the_field_that_was_asked_for_changes(rewrites: list[Rewrite]) -> None:
    """This model sometimes copies the old text twice. The job then says so."""
    for rewrite in rewrites:
        is_same = any("is the same as before." in warning["message"] for warning in rewrite.job["warnings"])
        assert rewrite.changed == (set() if is_same else {rewrite.field})


def test_the_new_text_keeps_the_form_and_becomes_a_version(rewrites: list[Rewrite]) -> None:
    for rewrite in rewrites:
        after = rewrite.after
        assert after["details"].keys() == rewrite.before["details"].keys()
        text = {**after, **after["details"]}[rewrite.field]
        assert isinstance(text, str)
        assert not blemishes(text)
        if rewrite.changed:
            assert (after["version"], after["author"]["job_id"]) == (rewrite.before["version"] + 1, rewrite.job["id"])


def test_a_rewrite_pays_for_one_question_that_is_asked_at_most_twice(rewrites: list[Rewrite]) -> None:
    for rewrite in rewrites:
        names = [call["request"]["response_format"]["json_schema"]["name"] for call in rewrite.calls]
        assert set(names) == {WISHES[rewrite.field][1]}
        assert len(names) == rewrite.job["usage"]["llm_calls"] <= 2


def test_the_wish_is_in_every_call_only_as_data(rewrites: list[Rewrite]) -> None:
    for rewrite in rewrites:
        wish, _ = WISHES[rewrite.field]
        for call in rewrite.calls:
            task, _, data = call["request"]["messages"][1]["content"].partition("<data>")
            assert f'"wish": "{wish}"' in data
            assert wish not in task
