"""What of the synthesized template an emulator without machines cannot take, and what it is given instead.

Everything else, the functions' package, their roles, event sources and variables above all, is deployed as it is.
"""

import copy
from typing import Any

from tests.infra.template import Template

#: Types that ministack does not know, knows in part, or that only stand for machines.
LEFT_OUT = (
    "AWS::ApplicationAutoScaling::",
    "AWS::CloudWatch::",
    "AWS::EC2::EIP",
    "AWS::EC2::FlowLog",
    "AWS::EC2::NatGateway",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::ECS::Service",
    # It refuses whatever does not come over TLS, which the emulator does not speak.
    "AWS::SQS::QueuePolicy",
    "AWS::WAFv2::",
)


def adapt(template: Template, variables: dict[str, str]) -> dict[str, Any]:
    """The template with `variables` for each function: where Redis and the generator really are."""
    document: dict[str, Any] = copy.deepcopy(dict(template.document))
    resources = document["Resources"]
    for name in [name for name, resource in resources.items() if resource["Type"].startswith(LEFT_OUT)]:
        del resources[name]
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["Environment"]["Variables"].update(variables)
    secrets = set(template.resources("SecretsManager::Secret"))
    adapted: dict[str, Any] = _with_arns(document, secrets)
    return adapted


def _with_arns(value: Any, secrets: set[str]) -> Any:
    """Ref of a secret is its ARN on AWS, and its name on ministack, where the attribute Id is the ARN as on AWS."""
    if isinstance(value, dict):
        if value.keys() == {"Ref"} and value["Ref"] in secrets:
            return {"Fn::GetAtt": [value["Ref"], "Id"]}
        return {key: _with_arns(inner, secrets) for key, inner in value.items()}
    return [_with_arns(inner, secrets) for inner in value] if isinstance(value, list) else value
