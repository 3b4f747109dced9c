"""Invokes the stage's functions `ops-read` and `ops-write`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from loresmith.ops.error import FUNCTION_FAILED, NOT_REACHED, OpsError
from loresmith.ops.target import Target

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class WriteAnswer:
    """The answer to a write, as sentences: what will happen, and what has happened."""

    steps: list[str]
    done: list[str]
    #: Whether there is anything to do.
    changes: bool
    #: Whether it cannot be done.
    refused: bool


class Functions:
    """Every method raises `OpsError`."""

    def __init__(self, target: Target) -> None:
        self.target = target

    def read(self, operation: str, **arguments: object) -> Answer:
        return self._invoke("ops-read", {"operation": operation, "arguments": arguments})

    def write(self, operation: str, arguments: Mapping[str, object], reason: str, *, confirmed: bool) -> WriteAnswer:
        """Without `confirmed`, only return what would happen."""
        asked = {"by": self.caller, "reason": reason, "confirmed": confirmed}
        try:
            answer = self._invoke("ops-write", {"operation": operation, "arguments": arguments, **asked})
        except OpsError as error:
            if confirmed and error.code in (NOT_REACHED, FUNCTION_FAILED):
                told = f"{error} The change may have been made, in part or in full: check before you repeat it."
                raise OpsError(told, error.code) from None
            raise
        return WriteAnswer(
            list(answer["steps"]), list(answer["done"]), bool(answer["changes"]), bool(answer["refused"])
        )

    @cached_property
    def caller(self) -> str:
        return self.target.caller()

    @cached_property
    def _lambda(self) -> Any:
        return self.target.client("lambda")

    def _invoke(self, name: str, event: Mapping[str, object]) -> Answer:
        functions = self._lambda  # reports it if boto3 is missing
        from botocore.exceptions import BotoCoreError, ClientError

        function = self.target.function(name)
        try:
            answer = functions.invoke(FunctionName=function, Payload=json.dumps(event).encode())
            payload: Answer = json.loads(answer["Payload"].read())
        except ClientError as error:
            raise OpsError(_advice(error, function), code=error.response["Error"]["Code"]) from None
        except BotoCoreError as error:
            raise OpsError(f"{self.target.name} cannot be reached: {error}. {self.target.hint}") from None
        if "FunctionError" in answer:
            raise OpsError(
                f"{function} failed: {payload.get('errorMessage')} Its log says more: {self.target.log_of(name)}",
                code=FUNCTION_FAILED,
            )
        if error_told := payload.get("error"):
            raise OpsError(error_told["message"], code=error_told["code"])
        found: Answer = payload["answer"]
        return found


def _advice(error: Any, function: str) -> str:
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if code == "AccessDeniedException":
        return f"You may not invoke {function}: {message} See the rights in docs/operations.md."
    if code == "ResourceNotFoundException":
        return f"There is no function {function}. Check the stage's name and AWS_REGION. {message}"
    return f"{function} cannot be invoked: {message}"
