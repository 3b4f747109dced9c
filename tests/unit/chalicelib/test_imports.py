"""What each Lambda function loads at its cold start. Each of these packages would be a good part of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ALWAYS = {"aws_lambda_powertools", "chalice", "pydantic", "redis"}
TOKENS = {"jwt", "cryptography.hazmat"}
GRPC = {"grpc", "google.protobuf"}
HEAVY = (
    ALWAYS
    | TOKENS
    | GRPC
    | {"boto3", "botocore.session", "urllib3", "requests", "openai", "httpx", "httpx2", "starlette"}
)
#: Imports the app, then builds its services, as the first invocation does.
CODE = """
import json, sys
import app
print(json.dumps(list(sys.modules)))
from chalicelib.bootstrap import services
services()
print(json.dumps(list(sys.modules)))
"""
JWT = {
    "AUTH_MODE": "jwt",
    "JWT_ISSUER": "https://issuer.example",
    "JWT_AUDIENCE": "loresmith",
    "JWT_JWKS_URL": "https://issuer.example/jwks.json",
}


def loaded(**environment: str) -> list[set[str]]:
    """The heavy packages in a new process after the import of the app, and after its services are built too."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [HEAVY.intersection(json.loads(line)) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("handler", ["app.app", "app.dead_letter", "app.recover"])
def test_only_the_worker_loads_grpc(handler: str) -> None:
    assert loaded(_HANDLER=handler) == [ALWAYS, ALWAYS]


def test_the_worker_loads_grpc_before_its_first_job() -> None:
    assert loaded(_HANDLER="lambda_entry.worker") == [ALWAYS | GRPC, ALWAYS | GRPC]


def test_only_a_function_that_checks_tokens_loads_cryptography() -> None:
    assert loaded(_HANDLER="app.app", **JWT) == [ALWAYS, ALWAYS | TOKENS]
