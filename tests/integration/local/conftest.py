"""Benches for the event source; one stack for the tests that leave it running."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.aws_resource import Queues
from infra.local.runtime.sandbox import aws_runtime, plain_runtime
from infra.local.settings import StackSettings
from infra.local.stack import LocalStack
from tests.e2e.environment import own_stack
from tests.integration.local.bench import Bench, make_bench


@pytest.fixture
def bench(aws: Queues, tmp_path: Path) -> Bench:
    """On AWS's own runtime client; nothing comes again while the test runs."""
    return make_bench(tmp_path)


@pytest.fixture(params=[aws_runtime, plain_runtime], ids=["awslambdaric", "plain"])
def any_bench(request: pytest.FixtureRequest, aws: Queues, tmp_path: Path) -> Bench:
    return make_bench(tmp_path, runtime=request.param)


@pytest.fixture(scope="session")
def stack_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared-stack")


@pytest.fixture(scope="session")
def stack(stack_folder: Path) -> Iterator[LocalStack]:
    # A message that a killed program has received is hidden from the next one: it is sent anew, after a second here.
    quick = {"OFFLINE_LLM_LATENCY_S": "0.02", "RECOVERY_INTERVAL_S": "1", "RESEND_AFTER_S": "1"}
    with LocalStack(StackSettings.read(own_stack(stack_folder, **quick))) as running:
        yield running
