"""What all simulations share."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Simulated failures would fill gigabytes of logs."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
