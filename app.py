"""The Lambda functions: HTTP routes, three that read queues, the schedule, and two for the people on call.

Each delegates to a service.
"""

import logging
import os
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, CORSConfig, Rate, Response, SQSEvent

from chalicelib.api import webhook_endpoint
from chalicelib.api.gateway import ALLOWED_HEADERS, EXPOSED_HEADERS, answer, as_problem
from chalicelib.api.route import Route
from chalicelib.api.router import ROUTES
from chalicelib.bootstrap import load_grpc, operations, services
from chalicelib.loop import LOOP
from chalicelib.service.worker import Message
from chalicelib.settings import ImportSettings
from foundation import logs
from foundation.masking.error import without_secrets
from foundation.masking.output import mask_output

log = logging.getLogger("chalicelib.app")

settings = ImportSettings.read(os.environ)
app = Chalice(app_name="loresmith-jobs", configure_logs=False)
CORS = CORSConfig(
    allow_origin=settings.cors_allow_origin,
    allow_headers=list(ALLOWED_HEADERS),
    expose_headers=list(EXPOSED_HEADERS),
    max_age=600,
)
app.api.cors = CORS
# Each answer says whether it is binary (`chalicelib.api.gateway`). API Gateway's own list is in the CDK stack.
app.api.binary_types = []
CORS_HEADERS = CORS.get_access_control_headers()
logs.configure("loresmith-jobs", "chalicelib", settings.log_level, mask_output(os.environ))


@app.middleware("all")
def errors_without_secrets(event: Any, get_response: Any) -> Any:
    """Mask secrets in uncaught errors: Lambda logs and returns these itself, so the log formatter never sees them."""
    try:
        return get_response(event)
    except Exception as error:
        log.exception("Invocation failed")
        safe = without_secrets(error, os.environ)
        if safe is error:
            raise
        raise safe from None


@app.middleware("http")
def chalice_errors_as_problems(event: Any, get_response: Any) -> Response:
    return as_problem(get_response(event), CORS_HEADERS)


#: The endpoints check the content type themselves, if there is a body to read.
ANY = ["*/*"]


def _serve(route: Route) -> None:
    """Register the route with Chalice."""

    def view(**path: str) -> Response:
        return answer(app, route, **path)

    app.route(route.path, methods=route.methods, name=route.id, content_types=ANY)(view)


for each in ROUTES:
    _serve(each)


@app.on_sqs_message(queue="jobs", batch_size=10)
def worker(event: SQSEvent) -> dict[str, Any]:
    return _failed(LOOP.run(services().worker.work(_messages(event))))


@app.on_sqs_message(queue="jobs-dlq", batch_size=10)
def dead_letter(event: SQSEvent) -> dict[str, Any]:
    return _failed(LOOP.run(services().worker.fail_dead_letters(_messages(event))))


@app.on_sqs_message(queue="webhooks", batch_size=10)
def webhook(event: SQSEvent) -> dict[str, Any]:
    return _failed(LOOP.run(webhook_endpoint.send(services(), _messages(event))))


@app.schedule(Rate(1, unit=Rate.MINUTES))
def recover(_event: CloudWatchEvent) -> dict[str, int]:
    return {"recovered": LOOP.run(services().recovery.sweep())}


@app.lambda_function(name="ops_read")
def ops_read(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    from chalicelib.operations import handler  # no other function needs it

    return LOOP.run(handler.read(operations(), event))


@app.lambda_function(name="ops_write")
def ops_write(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    from chalicelib.operations import handler

    return LOOP.run(handler.write(operations(), event))


def _messages(event: SQSEvent) -> list[Message]:
    return [Message(record.to_dict()["messageId"], record.body) for record in event]


def _failed(message_ids: list[str]) -> dict[str, Any]:
    """The messages that Lambda must deliver again (ReportBatchItemFailures)."""
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in message_ids]}


if os.environ.get("_HANDLER", "").endswith(".worker"):
    # A sandbox starts with more CPU than its memory size buys later, and no job waits for it yet.
    load_grpc()
