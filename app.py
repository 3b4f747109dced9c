"""The Lambda functions: HTTP routes, the worker, the dead-letter worker, the schedule. Each only hands over."""

import logging
import os
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, CORSConfig, Rate, Response, SQSEvent

from chalicelib.api import endpoint
from chalicelib.api.gateway import ALLOWED_HEADERS, EXPOSED_HEADERS, answer, as_problem
from chalicelib.bootstrap import services
from chalicelib.loop import LOOP
from chalicelib.service.worker import Message
from foundation import logs
from foundation.masking.error import without_secrets
from foundation.masking.output import mask_output

#: The endpoints look at the content type themselves, where there is a body to be read.
ANY = ["*/*"]
#: Every readable resource also answers HEAD, which uptime monitors use (RFC 9110, 9.1).
READ = ["GET", "HEAD"]

log = logging.getLogger("chalicelib.app")

app = Chalice(app_name="loresmith-jobs", configure_logs=False)
CORS = CORSConfig(
    allow_origin=os.environ.get("CORS_ALLOW_ORIGIN") or "*",
    allow_headers=list(ALLOWED_HEADERS),
    expose_headers=list(EXPOSED_HEADERS),
    max_age=600,
)
app.api.cors = CORS
logs.configure("loresmith-jobs", "chalicelib", os.environ.get("LOG_LEVEL") or "INFO", mask_output(os.environ))


@app.middleware("all")
def errors_without_secrets(event: Any, get_response: Any) -> Any:
    """Lambda logs uncaught errors itself and passes them on, so no formatter sees them."""
    try:
        return get_response(event)
    except Exception as error:
        log.exception("Invocation failed")
        safe = without_secrets(error, os.environ)
        if safe is error:
            raise
        raise safe from None


@app.middleware("http")
def problems_everywhere(event: Any, get_response: Any) -> Response:
    return as_problem(get_response(event), CORS.get_access_control_headers())


@app.route("/jobs", methods=["POST"], content_types=ANY)
def submit_job() -> Response:
    return answer(app, endpoint.submit_job)


@app.route("/jobs", methods=READ, content_types=ANY)
def list_jobs() -> Response:
    return answer(app, endpoint.list_jobs)


@app.route("/jobs/{job_id}", methods=READ, content_types=ANY)
def read_job(job_id: str) -> Response:
    return answer(app, endpoint.read_job, job_id=job_id)


@app.route("/jobs/{job_id}/events", methods=READ, content_types=ANY)
def read_events(job_id: str) -> Response:
    return answer(app, endpoint.read_events, job_id=job_id)


@app.route("/jobs/{job_id}/cancel", methods=["POST"], content_types=ANY)
def cancel_job(job_id: str) -> Response:
    return answer(app, endpoint.cancel_job, job_id=job_id)


@app.route("/jobs/{job_id}/retry", methods=["POST"], content_types=ANY)
def retry_job(job_id: str) -> Response:
    return answer(app, endpoint.retry_job, job_id=job_id)


@app.route("/job-types", methods=READ, content_types=ANY)
def list_job_types() -> Response:
    return answer(app, endpoint.list_job_types, public=True)


@app.route("/worlds/{world_id}", methods=READ, content_types=ANY)
def read_world(world_id: str) -> Response:
    return answer(app, endpoint.read_world, world_id=world_id)


@app.route("/worlds", methods=READ, content_types=ANY)
def list_worlds() -> Response:
    return answer(app, endpoint.list_worlds)


@app.route("/health", methods=READ, content_types=ANY)
def check_health() -> Response:
    return answer(app, endpoint.check_health, public=True)


@app.route("/openapi.json", methods=READ, content_types=ANY)
def describe() -> Response:
    return answer(app, endpoint.describe, public=True)


@app.on_sqs_message(queue="jobs", batch_size=10)
def worker(event: SQSEvent) -> dict[str, Any]:
    return _failed(LOOP.run(services().worker.work(_messages(event))))


@app.on_sqs_message(queue="jobs-dlq", batch_size=10)
def dead_letter(event: SQSEvent) -> dict[str, Any]:
    return _failed(LOOP.run(services().worker.bury(_messages(event))))


@app.schedule(Rate(1, unit=Rate.MINUTES))
def recover(_event: CloudWatchEvent) -> dict[str, int]:
    return {"mended": LOOP.run(services().recovery.sweep())}


def _messages(event: SQSEvent) -> list[Message]:
    return [Message(record.to_dict()["messageId"], record.body) for record in event]


def _failed(message_ids: list[str]) -> dict[str, Any]:
    """What Lambda is told to deliver again (ReportBatchItemFailures)."""
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in message_ids]}
