"""Fixtures for the stack on the emulator, which is deployed once for all tests."""

import time
from collections.abc import Iterator

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.e2e.api import Api
from tests.infra.conftest import HERE, ISOLATED, SETTINGS, Run
from tests.infra.emulated.cloud import Cloud
from tests.infra.template import Template

ISSUER, AUDIENCE = "https://issuer.example", "loresmith"
#: The owner of the worlds in the tests of the flow.
OWNER = "42"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def token(subject: str) -> str:
    """A token as the stage's issuer would sign it."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "client_id": AUDIENCE, "sub": subject, "iat": now, "exp": now + 3600}
    return jwt.encode(claims, KEY, algorithm="RS256")


@pytest.fixture(scope="session")
def cloud(run_infra: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A stage for this machine's processor, without NAT gateways, which the emulator does not support."""
    settings = {
        **ISOLATED,
        "STAGE": "emulated",
        "REDIS": "replication",
        # Their receivers cannot be reached either, but everything up to that can be tested.
        "WEBHOOKS": "true",
        "ARCHITECTURE": HERE,
        "JWT_ISSUER": ISSUER,
        "JWT_AUDIENCE": AUDIENCE,
        "JWT_PUBLIC_KEY": KEY.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
        # All jobs of the flow's tests have the same owner.
        "MAX_ACTIVE_JOBS": "1000",
        "MAX_RUNNING_JOBS": "1000",
        "MAX_SUBMISSIONS_PER_MINUTE": "1000",
        "TOKENS_PER_DAY": "1000000000",
        "DAILY_TOKEN_STOP": "1000000000",
        "JOB_TOKEN_BUDGET": "100000",
    }
    folder = tmp_path_factory.mktemp("emulated")
    done = run_infra("infra.cdk", CDK_OUTDIR=str(folder), **SETTINGS | settings)
    assert done.returncode == 0, done.stdout + done.stderr
    with Cloud(Template.load(folder), tmp_path_factory.mktemp("cloud")) as found:
        yield found


@pytest.fixture
def api(cloud: Cloud) -> Iterator[Api]:
    with Api(cloud.api_url, token(OWNER)) as found:
        yield found
