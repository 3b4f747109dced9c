"""What is said when a function does not answer."""

import io
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from loresmith.ops.error import OpsError
from loresmith.ops.functions import Functions
from loresmith.ops.target import StageTarget


class TimedOut:
    """Lambda, for a function that took too long."""

    def invoke(self, **_asked: Any) -> dict[str, Any]:
        told = io.BytesIO(b'{"errorMessage": "Task timed out after 60.00 seconds."}')
        return {"FunctionError": "Unhandled", "Payload": told}


class Unreachable:
    """Lambda, without a network."""

    def invoke(self, **_asked: Any) -> dict[str, Any]:
        raise EndpointConnectionError(endpoint_url="https://lambda.example")


@dataclass(frozen=True)
class Stage(StageTarget):
    functions: Any

    def client(self, service: str) -> Any:
        assert service == "lambda"
        return self.functions


def test_a_function_that_times_out_names_the_log_to_read() -> None:
    with pytest.raises(OpsError) as told:
        Functions(Stage("prod", TimedOut())).read("status")
    assert str(told.value) == (
        "loresmith-prod-ops-read failed: Task timed out after 60.00 seconds. Its log says more: "
        "/aws/lambda/loresmith-prod-ops-read"
    )


def test_without_a_network_it_says_what_to_check() -> None:
    with pytest.raises(OpsError, match="Check the network, and AWS_REGION"):
        Functions(Stage("prod", Unreachable())).read("status")
