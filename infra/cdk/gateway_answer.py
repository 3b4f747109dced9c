"""The answers of API Gateway and the web ACL themselves, without a function: problem documents with CORS headers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.api import problem
from chalicelib.api.gateway import ALLOWED_HEADERS, EXPOSED_HEADERS
from chalicelib.api.message import Response
from chalicelib.api.problem import PayloadTooLarge
from chalicelib.domain.error import NotFound, Unavailable

NO_ROUTE = problem.of_error(NotFound("There is nothing at this address for this method."))
TOO_LARGE = problem.of_error(PayloadTooLarge())
#: API Gateway's answer when all callers together send too many requests.
THROTTLED = problem.of_status(429, {"Retry-After": "2"})
#: The web ACL's answer to one token or address that sends too many. It counts over the last minute.
TOO_MANY = problem.of_status(429, {"Retry-After": "60"})

#: API Gateway's response type → the answer. The defaults cover every other 4xx and 5xx, and set their status
#: (https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html).
ANSWERS: Mapping[str, Response] = {
    # No such route or method. API Gateway then looks for an AWS signature, and a bearer token is not one.
    "MISSING_AUTHENTICATION_TOKEN": NO_ROUTE,
    "INVALID_SIGNATURE": NO_ROUTE,
    "ACCESS_DENIED": NO_ROUTE,
    "REQUEST_TOO_LARGE": TOO_LARGE,
    "THROTTLED": THROTTLED,
    "UNSUPPORTED_MEDIA_TYPE": problem.of_status(415, {}),
    "DEFAULT_4XX": problem.of_status(400, {}),
    # The function timed out, crashed, or could not be started.
    "DEFAULT_5XX": problem.of_error(Unavailable()),
}


@dataclass(frozen=True, slots=True)
class GatewayAnswers:
    """`allowed_origin` may be a CDK token, which CloudFormation resolves."""

    allowed_origin: str

    def of_api_gateway(self) -> dict[str, object]:
        """The property `GatewayResponses` of a SAM API."""
        return {name: self._gateway_response(answer) for name, answer in ANSWERS.items()}

    def headers(self, answer: Response) -> dict[str, str]:
        return {
            "Access-Control-Allow-Origin": self.allowed_origin,
            "Access-Control-Allow-Headers": ",".join(ALLOWED_HEADERS),
            "Access-Control-Expose-Headers": ",".join(EXPOSED_HEADERS),
        } | answer.headers

    def _gateway_response(self, answer: Response) -> dict[str, object]:
        headers = {name: f"'{value}'" for name, value in self.headers(answer).items()}
        return {
            "StatusCode": str(answer.status),
            "ResponseParameters": {"Headers": headers},
            "ResponseTemplates": {"application/json": body(answer)},
        }


def body(answer: Response) -> str:
    return json.dumps(answer.body)
