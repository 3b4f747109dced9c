"""A new job type is one entry and one file. A copy of the project with new types runs end to end, with its page.

The tests of the API and the generator run in the copy too, since many of them go through all types.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import pytest

from chalicelib.domain.job_type import JOB_TYPES, WRITING_TYPES, Delivery
from local.project import ROOT
from loresmith.cli.command import run as command_line
from tests.e2e.api import Api
from tests.e2e.environment import own_stack
from tests.snippet.block import all_blocks, blocks_run_by
from tests.snippet.make_target import fresh_clone
from tests.snippet.program import run_shell

#: How many seconds a command in the copy may take.
PATIENCE_S = 280
NODE_MODULES = ROOT / "node_modules"
CHROMIUM = os.environ.get("CHROMIUM_PATH") or next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None
)

#: Of the API and the generator. Many of them go through all job types or all kinds.
TESTS = (
    "tests/unit/chalicelib",
    "tests/unit/generator",
    "tests/unit/test_job_type_fields.py",
    "tests/property/test_payload.py",
    "tests/property/test_offline_writing.py",
)
#: The cases of the new type among them, and what goes through all types in one test.
ABOUT_TYPES = "prophec or test_openapi or test_registry"
OPENAPI = "import json; from chalicelib.api.router import document; print(json.dumps(document(tokens_required=True)))"

#: The kinds of the pieces of a world, without the new ones.
KINDS = [job_type.kind for job_type in JOB_TYPES.values() if job_type.delivery is Delivery.PIECES]

#: Two types. The worked example of the documents has an additional field ...
PAYLOAD, QUEST_ENTRY, QUEST = (
    block.code for block in all_blocks() if block.document == "docs/add-a-job-type.md" and block.language == "python"
)
#: ... and this one has an irregular plural, and other pieces as context.
ENTRIES = f"""
{indent(QUEST_ENTRY.rstrip(), "    ")},
    _pieces(
        "prophecy",
        "prophecies",
        "What is foretold?",
        RelicsPayload,
        "Prophecies and their price.",
        {{"description": "verse", "price": "price"}},
    ),
)

SelectedLore ="""
PROPHECY = '''
"""Prophecies: what is foretold, and what it costs."""

from generator_service.kind import Kind, Named, Output, Stage
from generator_service.text import Prose


class Verse(Output):
    description: Prose


class Price(Output):
    price: Prose


KIND = Kind(
    name="prophecy",
    plural="prophecies",
    stages=(
        Stage(key="name", message="Generated names...", together=True, output=Named, prompt="Propose prophecies."),
        Stage(key="verse", message="Generated verses...", after=("name",), output=Verse, prompt="Write its verse."),
        Stage(key="price", message="Generated prices...", after=("verse",), output=Price, prompt="Who pays, and how?"),
    ),
)
'''


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with two more types."""
    folder = fresh_clone(tmp_path_factory.mktemp("new-type") / "project")
    registry = folder / "chalicelib/domain/job_type.py"
    head, end, rest = registry.read_text(encoding="utf-8").partition(")\n\nSelectedLore =")
    assert end
    head = head.replace("\nclass Delivery(Enum):", "\n" + PAYLOAD + "\n\nclass Delivery(Enum):")
    head = head.replace("from typing import Any\n", "from typing import Any, Literal\n")
    registry.write_text(head + ENTRIES.lstrip("\n") + rest, encoding="utf-8")
    (folder / "generator_service/kinds/quest.py").write_text(QUEST, encoding="utf-8")
    (folder / "generator_service/kinds/prophecy.py").write_text(PROPHECY, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def page(copy: Path) -> Path:
    """The copy's page, with its packages."""
    if not NODE_MODULES.exists():
        pytest.skip("the page's packages are not installed: npm ci")
    (copy / "node_modules").symlink_to(NODE_MODULES.resolve())
    return copy / "frontend"


def run(folder: Path, *command: str, **variables: str) -> str:
    """What the command prints. Fails with its output if the command fails."""
    environment = os.environ | variables
    ran = subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_tests_that_go_through_all_types_pass_with_a_new_type(copy: Path) -> None:
    run(copy, sys.executable, "-m", "pytest", "-q", "-n0", "-k", ABOUT_TYPES, *TESTS)


@pytest.mark.usefixtures("page")
def test_a_new_type_does_not_change_the_types_of_the_page_and_of_the_python_client(copy: Path) -> None:
    document = copy / "openapi.json"
    document.write_text(run(copy, sys.executable, "-c", OPENAPI), encoding="utf-8")
    run(copy, sys.executable, "-m", "client.tools.model_generator", str(document), "--check")
    run(copy, "npm", "run", "--silent", "client-types", "-w", "packages/jobs", "--", str(document), "--check")


@pytest.fixture(scope="module")
def stack_dir(copy: Path) -> Iterator[Path]:
    """The folder of the copy's running stack."""
    environment = own_stack(copy / ".local", OFFLINE_LLM_LATENCY_S="0.02", SERVE_PAGE="false")
    command = [sys.executable, "-m", "local", "stack"]
    with subprocess.Popen(command, cwd=copy, env=environment, stdout=subprocess.PIPE, text=True) as stack:
        assert stack.stdout is not None
        try:
            assert any(line.startswith("ready: ") for line in stack.stdout), "the stack has ended before it was ready"
            yield copy / ".local"
        finally:
            stack.terminate()
            stack.wait(timeout=120)


@pytest.fixture(scope="module")
def api(stack_dir: Path) -> Iterator[Api]:
    urls = json.loads((stack_dir / "stack.json").read_text(encoding="utf-8"))["urls"]
    with Api(urls["api"]) as api:
        yield api


def test_a_new_type_runs_like_any_other(api: Api) -> None:
    job = api.submit("generate_quests", {"theme": "fantasy", "count": 2, "difficulty": "hard"})
    done = api.finished(job["id"])
    messages = {event["message"] for event in api.events(job["id"])}
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


def test_the_command_of_the_document_submits_a_job_of_the_new_type(api: Api, copy: Path) -> None:
    printed = run_shell(blocks_run_by("tests/acceptance/test_new_type.py"), api.url, copy)
    assert {piece["type"] for piece in api.finished(json.loads(printed)["id"])["result"]} == {"quest"}


def test_the_command_line_has_the_options_of_a_new_type(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--api", api.url, "--json"]
    assert command_line(["generate", "quests", "--difficulty", "hard", "--count", "1", *given]) == 0
    (quest,) = json.loads(capsys.readouterr().out)["result"]
    assert quest["details"]["reward"]
    assert command_line(["types", "quests", "--api", api.url]) == 0
    assert "--difficulty\teasy | normal | hard\tnormal" in capsys.readouterr().out
    assert command_line(["generate", "quests", "--difficulty", "absurd", *given]) == 2


def test_an_irregular_plural_is_right_everywhere(api: Api) -> None:
    relic = {"name": "Salt Crown", "description": "It rusts.", "type": "relic"}
    event = {"name": "The Night of Unlit Lamps", "description": "Every flame went out.", "type": "event"}
    job = api.submit("generate_prophecies", {"count": 2, "selectedEvent": event})
    done = api.finished(job["id"])
    assert {piece["type"] for piece in done["result"]} == {"prophecy"}
    assert {"Generating prophecies...", "Finalizing prophecies..."} <= {
        event["message"] for event in api.events(job["id"])
    }
    entry = _job_types(api)["generate_prophecies"]
    assert (entry["kind"], entry["singular"], entry["plural"]) == ("prophecy", "prophecy", "prophecies")
    assert entry["label"] == "Generate prophecies"
    world = api.submit(
        "create_world", {"user_id": "42", "selectedLore": {"relic": relic, "prophecy": done["result"][0]}}
    )
    saved = api.ask("GET", f"/worlds/{api.finished(world['id'])['result']['world_id']}").json()
    assert saved["pieces"]["prophecy"]["name"] == done["result"][0]["name"]


def test_a_new_type_is_validated_and_described_like_any_other(api: Api) -> None:
    refused = api.ask(
        "POST", "/jobs", json={"type": "generate_quests", "payload": {"difficulty": "absurd", "count": 0}}
    )
    assert refused.status_code == 400
    assert {fault["field"] for fault in refused.json()["errors"]} == {"payload.difficulty", "payload.count"}
    *pieces, world = WRITING_TYPES
    rewriting = [name for name in JOB_TYPES if name not in WRITING_TYPES]
    described = _job_types(api)
    assert list(described) == [*pieces, "generate_quests", "generate_prophecies", world, *rewriting]
    assert described["generate_quests"]["fields"] == [
        {"field": "name", "stage": "name"},
        {"field": "concept", "stage": "name"},
        {"field": "description", "stage": "objective"},
        {"field": "reward", "stage": "reward"},
    ]
    schemas = api.ask("GET", "/openapi.json").json()["components"]["schemas"]
    assert {"GenerateQuestsSubmission", "GeneratePropheciesSubmission"} <= set(schemas)
    assert {"quest", "prophecy"} <= set(schemas["SelectedLore"]["properties"])


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: make chromium")
def test_the_page_offers_a_new_type_without_an_edit(page: Path, stack_dir: Path, api: Api) -> None:
    """A browser test of the page makes a world with one piece of every kind that the API lists."""
    command = ["npm", "run", "--silent", "e2e", "--", "e2e/journey.e2e.ts", "-t", "every kind"]
    run(page, *command, LOCAL_DIR=str(stack_dir))
    (world,) = api.ask("GET", "/worlds?limit=1").json()["worlds"]
    assert list(world["pieces"]) == [*KINDS, "quest", "prophecy"]


def _job_types(api: Api) -> dict[str, dict[str, object]]:
    return {entry["type"]: entry for entry in api.ask("GET", "/job-types").json()["job_types"]}
