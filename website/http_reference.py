"""The HTTP API reference as Markdown, generated from its OpenAPI document."""

import json
from collections.abc import Iterator
from typing import Any

from website.schema_table import cell, of_schema, schema_rows

Json = dict[str, Any]

_INTRODUCTION = """\
# HTTP reference

Every call and every body, generated from the API's OpenAPI document when this site was built. A running stack shows
the same document at `/docs`, where you can try the calls, and serves it at `/openapi.json`. The
[guide](../http-api.md) explains how the calls work together, and [error codes](../errors.md) what to do about a
refusal.
"""
#: Every call can return these, so they are explained once.
_ALWAYS = ("401", "413", "429", "500", "503")


def http_reference(contract: Json) -> str:
    """The whole page. `contract` is the OpenAPI document."""
    return "\n".join([_INTRODUCTION, *_calls(contract), *_always(contract), *_bodies(contract)]) + "\n"


def _calls(contract: Json) -> Iterator[str]:
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, methods in contract["paths"].items()
        for method, operation in methods.items()
    ]
    for tag in contract["tags"]:
        yield f"## {tag['name'].capitalize()}\n\n{tag['description']}\n"
        for title, operation in operations:
            if operation["tags"] == [tag["name"]]:
                yield f"### {title}\n\n{operation['summary']}\n"
                yield from _parameters(operation)
                yield from _body(operation)
                yield from _answers(operation)


def _parameters(operation: Json) -> Iterator[str]:
    if parameters := operation.get("parameters"):
        yield "| parameter | in | type | meaning |\n|---|---|---|---|"
        for parameter in parameters:
            name, place, text = parameter["name"], parameter["in"], parameter.get("description", "")
            yield f"| `{name}` | {place} | {of_schema(parameter['schema'])} | {cell(text)} |"
        yield ""


def _body(operation: Json) -> Iterator[str]:
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"**Body** (`{media_type}`): {of_schema(content.get('schema', {}))}\n"
        for example in list(content.get("examples", {}).values())[:1]:
            yield f"```json\n{json.dumps(example['value'], indent=2, ensure_ascii=False)}\n```\n"


def _answers(operation: Json) -> Iterator[str]:
    yield "| answer | body | when |\n|---|---|---|"
    for status, response in operation["responses"].items():
        if status not in _ALWAYS:
            bodies = " or ".join(_content(*content) for content in response.get("content", {}).items())
            when = "" if response["description"] == operation["summary"] else response["description"]
            yield f"| {status} | {bodies} | {cell(when)} |"
    yield ""


def _content(media_type: str, content: Json) -> str:
    return of_schema(content["schema"]) if "schema" in content else f"`{media_type}`"


def _always(contract: Json) -> Iterator[str]:
    yield "## Answers of every call\n\n| answer | when |\n|---|---|"
    responses = contract["paths"]["/jobs"]["post"]["responses"]
    for status in _ALWAYS:
        yield f"| {status} | {cell(responses[status]['description'])} |"
    yield ""


def _bodies(contract: Json) -> Iterator[str]:
    yield "## Bodies\n"
    for name, schema in sorted(contract["components"]["schemas"].items()):
        yield f"### {name}\n"
        if description := schema.get("description"):
            yield f"{description}\n"
        yield from schema_rows(schema)
        yield ""
