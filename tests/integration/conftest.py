"""An issuer that runs during a test."""

from collections.abc import Iterator

import pytest

from tests.integration.jwks_server import Issuer


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    published = Issuer()
    yield published
    published.server.shutdown()
    published.server.server_close()
