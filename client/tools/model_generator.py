"""Writes the client's types from the API's OpenAPI document: what it receives, what it sends, and the typed calls.

    python -m client.tools.model_generator DOCUMENT [--check]

With --check it writes nothing, and fails if a file is out of date. Names of job types and kinds are plain text in the
files, so a new job type does not change them.
"""

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from client.tools.python_type import References, annotation, class_name
from client.tools.typed_call import typed_calls

Schema = Mapping[str, Any]

PACKAGE = Path(__file__).parents[1] / "src" / "loresmith"
_REF = "#/components/schemas/"
_WIDTH = 120

#: What the client receives. The schemas that these refer to are written too.
RECEIVED = (
    "BatchBody",
    "DeliveriesBody",
    "EstimateBody",
    "EventsBody",
    "HealthBody",
    "HistoryBody",
    "JobBody",
    "JobTypesBody",
    "JobsBody",
    "PieceVersionsBody",
    "PiecesBody",
    "ProblemBody",
    "SharedWorldBody",
    "TrashBody",
    "UsageReportBody",
    "WebhookBody",
    "WebhookSecretBody",
    "WorldVersionsBody",
    "WorldsBody",
)
#: What it sends.
SENT = (
    "EventsPayload",
    "NewPiece",
    "PieceChanges",
    "PiecesPayload",
    "RelicsPayload",
    "RewritePiecePayload",
    "RewriteWorldPayload",
    "Webhook",
    "WorldChanges",
    "WorldPayload",
)

_HEADER = '''"""{title}

Generated from the API's OpenAPI document by `make client-types`. Do not edit.
"""

from __future__ import annotations

'''
_ANSWERS = (
    _HEADER.format(title="What the API answers.")
    + '''from datetime import date, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Answer(BaseModel):
    """Fields that a newer API adds are kept, and values that it adds to an enumeration are accepted."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True, protected_namespaces=())


'''
)
_REQUESTS = (
    _HEADER.format(title="What the API takes: payloads of jobs, new pieces, and changes.")
    + """from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from pydantic import JsonValue

from loresmith.model import WrittenPiece

"""
)


def main(arguments: list[str]) -> int:
    document = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    is_stale = False
    for path, source in sources(document).items():
        text = _formatted(source)
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            print(f"client/{path.relative_to(PACKAGE.parents[1])} does not match the API.", file=sys.stderr)  # noqa: T201
            is_stale = True
    return int(is_stale)


def sources(document: Schema) -> dict[Path, str]:
    """The text of each generated module, not formatted yet."""
    schemas = _without_job_types(document["components"]["schemas"])
    return {
        PACKAGE / "model.py": _ANSWERS + _answers(schemas),
        PACKAGE / "payload.py": _REQUESTS + _requests(schemas),
        PACKAGE / "typed_call.py": typed_calls(),
    }


def _answers(schemas: Mapping[str, Schema]) -> str:
    texts = []
    for name, schema in _reached(schemas, RECEIVED).items():
        if "properties" in schema:
            texts.append("\n".join(_model(name, schema)))
        elif name != "JsonValue":
            texts.append(f"{class_name(name)}: TypeAlias = {annotation(schema)}\n")
    return "\n\n".join(texts)


def _model(name: str, schema: Schema) -> Iterator[str]:
    """The lines of a class. Objects within it that have no name of their own get a class each, before it."""
    properties = {}
    for field, inner in schema["properties"].items():
        if "properties" in inner:
            yield from _model(f"{name}.{field}", inner)
            yield "\n"
        properties[field] = {"$ref": f"{_REF}{name}.{field}"} if "properties" in inner else inner
    yield f"class {class_name(name)}(Answer):"
    yield from _docstring(schema)
    for field, inner in properties.items():
        yield f"    {_field(field, inner, is_required=field in schema.get('required', ()))}"
        yield from _docstring(inner)


def _field(name: str, schema: Schema, *, is_required: bool) -> str:
    """A value that may be null may also be left out, so a short form of an answer can be read too."""
    found = annotation(schema)
    if not is_required and not found.endswith("| None"):
        found += " | None"
    default = " = None" if found.endswith("| None") else ""
    if len(schema.get("anyOf", ())) > 2:  # the first that fits, not the one that fits most exactly: JSON always fits
        found = f'Annotated[{found.removesuffix(" | None")} | JsonValue, Field(union_mode="left_to_right")]'
    if name == "from":
        return f'from_: {found} = Field(alias="from")'
    return f"{name}: {found}{default}"


def _requests(schemas: Mapping[str, Schema]) -> str:
    return "\n\n".join("\n".join(_typed_dict(name, schema)) for name, schema in _reached(schemas, SENT).items())


def _typed_dict(name: str, schema: Schema) -> Iterator[str]:
    """Before Python 3.11, `typing` has no `Required`: required fields are in a class that the others extend."""
    if "properties" not in schema:
        return
    required = [field for field in schema["properties"] if field in schema.get("required", ())]
    optional = [field for field in schema["properties"] if field not in required]
    extended = "TypedDict"
    if required and optional:
        extended = f"_Required{name}"
        yield f"class {extended}(TypedDict):"
        yield from _keys(schema, required)
        yield "\n"
    yield f"class {name}({extended}, total={not optional}):"
    yield from _docstring(schema)
    yield from _keys(schema, optional or required)


def _keys(schema: Schema, names: list[str]) -> Iterator[str]:
    for name in names:
        yield f"    {name}: {annotation(schema['properties'][name], sent=True)}"
        yield from _docstring(schema["properties"][name])


def _docstring(schema: Schema) -> Iterator[str]:
    if text := schema.get("description"):
        yield textwrap.fill(f'"""{text}"""', _WIDTH, initial_indent="    ", subsequent_indent="    ")
        yield ""


def _without_job_types(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """The schemas, with each job type and each kind as text, and the chosen pieces of a world by kind."""
    given = dict(schemas["SettingPiece"])
    given["properties"] = given["properties"] | {"type": {"anyOf": [{"type": "string"}, {"type": "null"}]}}
    by_kind = {"type": "object", "additionalProperties": {"$ref": f"{_REF}GivenPiece"}}
    kinds = [inner["anyOf"][0]["$ref"] for inner in schemas["SelectedLore"]["properties"].values()]
    text = json.dumps({**schemas, "GivenPiece": given, "SelectedLore": None, "PrintableJson": {}})
    for reference in kinds:
        text = text.replace(f'"{reference}"', f'"{_REF}GivenPiece"')
    changed: dict[str, Any] = json.loads(text)
    changed["WorldPayload"]["properties"]["selectedLore"] = by_kind
    for owner, field in (("JobBody", "type"), ("NewPiece", "kind")):
        changed[owner]["properties"][field].pop("enum", None)
    return changed


def _reached(schemas: Mapping[str, Schema], names: tuple[str, ...]) -> dict[str, Schema]:
    """The named schemas, and those that they refer to, by name."""
    found: dict[str, Schema] = {}
    missing = list(names)
    while missing:
        name = missing.pop()
        if name not in schemas:
            raise ValueError(f"The document has no schema {name}. Correct RECEIVED or SENT.")
        if name not in found:
            found[name] = schemas[name]
            missing += References.of(schemas[name])
    return dict(sorted(found.items()))


def _formatted(text: str) -> str:
    """The text as ruff formats it, without imports that are not used."""
    options = ["--stdin-filename", str(PACKAGE / "model.py"), "-"]
    ruff = [sys.executable, "-m", "ruff"]
    sorted_text = subprocess.run(
        [*ruff, "check", "--quiet", "--fix-only", "--select", "F401,I", *options],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return subprocess.run(
        [*ruff, "format", *options], input=sorted_text.stdout, capture_output=True, text=True, check=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
