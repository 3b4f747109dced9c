"""The function's answer decides which messages of a batch count as handled.

Source: AWS Lambda developer guide, "Handling errors for an SQS event source in Lambda".
"""

from typing import Any

import pytest

from local.lambda_emulator.event_source.verdict import MalformedResponse, handled
from local.lambda_emulator.runtime.outcome import Failed, Returned

BATCH = {"a", "b", "c"}


@pytest.mark.parametrize("answer", [None, "", {}, {"batchItemFailures": []}, {"batchItemFailures": None}, {"other": 1}])
def test_an_answer_without_failures_is_a_complete_success(answer: Any) -> None:
    assert handled(Returned(answer), BATCH) == BATCH


def test_reported_messages_are_delivered_again() -> None:
    answer = {"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "b"}]}
    assert handled(Returned(answer), BATCH) == {"a", "c"}


@pytest.mark.parametrize(
    "answer",
    [
        7,
        [],
        "text",
        False,
        {"batchItemFailures": 7},
        {"batchItemFailures": {}},
        {"batchItemFailures": "a"},
        {"batchItemFailures": ["a"]},
        {"batchItemFailures": [{}]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"itemIdentifier": 7}]},
        {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "unknown"}]},
        {"batchItemFailures": [{"itemidentifier": "a"}]},
    ],
)
def test_an_invalid_answer_fails_the_whole_batch(answer: Any) -> None:
    """Otherwise a typo in the function would delete messages that it did not handle."""
    with pytest.raises(MalformedResponse):
        handled(Returned(answer), BATCH)


def test_a_failed_function_has_handled_nothing() -> None:
    assert handled(Failed("Sandbox.Timedout", "late"), BATCH) == set()
