"""Works out from a function's outcome which messages of a batch it handled.

Source: AWS Lambda developer guide, "Handling errors for an SQS event source in Lambda", success and failure conditions
of partial batch responses (ReportBatchItemFailures).
"""

from collections.abc import Collection
from typing import Any

from local.lambda_emulator.runtime.outcome import Failed, Outcome


class MalformedResponse(Exception):
    """The function's partial batch response is invalid, so the whole batch failed."""


def handled(outcome: Outcome, message_ids: Collection[str]) -> set[str]:
    """The ids of the messages to delete; the others are delivered again. Raises `MalformedResponse`."""
    if isinstance(outcome, Failed):
        return set()
    return set(message_ids) - _reported(outcome.payload, message_ids)


def _reported(response: Any, message_ids: Collection[str]) -> set[str]:
    """The failed messages. None, an empty text and an empty object mean that all succeeded."""
    if response in (None, "", {}):
        return set()
    if not isinstance(response, dict):
        raise MalformedResponse(f"the response is not a JSON object but {response!r}")
    items = response.get("batchItemFailures")
    if items is None:
        return set()
    if not isinstance(items, list):
        raise MalformedResponse(f"batchItemFailures is not a list but {items!r}")
    return {_identifier(item, message_ids) for item in items}


def _identifier(item: Any, message_ids: Collection[str]) -> str:
    match item:
        case {"itemIdentifier": str(identifier)} if identifier in message_ids:
            return identifier
    raise MalformedResponse(f"{item!r} does not identify a message of the batch")
