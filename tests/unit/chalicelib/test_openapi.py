"""The OpenAPI document is valid, complete, and says what the API does."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

import app
from chalicelib.api import endpoint, router
from chalicelib.api.library_endpoint import WORLDS
from chalicelib.domain.job_type import JOB_TYPES
from tests.unit.chalicelib.http_call import answer, request
from tests.unit.chalicelib.kept import keep_examples
from tests.unit.chalicelib.system import System

DOCUMENT = router.document()


def schema_of(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]})


def test_the_document_is_valid_openapi() -> None:
    validate(DOCUMENT)


def test_every_route_is_described_and_nothing_else() -> None:
    """HEAD is left out: it is GET without the body."""
    routes = {
        (path, method.lower()) for path, methods in app.app.routes.items() for method in methods if method != "HEAD"
    }
    described = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert routes == described


def test_every_group_of_routes_is_described() -> None:
    assert {route.tag for route in router.ROUTES} == {tag["name"] for tag in DOCUMENT["tags"]}


def test_every_get_route_also_answers_head() -> None:
    assert [path for path, methods in app.app.routes.items() if ("GET" in methods) != ("HEAD" in methods)] == []


def test_a_submission_must_fit_its_type() -> None:
    submissions = schema_of("Submission")
    for job_type in JOB_TYPES.values():
        submissions.validate({"type": job_type.name, "payload": job_type.example})
    assert not submissions.is_valid({"type": "generate_characters", "payload": {"count": 11}})
    assert not submissions.is_valid({"type": "generate_characters", "payload": {"selectedSetting": None}})
    assert not submissions.is_valid({"type": "odd", "payload": {}})


@pytest.mark.parametrize("job_type", JOB_TYPES.values(), ids=lambda job_type: job_type.name)
async def test_the_answers_fit_their_schemas(job_type: Any) -> None:
    system = System()
    await keep_examples(system)
    accepted = await answer(system, endpoint.submit_job, request({"type": job_type.name, "payload": job_type.example}))
    schema_of("JobBody").validate(accepted.body)
    job_id = accepted.body["id"]
    await system.work(job_id)
    schema_of("JobBody").validate((await answer(system, endpoint.read_job, request(), job_id=job_id)).body)
    schema_of("EventsBody").validate((await answer(system, endpoint.read_events, request(), job_id=job_id)).body)
    schema_of("JobsBody").validate((await answer(system, endpoint.list_jobs, request())).body)
    schema_of("WorldsBody").validate((await answer(system, WORLDS.page, request())).body)
    schema_of("JobTypesBody").validate((await answer(system, endpoint.list_job_types, request())).body)
    schema_of("HealthBody").validate((await answer(system, endpoint.check_health, request())).body)
    refused = await answer(system, endpoint.submit_job, request({"type": "odd"}))
    schema_of("ProblemBody").validate(refused.body)
    schema_of("OpenApiBody").validate((await answer(system, router.describe, request())).body)


def test_every_body_is_required_and_its_example_is_taken() -> None:
    """Clients treat an optional body differently: some send an empty one, with a content type."""
    taken = [route for route in router.ROUTES if route.takes or route.submits]
    for route in taken:
        body = DOCUMENT["paths"][route.path][route.method.lower()]["requestBody"]
        assert body["required"]
        for content in body["content"].values():
            schema_of(content["schema"]["$ref"].rpartition("/")[2]).validate(route.example)
    assert len(taken) >= 6
    assert all(route.example == {} for route in router.ROUTES if route not in taken)


def test_the_examples_fit_their_schemas() -> None:
    shown = {
        name: schema["examples"] for name, schema in DOCUMENT["components"]["schemas"].items() if "examples" in schema
    }
    assert shown.keys() >= {"JobBody", "EventBody", "WorldBody", "HealthBody"}
    for name, examples in shown.items():
        for example in examples:
            schema_of(name).validate(example)
    problems = [
        content["example"]
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        for answer in operation["responses"].values()
        for media, content in answer.get("content", {}).items()
        if media == "application/problem+json"
    ]
    assert {example["status"] for example in problems} >= {400, 401, 404, 409, 413, 415, 422, 429, 500, 503}
    for example in problems:
        schema_of("ProblemBody").validate(example)
