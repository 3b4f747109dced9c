"""`python -m infra.release.removal`: checks that the stage's stack may be removed, before anything is emptied."""

import os
import sys
from typing import Any

from infra.release import outputs


class Protected(Exception):
    """The stack has termination protection."""


def check(cloudformation: Any, stack_name: str) -> None:
    """Raises `Protected`, `NoStack`, `AwsUnavailable`."""
    if outputs.describe(cloudformation, stack_name).get("EnableTerminationProtection"):
        raise Protected(
            f"{stack_name} has termination protection. Nothing was removed. To turn it off: aws cloudformation "
            f"update-termination-protection --no-enable-termination-protection --stack-name {stack_name}"
        )


def main() -> int:
    import boto3

    name, region = outputs.stage_of(os.environ)
    try:
        check(boto3.client("cloudformation", region_name=region), name)
    except outputs.NoStack:
        # Nothing is protected. The next steps can handle a stack that is gone.
        return 0
    except (Protected, outputs.AwsUnavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
