"""`python -m infra.release.removal`: may the stage's stack be removed? Asked before anything of it is emptied."""

import os
import sys
from typing import Any

from infra.release import outputs


class Protected(Exception):
    """The stack is protected from being removed."""


def check(cloudformation: Any, stack_name: str) -> None:
    """Raises `Protected`, `NoStack`, `NotAsked`."""
    if outputs.describe(cloudformation, stack_name).get("EnableTerminationProtection"):
        raise Protected(
            f"{stack_name} is protected, and nothing was removed. To lift that: aws cloudformation "
            f"update-termination-protection --no-enable-termination-protection --stack-name {stack_name}"
        )


def main() -> int:
    import boto3

    name, region = outputs.stage_of(os.environ)
    try:
        check(boto3.client("cloudformation", region_name=region), name)
    except outputs.NoStack:
        # Half a removal, or none needed: the rest finds out.
        return 0
    except (Protected, outputs.NotAsked) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
