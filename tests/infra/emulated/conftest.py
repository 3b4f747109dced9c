"""Fixtures for the stack on the emulator, which is deployed once for all tests."""

import time
from collections.abc import Iterator

import jwt
import pytest

from tests.e2e.api import Api
from tests.infra.conftest import ISSUER_KEY, SETTINGS
from tests.infra.emulated.cloud import Cloud
from tests.infra.template import Template

#: The owner of the worlds in the tests of the flow.
OWNER = "42"


def token(subject: str) -> str:
    """A token as the stage's issuer would sign it."""
    now, audience = int(time.time()), SETTINGS["JWT_AUDIENCE"]
    names = {"iss": SETTINGS["JWT_ISSUER"], "aud": audience, "client_id": audience, "sub": subject}
    return jwt.encode({**names, "iat": now, "exp": now + 3600}, ISSUER_KEY, algorithm="RS256")


@pytest.fixture(scope="session")
def cloud(templates: dict[str, Template], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Cloud(templates["emulated"], tmp_path_factory.mktemp("cloud")) as found:
        yield found


@pytest.fixture
def api(cloud: Cloud) -> Iterator[Api]:
    with Api(cloud.api_url, token(OWNER)) as found:
        yield found
