"""The commands of the documents that need a provider run in a clone. The provider is a server on this machine."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.eval.job_record import JobsFile
from chalicelib.domain.job_type import WRITING_TYPES
from tests.e2e.environment import own_stack
from tests.integration.provider.case import right
from tests.integration.provider.question import Question
from tests.integration.provider.reply import Reply
from tests.integration.provider.server import OTHERS, Provider
from tests.pseudo_terminal import CTRL_C
from tests.snippet.block import blocks_run_by
from tests.snippet.make_target import fresh_clone, started

_PATH = "tests/acceptance/test_provider_commands.py"
_KINDS = [job_type.kind for job_type in WRITING_TYPES.values()]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        server.play(OTHERS, right)
        yield server


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh_clone(tmp_path_factory.mktemp("clone"))


def code(document: str) -> list[str]:
    return [block.code for block in blocks_run_by(_PATH) if block.document == document]


def test_every_block_is_run_below() -> None:
    assert {block.document for block in blocks_run_by(_PATH)} == {"docs/providers.md", "docs/eval/README.md"}


def test_make_run_lets_the_provider_write(provider: Provider, clone: Path) -> None:
    """The stack serves until Ctrl-C."""
    (command,) = code("docs/providers.md")
    command = command.replace("http://127.0.0.1:11434/v1", provider.url)
    with started(command, variables(clone), clone) as running:
        running.wait_for("Ctrl-C stops everything.")
        running.interrupt()
    assert running.shown.rstrip().endswith("Everything has stopped.")
    assert f"Text comes from qwen3:8b at {provider.url.split('/')[2]}." in running.shown
    assert sent_by(provider) == {("qwen3:8b", "Bearer any")}
    assert "It was found " in running.shown


def test_make_eval_asks_whether_to_start_and_its_options_make_the_run_smaller(provider: Provider, clone: Path) -> None:
    """One shell runs all commands. The first run is stopped while only jobs with the theme `fantasy` have ended."""
    stopped = threading.Event()

    def only_fantasy_at_first(question: Question) -> Reply:
        assert "fantasy" in question.prompt or stopped.wait(300)
        return right(question)

    provider.play(OTHERS, only_fantasy_at_first)
    script = "\n".join(["trap : INT", *code("docs/eval/README.md")])
    with started(script, variables(clone) | {"OPENAI_BASE_URL": provider.url}, clone) as running:
        running.wait_for(" jobs: up to ", " USD.\nStart? [y/N] ")
        assert provider.calls(OTHERS) == []
        running.type("y\n")
        running.wait_for("\n   1 of ")
        running.type(CTRL_C)
        running.wait_for("Stopped. The jobs that have ended are saved.\n")
        first = set(keys(clone))
        stopped.set()
        for jobs in (10 * len(_KINDS), 2 * len(_KINDS), 20):
            running.wait_for(f"\n{jobs} jobs: up to ")
            running.type("y\n")
        assert running.exit_code() == 0, running.shown
    assert "Traceback" not in running.shown
    assert sent_by(provider) == {("gpt-4o-mini", "Bearer ...")}
    assert first
    small = {f"{kind}-{number:03}-x2" for kind in _KINDS for number in range(1, 11)}
    single = {f"{kind}-{number:03}-x1" for kind in _KINDS for number in (1, 2)}
    languages = {f"relic-{number:03}-x2-{language}" for number in range(1, 11) for language in ("ja", "ar")}
    assert set(keys(clone)) == first | small | single | languages
    report = (clone / "docs/eval/gpt-4o-mini.md").read_text(encoding="utf-8")
    assert report.startswith("# What gpt-4o-mini writes\n")
    assert "prices of prompt and completion: 0.15 and 0.6 USD a million tokens" in report


def variables(clone: Path) -> dict[str, str]:
    return own_stack(clone / ".local", HOME=str(clone), NO_PROXY="127.0.0.1", SERVE_PAGE="false")


def keys(clone: Path) -> list[str]:
    """Of the jobs that have ended."""
    return [record.key for record in JobsFile(clone / ".local/eval/gpt-4o-mini").read()]


def sent_by(provider: Provider) -> set[tuple[str, str]]:
    """The models and the keys of all calls."""
    questions = [call.question for call in provider.calls(OTHERS)]
    return {(question.body["model"], question.headers["authorization"]) for question in questions}
