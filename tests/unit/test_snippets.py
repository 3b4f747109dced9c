"""Every fenced block of the documents names its language, and can be run, or names the test that runs it.

These tests read the blocks; tests/e2e/test_snippets.py runs them.
"""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from chalicelib.api.router import document
from tests.acceptance import test_client_readme, test_new_type
from tests.e2e import test_command_line
from tests.snippet.block import ELSEWHERE, Block, all_blocks, blocks_in, faults
from tests.snippet.json_example import differences
from website.document import ROOT

BLOCKS = all_blocks()
TARGETS = set(re.findall(r"^([a-z0-9 -]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
#: As a command, or in backticks in a comment.
_MAKE = re.compile(r"(?:^|[=;&|(`]\s*|=\S+ )make (?:-s )?([a-z][a-z0-9-]*)", re.MULTILINE)


def of(*languages: str) -> list[Block]:
    return [block for block in BLOCKS if block.language in languages]


def test_every_block_has_a_known_language_and_a_known_rule() -> None:
    assert [fault for block in BLOCKS for fault in faults(block)] == []


@pytest.mark.parametrize("block", of("bash"), ids=lambda block: block.place)
def test_commands_are_valid_and_their_targets_exist(block: Block) -> None:
    """Also those that another test runs."""
    parsed = subprocess.run(["bash", "-n"], input=block.code, capture_output=True, text=True, check=False)
    named = set(_MAKE.findall(block.code))
    assert (parsed.stderr, named - {name for line in TARGETS for name in line.split()}) == ("", set())


@pytest.mark.parametrize("block", of("json"), ids=lambda block: block.place)
def test_json_is_valid_and_has_the_shape_of_its_schema(block: Block) -> None:
    example = json.loads(block.code)
    if schema := block.rules.get("schema"):
        assert differences(example, schema) == []


def test_the_event_of_a_webhook_has_the_shape_of_a_job() -> None:
    """tests/e2e/test_webhooks.py compares a real event with a job."""
    (block,) = [block for block in of("json") if '"result_omitted"' in block.code]
    data = json.loads(block.code)["data"]
    del data["result_omitted"]
    assert differences(data, "JobBody") == []


def test_yaml_and_toml_can_be_read() -> None:
    read = {"yaml": yaml.safe_load, "toml": tomllib.loads}
    assert [block.place for block in of("yaml", "toml") if not read[block.language](block.code)] == []


def test_what_another_test_runs_is_run_there() -> None:
    in_new_type = {test_new_type.PAYLOAD, test_new_type.QUEST_ENTRY, test_new_type.QUEST}
    found = {
        "tests/acceptance/test_client_readme.py": set(test_client_readme.EXAMPLES),
        "tests/e2e/test_command_line.py": set(test_command_line.COMMANDS),
        "tests/acceptance/test_new_type.py": in_new_type,
    }
    unnamed = [block for block in BLOCKS if "run-by" not in block.rules]
    expected = {path: {block.code for block in unnamed if block.elsewhere == path} for path in ELSEWHERE.values()}
    assert found == expected


def test_typescript_is_only_in_the_documents_whose_typescript_is_run() -> None:
    """packages/jobs/e2e and packages/jobs/src/react/readme.test.ts run it."""
    found = {(block.document, block.language) for block in of("ts", "tsx")}
    readme = "packages/jobs/README.md"
    assert found == {("docs/tutorial.md", "tsx"), (readme, "tsx"), (readme, "ts")}


def test_the_docstrings_of_the_system_have_no_examples() -> None:
    """Only the client's are run, by tests/acceptance/test_client_readme.py."""
    files = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    public = [path for path in files.splitlines() if not path.startswith(("client/", "tests/"))]
    assert [path for path in public if re.search(r"^\s*>>> ", Path(ROOT / path).read_text("utf-8"), re.MULTILINE)] == []


PAGE = """
A list:

1. The first.

   <!-- expect: 404 -->
   ```bash
   curl -s $API/unknown
   ```

<!-- given: nothing -->

```sh
aws s3 ls
```

```
no language
```

<!-- runs: never -->
<!-- run-by: tests/e2e/test_flow.py -->
```bash
true
```
"""


def test_a_comment_belongs_to_the_block_after_it_and_blocks_in_lists_are_found() -> None:
    assert [(block.line, block.language, dict(block.rules)) for block in blocks_in(PAGE, "page.md")] == [
        (7, "bash", {"expect": "404"}),
        (13, "sh", {"given": "nothing"}),
        (17, "", {}),
        (23, "bash", {"runs": "never", "run-by": "tests/e2e/test_flow.py"}),
    ]


def test_a_block_with_an_unknown_language_rule_or_test_is_a_fault() -> None:
    found = [fault.partition(";")[0] for block in blocks_in(PAGE, "page.md") for fault in faults(block)]
    assert found == [
        "page.md:13: the language is 'sh'",
        "page.md:17: the language is ''",
        "page.md:23: there is no rule 'runs'",
        "page.md:23: 'tests/e2e/test_flow.py' must be a test that runs the blocks that name it",
    ]


def test_an_example_may_leave_out_fields_but_has_none_that_the_api_does_not_know() -> None:
    assert differences({"status": 429, "code": "quota_exceeded"}, "ProblemBody") == []
    (fault,) = differences({"status": 429, "kode": "quota_exceeded"}, "ProblemBody")
    assert "'kode' was unexpected" in fault
    (fault,) = differences({"status": "429"}, "ProblemBody")
    assert fault == "$.status: '429' is not of type 'integer'"
    assert differences({}, "Nothing") == ["the OpenAPI document has no schema Nothing"]


def test_the_schemas_are_those_of_the_api() -> None:
    assert "ProblemBody" in document(tokens_required=False)["components"]["schemas"]
