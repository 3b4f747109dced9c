"""The schemas of the OpenAPI document: the answers, the payloads, and what jobs write."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import TypeAdapter

from chalicelib.api import body
from chalicelib.api.route import Route
from chalicelib.domain.job_batch import MAX_JOBS
from chalicelib.domain.job_options import job_options
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.timing import Timing

REF = "#/components/schemas/{model}"


def schemas(routes: Sequence[Route], *, tokens_required: bool, timing: Timing) -> dict[str, Any]:
    """`components.schemas` of the document."""
    answers = [model for route in routes for model in route.answers.values() if model is not None]
    shown: set[type] = {*answers, body.ProblemBody}
    defined = _definitions(sorted(shown, key=lambda model: model.__name__), mode="serialization")
    defined |= _definitions([job_type.payload for job_type in JOB_TYPES.values()], mode="validation")
    taken = {route.takes for route in routes if route.takes}
    defined |= _definitions(sorted(taken, key=lambda model: model.__name__), mode="validation")
    _describe_results(defined)
    options = job_options(timing.deadline_bounds_s).model_json_schema(ref_template=REF)["properties"]
    for job_type in JOB_TYPES.values():
        payload = defined[job_type.payload.__name__]
        job_type.require_fields(payload, tokens_required=tokens_required)
        defined[_submission_name(job_type.name)] = {
            "type": "object",
            "properties": {
                "type": {"const": job_type.name},
                "payload": {"$ref": REF.format(model=job_type.payload.__name__)},
                **options,
            },
            "required": ["type", *(["payload"] if payload.get("required") else [])],
            "additionalProperties": False,
            "description": job_type.description,
        }
    defined["Submission"] = {
        "oneOf": [{"$ref": REF.format(model=_submission_name(name))} for name in JOB_TYPES],
        "discriminator": {
            "propertyName": "type",
            "mapping": {name: REF.format(model=_submission_name(name)) for name in JOB_TYPES},
        },
    }
    submission = {"$ref": REF.format(model="Submission")}
    jobs = {"type": "array", "items": submission, "minItems": 1, "maxItems": MAX_JOBS}
    defined["BatchSubmission"] = _object(jobs=jobs) | {"additionalProperties": False}
    return defined


def _describe_results(schemas: dict[str, Any]) -> None:
    """Describe what completed jobs have written. The models accept any JSON: the generator's is stored as is."""
    world, job = schemas["WorldBody"]["properties"], schemas["JobBody"]["properties"]
    job["type"]["enum"] = list(JOB_TYPES)
    text = {"type": "string"}
    item = schemas["ItemBody"]["properties"]
    written = {name: item[name] for name in ("type", "language", "details")}
    schemas["WrittenPieceBody"] = _object(name=text, description=text, **written)
    copied = {name: world[name] for name in ("language", "title", "story", "quest", "pieces")}
    schemas["CreatedWorldBody"] = _object(world_id=world["id"], **copied)
    piece = schemas["PieceBody"]["properties"]
    piece_fields = ("id", "version", "kind", "name", "description", "language", "details")
    schemas["RewrittenPieceBody"] = _object(piece=_object(**{name: piece[name] for name in piece_fields}))
    world_fields = ("id", "version", "title", "story", "quest", "language")
    schemas["RewrittenWorldBody"] = _object(world=_object(**{name: world[name] for name in world_fields}))
    pieces = {"type": "array", "items": {"$ref": REF.format(model="WrittenPieceBody")}}
    others = [f"{name}Body" for name in ("CreatedWorld", "RewrittenPiece", "RewrittenWorld")]
    del job["result"]["$ref"]
    job["result"]["anyOf"] = [pieces, *({"$ref": REF.format(model=name)} for name in others), {"type": "null"}]


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _definitions(types: Iterable[type], *, mode: Any) -> dict[str, Any]:
    unique = dict.fromkeys(types)
    _, schema = TypeAdapter.json_schemas([(each, mode, TypeAdapter(each)) for each in unique], ref_template=REF)
    definitions: dict[str, Any] = schema["$defs"]
    return definitions


def _submission_name(type_name: str) -> str:
    return "".join(part.capitalize() for part in type_name.split("_")) + "Submission"
