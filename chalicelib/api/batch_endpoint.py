"""`POST /jobs/batch`: many jobs in one request."""

import logging
from collections import Counter
from collections.abc import Sequence

from chalicelib.api import rendering
from chalicelib.api.batch_rendering import batch_estimate_json, batch_json
from chalicelib.api.endpoint import idempotency_key
from chalicelib.api.media_type import check_media_type
from chalicelib.api.message import Request, Response
from chalicelib.api.rate_limit import rate_limit_headers
from chalicelib.bootstrap import Services
from chalicelib.domain.error import LoreSmithError, together
from chalicelib.domain.job_batch import checked, parse_batch
from chalicelib.domain.job_request import JobRequest
from chalicelib.service.acceptance import Accepted, Verdict
from chalicelib.service.budgeting import FRESH_S

log = logging.getLogger(__name__)


async def submit_batch(services: Services, request: Request) -> Response:
    """202 with each job, or why it was refused, in the order of the request. If all were refused: the first error.

    A dry run: 200 with what the jobs are expected to cost. An owner over its rate is refused before the body is read.
    """
    if "dry_run" not in request.query and "idempotency-key" not in request.headers:
        services.submission.check_window(request.owner)
    check_media_type(request)
    body = request.json_object()
    _, is_dry_run, key, requests = together(
        request.check_names,
        lambda: request.flag("dry_run"),
        lambda: idempotency_key(request),
        lambda: parse_batch(request.owner, body, services.timing, allow_local_webhooks=services.webhooks.allow_local),
    )
    if is_dry_run:
        await services.webhooks.check(request.owner, *(each.options.stored_webhook for each in requests))
        return await _estimate(services, requests)
    verdicts = await services.submission.submit_all(request.owner, requests, key)
    return _answer(services, request, verdicts)


async def _estimate(services: Services, requests: Sequence[JobRequest]) -> Response:
    payloads = checked(await services.resolving.stored_all(requests))
    plans = []
    for each, payload in zip(requests, payloads, strict=True):
        # The measurements of a type are read once.
        plans.append((each.type, *await services.budgeting.plan(each.type, payload, FRESH_S)))
    return Response(200, batch_estimate_json(plans, services.price))


def _answer(services: Services, request: Request, verdicts: Sequence[Verdict]) -> Response:
    """Raises the first error if no job was accepted."""
    accepted = [verdict for verdict in verdicts if isinstance(verdict, Accepted)]
    refused = [verdict for verdict in verdicts if isinstance(verdict, LoreSmithError)]
    if not accepted:
        raise refused[0]
    if refused:
        counts = Counter(error.code for error in refused)
        log.info("Batch accepted in part: %d jobs; refused: %s", len(accepted), dict(counts))
    standings = [verdict.standing for verdict in accepted if verdict.standing is not None]
    headers = rate_limit_headers(standings[-1]) if standings else {"Idempotent-Replayed": "true"}
    if not all(verdict.job.is_final for verdict in accepted):
        headers["Retry-After"] = str(rendering.POLL_AFTER_S)
    return Response(202, batch_json(verdicts, request.base_path, services.price), headers)
