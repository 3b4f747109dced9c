"""A trace collector beside the generator: it receives OpenTelemetry spans inside the task and sends them to X-Ray."""

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

#: X-Ray accepts no resource but "*" for these.
TRACE_ACTIONS = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
ENDPOINT = "http://127.0.0.1:4318"

#: The AWS Distro for OpenTelemetry reads its configuration from AOT_CONFIG_CONTENT.
_CONFIG = """\
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:4318"}}}}
processors: {batch: {}}
exporters: {awsxray: {}}
service: {pipelines: {traces: {receivers: [otlp], processors: [batch], exporters: [awsxray]}}}
"""


def add_collector(task: ecs.FargateTaskDefinition, image: str, log_group: logs.ILogGroup) -> None:
    """Add the collector. It is not essential: if it stops, the generator continues."""
    task.add_container(
        "collector",
        image=ecs.ContainerImage.from_registry(image),
        essential=False,
        readonly_root_filesystem=True,
        memory_limit_mib=256,
        stop_timeout=cdk.Duration.seconds(120),
        environment={"AOT_CONFIG_CONTENT": _CONFIG},
        logging=ecs.LogDrivers.aws_logs(stream_prefix="collector", log_group=log_group),
    )
    task.add_to_task_role_policy(iam.PolicyStatement(actions=[*TRACE_ACTIONS], resources=["*"]))
