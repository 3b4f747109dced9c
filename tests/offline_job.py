"""Lets the offline writer write a whole job, request by request, as the generator does."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from generator_service.kind import Kind, Output, Stage
from generator_service.writing.naming import batch_schema
from local.offline_writer.wire.completion import AnswerWriter, CompletionRequest


def ask(writer: AnswerWriter, name: str, schema: dict[str, Any], data: dict[str, Any] | None) -> Any:
    """The answer to one request."""
    text = "Write." if data is None else f"Write.\n<data>\n{json.dumps(data)}\n</data>"
    request = CompletionRequest.model_validate(
        {
            "model": "m",
            "messages": [{"role": "system", "content": "Rules."}, {"role": "user", "content": text}],
            "response_format": {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}},
        }
    )
    return json.loads(writer.write(request))


def written(writer: AnswerWriter, output: type[Output], name: str, data: dict[str, Any]) -> dict[str, Any]:
    """An answer, checked against the generator's own model."""
    return output.model_validate(ask(writer, name, output.model_json_schema(), data)).model_dump()


def names(writer: AnswerWriter, kind: Kind, count: int, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`count` names with concepts. `data`: theme, tone, avoid, context."""
    head = {"kind": kind.name, "stage": "names", "count": count, "avoid": []}
    schema = batch_schema(kind.stages[0].output, "names", count)
    return list(written(writer, schema, f"{kind.name}_names", head | data)["names"])


def pieces(writer: AnswerWriter, kind: Kind, count: int, data: Mapping[str, Any]) -> list[dict[str, dict[str, Any]]]:
    """All pieces of one job: the output of each stage by its key. `data`: theme, tone, context."""
    together = kind.stages[0].together
    first = names(writer, kind, count, data) if together else [{} for _ in range(count)]
    made: list[dict[str, dict[str, Any]]] = [{"name": each} if each else {} for each in first]
    for number, piece in enumerate(made, start=1):
        for stage in kind.stages[1:] if together else kind.stages:
            head = {"kind": kind.name, "stage": stage.key, "number": number, "of": count}
            asked = head | _seen(kind, stage, piece) | data
            piece[stage.key] = written(writer, stage.output, f"{kind.name}_{stage.key}", asked)
    return made


def _seen(kind: Kind, stage: Stage, piece: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What the prompt shows of the piece: the stages before this one."""
    seen = {name: value for other in kind.before(stage) for name, value in piece[other.key].items()}
    return {"piece": seen} if seen else {}


def texts(value: Any) -> Iterator[str]:
    """All strings in a JSON value."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(part)
