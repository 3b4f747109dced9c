"""A role for each function, with the rights that its code needs and no others."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.cdk.collector import TRACE_ACTIONS

#: What Lambda itself needs to connect a function to the VPC. EC2 accepts no resource but "*" for these.
_NETWORK_INTERFACE_ACTIONS = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)


def function_role(
    scope: Construct,
    construct_id: str,
    *,
    function_arn: str,
    logs_to: logs.ILogGroup,
    allowed: Sequence[iam.PolicyStatement],
) -> iam.Role:
    """A role with `allowed` and the rights that every function needs.

    The policies are inline, so no function is created before it has its rights.
    """
    statements = [*_platform(function_arn), allow(["logs:CreateLogStream", "logs:PutLogEvents"], logs_to.log_group_arn)]
    return iam.Role(
        scope,
        construct_id,
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        inline_policies={
            "platform": iam.PolicyDocument(statements=statements),
            "own": iam.PolicyDocument(statements=list(allowed)),
        },
    )


def allow(actions: Sequence[str], *resources: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=list(resources))


def _platform(function_arn: str) -> list[iam.PolicyStatement]:
    """What Lambda needs, denied to the function's own code (AWS Lambda developer guide, "VPC access"), and tracing."""
    return [
        allow(_NETWORK_INTERFACE_ACTIONS, "*"),
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            actions=list(_NETWORK_INTERFACE_ACTIONS),
            resources=["*"],
            conditions={"ArnEquals": {"lambda:SourceFunctionArn": function_arn}},
        ),
        allow(TRACE_ACTIONS, "*"),
    ]
