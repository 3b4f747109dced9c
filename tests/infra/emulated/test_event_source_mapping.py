"""The emulator's own event source mapping passes the same tests as the local stack's event source.

So two independent implementations agree about Lambda. The function runs as a process on this machine and records what
it gets in a file, as with the local event source. An endpoint whose functions do not run here is skipped (moto does not
run functions at all). The emulator does not check roles here; `test_deployment.py` has it check them.
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

_INVALID_ANSWER = "test_an_invalid_answer_fails_the_whole_batch"
_LOST = "it takes an invalid answer for a success, and deletes the message"
#: Known differences between ministack 1.5.33 and Lambda: test → difference. If a later version passes such a test, the
#: run fails, so that the line gets removed.
DEVIATIONS: Mapping[str, str] = {
    f"{_INVALID_ANSWER}[not an object]": _LOST,
    f"{_INVALID_ANSWER}[no identifier]": _LOST,
    f"{_INVALID_ANSWER}[unknown identifier]": _LOST,
    "test_an_answer_that_reports_nothing_is_a_success[null instead of a list]": "it fails on the null",
    "test_a_visibility_timeout_shorter_than_the_functions_timeout_is_refused": "it accepts any visibility timeout",
    "test_message_attributes_have_the_shape_that_was_recorded_on_lambda": (
        "it omits md5OfMessageAttributes, stringListValues and binaryListValues"
    ),
}


class MappingBench(Bench):
    """Creates the function and the mapping for the duration of `mapped`."""

    def __init__(self, folder: Path, *, visibility_s: int = LONG_S, timeout_s: int = 20) -> None:
        super().__init__(folder, visibility_s, timeout_s)
        with sqs() as client:
            self._wake_up_url = client.create_queue(QueueName="wake-up")["QueueUrl"]

    @asynccontextmanager
    async def mapped(self, config: MappingConfig | None = None) -> AsyncIterator[None]:
        config = config or self.config
        functions = lambda_client()
        try:
            with self._function(functions, config) as function, _mapping(functions, self._arguments(function, config)):
                self._wake_up()
                yield
        finally:
            functions.close()

    def _wake_up(self) -> None:
        """Make ministack look for mappings now. It does so every 5 s, and whenever any queue gets a message."""
        with sqs() as client:
            client.send_message(QueueUrl=self._wake_up_url, MessageBody="wake up")

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
            if config.maximum_concurrency == 1:  # a mapping's minimum is 2
                functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
            functions.invoke(FunctionName=name, Payload=json.dumps({"Records": []}))  # a cold start takes time
            yield name
        finally:
            functions.delete_function(FunctionName=name)

    def _arguments(self, function: str, config: MappingConfig) -> dict[str, Any]:
        arguments = {
            "FunctionName": function,
            "EventSourceArn": queue_arn(self.queues.url),
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
        wrong = (AssertionError, pytest.fail.Exception)  # not an error in this module
        request.applymarker(pytest.mark.xfail(reason=f"ministack: {reason}", strict=True, raises=wrong))


class TestQueueList(QueueList):
    """With a queue of the same emulator."""


class TestMappingList(MappingList):
    """The pace after failures is not tested: ministack's is fixed, and the local event source has its own tests."""
