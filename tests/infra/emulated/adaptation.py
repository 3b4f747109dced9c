"""Adapts the synthesized template to an emulator that has no machines.

Everything else is deployed unchanged, above all the functions' package, roles, event sources and variables.
"""

import copy
from typing import Any

from tests.infra.template import Template, listed

#: Types that ministack does not support or supports in part, and types that need machines.
LEFT_OUT = (
    "AWS::ApplicationAutoScaling::",
    "AWS::CloudWatch::",
    "AWS::EC2::EIP",
    "AWS::EC2::FlowLog",
    "AWS::EC2::NatGateway",
    "AWS::EC2::SecurityGroupIngress",
    # They refuse requests without TLS, which the emulator does not support.
    "AWS::S3::BucketPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::WAFv2::",
)


def adapt(template: Template, api_url: str, variables: dict[str, str]) -> dict[str, Any]:
    """The template with additional `variables` for each function: the addresses of Redis and the generator."""
    document: dict[str, Any] = copy.deepcopy(dict(template.document))
    resources = document["Resources"]
    for name in [name for name, resource in resources.items() if resource["Type"].startswith(LEFT_OUT)]:
        del resources[name]
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["Environment"]["Variables"].update(variables)
        if resource["Type"] == "AWS::IAM::Role":
            _allow_batches(resource["Properties"].get("Policies", []))
    document["Outputs"]["ApiUrl"]["Value"] = api_url
    secrets = set(template.resources("SecretsManager::Secret"))
    adapted: dict[str, Any] = _with_arns(document, secrets)
    return adapted


def _allow_batches(policies: list[Any]) -> None:
    """Add the right to SendMessageBatch to that to SendMessage, which on AWS permits both."""
    for statement in (statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]):
        if "sqs:SendMessage" in (actions := listed(statement["Action"])):
            statement["Action"] = [*actions, "sqs:SendMessageBatch"]


def _with_arns(value: Any, secrets: set[str]) -> Any:
    """Replace each Ref of a secret by its attribute Id. On AWS both are the ARN; on ministack a Ref is the name."""
    if isinstance(value, dict):
        if value.keys() == {"Ref"} and value["Ref"] in secrets:
            return {"Fn::GetAtt": [value["Ref"], "Id"]}
        return {key: _with_arns(inner, secrets) for key, inner in value.items()}
    return [_with_arns(inner, secrets) for inner in value] if isinstance(value, list) else value
