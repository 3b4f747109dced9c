"""`python -m infra.release.openai_key`: stores OPENAI_API_KEY in Secrets Manager and restarts the generators.

Does nothing if Secrets Manager has the same key already.
"""

import os
import sys
from typing import Any

from foundation.masking.output import mask_output
from infra.release import outputs
from infra.release.settings import ReleaseSettings


def put(secrets: Any, secret: str, key: str) -> bool:
    """Store the key. Returns whether it is new."""
    if secrets.get_secret_value(SecretId=secret)["SecretString"] == key:
        return False
    secrets.put_secret_value(SecretId=secret, SecretString=key)
    return True


def restart_generators(ecs: Any, stack_name: str) -> None:
    """Start new tasks, which read the secret. Returns when they run and the old ones have drained."""
    service = f"{stack_name}-generator"
    ecs.update_service(cluster=stack_name, service=service, forceNewDeployment=True)
    ecs.get_waiter("services_stable").wait(cluster=stack_name, services=[service])


def main() -> int:
    mask_output(os.environ, stdout=False)
    import boto3

    key = ReleaseSettings.read(os.environ).openai_api_key
    if key is None:
        return 0
    name, region = outputs.stage_of(os.environ)
    found = outputs.read(boto3.client("cloudformation", region_name=region), name)
    if put(boto3.client("secretsmanager", region_name=region), found["OpenAiKeySecret"], key.get_secret_value()):
        sys.stdout.write("The key of the LLM has changed: starting new generators ...\n")
        restart_generators(boto3.client("ecs", region_name=region), name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
