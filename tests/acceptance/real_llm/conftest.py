"""One system for all tests, since a model is slow."""

from collections.abc import Iterator

import pytest

from local.project import ROOT
from tests.acceptance.real_llm.relic import Run, written
from tests.acceptance.real_llm.running import System, running
from tests.e2e.api import Api

#: `make` creates this file once the installation has succeeded.
_INSTALLED = ROOT / ".venv-real-llm" / ".ready"


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    if not _INSTALLED.exists():
        pytest.skip(f"No real model is installed: {_INSTALLED} is missing. Run: make test-real-llm")
    with running(tmp_path_factory.mktemp("real-llm")) as system:
        yield system


@pytest.fixture(scope="session")
def run(system: System) -> Run:
    return written(system)


@pytest.fixture
def api(system: System) -> Iterator[Api]:
    with Api(system.stack.urls.api) as client:
        yield client
