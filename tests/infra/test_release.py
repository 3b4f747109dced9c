"""The steps of infra/deploy.sh besides CDK, against moto and a small HTTP server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.release import openai_key, outputs, page, removal, rollback, smoke

REGION = "us-east-1"
QUEUE: dict[str, Any] = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}, "Outputs": {"Url": {"Value": {"Ref": "Q"}}}}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield


def client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload] # any service


@pytest.fixture
def bucket(aws: None) -> str:
    client("s3").create_bucket(Bucket="page")
    client("s3").put_bucket_versioning(Bucket="page", VersioningConfiguration={"Status": "Enabled"})
    return "page"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-abc.js").write_text("export {}")
    (tmp_path / "index.html").write_text("<html>")
    return tmp_path


def test_the_page_gets_the_url_of_the_api(bucket: str, dist: Path) -> None:
    page.publish(client("s3"), bucket, dist, "https://api.example/api")
    found = client("s3").get_object(Bucket=bucket, Key="config.json")
    assert json.loads(found["Body"].read()) == {"apiBaseUrl": "https://api.example/api"}
    assert found["CacheControl"] == "no-cache"


def test_browsers_cache_only_files_with_a_hash_in_their_names(bucket: str, dist: Path) -> None:
    """A cached index.html would refer to files that no longer exist."""
    page.publish(client("s3"), bucket, dist, "https://api.example/api")
    html, script = (client("s3").head_object(Bucket=bucket, Key=key) for key in ("index.html", "assets/index-abc.js"))
    assert (html["CacheControl"], html["ContentType"]) == ("no-cache", "text/html")
    assert "immutable" in script["CacheControl"]
    assert "javascript" in script["ContentType"]


def test_emptying_a_bucket_also_deletes_old_versions(bucket: str, dist: Path) -> None:
    """CloudFormation does not delete a bucket that has even an old version in it."""
    for _ in range(2):
        page.publish(client("s3"), bucket, dist, "https://api.example/api")
    client("s3").delete_object(Bucket=bucket, Key="index.html")
    page.empty(client("s3"), bucket)
    client("s3").delete_bucket(Bucket=bucket)


def test_emptying_a_bucket_that_is_gone_is_no_error(aws: None) -> None:
    """So the removal of a stage can be repeated."""
    page.empty(client("s3"), "gone")


def test_an_unchanged_key_for_the_llm_is_not_stored_again(aws: None) -> None:
    secrets = client("secretsmanager")
    secrets.create_secret(Name="key", SecretString="random")
    assert openai_key.put(secrets, "key", "sk-1") is True
    assert openai_key.put(secrets, "key", "sk-1") is False
    assert secrets.get_secret_value(SecretId="key")["SecretString"] == "sk-1"


def test_outputs_are_read_from_the_stack(aws: None) -> None:
    client("cloudformation").create_stack(StackName="s", TemplateBody=json.dumps(QUEUE))
    assert outputs.read(client("cloudformation"), "s").keys() == {"Url"}
    with pytest.raises(outputs.NoStack, match="make deploy"):
        outputs.read(client("cloudformation"), "other")


def test_reading_outputs_needs_only_the_name_of_the_stage_and_the_region() -> None:
    assert outputs.stage_of({"STAGE": "prod", "AWS_REGION": "eu-west-1"}) == ("loresmith-prod", "eu-west-1")


def test_a_protected_stack_is_not_removed(aws: None) -> None:
    """The check comes before any bucket is emptied."""
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName="s", TemplateBody=json.dumps(QUEUE), EnableTerminationProtection=True)
    with pytest.raises(removal.Protected, match="no-enable-termination-protection"):
        removal.check(cloudformation, "s")
    cloudformation.create_stack(StackName="open", TemplateBody=json.dumps(QUEUE))
    removal.check(cloudformation, "open")
    with pytest.raises(outputs.NoStack):
        removal.check(cloudformation, "other")


def test_a_rollback_restores_the_template_from_before_the_deployment(aws: None, tmp_path: Path) -> None:
    cloudformation, s3, file = client("cloudformation"), client("s3"), tmp_path / "before.json"
    s3.create_bucket(Bucket="cdk")
    cloudformation.create_stack(StackName="s", TemplateBody=json.dumps(QUEUE))
    assert rollback.save(cloudformation, "s", file) is True
    changed = {"Resources": {**QUEUE["Resources"], "T": {"Type": "AWS::SNS::Topic"}}}
    cloudformation.update_stack(StackName="s", TemplateBody=json.dumps(changed))
    rollback.restore(cloudformation, s3, "s", file, rollback.Bucket("cdk", REGION))
    kinds = {r["ResourceType"] for r in cloudformation.list_stack_resources(StackName="s")["StackResourceSummaries"]}
    assert kinds == {"AWS::SQS::Queue"}


def test_before_the_first_deployment_no_template_is_saved(aws: None, tmp_path: Path) -> None:
    """A file from an earlier run is deleted, so that no rollback uses it."""
    file = tmp_path / "before.json"
    file.write_text("{}")
    assert rollback.save(client("cloudformation"), "none", file) is False
    assert not file.exists()


def test_a_rollback_to_an_unchanged_template_is_no_error(aws: None, tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    file.write_text("{}")
    client("s3").create_bucket(Bucket="cdk")
    bucket = rollback.Bucket("cdk", REGION)
    rollback.restore(Unchanged("No updates are to be performed."), client("s3"), "s", file, bucket)
    with pytest.raises(ClientError, match="UPDATE_IN_PROGRESS"):
        rollback.restore(Unchanged("s is in UPDATE_IN_PROGRESS"), client("s3"), "s", file, bucket)


class Unchanged:
    """A CloudFormation that refuses every update."""

    def __init__(self, says: str) -> None:
        self.says = says

    def update_stack(self, **_arguments: Any) -> None:
        raise ClientError({"Error": {"Code": "ValidationError", "Message": self.says}}, "UpdateStack")


class Script:
    """Answers to requests, in order. The last one is repeated."""

    def __init__(self, **answers: list[tuple[int, Any]]) -> None:
        self.answers = answers
        self.tokens: list[str | None] = []

    def next(self, name: str, token: str | None) -> tuple[int, Any]:
        self.tokens.append(token)
        left = self.answers[name]
        return left.pop(0) if len(left) > 1 else left[0]


@pytest.fixture
def serve() -> Iterator[Any]:
    servers: list[ThreadingHTTPServer] = []

    def start(script: Script) -> smoke.Api:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                assert self.path in ("/api/health", "/api/jobs/1")
                self._answer("health" if self.path == "/api/health" else "job")

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self._answer("submit")

            def _answer(self, name: str) -> None:
                status, body = script.next(name, self.headers.get("Authorization"))
                data = json.dumps(body).encode()
                self.send_response(status)
                if name == "submit":
                    self.send_header("Location", "/api/jobs/1")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return smoke.Api(f"http://127.0.0.1:{server.server_port}/api", "t0ken")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


class Time:
    """A fake clock that only `sleep` advances."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    def clock(self) -> float:
        return self.now_s


def test_the_smoke_test_waits_for_its_job(serve: Any) -> None:
    script = Script(submit=[(202, {"id": "1"})], job=[(200, {"status": "processing"}), (200, {"status": "completed"})])
    time = Time()
    assert smoke.run_job(serve(script), time.sleep, time.clock)["status"] == "completed"
    assert set(script.tokens) == {"Bearer t0ken"}


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"submit": [(401, {"code": "unauthorized"})]}, "401"),
        ({"submit": [(202, {"id": "1"})], "job": [(200, {"status": "failed", "error": "No key."})]}, "No key"),
        ({"submit": [(202, {"id": "1"})], "job": [(200, {"status": "pending", "message": "Preparing"})]}, "Preparing"),
    ],
)
def test_the_smoke_test_fails_if_its_job_does_not_complete(serve: Any, answers: Any, says: str) -> None:
    time = Time()
    with pytest.raises(smoke.SmokeFailed, match=says):
        smoke.run_job(serve(Script(**answers)), time.sleep, time.clock)


def test_a_stage_gets_limited_time_to_become_healthy(serve: Any) -> None:
    time = Time()
    smoke.wait_healthy(serve(Script(health=[(502, "x"), (503, "x"), (200, {})])), time.sleep, time.clock)
    with pytest.raises(smoke.SmokeFailed, match="redis"):
        smoke.wait_healthy(serve(Script(health=[(503, {"redis": "down"})])), time.sleep, time.clock)


def test_an_address_that_does_not_answer_gets_the_same_time() -> None:
    nothing = smoke.Api("http://127.0.0.1:1", None)
    time = Time()
    with pytest.raises(smoke.SmokeFailed, match="does not answer"):
        smoke.wait_healthy(nothing, time.sleep, time.clock)
    assert time.now_s > 100
