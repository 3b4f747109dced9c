"""The deployed stack: package, roles, event sources and variables have to fit together."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.queued_job import QueuedJob
from tests.e2e.api import Api
from tests.infra.emulated.cloud import Cloud
from tests.infra.emulated.conftest import OWNER, token
from tests.infra.emulated.processes import wait_for

CHARACTERS = {"theme": "fantasy", "count": 2}


def event_source(cloud: Cloud, function: str) -> str:
    """The id of a function's event source mapping."""
    name = f"{cloud.stack_name}-{function}"
    (mapping,) = cloud.client("lambda").list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    return str(mapping["UUID"])


@pytest.fixture
def disabled_worker(cloud: Cloud) -> Iterator[None]:
    """The worker gets no messages: they stay in the queue."""
    functions, mapping = cloud.client("lambda"), event_source(cloud, "worker")
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)


@pytest.fixture
def api_without_rights(cloud: Cloud, api: Api) -> Iterator[None]:
    """The API's role loses the rights that its code needs, after it has started: it reads its secrets at the start."""
    assert api.ask("GET", "/health").status_code == 200
    iam, functions = cloud.client("iam"), cloud.client("lambda")
    role = functions.get_function_configuration(FunctionName=f"{cloud.stack_name}-api")["Role"].rpartition("/")[2]
    policy = iam.get_role_policy(RoleName=role, PolicyName="own")["PolicyDocument"]
    iam.delete_role_policy(RoleName=role, PolicyName="own")
    try:
        yield
    finally:
        document = policy if isinstance(policy, str) else json.dumps(policy)
        iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=document)


def test_the_api_reaches_redis_the_queue_and_the_generator(api: Api) -> None:
    answer = api.ask("GET", "/health")
    assert answer.json() == {"redis": "ok", "queue": "ok", "generator": "ok"}
    assert answer.status_code == 200


def test_a_job_completes(api: Api) -> None:
    job = api.finished(api.submit("generate_characters", CHARACTERS)["id"])
    assert (job["status"], job["progress"], len(job["result"])) == ("completed", 100, 2)


def test_more_jobs_than_one_batch_all_complete(api: Api) -> None:
    accepted = [api.submit("generate_relics", {"theme": "fantasy", "count": 1})["id"] for _ in range(12)]
    assert {api.finished(job_id)["status"] for job_id in accepted} == {"completed"}


def test_a_trailing_slash_and_head_work_behind_api_gateway_too(api: Api) -> None:
    """Every address contains the stage, and a monitor's HEAD is answered."""
    submission = {"type": "generate_relics", "payload": {"count": 1}}
    plain, slashed = (api.ask("POST", path, json=submission) for path in ("/jobs", "/jobs/"))
    bases = {answer.headers["Location"].removesuffix(answer.json()["id"]) for answer in (plain, slashed)}
    assert bases == {"/api/jobs/"}
    for path in ("/health", "/jobs", f"/jobs/{plain.json()['id']}/events"):
        head = api.ask("HEAD", path)
        assert (head.status_code, head.content) == (200, b"")


def test_a_job_is_archived_under_the_roles_of_the_stack(api: Api) -> None:
    """The worker needs permission to write to both tables; the API needs permission to read them."""
    job_id = api.finished(api.submit("generate_relics", {"theme": "fantasy", "count": 1})["id"])["id"]

    def records() -> list[dict[str, Any]]:
        return [job for job in api.ask("GET", "/history").json()["jobs"] if job["id"] == job_id]

    wait_for("the record", lambda: bool(records()))
    (piece_id,) = records()[0]["made"]
    assert api.ask("GET", f"/pieces/{piece_id}").json()["name"] == records()[0]["names"][0]
    assert api.ask("GET", "/usage").json()["total"]["jobs"] > 0


def test_a_world_is_saved_and_read_under_the_roles_of_the_stack(api: Api) -> None:
    """The worker needs the right to write to the table; the API needs the right to read it and its index."""
    job = api.finished(api.submit("create_world", {"theme": "fantasy"})["id"])
    assert job["status"] == "completed", job
    world_id = job["result"]["world_id"]
    assert api.ask("GET", f"/worlds/{world_id}").status_code == 200
    assert world_id in api.ask("GET", "/worlds").text


def test_a_caller_without_a_valid_token_is_refused(cloud: Cloud) -> None:
    with Api(cloud.api_url) as stranger, Api(cloud.api_url, "nonsense") as forger:
        for caller, named in ((stranger, ""), (forger, ', error="invalid_token"')):
            refused = caller.ask("GET", "/jobs")
            assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
            assert refused.headers["WWW-Authenticate"].endswith(named)
        assert stranger.ask("GET", "/job-types").status_code == 200


def test_another_owners_job_is_not_found(cloud: Cloud, api: Api) -> None:
    job_id = api.submit("generate_relics", {"count": 1})["id"]
    with Api(cloud.api_url, token("somebody else")) as other:
        assert other.ask("GET", f"/jobs/{job_id}").status_code == 404
        assert other.ask("POST", f"/jobs/{job_id}/cancel").status_code == 404
        assert other.ask("GET", "/jobs").json()["jobs"] == []
    assert api.finished(job_id)["status"] == "completed"


@pytest.mark.usefixtures("disabled_worker")
def test_a_dead_letter_fails_its_job(cloud: Cloud, api: Api) -> None:
    job_id = api.submit("generate_characters", CHARACTERS)["id"]
    dead_letters = cloud.outputs["DeadLetterQueueUrl"]
    body = QueuedJob(job_id, OWNER, "generate_characters", 0).encode()
    cloud.client("sqs").send_message(QueueUrl=dead_letters, MessageBody=body)
    wait_for("the dead letter", lambda: api.job(job_id)["status"] == "failed")
    assert api.job(job_id)["error_code"] == "undeliverable"


def test_the_scheduled_recovery_has_the_rights_that_it_needs(cloud: Cloud) -> None:
    name = f"{cloud.stack_name}-recover"
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(SCHEDULED))
    assert "FunctionError" not in answer, answer["Payload"].read()
    assert json.loads(answer["Payload"].read()).keys() == {"recovered"}


def test_the_end_of_a_job_reaches_the_request_to_its_webhook(api: Api) -> None:
    """Worker, API and the function that sends have the rights that they need, and IAM is enforced here."""
    assert api.ask("POST", "/webhook/secret").status_code == 201
    options = {"webhook": {"url": "https://hooks.invalid/lore"}}
    answer = api.ask("POST", "/jobs", json={"type": "generate_relics", "payload": {"count": 1}, **options})
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["id"]

    def attempts() -> list[Any]:
        deliveries = api.ask("GET", f"/jobs/{job_id}/deliveries").json()["deliveries"]
        return [attempt for delivery in deliveries for attempt in delivery["attempts"]]

    wait_for("the first attempt", lambda: bool(attempts()))
    assert {attempt["error_code"] for attempt in attempts()} <= {"not_reached", "timeout"}
    assert api.ask("PUT", "/webhook", json=options["webhook"]).status_code == 200
    assert api.ask("DELETE", "/webhook").status_code == 200


@pytest.mark.usefixtures("api_without_rights")
def test_a_call_without_the_right_to_it_fails(api: Api) -> None:
    """IAM is enforced here, so the other tests pass because the roles are right."""
    answer = api.ask("POST", "/jobs", json={"type": "generate_characters", "payload": CHARACTERS})
    assert (answer.status_code, answer.json()["code"]) == (503, "queue_unavailable")


SCHEDULED = {
    "version": "0",
    "id": "1",
    "account": "000000000000",
    "region": "us-east-1",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "2026-01-01T00:00:00Z",
    "resources": [],
    "detail": {},
}
