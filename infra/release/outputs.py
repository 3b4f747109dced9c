"""`python -m infra.release.outputs`: what the stage's stack says about itself, a line each."""

import os
import sys
from typing import Any

from infra.cdk.settings import InfraSettings


class NoStack(Exception):
    """There is no stack of this name in this account and region."""


def read(client: Any, stack_name: str) -> dict[str, str]:
    """name → value. Raises `NoStack`."""
    from botocore.exceptions import ClientError

    try:
        (stack,) = client.describe_stacks(StackName=stack_name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            raise NoStack(f"There is no stack {stack_name} here. Deploy it: make deploy") from error
        raise
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
    except NoStack as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for key, value in sorted(found.items()):
        sys.stdout.write(f"{key}={value}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
