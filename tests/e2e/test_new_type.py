"""The guide's worked example: a new type of job is one entry and one file. Done to a copy, and run end to end."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.project import ROOT
from tests.e2e.api import Api
from tests.e2e.environment import own_stack

ENTRY = """
        _pieces("quests", QuestsPayload, "Quests with an objective and a reward.", difficulty="hard"),
        JobType(
"""
PAYLOAD = """
class QuestsPayload(PiecesPayload):
    difficulty: Literal["easy", "normal", "hard"] = "normal"
"""
KIND = '''
"""Quests: what to do, and what for."""

from typing import Literal

from generator_service.kind import Kind, Named, Output, Stage
from generator_service.params import Params
from generator_service.text import Prose


class QuestParams(Params):
    difficulty: Literal["easy", "normal", "hard"] = "normal"


class Objective(Output):
    description: Prose


class Reward(Output):
    reward: Prose


KIND = Kind(
    name="quest",
    plural="quests",
    params=QuestParams,
    stages=(
        Stage(key="name", message="Generated names...", together=True, output=Named, prompt="Propose quests."),
        Stage(
            key="objective",
            message="Generated objectives...",
            after=("name",),
            output=Objective,
            prompt="Say what has to be done, as hard as `difficulty` says.",
        ),
        Stage(key="reward", message="Generated rewards...", after=("objective",), output=Reward, prompt="What for?"),
    ),
)
'''


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is, and quests."""
    folder = tmp_path_factory.mktemp("quests") / "project"
    ignored = shutil.ignore_patterns(".venv*", ".git", ".local", "frontend", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, folder, ignore=ignored, symlinks=True)
    registry = folder / "chalicelib/domain/job_type.py"
    text = registry.read_text(encoding="utf-8")
    head, _, rest = text.partition("\n        JobType(\n")
    head = head.replace("\nclass Delivery(Enum):", PAYLOAD + "\n\nclass Delivery(Enum):")
    head = head.replace("from typing import Any\n", "from typing import Any, Literal\n")
    registry.write_text(head + ENTRY + rest, encoding="utf-8")
    (folder / "generator_service/kinds/quest.py").write_text(KIND, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def quest_api(copy: Path) -> Iterator[Api]:
    environment = own_stack(copy / ".local", OFFLINE_LLM_LATENCY_S="0.02", SERVE_PAGE="false")
    command = [sys.executable, "-m", "local", "stack"]
    with subprocess.Popen(command, cwd=copy, env=environment, stdout=subprocess.PIPE, text=True) as stack:
        assert stack.stdout is not None
        try:
            url = next(line.split()[1] for line in stack.stdout if line.startswith("ready: "))
            with Api(url) as api:
                yield api
        finally:
            stack.terminate()
            stack.wait(timeout=20)


def test_quests_run_like_any_other_type(quest_api: Api) -> None:
    job = quest_api.submit("generate_quests", {"theme": "fantasy", "count": 2, "difficulty": "hard"})
    done = quest_api.finished(job["id"])
    messages = {event["message"] for event in quest_api.events(job["id"])}
    assert done["status"] == "completed"
    assert len(done["result"]) == 2
    assert all(piece["description"] and piece["details"]["reward"] for piece in done["result"])
    assert messages >= {
        "Generating quests...",
        "Generated names...",
        "Generated objectives...",
        "Generated rewards...",
        "Finalizing quests...",
    }


def test_quests_are_validated_and_described_like_any_other_type(quest_api: Api) -> None:
    refused = quest_api.ask(
        "POST", "/jobs", json={"type": "generate_quests", "payload": {"difficulty": "absurd", "count": 0}}
    )
    assert refused.status_code == 400
    assert {fault["field"] for fault in refused.json()["errors"]} == {"payload.difficulty", "payload.count"}
    types = {entry["type"] for entry in quest_api.ask("GET", "/job-types").json()["job_types"]}
    assert "generate_quests" in types
    document = quest_api.ask("GET", "/openapi.json").json()
    assert "GenerateQuestsSubmission" in document["components"]["schemas"]
