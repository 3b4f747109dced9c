"""The fields of a job type's payload, from its JSON Schema: what a field takes, and values from the command line."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loresmith.cli.failure import USAGE, CommandError
from loresmith.model import JobType

Schema = Mapping[str, Any]

_TYPE_NAMES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "JSON",
}


@dataclass(frozen=True)
class PayloadField:
    """One field. `path` has dots between the levels."""

    path: str
    schema: Schema
    root: Schema

    @property
    def types(self) -> set[str]:
        """The JSON types that it accepts."""
        return {str(each["type"]) for each in self._variants() if "type" in each}

    @property
    def is_list(self) -> bool:
        return "array" in self.types

    @property
    def choices(self) -> list[str]:
        """The values, if only some are possible."""
        return [
            str(value)
            for each in self._variants()
            for value in each.get("enum", [each["const"]] if "const" in each else [])
        ]

    def child(self, name: str) -> PayloadField | None:
        """A field of this object. None if it has no such field."""
        for each in self._variants():
            if name in each.get("properties", {}):
                return PayloadField(f"{self.path}.{name}", each["properties"][name], self.root)
        return None

    def takes(self) -> str:
        """What it accepts, for people: "whole number, 1 to 10"."""
        if choices := self.choices:
            return " | ".join(choices)
        for each in self._variants():
            if each.get("type") == "array":
                return f"list, up to {each['maxItems']}" if "maxItems" in each else "list"
            if (kind := str(each.get("type"))) in _TYPE_NAMES:
                return ", ".join([_TYPE_NAMES[kind], *_limits(each)])
        return "JSON"

    def value_of(self, text: str) -> Any:
        """The value that a text of the command line means. For a list, a single entry, or the whole list as JSON."""
        if text.startswith("@") and self.types & {"object", "array"}:
            return read_json(Path(text[1:]))
        if self.is_list and not text.lstrip().startswith("["):
            return [text]
        if "string" in self.types:
            return text
        if self.types and self.types <= {"integer", "number", "boolean", "null"}:
            return self._scalar(text)
        return self._json(text)

    def _scalar(self, text: str) -> Any:
        value = self._json(text.lower() if text.lower() in ("true", "false", "null") else text)
        if isinstance(value, (str, list, dict)):
            raise self._wrong(text)
        return value

    def _json(self, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError:
            raise self._wrong(text) from None

    def _wrong(self, text: str) -> CommandError:
        return CommandError(f"{self.path} cannot be {text!r}: it takes {self.takes()}.", USAGE)

    def _variants(self) -> Iterator[Schema]:
        waiting = [self.schema]
        while waiting:
            schema = waiting.pop(0)
            if "$ref" in schema:
                waiting.append(_resolved(self.root, schema["$ref"]))
            elif "anyOf" in schema or "oneOf" in schema:
                waiting.extend(schema.get("anyOf", schema.get("oneOf")))
            else:
                yield schema


def fields_of(job_type: JobType) -> dict[str, PayloadField]:
    """The fields of the payload by name."""
    schema: Any = job_type.payload_schema
    return {name: PayloadField(name, each, schema) for name, each in schema.get("properties", {}).items()}


def required_of(job_type: JobType) -> frozenset[str]:
    required: Any = job_type.payload_schema.get("required", [])
    return frozenset(required)


def find_field(job_type: JobType, path: str) -> PayloadField:
    """The field that a name means: "selected-setting", "selectedSetting", "selectedLore.setting".

    Raises `CommandError` if there is none.
    """
    first, *rest = path.split(".")
    fields = fields_of(job_type)
    found = next((each for name, each in fields.items() if _simple(name) == _simple(first)), None)
    for name in rest:
        found = None if found is None else found.child(name)
    if found is None:
        close = difflib.get_close_matches(path, [*fields, *map(option_of, fields)], 1)
        hint = f"Did you mean {close[0]}?" if close else f"Its fields: loresmith types {job_type.type}"
        raise CommandError(f"{job_type.type} has no field {path}. {hint}", USAGE)
    return found


def option_of(name: str) -> str:
    """ "selectedSetting" → "selected-setting"."""
    return "".join(f"-{each.lower()}" if each.isupper() else each for each in name).replace("_", "-").lstrip("-")


def read_json(file: Path) -> Any:
    """Raises `CommandError` if the file is not there or not JSON."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as cause:
        raise CommandError(f"{file} cannot be read: {cause.strerror}.", USAGE) from None
    except ValueError as cause:
        raise CommandError(f"{file} is not valid JSON: {cause}.", USAGE) from None


def _simple(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _limits(schema: Schema) -> Iterator[str]:
    if "minimum" in schema and "maximum" in schema:
        yield f"{schema['minimum']} to {schema['maximum']}"
    elif "maxLength" in schema:
        yield f"up to {schema['maxLength']:,} characters"


def _resolved(root: Schema, reference: str) -> Schema:
    found: Any = root
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part, {})
    return found  # type: ignore[no-any-return]
