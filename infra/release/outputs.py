"""`python -m infra.release.outputs`: prints the outputs of the stage's stack, one on each line."""

import os
import sys
from typing import Any

from infra.cdk.settings import InfraSettings


class NoStack(Exception):
    """There is no stack of this name in this account and region."""


class AwsUnavailable(Exception):
    """AWS cannot be reached, or refuses these credentials."""


def describe(client: Any, stack_name: str) -> dict[str, Any]:
    """The stack as CloudFormation describes it. Raises `NoStack`, `AwsUnavailable`."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        (stack,) = client.describe_stacks(StackName=stack_name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            raise NoStack(f"There is no stack {stack_name} here. Deploy it: make deploy") from error
        raise AwsUnavailable(f"AWS refuses the request: {error}") from error
    except BotoCoreError as error:
        raise AwsUnavailable(
            f"AWS cannot be reached: {error}. Log in (aws sso login, aws configure) and set AWS_REGION."
        ) from error
    return dict(stack)


def read(client: Any, stack_name: str) -> dict[str, str]:
    """The outputs, name → value. Raises `NoStack`, `AwsUnavailable`."""
    stack = describe(client, stack_name)
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def stage_of(environment: Any) -> tuple[str, str]:
    """(stack name, region). The stage's other settings need not be set."""
    relaxed = {"AUTH_MODE": "none", "ACCEPT_PUBLIC_API_WITHOUT_AUTH": "yes"}
    named = {name: environment[name] for name in ("STAGE", "AWS_REGION", "AWS_DEFAULT_REGION") if name in environment}
    settings = InfraSettings.read(named | relaxed)
    return settings.name, settings.region


def main() -> int:
    import boto3

    name, region = stage_of(os.environ)
    try:
        found = read(boto3.client("cloudformation", region_name=region), name)
    except (NoStack, AwsUnavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for key, value in sorted(found.items()):
        sys.stdout.write(f"{key}={value}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
