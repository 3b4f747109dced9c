"""One coroutine for each route, with the rules of HTTP: status codes, validators, preferences."""

from chalicelib.api import rendering
from chalicelib.api.media_type import check_media_type
from chalicelib.api.message import Request, Response, parse_uuid, seen_revisions
from chalicelib.api.rate_limit import rate_limit_headers
from chalicelib.bootstrap import Services
from chalicelib.domain.error import Fault, InvalidSubmission, NotFound, together
from chalicelib.domain.job import Job, JobView
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.service.acceptance import Accepted
from foundation.validation import path_of


async def submit_job(services: Services, request: Request) -> Response:
    """202 with the job, before any of its work is done. A dry run: 200 with what the job is expected to cost.

    An owner over its rate is refused before the body is read: a flood of submissions must cost little.
    """
    if "dry_run" not in request.query and "idempotency-key" not in request.headers:
        services.submission.check_window(request.owner)
    check_media_type(request)
    body = request.json_object()
    _, is_dry_run, key, job_request = together(
        request.check_names,
        lambda: request.flag("dry_run"),
        lambda: idempotency_key(request),
        lambda: JobRequest.parse(
            request.owner, body, services.timing, allow_local_webhooks=services.webhooks.allow_local
        ),
    )
    if is_dry_run:
        await services.webhooks.check(request.owner, job_request.options.stored_webhook)
        payload = await services.resolving.stored(job_request)
        expected, budget = await services.budgeting.plan(job_request.type, payload)
        return Response(200, rendering.estimate_json(job_request.type, expected, budget, services.price))
    return await _accepted(services, request, await services.submission.submit(job_request, key))


async def read_job(services: Services, request: Request, job_id: str) -> Response:
    """200 or 304, at once or after the wait in `Prefer: wait`."""
    known = request.known_revisions
    view, waited = await services.reading.job(
        request.owner,
        parse_uuid(job_id),
        known_revisions=seen_revisions(request),
        wait_s=request.wait_s,
        gather_s=request.gather_s,
        may_omit_stages=known is not None,  # it is answered with 304
    )
    headers = _state_headers(view.job) | _applied(request, waited)
    if known is not None and view.job.revision in known:
        return Response(304, None, headers)
    return Response(200, rendering.job_json(view, request.base_path, services.price), headers)


async def list_jobs(services: Services, request: Request) -> Response:
    """The caller's jobs without their unfinished pieces: newest first, or those with the `ids` in the query."""
    if "ids" in request.query:
        return await _read_jobs(services, request)
    _, limit, status, type_name, after = together(
        request.check_names,
        lambda: request.number("limit"),
        lambda: request.choice("status"),
        lambda: request.choice("type"),
        lambda: request.after,
    )
    jobs, last_id = await services.listing.page(request.owner, limit, status=status, type_name=type_name, after=after)
    return Response(200, rendering.jobs_json(jobs, last_id, request.base_path, services.price))


async def _read_jobs(services: Services, request: Request) -> Response:
    _, _, ids = together(request.check_names, lambda: _check_alone(request, "ids"), lambda: _job_ids(request))
    jobs = await services.listing.several(request.owner, ids)
    return Response(200, rendering.jobs_json(jobs, None, request.base_path, services.price))


async def read_events(services: Services, request: Request, job_id: str) -> Response:
    """The events after revision N."""
    _, after = together(request.check_names, lambda: request.number("after"))
    events, job, waited = await services.reading.events(request.owner, parse_uuid(job_id), after, request.wait_s)
    return Response(
        200, rendering.events_json(job, events, request.base_path), _retry_after(job) | _applied(request, waited)
    )


async def cancel_job(services: Services, request: Request, job_id: str) -> Response:
    """202 if it cancelled the job, 200 if the job had already ended."""
    view, stopped = await services.reading.cancel(request.owner, parse_uuid(job_id))
    return Response(
        202 if stopped else 200, rendering.job_json(view, request.base_path, services.price), _state_headers(view.job)
    )


async def retry_job(services: Services, request: Request, job_id: str) -> Response:
    """202 with a new job that continues from what this one has finished."""
    key = idempotency_key(request)
    accepted = await services.submission.retry(request.owner, parse_uuid(job_id), key)
    return await _accepted(services, request, accepted)


async def list_job_types(services: Services, _request: Request) -> Response:
    """GET /job-types."""
    tokens_required = services.verifier is not None
    return Response(200, rendering.job_types_json(JOB_TYPES.values(), tokens_required=tokens_required))


async def check_health(services: Services, _request: Request) -> Response:
    """200, or 503 if a part is down."""
    parts = await services.health.check()
    return Response(200 if set(parts.values()) == {"ok"} else 503, parts | rendering.drain_json(services.health.drain))


def _check_alone(request: Request, name: str) -> None:
    """Raises `InvalidSubmission` if the query has other parameters of the route."""
    known = {parameter["name"] for parameter in request.parameters}
    if others := sorted((request.query.keys() & known) - {name}):
        raise InvalidSubmission([Fault(other, f"cannot be combined with {name}; leave one out") for other in others])


def _job_ids(request: Request) -> list[str]:
    """The distinct ids in the query, in order. Raises `InvalidSubmission`."""
    given, most = (request.parameter("ids") or "").split(","), request.schema("ids")["maxItems"]
    if len(given) > most:
        raise InvalidSubmission([Fault("ids", f"must be at most {most} ids, separated by commas")])
    ids, faults = dict[str, None](), []
    for index, text in enumerate(given):
        try:
            ids[parse_uuid(text)] = None
        except NotFound:
            faults.append(Fault(path_of(("ids", index)), "is not the id of a job: a UUID"))
    if faults:
        raise InvalidSubmission(faults)
    return list(ids)


def idempotency_key(request: Request) -> str | None:
    """The request's key, if it has one. Raises `InvalidSubmission`."""
    key, name = request.headers.get("idempotency-key"), "Idempotency-Key"
    bounds = request.schema(name)
    shortest, longest = bounds["minLength"], bounds["maxLength"]
    if key is not None and not shortest <= len(key) <= longest:
        raise InvalidSubmission([Fault(name, f"must have {shortest} to {longest} characters")])
    return key


async def _accepted(services: Services, request: Request, accepted: Accepted) -> Response:
    """The answer for an accepted job. A retry, or a job that existed already, includes its finished pieces."""
    view = JobView(accepted.job)
    if accepted.is_replayed or accepted.job.retry_of:
        view, _ = await services.reading.job(accepted.job.owner, accepted.job.id)
    job = view.job
    headers = _state_headers(job) | {"Location": rendering.links(job, request.base_path)["self"]}
    if accepted.standing is None:
        headers["Idempotent-Replayed"] = "true"
    else:
        headers |= rate_limit_headers(accepted.standing)
    return Response(202, rendering.job_json(view, request.base_path, services.price), headers)


def _state_headers(job: Job) -> dict[str, str]:
    return {"ETag": f'"{job.revision}"'} | _retry_after(job)


def _retry_after(job: Job) -> dict[str, str]:
    return {} if job.is_final else {"Retry-After": str(rendering.POLL_AFTER_S)}


def _applied(request: Request, waited: bool) -> dict[str, str]:
    return {"Preference-Applied": f"wait={request.wait_s}"} if waited else {}
