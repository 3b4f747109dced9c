"""The snippets of the documents run as they are, against a local stack. A wrong one fails.

The blocks of a page run in order, in one shell and one Python. Those that need more name the test that runs them.
"""

from pathlib import Path

import pytest

from local.stack.local_stack import LocalStack
from tests.snippet.block import Block, pages
from tests.snippet.diagram import diagram_faults
from tests.snippet.program import SnippetError, clone, run_python, run_shell
from tests.snippet.typescript import type_errors

SHELL = pages("bash")
#: What the commands of a page print, besides other things.
PRINTED = {
    "README.md": ['"status": "completed"'],
    "docs/exports.md": ["## Setting: Low Tarn\n", '"name": "Low Tarn"', "\ntrue\n404\n"],
    "docs/library.md": [
        '"name": "The Borrowed Lantern",\n  "details": {},\n  "version": 2',
        '\n"The Borrowed Lantern"\n',
    ],
}


@pytest.mark.parametrize("page", SHELL)
def test_the_commands_of_a_page_run_in_order(page: str, stack: LocalStack, tmp_path: Path) -> None:
    printed = run_shell(SHELL[page], stack.urls.api, clone(tmp_path, stack))
    assert [text for text in PRINTED.get(page, ()) if text not in printed] == []


def test_the_python_of_each_page_runs_in_order(stack: LocalStack, tmp_path: Path) -> None:
    for blocks in pages("python").values():
        run_python(blocks, stack.urls.api, tmp_path)


def test_the_typescript_of_all_pages_has_no_type_errors(tmp_path: Path) -> None:
    """One compiler for all pages. A wrong snippet among them is found, so the compiler has read them."""
    snippets = [block for page in pages("ts", "tsx").values() for block in page]
    wrong = Block("wrong.md", 1, "ts", 'import { cancelJob } from "@loresmith/jobs";\ncancelJob(17);')
    unknown = Block("wrong.md", 2, "ts", 'import { cancelJobs } from "@loresmith/jobs";')
    found = type_errors([*snippets, wrong, unknown], tmp_path).splitlines()
    assert [line for line in found if not line.startswith("wrong.md")] == []
    assert [line.partition("(")[0] for line in found] == ["wrong.md-1.ts", "wrong.md-2.ts"]


def test_the_diagrams_of_all_pages_can_be_drawn() -> None:
    """One Mermaid for all pages. A wrong diagram is found."""
    diagrams = [block for page in pages("mermaid").values() for block in page]
    *found, wrong = diagram_faults([*(block.code for block in diagrams), "flowchart LR\n a([x -- y --> b"])
    assert [(block.place, fault) for block, fault in zip(diagrams, found, strict=True) if fault] == []
    assert wrong is not None
    assert "Parse error" in wrong


WRONG_COMMANDS = {
    "a command that fails": ("false", "a command failed"),
    "a command in an assignment": ("ID=$(cat missing.txt)\necho $ID", "a command failed"),
    "a variable without a value": ("echo $NOBODY", "a command failed"),
    "a program that is missing": ('echo "$(no-such-program)"', "there is no program no-such-program"),
    "a call that the API does not know": ("curl -s http://127.0.0.1:18212/job", "the API refused with ['404']"),
    "a field that the answer does not have": (
        "curl -s http://127.0.0.1:18212/health | jq .postgres",
        "a command failed",
    ),
}


@pytest.mark.parametrize("case", WRONG_COMMANDS)
def test_wrong_commands_fail_with_their_place(case: str, stack: LocalStack, tmp_path: Path) -> None:
    code, fault = WRONG_COMMANDS[case]
    blocks = [Block("page.md", 3, "bash", "WORD=kept\n"), Block("page.md", 9, "bash", f"echo $WORD\n{code}\n")]
    with pytest.raises(SnippetError) as raised:
        run_shell(blocks, stack.urls.api, tmp_path)
    first, _, rest = str(raised.value).partition("\n")
    assert first.startswith(f"page.md:9: {fault}")
    assert "kept" in rest, "a variable of an earlier block has its value"


def test_a_refusal_that_a_page_shows_must_happen(stack: LocalStack, tmp_path: Path) -> None:
    known = Block("page.md", 1, "bash", "curl -s http://127.0.0.1:18212/health", {"expect": "404"})
    with pytest.raises(SnippetError, match=r"page.md:1: the API refused with nothing; expected: \['404'\]"):
        run_shell([known], stack.urls.api, tmp_path)


def test_wrong_python_fails_with_its_line(stack: LocalStack, tmp_path: Path) -> None:
    blocks = [Block("page.md", 4, "python", "word = 1\n"), Block("page.md", 10, "python", "word + '2'\n")]
    with pytest.raises(SnippetError, match=r'page\.py", line 11'):
        run_python(blocks, stack.urls.api, tmp_path)
