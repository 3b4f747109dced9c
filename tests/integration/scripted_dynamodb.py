"""DynamoDB with answers that a test decides about: what no emulator does on demand."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSResponse

from chalicelib.adapter.dynamodb_access import DynamoDbAccess

#: A body, or the code of an error.
Answer = dict[str, Any] | str


@dataclass
class ScriptedDynamoDb:
    """Takes the place of the network of an access. Gives the answers in order, and the last one for ever."""

    access: DynamoDbAccess
    answers: Sequence[Answer] = ({},)
    #: Operation and body of each request.
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        answer: Any = self._answer  # botocore's stubs do not know that it takes the place of the call
        self.access.table.meta.client.meta.events.register("before-call.dynamodb", answer)

    def _answer(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
        self.requests.append((model.name, json.loads(params["body"])))
        if isinstance(answer, str):
            answer = {"Error": {"Code": answer, "Message": "scripted"}}
        headers: Any = {}
        return AWSResponse("", 400 if "Error" in answer else 200, headers, None), answer
