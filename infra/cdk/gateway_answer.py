"""The answers that no function gives, of API Gateway and of the web ACL before it: problem documents, with CORS."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.api import problem
from chalicelib.api.gateway import ALLOWED_HEADERS, EXPOSED_HEADERS
from chalicelib.api.message import Response
from chalicelib.api.problem import PayloadTooLarge
from chalicelib.domain.error import NotFound, Unavailable
from infra.throttling import THROTTLED

NO_ROUTE = problem.of_error(NotFound("There is nothing at this address for this method."))
TOO_LARGE = problem.of_error(PayloadTooLarge())

#: API Gateway's name for what happened → the answer. The defaults stand for every other 4xx and 5xx, and give all of
#: them their status (https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html).
ANSWERS: Mapping[str, Response] = {
    # No route, or no such method of it. API Gateway then tries to read an AWS signature, which we never ask for, and a
    # bearer token is none.
    "MISSING_AUTHENTICATION_TOKEN": NO_ROUTE,
    "INVALID_SIGNATURE": NO_ROUTE,
    "ACCESS_DENIED": NO_ROUTE,
    "REQUEST_TOO_LARGE": TOO_LARGE,
    "THROTTLED": THROTTLED,
    "UNSUPPORTED_MEDIA_TYPE": problem.of_status(415, {}),
    "DEFAULT_4XX": problem.of_status(400, {}),
    # The function timed out, broke off, or could not be started.
    "DEFAULT_5XX": problem.of_error(Unavailable()),
}


@dataclass(frozen=True, slots=True)
class GatewayAnswers:
    """`allowed_origin` may be a token of CloudFormation's."""

    allowed_origin: str

    def of_api_gateway(self) -> dict[str, object]:
        """`GatewayResponses` of a SAM API."""
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
