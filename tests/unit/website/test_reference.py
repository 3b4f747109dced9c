"""The references that are made from the code name everything that they are made from."""

import loresmith
from chalicelib.api.router import document
from loresmith.cli.app import app
from website.client_reference import client_reference
from website.command_line_reference import command_line_reference
from website.decision_list import FOLDER, decision_list
from website.document import ROOT, address, documents, linked_files
from website.http_reference import http_reference
from website.schema_table import of_schema

CONTRACT = document(tokens_required=True)


def test_every_call_and_every_body_is_in_the_http_reference() -> None:
    page = http_reference(CONTRACT)
    calls = [f"### {method.upper()} {path}" for path, methods in CONTRACT["paths"].items() for method in methods]
    bodies = [f"### {name}" for name in CONTRACT["components"]["schemas"]]
    assert {heading for heading in [*calls, *bodies] if f"{heading}\n" not in page} == set()


def test_a_schema_is_a_phrase() -> None:
    count = {"type": "integer", "minimum": 1, "maximum": 10}
    assert of_schema(count) == "integer, at least 1, at most 10"
    assert of_schema({"anyOf": [count, {"type": "null"}]}) == "integer, at least 1, at most 10 or null"
    assert (
        of_schema({"type": "array", "items": {"$ref": "#/components/schemas/JobBody"}}) == "list of [JobBody](#jobbody)"
    )


def test_every_export_is_in_the_client_reference() -> None:
    page = client_reference()
    assert {name for name in loresmith.__all__ if f"::: loresmith.{name}\n" not in page} == set()
    assert "## client.pieces\n\n::: loresmith.piece_calls.BlockingPieces\n" in page


TYPER_PAGE = """\
# Command line reference

**Commands**:

* `generate`: Write characters, factions,...
* `ops`: Operate...

## `loresmith generate`

Write characters, factions,
and worlds. More text.

* `--theme TEXT`: What it is about.

## `loresmith ops`

Operate a stage

**Commands**:

* `drain`: Stop...

### `loresmith ops drain`

Stop new jobs.

"""


def test_the_lists_of_commands_have_links_and_whole_sentences() -> None:
    page = command_line_reference(TYPER_PAGE)
    assert "* [`generate`](#loresmith-generate): Write characters, factions, and worlds.\n" in page
    assert "* [`ops`](#loresmith-ops): Operate a stage\n" in page
    assert "* [`drain`](#loresmith-ops-drain): Stop new jobs.\n" in page
    assert "\n* `--theme TEXT`: What it is about.\n" in page


def test_the_command_line_is_where_the_makefile_reads_it() -> None:
    assert app.info.name == "loresmith"


def test_the_list_of_decisions_is_generated() -> None:
    """To write it again: make docs."""
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == decision_list()


def test_every_document_has_its_own_address() -> None:
    addresses = [address(path.relative_to(ROOT).as_posix()) for path in documents()]
    assert len(addresses) == len(set(addresses))


def test_linked_files_are_those_that_are_not_documents() -> None:
    (readme,) = [path for path in documents() if str(path).endswith("examples/README.md")]
    assert "curl.sh" in {path.name for path in linked_files(readme)}
    assert {path.suffix for path in linked_files(readme)} & {".md"} == set()
