"""The accepted deviations from the rules of cdk-nag, each with its reason. Any other finding fails the synthesis."""

from collections.abc import Iterator
from dataclasses import dataclass

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct

from infra.cdk.function import functions
from infra.cdk.settings import InfraSettings


@dataclass(frozen=True, slots=True)
class Deviation:
    #: A construct in the stack; everything below it counts too.
    path: str
    rule: str
    reason: str


_EVERYTHING = "AwsSolutions-IAM5[Resource::*]"


def deviations(settings: InfraSettings) -> Iterator[Deviation]:
    """The deviations of a stack with these settings."""
    yield Deviation(
        "Secrets",
        "AwsSolutions-SMG4",
        "Rotated by hand (docs/operations.md): the provider has no API to rotate its key, and the two others must "
        "change on both sides at once.",
    )
    if not settings.has_replica:
        yield Deviation("Redis", "AwsSolutions-AEC4", "One node is enough for a stage whose jobs may be lost.")
    yield Deviation(
        "Generator/Task",
        "AwsSolutions-ECS2",
        "The variables are addresses and names; the key and the token come from Secrets Manager.",
    )
    yield Deviation(
        "Generator/Task",
        _EVERYTHING,
        "ecr:GetAuthorizationToken and X-Ray accept no other resource; all others are named.",
    )
    for function in functions(settings):
        yield Deviation(
            f"App/{function.logical_id}Role",
            _EVERYTHING,
            "EC2's network interfaces (denied to the code itself) and X-Ray accept no other resource.",
        )
    if settings.api_account_role:
        yield Deviation(
            "Api/LogsRole",
            "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
            "AmazonAPIGatewayPushToCloudWatchLogs]",
            "API Gateway's role for the account; AWS requires exactly this policy.",
        )
    yield from _page_deviations()


def _page_deviations() -> Iterator[Deviation]:
    yield Deviation("Page", "AwsSolutions-S1", "Public files, read through CloudFront only.")
    yield Deviation("Page", "AwsSolutions-CFR1", "The page is for everybody.")
    yield Deviation("Page", "AwsSolutions-CFR2", "Static files; the web ACL is before the API.")
    yield Deviation("Page", "AwsSolutions-CFR3", "Static files; the API has an access log.")
    yield Deviation(
        "Page",
        "AwsSolutions-CFR4",
        "CloudFront's default domain name allows no other setting; a custom certificate would.",
    )


def enforce_rules(app: cdk.App, stack: cdk.Stack, settings: InfraSettings) -> None:
    """Make the synthesis fail on any finding that is not an accepted deviation."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    for deviation in deviations(settings):
        acknowledged = cdk.Acknowledgment(id=f"AwsSolutions::{deviation.rule}", reason=deviation.reason)
        cdk.Validations.of(_find(stack, deviation.path)).acknowledge(acknowledged)


def _find(stack: cdk.Stack, path: str) -> IConstruct:
    """Raises jsii's error if there is no such construct: delete the deviation that names it."""
    found: IConstruct = stack
    for name in path.split("/"):
        found = found.node.find_child(name)
    return found
