"""`python -m infra.release.outputs`: what the stage's stack says about itself, a line each."""

import os
import sys
from typing import Any

from infra.cdk.settings import InfraSettings


class NoStack(Exception):
    """There is no stack of this name in this account and region."""


class NotAsked(Exception):
    """AWS could not be asked, or does not answer these credentials."""


def describe(client: Any, stack_name: str) -> dict[str, Any]:
    """The stack as CloudFormation describes it. Raises `NoStack`, `NotAsked`."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        (stack,) = client.describe_stacks(StackName=stack_name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            raise NoStack(f"There is no stack {stack_name} here. Deploy it: make deploy") from error
        raise NotAsked(f"AWS refuses: {error}") from error
    except BotoCoreError as error:
        raise NotAsked(
            f"AWS cannot be asked: {error}. Log in (aws sso login, aws configure), set AWS_REGION."
        ) from error
    return dict(stack)


def read(client: Any, stack_name: str) -> dict[str, str]:
    """name → value. Raises `NoStack`, `NotAsked`."""
    stack = describe(client, stack_name)
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def stage_of(environment: Any) -> tuple[str, str]:
    """(stack name, region). The stage's other settings are not needed to look at it."""
    relaxed = {"AUTH_MODE": "none", "ACCEPT_PUBLIC_API_WITHOUT_AUTH": "yes"}
    named = {name: environment[name] for name in ("STAGE", "AWS_REGION", "AWS_DEFAULT_REGION") if name in environment}
    settings = InfraSettings.read(named | relaxed)
    return settings.name, settings.region


def main() -> int:
    import boto3

    name, region = stage_of(os.environ)
    try:
        found = read(boto3.client("cloudformation", region_name=region), name)
    except (NoStack, NotAsked) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for key, value in sorted(found.items()):
        sys.stdout.write(f"{key}={value}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
