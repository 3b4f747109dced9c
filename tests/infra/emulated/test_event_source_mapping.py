"""The emulator's own event source mapping against the list that the local stack's event source passes.

What both pass holds for Lambda as somebody else understands it, too. The function is a process of this machine, and
what it has seen is in a file, as with the local one; an endpoint whose functions do not run here (moto's do not run at
all) is skipped. The emulator does not look at roles here; in the deployment beside it, it does.
"""

import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.lambda_emulator.error import MappingRefused
from local.lambda_emulator.event_source.mapping import MappingConfig
from tests.backend import Backend
from tests.capability import lambda_client, lambda_role, package
from tests.lambda_emulator.acceptance import MappingList, QueueList
from tests.lambda_emulator.bench import HANDLER, LONG_S, Bench, queue_arn, sqs

pytestmark = pytest.mark.needs("lambda.functions_here")

_SENSELESS = "test_an_invalid_answer_fails_the_whole_batch"
_LOST = "it takes what makes no sense for a success, and deletes the message"
#: Where ministack 1.5.33 is known to differ from Lambda: a test, and the difference. What passes in a later version
#: fails the run, so that its line is taken out.
DEVIATIONS: Mapping[str, str] = {
    f"{_SENSELESS}[no object]": _LOST,
    f"{_SENSELESS}[no identifier]": _LOST,
    f"{_SENSELESS}[unknown identifier]": _LOST,
    "test_an_answer_that_reports_nothing_is_a_success[null for the list]": "it fails on the null",
    "test_a_visibility_timeout_shorter_than_the_functions_timeout_is_refused": "it takes any visibility timeout",
    "test_message_attributes_have_the_shape_that_was_recorded_on_lambda": (
        "it leaves out md5OfMessageAttributes, stringListValues and binaryListValues"
    ),
}


class MappingBench(Bench):
    """Deploys the function and the mapping for as long as a test maps."""

    def __init__(self, folder: Path, *, visibility_s: int = LONG_S, timeout_s: int = 20) -> None:
        super().__init__(folder, visibility_s, timeout_s)
        with sqs() as client:
            self._bell_url = client.create_queue(QueueName="bell")["QueueUrl"]

    @asynccontextmanager
    async def mapped(self, config: MappingConfig | None = None) -> AsyncIterator[None]:
        config = config or self.config
        functions = lambda_client()
        try:
            with self._function(functions, config) as function, _mapping(functions, self._arguments(function, config)):
                self._ring()
                yield
        finally:
            functions.close()

    def _ring(self) -> None:
        """ministack looks every 5 s whether there is a mapping yet, and at once when any queue gets a message."""
        with sqs() as client:
            client.send_message(QueueUrl=self._bell_url, MessageBody="ring")

    @contextmanager
    def _function(self, functions: Any, config: MappingConfig) -> Iterator[str]:
        name = f"bench-{uuid.uuid4().hex[:8]}"
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="function.worker",
            Role=lambda_role(),
            Timeout=int(config.function_timeout_s),
            Code={"ZipFile": package(HANDLER)},
            Environment={"Variables": self.files},
        )
        try:
            if config.maximum_concurrency == 1:  # less than a mapping can ask for
                functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
            functions.invoke(FunctionName=name, Payload=json.dumps({"Records": []}))  # a cold start takes time
            yield name
        finally:
            functions.delete_function(FunctionName=name)

    def _arguments(self, function: str, config: MappingConfig) -> dict[str, Any]:
        arguments = {
            "FunctionName": function,
            "EventSourceArn": queue_arn(self.url),
            "BatchSize": config.batch_size,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        }
        if config.maximum_concurrency > 1:
            arguments["ScalingConfig"] = {"MaximumConcurrency": config.maximum_concurrency}
        return arguments


@contextmanager
def _mapping(functions: Any, arguments: Mapping[str, Any]) -> Iterator[None]:
    try:
        created = functions.create_event_source_mapping(**arguments)
    except ClientError as error:
        raise MappingRefused(str(error)) from error
    try:
        yield
    finally:
        functions.delete_event_source_mapping(UUID=created["UUID"])


@pytest.fixture
def make_bench(backend: Backend, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., MappingBench]:
    if backend.name == "ministack":
        _expect_deviation(request)
    return partial(MappingBench, tmp_path)


def _expect_deviation(request: pytest.FixtureRequest) -> None:
    test = request.node.name.replace("[ministack]", "").replace("ministack-", "")
    if reason := DEVIATIONS.get(test):
        wrong = (AssertionError, pytest.fail.Exception)  # and not a fault of this module's
        request.applymarker(pytest.mark.xfail(reason=f"ministack: {reason}", strict=True, raises=wrong))


class TestQueueList(QueueList):
    """Against a queue of the same emulator."""


class TestMappingList(MappingList):
    """Its pace after failures is not in the list: ministack's is fixed, and the local one's has tests of its own."""
