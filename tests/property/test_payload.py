"""Every accepted payload is valid for the generator, and every piece that it writes is valid as context."""

import json
import re
from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from chalicelib.domain.document import Author, Document, Shelf
from chalicelib.domain.error import Forbidden, InvalidSubmission
from chalicelib.domain.job_type import FIELDS as FIELDS_OF
from chalicelib.domain.job_type import JOB_TYPES, SelectedLore
from chalicelib.domain.payload import ANONYMOUS
from chalicelib.domain.snapshot import Reference, as_sent, references, with_snapshots
from generator_service.kind import Kind, Output, Piece
from generator_service.params import parse_params
from generator_service.registry import load_kinds
from generator_service.writing.rewriting import narrowed

KINDS = load_kinds()

#: Letters that NFC makes longer, blank ones, combining ones, line breaks, and plain letters.
LETTERS = st.sampled_from(
    "\U0001d160\u0344\u0f73\ufb2c\u3164\u0301\u2028\u00ad\u200d\ufe0f\r\n\t aZ\u00e9\u6c38\U0001f600\U0001fae9\ue000"
    "\U0001f3f4\U000e0067\U000e007f"
)
#: Short texts, and texts with lengths near the limits (80, 120), including what NFC adds.
TEXT = st.one_of(st.text(LETTERS, max_size=8), st.builds(str.__mul__, LETTERS, st.integers(1, 130)), st.text())
PIECE = st.fixed_dictionaries(
    {"name": TEXT, "description": TEXT},
    optional={"details": st.dictionaries(TEXT, st.one_of(TEXT, st.integers(), st.lists(TEXT, max_size=3)), max_size=3)},
)
IDS = st.uuids().map(str)
#: A piece in the owner's library. Its text may be anything that the API accepts.
KEPT = st.fixed_dictionaries(
    {
        "name": TEXT.filter(lambda text: 0 < len(text.strip()) <= 120),
        "description": TEXT,
        "language": st.sampled_from(["de", None]),
    },
    optional={"details": st.dictionaries(TEXT, TEXT, max_size=3)},
)
#: Field → values, many of them odd.
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "theme": TEXT,
    "language": st.one_of(st.sampled_from(["de", "PT-br", "zh-hant-TW", "es-419", "tlh"]), TEXT),
    "premise": st.one_of(TEXT, st.builds(str.__mul__, LETTERS, st.integers(990, 1_010))),
    "tone": TEXT,
    "title": TEXT,
    "user_id": st.one_of(TEXT, st.integers(0, 10**30)),
    "count": st.integers(1, 10),
    "avoid": st.lists(TEXT, max_size=3),
    "selectedSetting": PIECE,
    "selectedEvent": PIECE,
    "selectedLore": st.fixed_dictionaries({}, optional={"character": PIECE, "relic": PIECE}),
    "instruction": TEXT,
    "piece_id": IDS,
    "world_id": IDS,
    "canon": st.lists(IDS, max_size=3),
    "pieces": st.lists(IDS, max_size=3),
    "fields": st.lists(st.sampled_from([*FIELDS_OF["relic"], *FIELDS_OF["world"]]), max_size=3),
}


def values_of(name: str, field: FieldInfo) -> st.SearchStrategy[Any]:
    """A field that only one job type has gets values of its declared type."""
    return FIELDS[name] if name in FIELDS else st.from_type(cast("type[Any]", field.annotation))


@pytest.mark.parametrize("type_name", list(JOB_TYPES))
@settings(max_examples=60)
@given(data=st.data())
def test_the_generator_accepts_every_accepted_payload(type_name: str, data: st.DataObject) -> None:
    job_type = JOB_TYPES[type_name]
    fields = {name: values_of(name, field) for name, field in job_type.payload.model_fields.items()}
    payload = data.draw(st.fixed_dictionaries({}, optional=fields))
    owner = data.draw(st.one_of(st.just(ANONYMOUS), st.text(min_size=1, max_size=255)))
    try:
        valid = job_type.validate(payload, owner)
    except (InvalidSubmission, Forbidden):
        return
    sent = valid.model_dump(mode="json", exclude_none=True)
    found = {named.id: _kept(named, data.draw(KEPT)) for named in references(sent)}
    stored = json.loads(json.dumps(with_snapshots(sent, found)))
    kind = KINDS[job_type.kind_of(stored)]
    params = parse_params(kind.params, json.dumps(job_type.params(stored, owner), ensure_ascii=False))
    if params.rewrite and set(params.rewrite.fields) <= set(kind.fields):
        narrowed(kind, params.rewrite, "en")
    # Validating the stored payload again changes nothing, so a second attempt gets the same one.
    assert job_type.validate(as_sent(stored), owner) == valid


def _kept(named: Reference, text: dict[str, Any]) -> Document:
    person, is_world = Author(), named.shelf is Shelf.WORLDS
    world = {"title": text["name"], "story": "Once.", "quest": {"title": "x", "description": "y"}, "pieces": {}}
    return Document(
        id=named.id,
        owner="alice",
        shelf=named.shelf,
        facts={"theme": "fantasy"} if is_world else {"kind": "relic"},
        content=world if is_world else text,
        origin=person,
        author=person,
        created_at=1,
        updated_at=1,
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=4,
)
#: An almost valid piece: the right field names, some with arbitrary values.
WRONG_PIECE = st.fixed_dictionaries(
    {},
    optional={"name": TEXT | JSON, "description": TEXT | JSON, "type": JSON, "details": JSON, "more": JSON},
)
#: Words from pydantic's messages, about its own terms and Python's types.
LIBRARY = re.compile(
    r"\b(Input|should|String|List|Dictionary|Value error|validation|valid \w+ to|NoneType|float|int|str)\b"
)


@pytest.mark.parametrize("type_name", ["generate_relics", "create_world"])
@settings(max_examples=50)
@given(data=st.data())
def test_no_wording_of_pydantic_reaches_a_caller(type_name: str, data: st.DataObject) -> None:
    job_type = JOB_TYPES[type_name]
    pieces = st.dictionaries(st.sampled_from([*SelectedLore.model_fields, "x"]), WRONG_PIECE | JSON, max_size=3)
    values = st.one_of(JSON, WRONG_PIECE, pieces, st.just(["x"] * 101))
    payload = data.draw(st.dictionaries(st.sampled_from([*job_type.payload.model_fields, "x"]), values) | JSON)
    try:
        job_type.validate(payload, data.draw(st.sampled_from([ANONYMOUS, "alice"])))
    except InvalidSubmission as refusal:
        for fault in refusal.faults:
            assert not LIBRARY.search(fault.message), fault
            assert "GET /job-types" not in fault.message, "this kind of fault needs its own message"
    except Forbidden:
        return  # another owner's user_id is refused with its own message


@pytest.mark.parametrize("name", SelectedLore.model_fields)
def test_the_largest_possible_piece_is_valid_as_context(name: str) -> None:
    kind = KINDS[name]
    outputs = {
        stage.key: stage.output.model_validate(largest(stage.output.model_json_schema())) for stage in kind.stages
    }
    SelectedLore.model_validate({name: _piece(kind, outputs)})


@pytest.mark.parametrize("name", SelectedLore.model_fields)
def test_a_piece_written_with_invisible_characters_is_valid_as_context(name: str) -> None:
    kind = KINDS[name]
    written = {
        stage.key: largest(stage.output.model_json_schema(), "a\u00ad\u202e\u200b\ufeff") for stage in kind.stages
    }
    outputs = {stage.key: stage.output.model_validate(written[stage.key]) for stage in kind.stages}
    SelectedLore.model_validate({name: _piece(kind, outputs)})


def _piece(kind: Kind, outputs: Mapping[str, Output]) -> Piece:
    details = {key: kind.stage[key].as_details(output) for key, output in outputs.items()}
    return kind.piece(details, "zh-Hant")


def largest(schema: dict[str, Any], text: str = "\u6c38", definitions: dict[str, Any] | None = None) -> Any:
    """The largest value of an output's JSON Schema; its texts repeat `text`."""
    definitions = schema.get("$defs", {}) if definitions is None else definitions
    if "$ref" in schema:
        return largest(definitions[schema["$ref"].rpartition("/")[2]], text, definitions)
    match schema["type"]:
        case "string":
            return text * (schema["maxLength"] // len(text))
        case "integer":
            return schema["maximum"]
        case "array":
            return [largest(schema["items"], text, definitions)] * schema["maxItems"]
        case "object":
            return {name: largest(value, text, definitions) for name, value in schema["properties"].items()}
    raise AssertionError(schema)
