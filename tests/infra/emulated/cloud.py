"""The packaged stack on ministack: the zip's functions run as processes, SQS invokes them, and IAM is enforced.

Redis and the generator are machines on AWS. Here they are separate processes, with the secrets that the stack made.
"""

import json
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.project import LOOPBACK
from local.stack.aws_emulator import ministack_argv, ministack_environment
from local.stack.tcp_port import assign_ports, is_listening
from tests.infra.emulated.adaptation import adapt
from tests.infra.emulated.machines import Machines
from tests.infra.emulated.processes import Processes, wait_for
from tests.infra.template import Template

REGION = "us-east-1"


class Cloud:
    """The deployed stack, as a context manager. Tests use `api_url`, `stack_name` and `client`."""

    def __init__(self, template: Template, folder: Path) -> None:
        self._template = template
        self._folder = folder
        self._ports = assign_ports(["aws", "api", "redis", "generator", "llm"], {})
        self._processes = Processes(folder)
        self.machines = Machines(self._processes, self._ports, folder, self.secret)
        self.stack_name = template.stack_name
        self.endpoint = f"http://{LOOPBACK}:{self._ports['aws']}"
        #: The port of the API's address in the stack's outputs. `gateway` serves it.
        self.api_port = self._ports["api"]
        self.outputs: dict[str, str] = {}

    @property
    def api_url(self) -> str:
        return f"{self.endpoint}/restapis/{self.outputs['RestAPIId']}/api/_user_request_"

    def client(self, service: str) -> Any:
        """A client with the rights of the account's root, which IAM does not restrict."""
        return boto3.client(  # type: ignore[call-overload] # any service
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )

    def __enter__(self) -> "Cloud":
        with ExitStack() as failed:
            failed.callback(self._processes.stop)
            self._start_aws()
            self._deploy()
            self.machines.start()
            failed.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._processes.stop()

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text()

    def secret(self, name: str) -> str:
        answer = self.client("secretsmanager").get_secret_value(SecretId=f"{self.stack_name}/{name}")
        return str(answer["SecretString"])

    def _start_aws(self) -> None:
        redis = {"REDIS_HOST": LOOPBACK, "REDIS_PORT": str(self._ports["redis"])}
        own = ministack_environment(self._ports["aws"], self._folder)
        self._processes.start("aws", ministack_argv(), {**own, **redis, "AUTH": "true"})
        wait_for("ministack", lambda: is_listening(self._ports["aws"]))

    def _deploy(self) -> None:
        """Deploy like `cdk deploy`: upload the assets to CDK's bucket, then create the stack."""
        account = self.client("sts").get_caller_identity()["Account"]
        bucket, s3 = f"cdk-hnb659fds-assets-{account}-{REGION}", self.client("s3")
        s3.create_bucket(Bucket=bucket)
        archive = self._template.zip
        s3.put_object(Bucket=bucket, Key=archive.name.removeprefix("asset."), Body=archive.read_bytes())
        s3.put_object(Bucket=bucket, Key="template.json", Body=self._adapted())
        version = {"Name": "/cdk-bootstrap/hnb659fds/version", "Value": "30", "Type": "String"}
        self.client("ssm").put_parameter(**version)
        self.client("cloudformation").create_stack(
            StackName=self.stack_name,
            TemplateURL=f"{self.endpoint}/{bucket}/template.json",
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        wait_for("the stack", self._is_deployed)

    def _adapted(self) -> str:
        places = {"REDIS_SCHEME": "redis", "GENERATOR_TARGET": f"{LOOPBACK}:{self._ports['generator']}"}
        return json.dumps(adapt(self._template, f"http://{LOOPBACK}:{self.api_port}/api", places))

    def write_assembly(self, folder: Path) -> None:
        """What `cdk deploy` deploys: the same stack."""
        shutil.copytree(self._template.folder, folder)
        (folder / self._template.path.name).write_text(self._adapted(), encoding="utf-8")

    def _is_deployed(self) -> bool:
        cloudformation = self.client("cloudformation")
        (stack,) = cloudformation.describe_stacks(StackName=self.stack_name)["Stacks"]
        if stack["StackStatus"].endswith("_IN_PROGRESS"):
            return False
        if stack["StackStatus"] != "CREATE_COMPLETE":
            events = cloudformation.describe_stack_events(StackName=self.stack_name)["StackEvents"]
            reasons = [event.get("ResourceStatusReason") for event in events if "FAILED" in event["ResourceStatus"]]
            raise AssertionError(f"{stack['StackStatus']}: {reasons}")
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        return True
