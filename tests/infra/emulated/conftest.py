"""The stack on the emulator, deployed once for all its tests."""

from collections.abc import Iterator

import pytest

from tests.e2e.api import Api
from tests.infra.conftest import HERE, ISOLATED, Run, synthesize
from tests.infra.emulated.cloud import Cloud


@pytest.fixture(scope="session")
def cloud(run_infra: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A stage without NAT gateways, which the emulator does not know, for this machine's processor."""
    settings = {
        **ISOLATED,
        "STAGE": "emulated",
        "REDIS": "replication",
        "ARCHITECTURE": HERE,
        "AUTH_MODE": "none",
        "ACCEPT_PUBLIC_API_WITHOUT_AUTH": "yes",
        "MAX_ACTIVE_JOBS": "",
    }
    template = synthesize(run_infra, tmp_path_factory.mktemp("emulated"), settings)
    with Cloud(template, tmp_path_factory.mktemp("cloud")) as found:
        yield found


@pytest.fixture
def api(cloud: Cloud) -> Iterator[Api]:
    with Api(cloud.api_url) as found:
        yield found
