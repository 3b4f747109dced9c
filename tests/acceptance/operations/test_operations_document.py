"""The commands of docs/operations.md, on the deployed stack: one shell runs all of them, in the document's order.

While each block runs, the test does what the document says about the machines, then checks what the block has done.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.queued_job import QueuedJob
from local.project import ROOT
from local.stack.aws_emulator import ministack_argv
from tests.acceptance.operations.clone import make_clone
from tests.acceptance.operations.gateway import gateway
from tests.acceptance.operations.terminal import Terminal
from tests.e2e.api import Api
from tests.infra.conftest import SETTINGS, infra_environment
from tests.infra.emulated.cloud import REGION, Cloud
from tests.infra.emulated.conftest import OWNER, token
from tests.infra.emulated.test_ops import disabled
from tests.infra.template import Template
from tests.snippet.block import blocks_run_by

BLOCKS = blocks_run_by("tests/acceptance/operations/test_operations_document.py")
_RELICS = {"theme": "fantasy", "count": 1}
_KEY = "sk-of-the-document"  # pragma: allowlist secret
#: A stage that was removed; only its tables are left.
_REMOVED = "loresmith-removed"


@dataclass
class Stage:
    """The stage that the commands change. `drained`: whether it was drained when its generator was replaced."""

    cloud: Cloud
    api: Api
    functions: set[str]
    drained: bool = False

    def values(self) -> Mapping[str, str]:
        """Text in the document → what the test writes instead."""
        return {
            "STAGE=prod AWS_REGION=eu-central-1 N=loresmith-prod": f"STAGE=emulated AWS_REGION={REGION} N={self.name}",
            "--stage prod": "--stage emulated",
            "LORESMITH_STAGE=prod": "LORESMITH_STAGE=emulated",
            "STAGE=dev": "STAGE=emulated",
            "https://…/jwks.json": SETTINGS["JWT_JWKS_URL"],
            "https://…": SETTINGS["JWT_ISSUER"],
            "JWT_AUDIENCE=…": f"JWT_AUDIENCE={SETTINGS['JWT_AUDIENCE']}",
            "sk-…": _KEY,
            "SMOKE_TOKEN=…": f"SMOKE_TOKEN={token('the deployment')}",
        }

    @property
    def name(self) -> str:
        return self.cloud.stack_name

    def called(self, call: str) -> None:
        """What AWS does with machines, which are processes here."""
        words = call.split()
        if "update-service" in words:
            self.drained = self.figures()["drain"] is not None
            self.cloud.machines.replace_generator()
        if "--auth-token" in words:
            password, strategy = (words[words.index(f"--auth-token{end}") + 1] for end in ("", "-update-strategy"))
            self.cloud.machines.change_redis_password(password, only=strategy == "SET")

    def keep_warm(self) -> None:
        """Sandboxes of the API and of the worker have read the secrets."""
        assert self.job() == ("completed", None)

    def job(self) -> tuple[str, str | None]:
        """The end of a new job: its status and its error."""
        job = self.api.finished(self.api.submit("generate_relics", _RELICS)["id"])
        return job["status"], job.get("error_code")

    def log(self) -> str:
        """That of `ops-write`."""
        group = f"/aws/lambda/{self.name}-ops-write"
        return "".join(e["message"] for e in self.cloud.client("logs").filter_log_events(logGroupName=group)["events"])

    def figures(self) -> Any:
        invoked = self.cloud.client("lambda").invoke(
            FunctionName=f"{self.name}-ops-read", Payload=b'{"operation": "status"}'
        )
        return json.loads(invoked["Payload"].read())["answer"]

    def rotated(self) -> set[str]:
        """The functions that have been told to read their secrets again."""
        found = self.cloud.client("lambda").list_functions()["Functions"]
        told = [function for function in found if "SECRETS_ROTATED_AT" in function["Environment"]["Variables"]]
        return {function["FunctionName"].removeprefix(f"{self.name}-") for function in told}


Check = Callable[[Stage, Terminal], AbstractContextManager[None]]
CHECKS: dict[str, Check] = {}


def check(words: str) -> Callable[[Callable[[Stage, Terminal], Iterator[None]]], Check]:
    """The function checks the block that contains these words: it prepares the stage, yields, and checks the effect."""

    def add(function: Callable[[Stage, Terminal], Iterator[None]]) -> Check:
        CHECKS[words] = contextmanager(function)
        return CHECKS[words]

    return add


def test_every_block_does_what_the_document_says(stage: Stage, terminal: Terminal) -> None:
    for block in BLOCKS:
        (checked,) = [found for words, found in CHECKS.items() if words in block.code]
        code = block.code
        for shown, value in stage.values().items():
            code = code.replace(shown, value)
        with checked(stage, terminal):
            terminal.run(code)
    assert len(BLOCKS) == len(CHECKS)


@pytest.fixture
def stage(cloud: Cloud, api: Api, templates: dict[str, Template]) -> Stage:
    return Stage(cloud, api, templates["emulated"].functions)


@pytest.fixture
def terminal(stage: Stage, tmp_path: Path) -> Iterator[Terminal]:
    folder, home = tmp_path / "clone", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    of_clone = make_clone(folder, stage.cloud)
    # For npm and CDK to reach their registries. Nothing else of the developer's environment is used.
    own = {name: value for name, value in os.environ.items() if name.lower().startswith(("npm_", "node_", "ssl_"))}
    own |= {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    variables = {
        "HOME": str(home),
        "NPM_CONFIG_CACHE": os.environ.get("NPM_CONFIG_CACHE", str(Path.home() / ".npm")),
        "NPM_CONFIG_USERCONFIG": os.environ.get("NPM_CONFIG_USERCONFIG", str(Path.home() / ".npmrc")),
        "PYTHON": sys.executable,
        "CLIENT": str(ROOT / "client/src"),
        "AWS_CLI": str(Path(ministack_argv()[0]).with_name("aws")),
        "AWS_ENDPOINT_URL": stage.cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        # The AWS CLI 1, which PyPI has, does not read AWS_REGION.
        "AWS_DEFAULT_REGION": REGION,
        "NO_PROXY": "127.0.0.1",
        "TERM": "dumb",
    }
    with (
        gateway(stage.cloud.api_port, stage.cloud.api_url),
        Terminal(folder, infra_environment(own | variables | of_clone), stage.called) as found,
    ):
        yield found


@check("secret() {")
def definitions(stage: Stage, terminal: Terminal) -> Iterator[None]:
    yield
    printed = terminal.run('echo "$API"; secret generator-token; echo "$N in $AWS_REGION"').splitlines()
    assert printed == [
        stage.cloud.outputs["ApiUrl"],
        stage.cloud.secret("generator-token"),
        f"{stage.name} in {REGION}",
    ]


@check("export LORESMITH_STAGE")
def status(stage: Stage, terminal: Terminal) -> Iterator[None]:
    yield
    assert "The stage emulated," in terminal.run("loresmith ops status")


@check("# ... replace it ...")
def drain(stage: Stage, terminal: Terminal) -> Iterator[None]:
    yield
    assert [word for word in ("drain", "resume") if f'"Operator: {word}"' not in stage.log()] == []
    assert stage.figures()["drain"] is None


@check("make deploy")
def deployment(stage: Stage, terminal: Terminal) -> Iterator[None]:
    _forget_bootstrap(stage.cloud)
    yield
    (stack,) = stage.cloud.client("cloudformation").describe_stacks(StackName=stage.name)["Stacks"]
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    assert stage.cloud.secret("openai-api-key") == _KEY
    page = stage.cloud.client("s3").get_object(Bucket=stage.cloud.outputs["PageBucket"], Key="config.json")
    assert json.loads(page["Body"].read()) == {"apiBaseUrl": stage.cloud.outputs["ApiUrl"]}


def _forget_bootstrap(cloud: Cloud) -> None:
    """`cdk bootstrap` makes what the emulated stage was deployed with."""
    account, s3 = cloud.client("sts").get_caller_identity()["Account"], cloud.client("s3")
    bucket = f"cdk-hnb659fds-assets-{account}-{REGION}"
    for found in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        s3.delete_object(Bucket=bucket, Key=found["Key"])
    s3.delete_bucket(Bucket=bucket)
    cloud.client("ssm").delete_parameter(Name="/cdk-bootstrap/hnb659fds/version")


@check("new_sandboxes() {")
def new_sandboxes(stage: Stage, terminal: Terminal) -> Iterator[None]:
    """The next blocks call what this one defines."""
    yield
    assert terminal.run("declare -F new_sandboxes new_generators").split() == ["new_sandboxes", "new_generators"]


@check("/generator-token")
def generator_token(stage: Stage, terminal: Terminal) -> Iterator[None]:
    old = stage.cloud.secret("generator-token")
    stage.keep_warm()
    yield
    assert stage.cloud.secret("generator-token") != old
    assert stage.drained
    assert stage.figures()["drain"] is None
    assert stage.rotated() == stage.functions
    assert stage.job() == ("completed", None)


@check("--auth-token")
def redis_password(stage: Stage, terminal: Terminal) -> Iterator[None]:
    old = stage.cloud.secret("redis-password")
    stage.keep_warm()
    yield
    assert not stage.cloud.machines.redis_accepts(old)
    assert stage.job() == ("completed", None)


@check("dead requeue")
def dead_letters(stage: Stage, terminal: Terminal) -> Iterator[None]:
    with disabled(stage.cloud, "worker", "dead-letter"):
        job_id = stage.api.submit("generate_relics", _RELICS)["id"]
        body = QueuedJob(job_id, OWNER, "generate_relics", 0).encode()
        stage.cloud.client("sqs").send_message(QueueUrl=stage.cloud.outputs["DeadLetterQueueUrl"], MessageBody=body)
        yield
    assert stage.api.finished(job_id)["status"] == "completed"
    assert '"reason":"generator is up again"' in stage.log()


@check("delete-table")
def tables(stage: Stage, terminal: Terminal) -> Iterator[None]:
    dynamodb, kept = stage.cloud.client("dynamodb"), ("library", "history")
    for name in kept:
        names = {"SourceTableName": f"{stage.name}-{name}", "TargetTableName": f"{_REMOVED}-{name}"}
        dynamodb.restore_table_to_point_in_time(**names, UseLatestRestorableTime=True)
        dynamodb.update_table(TableName=f"{_REMOVED}-{name}", DeletionProtectionEnabled=True)
    terminal.run(f"N={_REMOVED}")
    yield
    assert sorted(dynamodb.list_tables()["TableNames"]) == sorted(f"{stage.name}-{name}" for name in kept)
