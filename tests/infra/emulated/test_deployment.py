"""The stack as it would be deployed, deployed: package, roles, event sources and variables all have to fit together."""

import json
from collections.abc import Iterator

import pytest

from tests.e2e.api import Api
from tests.infra.emulated.cloud import Cloud, wait_for
from tests.infra.emulated.conftest import token

CHARACTERS = {"theme": "fantasy", "count": 2}


def event_source(cloud: Cloud, function: str) -> str:
    """Its id."""
    name = f"{cloud.stack_name}-{function}"
    (mapping,) = cloud.client("lambda").list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    return str(mapping["UUID"])


@pytest.fixture
def resting_worker(cloud: Cloud) -> Iterator[None]:
    """Messages stay in the queue."""
    functions, mapping = cloud.client("lambda"), event_source(cloud, "worker")
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)


@pytest.fixture
def api_without_rights(cloud: Cloud, api: Api) -> Iterator[None]:
    """What the code of the API calls is taken from its role, once it runs: it reads its secrets when it starts."""
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


def test_every_part_is_reached(api: Api) -> None:
    answer = api.ask("GET", "/health")
    assert answer.json() == {"redis": "ok", "queue": "ok", "generator": "ok"}
    assert answer.status_code == 200


def test_a_job_is_done(api: Api) -> None:
    job = api.finished(api.submit("generate_characters", CHARACTERS)["id"])
    assert (job["status"], job["progress"], len(job["result"])) == ("completed", 100, 2)


def test_jobs_of_one_batch_are_all_done(api: Api) -> None:
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


def test_a_world_is_saved_and_read_again(api: Api) -> None:
    """The worker may write to the table, the API may read it and its index, under the roles of the stack."""
    job = api.finished(api.submit("create_world", {"theme": "fantasy"})["id"])
    assert job["status"] == "completed", job
    world_id = job["result"]["world_id"]
    assert api.ask("GET", f"/worlds/{world_id}").status_code == 200
    assert world_id in api.ask("GET", "/worlds").text


def test_nobody_gets_in_without_a_token(cloud: Cloud) -> None:
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


@pytest.mark.usefixtures("resting_worker")
def test_a_dead_letter_ends_its_job(cloud: Cloud, api: Api) -> None:
    job_id = api.submit("generate_characters", CHARACTERS)["id"]
    dead_letters = cloud.outputs["DeadLetterQueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=dead_letters, MessageBody=json.dumps({"job_id": job_id}))
    wait_for("the dead letter", lambda: api.job(job_id)["status"] == "failed")
    assert api.job(job_id)["error_code"] == "undeliverable"


def test_the_schedule_may_do_its_work(cloud: Cloud) -> None:
    name = f"{cloud.stack_name}-recover"
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(SCHEDULED))
    assert "FunctionError" not in answer, answer["Payload"].read()
    assert json.loads(answer["Payload"].read()).keys() == {"recovered"}


@pytest.mark.usefixtures("api_without_rights")
def test_a_missing_right_is_noticed(api: Api) -> None:
    """IAM is enforced here: what passes above passes because of the roles."""
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
