"""What is told when a function does not answer."""

import io
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from loresmith.ops.error import OpsError
from loresmith.ops.functions import Functions


class Stage:
    """A target whose function does as it is told: it raises an error, or answers."""

    name = "the stage prod"

    def __init__(self, outcome: Any) -> None:
        self._outcome = outcome

    hint = "Check the network."

    def log_of(self, name: str) -> str:
        return f"/aws/lambda/{name}"

    def function(self, name: str) -> str:
        return name

    def caller(self) -> str:
        return "me"

    def client(self, _service: str) -> Any:
        return self

    def invoke(self, **_asked: Any) -> Any:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def lost() -> list[Any]:
    timed_out = {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "Task timed out after 60 s"}')}
    return [ReadTimeoutError(endpoint_url="https://lambda"), timed_out]


@pytest.mark.parametrize("outcome", lost(), ids=["no answer", "time-out"])
def test_a_change_whose_answer_is_lost_may_have_been_made(outcome: Any) -> None:
    stage: Any = Stage(outcome)
    with pytest.raises(OpsError, match="The change may have been made"):
        Functions(stage).write("drain", {}, "a test", confirmed=True)


@pytest.mark.parametrize("outcome", lost(), ids=["no answer", "time-out"])
def test_a_look_whose_answer_is_lost_has_changed_nothing(outcome: Any) -> None:
    stage: Any = Stage(outcome)
    with pytest.raises(OpsError) as error:
        Functions(stage).write("drain", {}, "a test", confirmed=False)
    assert "may have been made" not in str(error.value)


def test_a_function_that_times_out_names_the_log_to_read() -> None:
    stage: Any = Stage(lost()[1])
    with pytest.raises(OpsError, match="Its log says more: /aws/lambda/ops-read"):
        Functions(stage).read("status")


def test_without_a_network_it_says_what_to_check() -> None:
    stage: Any = Stage(lost()[0])
    with pytest.raises(OpsError, match=r"Check the network\."):
        Functions(stage).read("status")
