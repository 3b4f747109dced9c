"""Entry of the deployed functions: puts the secrets into the environment, then imports the app, which reads them there.

The functions' configuration names secrets and never contains them. Each sandbox reads them once, so only new sandboxes
get a rotated secret (docs/operations.md, "Rotating a secret").
"""

import gc
import os
from collections.abc import Callable, Mapping
from urllib.parse import quote

SecretReader = Callable[[str], str]


def with_secrets(environment: Mapping[str, str], read_secret: SecretReader) -> dict[str, str]:
    """The variables that contain secrets: REDIS_URL, and GENERATOR_TOKEN if the function may read it."""
    password = read_secret(environment["REDIS_SECRET_ARN"])
    found = {"REDIS_URL": _redis_url(environment, password)}
    if token := environment.get("GENERATOR_TOKEN_SECRET_ARN"):
        found["GENERATOR_TOKEN"] = read_secret(token)
    return found


def _redis_url(environment: Mapping[str, str], password: str) -> str:
    scheme = environment.get("REDIS_SCHEME", "rediss")
    user, host, port = environment.get("REDIS_USER", ""), environment["REDIS_HOST"], environment["REDIS_PORT"]
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{host}:{port}/0"


def _read_secret(arn: str) -> str:
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=3, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 4})
    secrets = boto3.client("secretsmanager", config=config)
    value: str = secrets.get_secret_value(SecretId=arn)["SecretString"]
    return value


if "REDIS_SECRET_ARN" in os.environ:
    os.environ.update(with_secrets(os.environ, _read_secret))

# Imported objects stay: looking for garbage among them takes a tenth of a cold start.
gc.disable()

from app import app, dead_letter, ops_read, ops_write, recover, webhook, worker  # noqa: E402 - the app reads the environment

gc.freeze()
gc.enable()

__all__ = ["app", "dead_letter", "ops_read", "ops_write", "recover", "webhook", "with_secrets", "worker"]
