"""What a function's answer means for the messages of its batch.

Source of the table: AWS Lambda developer guide, "Handling errors for an SQS event source in Lambda".
"""

from typing import Any

import pytest

from local.lambda_emulator.event_source.verdict import MalformedResponse, handled
from local.lambda_emulator.runtime.outcome import Failed, Returned

BATCH = {"a", "b", "c"}


@pytest.mark.parametrize("answer", [None, "", {}, {"batchItemFailures": []}, {"batchItemFailures": None}, {"other": 1}])
def test_nothing_reported_is_a_complete_success(answer: Any) -> None:
    assert handled(Returned(answer), BATCH, reports_item_failures=True) == BATCH


def test_what_is_reported_is_delivered_again() -> None:
    answer = {"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "b"}]}
    assert handled(Returned(answer), BATCH, reports_item_failures=True) == {"a", "c"}


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
def test_an_answer_that_makes_no_sense_fails_the_whole_batch(answer: Any) -> None:
    """Otherwise a typing error would delete messages that were not handled."""
    with pytest.raises(MalformedResponse):
        handled(Returned(answer), BATCH, reports_item_failures=True)


@pytest.mark.parametrize("answer", [7, {"batchItemFailures": [{"itemIdentifier": "a"}]}])
def test_without_the_response_type_the_answer_is_ignored(answer: Any) -> None:
    assert handled(Returned(answer), BATCH, reports_item_failures=False) == BATCH


@pytest.mark.parametrize("reports", [True, False])
def test_a_function_that_fails_has_handled_nothing(reports: bool) -> None:
    assert handled(Failed("Sandbox.Timedout", "late"), BATCH, reports_item_failures=reports) == set()
