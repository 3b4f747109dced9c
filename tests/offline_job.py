"""Lets the offline writer write a whole job, request by request, with the generator's own prompts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from foundation.language_tag import DEFAULT_LANGUAGE
from generator_service.kind import Kind, Output
from generator_service.llm.ask import Ask, Part
from generator_service.llm.form import as_object, form_of
from generator_service.params import parse_params
from generator_service.writing.job import Job
from generator_service.writing.prompt import batch_ask, stages_ask
from generator_service.writing.rewriting import narrowed
from local.offline_writer.wire.completion import AnswerWriter, CompletionRequest


def answer_to(writer: AnswerWriter, name: str, schema: Mapping[str, Any], messages: Sequence[Any]) -> Any:
    """The answer to one request."""
    form = {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}
    request = {"model": "m", "messages": messages, "response_format": form}
    return json.loads(writer.write(CompletionRequest.model_validate(request)))


def ask(writer: AnswerWriter, name: str, schema: Mapping[str, Any], data: Mapping[str, Any] | None) -> Any:
    """The answer to a request that has only this data."""
    text = "Write." if data is None else f"Write.\n<data>\n{json.dumps(data)}\n</data>"
    return answer_to(writer, name, schema, [{"role": "user", "content": text}])


def job_of(kind: Kind, params: Mapping[str, Any]) -> Job:
    parsed = parse_params(kind.params, json.dumps(params))
    kind, rewriting = narrowed(kind, parsed.rewrite, DEFAULT_LANGUAGE) if parsed.rewrite else (kind, None)
    return Job(kind, parsed, {}, rewriting=rewriting)


def rewritten(writer: AnswerWriter, kind: Kind, piece: Mapping[str, Any], field: str, wish: str | None) -> Any:
    """What is written for one field of a piece: the output of its stage."""
    rewrite = {"piece": piece, "fields": [field], "instruction": wish}
    job = job_of(kind, {"count": 1, "rewrite": rewrite})
    (stage,) = job.kind.stages
    asked = batch_ask(job, stage, 1, job.taken_names) if stage.together else stages_ask(job, [stage], 0, {})
    (output,) = _outputs(writer, asked).values()
    return output.model_dump()


def names(writer: AnswerWriter, kind: Kind, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The names and concepts of a job."""
    job = job_of(kind, params)
    asked = batch_ask(job, kind.stages[0], job.params.count, job.params.avoid)
    (batch,) = _outputs(writer, asked).values()
    return list(batch.model_dump()["names"])


def pieces(writer: AnswerWriter, kind: Kind, params: Mapping[str, Any]) -> list[dict[str, dict[str, Any]]]:
    """All pieces of one job: the output of each stage by its key."""
    job, first = job_of(kind, params), kind.stages[0]
    made: list[dict[str, Output]] = [{} for _ in range(job.params.count)]
    if first.together:
        made = [{first.key: first.output.model_validate(each)} for each in names(writer, kind, params)]
    for index, outputs in enumerate(made):
        for call in kind.calls[1:] if first.together else kind.calls:
            made[index] |= _outputs(writer, stages_ask(job, call, index, outputs))
    return [{key: output.model_dump() for key, output in outputs.items()} for outputs in made]


def _outputs(writer: AnswerWriter, asked: Ask) -> dict[str, Output]:
    """The parts of an answer, checked against the generator's own models."""
    answer = answer_to(writer, asked.name, form_of(asked.parts).model_json_schema(), asked.messages)
    if len(asked.parts) == 1:
        return {asked.parts[0].key: _output(asked.parts[0], answer)}
    return {part.key: _output(part, as_object(part, answer[part.key])) for part in asked.parts}


def _output(part: Part, value: Any) -> Output:
    output = part.schema.model_validate(value)
    assert isinstance(output, Output)
    return output


def texts(value: Any) -> Iterator[str]:
    """All strings in a JSON value."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(part)
