"""app.py as Chalice packs it. Overrides add what Chalice cannot express; a test checks each of them."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from chalice.cdk import Chalice
from constructs import Construct

from infra.cdk.bytecode import PackagingError, finish
from infra.cdk.function import Function, Resources, functions
from infra.cdk.function_role import function_role
from infra.cdk.logs import log_group
from infra.cdk.network import Network
from infra.cdk.settings import API_STAGE, WORKER_BATCH_SIZE, InfraSettings, has_webhooks

ROOT = Path(__file__).resolve().parents[2]
#: Batches of webhooks that are sent at once, each with up to `WORKER_BATCH_SIZE`.
_WEBHOOK_BATCHES = 10
#: Our limit for the package. Lambda allows 50 MB zipped, but a bigger package starts more slowly.
MAX_ZIP_BYTES = 20 * 1024 * 1024


class PackedChalice(Chalice):
    """Chalice's construct, packed from locked dependencies and finished (`infra.cdk.bytecode`).

    `left_out`: the logical ids of functions that this stage does not have.
    """

    def __init__(self, scope: Construct, construct_id: str, *, left_out: Sequence[str], **options: Any) -> None:
        self._left_out = left_out
        super().__init__(scope, construct_id, **options)

    def _package_app(self) -> None:
        """Raises `PackagingError`."""
        _check_hashes()
        super()._package_app()
        self._leave_out(Path(self._sam_package_dir) / "sam.json")
        package = Path(self._sam_package_dir) / "deployment.zip"
        finish(package)
        if (size := package.stat().st_size) > MAX_ZIP_BYTES:
            raise PackagingError(f"the package of the functions has {size} bytes; at most {MAX_ZIP_BYTES} are allowed")

    def _leave_out(self, path: Path) -> None:
        template = json.loads(path.read_text(encoding="utf-8"))
        for logical_id in self._left_out:
            del template["Resources"][logical_id]
        path.write_text(json.dumps(template), encoding="utf-8")


def _check_hashes() -> None:
    """Make Chalice's pip refuse every file that requirements.lock does not list, for either processor.

    Chalice passes packages to pip without hashes; pip 26.2 and newer takes the hashes from the constraints.
    """
    os.environ["PIP_CONSTRAINT"] = str(ROOT / "requirements.lock")


class ChaliceApp(Construct):
    """The functions, their queues' event sources, and the REST API's resources (see `infra.cdk.rest_api`)."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: InfraSettings,
        *,
        network: Network,
        resources: Resources,
        environment: Mapping[str, str],
        allowed_origin: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._environment = environment
        self._resources = resources
        self.chalice = PackedChalice(
            self,
            "Chalice",
            left_out=() if has_webhooks(settings) else ("Webhook",),
            source_dir=str(ROOT),
            stage_config={
                "api_gateway_stage": API_STAGE,
                "lambda_architecture": settings.architecture,
                "manage_iam_role": False,
                "iam_role_arn": "arn:aws:iam::000000000000:role/replaced-below",
                "subnet_ids": network.subnets.subnet_ids,
                "security_group_ids": [network.lambdas.security_group_id],
                # app.py reads this when it is imported, for its answers to preflights.
                "environment_variables": {"CORS_ALLOW_ORIGIN": allowed_origin},
            },
        )
        for function in functions(settings):
            self._finish(function)
        self._set_event_source("Worker", "WorkerSqsEventSource", resources.queues.jobs, settings.max_batches)
        self._set_event_source("DeadLetter", "DeadLetterSqsEventSource", resources.queues.dead_letters, 2)
        if resources.queues.webhooks:
            queue = resources.queues.webhooks.queue
            self._set_event_source("Webhook", "WebhookSqsEventSource", queue, _WEBHOOK_BATCHES)

    def resource(self, logical_id: str) -> cdk.CfnResource:
        found: cdk.CfnResource = self.chalice.get_resource(logical_id)
        return found

    def _finish(self, function: Function) -> None:
        name = f"{self._settings.name}-{function.name}"
        group = log_group(self, f"{function.logical_id}Logs", f"/aws/lambda/{name}", self._settings)
        arn = cdk.Stack.of(self).format_arn(
            service="lambda", resource="function", resource_name=name, arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
        )
        rights = function.rights(self._resources)
        role = function_role(self, f"{function.logical_id}Role", function_arn=arn, logs_to=group, allowed=rights)
        properties: dict[str, Any] = {
            "FunctionName": name,
            "Handler": function.handler,
            "Timeout": function.timeout_s,
            "MemorySize": function.memory_mb,
            "Role": role.role_arn,
            "Tracing": "Active",
            "LoggingConfig": {"LogGroup": group.log_group_name, "LogFormat": "JSON"},
            "Environment.Variables": self._variables(function),
        }
        if function.reserved_concurrency is not None:
            properties["ReservedConcurrentExecutions"] = function.reserved_concurrency
        for path, value in properties.items():
            self.resource(function.logical_id).add_property_override(path, value)

    def _variables(self, function: Function) -> dict[str, str]:
        token = self._resources.secrets.generator_token.secret_arn
        own = {"GENERATOR_TOKEN_SECRET_ARN": token} if function.calls_generator else {}
        return dict(self._environment) | own

    def _set_event_source(self, logical_id: str, event: str, queue: sqs.IQueue, max_concurrency: int) -> None:
        """Without ReportBatchItemFailures, Lambda would delete the messages that the handler reports as failed."""
        mapping = {
            "Queue": queue.queue_arn,
            "BatchSize": WORKER_BATCH_SIZE,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": max_concurrency},
        }
        for name, value in mapping.items():
            self.resource(logical_id).add_property_override(f"Events.{event}.Properties.{name}", value)
