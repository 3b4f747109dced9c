"""The routes of jobs."""

from chalicelib.api import batch_endpoint, body, endpoint
from chalicelib.api.parameter import CURSOR, IF_NONE_MATCH, KEY_SCHEMA, LIMIT, header, path_id, query
from chalicelib.api.route import Route
from chalicelib.domain.job_batch import MAX_JOBS
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.lifecycle import Status
from chalicelib.service.reading import MAX_WAIT_S

#: The largest body of a batch. Lambda accepts 6 MB (AWS Lambda quotas), as text in Base64.
MAX_BATCH_BYTES = 1024 * 1024

_JOB_ID = path_id("job_id")
_DRY_RUN = query(
    "dry_run",
    {"type": "boolean", "default": False},
    "`true`: check the request in the same way and answer with the calls and tokens that the job is expected to need. "
    "Nothing is stored, and nothing counts against a quota.",
)
_WAIT = header(
    "Prefer",
    {"type": "string", "examples": ["wait=20", "wait=20, after=7, gather=0.5"]},
    f"`wait=N` (RFC 7240) holds the answer back for up to N seconds, at most {MAX_WAIT_S}, until there is news: "
    "a revision that is not in `If-None-Match`, or one after `after`. Without either, it waits for the job's end. For "
    "a job, `after=R` is a preference too. With `gather=M`, the answer for a job also contains the changes of the M "
    "seconds after the first one. The job's end is never held back.",
)
_KEY = header(
    "Idempotency-Key",
    KEY_SCHEMA,
    "As long as the job is kept, the same key with the same request returns the same job.",
)
_BATCH_KEY = header(
    "Idempotency-Key",
    KEY_SCHEMA,
    "As long as the jobs are kept, the same key with the same request returns the same jobs, and submits those that "
    "were refused.",
)
_IDS = query(
    "ids",
    {"type": "array", "items": {"type": "string", "format": "uuid"}, "minItems": 1, "maxItems": MAX_JOBS},
    "Only the jobs with these ids, separated by commas. Those that are unknown, expired or another caller's are left "
    "out. Not together with another parameter.",
) | {"style": "form", "explode": False}

ROUTES = (
    Route(
        id="submitJob",
        endpoint=endpoint.submit_job,
        method="POST",
        path="/jobs",
        summary="Submit a job: 202. With `dry_run=true`, only estimate what it would cost: 200. Everything is checked "
        "before anything is stored.",
        answers={202: body.JobBody, 200: body.EstimateBody},
        problems=(400, 403, 409, 415, 422),
        parameters=(_DRY_RUN, _KEY),
        submits="Submission",
        example={"type": "generate_characters", "payload": {}},
        headers=("Location", "Retry-After", "ETag", "Idempotent-Replayed", "RateLimit", "RateLimit-Policy"),
    ),
    Route(
        id="submitBatch",
        endpoint=batch_endpoint.submit_batch,
        method="POST",
        path="/jobs/batch",
        summary=f"Submit up to {MAX_JOBS} jobs: 202. All are checked before anything is stored. Then each is accepted "
        "or refused on its own, and if all are refused, the answer is the first error. With `dry_run=true`, only "
        "estimate what they would cost: 200.",
        answers={202: body.BatchBody, 200: body.BatchEstimateBody},
        problems=(400, 403, 409, 415, 422),
        parameters=(_DRY_RUN, _BATCH_KEY),
        submits="BatchSubmission",
        max_body_bytes=MAX_BATCH_BYTES,
        example={"jobs": [{"type": "generate_characters", "payload": {}}]},
        headers=("Retry-After", "Idempotent-Replayed", "RateLimit", "RateLimit-Policy"),
    ),
    Route(
        id="listJobs",
        endpoint=endpoint.list_jobs,
        method="GET",
        path="/jobs",
        summary="The caller's jobs, newest first; with `ids`, those among them, in that order.",
        answers={200: body.JobsBody},
        problems=(400,),
        parameters=(
            query("status", {"type": "string", "enum": [status.value for status in Status]}, "Only this status."),
            query("type", {"type": "string", "enum": list(JOB_TYPES)}, "Only this type."),
            LIMIT,
            CURSOR,
            _IDS,
        ),
    ),
    Route(
        id="readJob",
        endpoint=endpoint.read_job,
        method="GET",
        path="/jobs/{job_id}",
        summary="The job as it is now, with its pieces so far.",
        answers={200: body.JobBody, 304: None},
        problems=(404,),
        parameters=(_JOB_ID, IF_NONE_MATCH, _WAIT),
        headers=("ETag", "Retry-After", "Preference-Applied"),
    ),
    Route(
        id="readEvents",
        endpoint=endpoint.read_events,
        method="GET",
        path="/jobs/{job_id}/events",
        summary="The event log: one entry for each revision.",
        answers={200: body.EventsBody},
        problems=(400, 404),
        parameters=(
            _JOB_ID,
            query(
                "after",
                {"type": "integer", "minimum": 0, "maximum": 10**9, "default": 0},
                "Only events after this revision.",
            ),
            _WAIT,
        ),
        headers=("Retry-After", "Preference-Applied"),
    ),
    Route(
        id="cancelJob",
        endpoint=endpoint.cancel_job,
        method="POST",
        path="/jobs/{job_id}/cancel",
        summary="Stop a job. 202 if this stopped it, 200 if it had already ended.",
        answers={202: body.JobBody, 200: body.JobBody},
        problems=(404,),
        parameters=(_JOB_ID,),
        headers=("ETag",),
    ),
    Route(
        id="retryJob",
        endpoint=endpoint.retry_job,
        method="POST",
        path="/jobs/{job_id}/retry",
        summary="Create a job that continues from what a failed, cancelled or incomplete one has finished. A repeated "
        "request returns the same new job or, if that one is failed, cancelled or incomplete too, a retry of it.",
        answers={202: body.JobBody},
        problems=(400, 404, 409, 422),
        parameters=(_JOB_ID, _KEY),
        headers=("Location", "Retry-After", "ETag", "Idempotent-Replayed", "RateLimit", "RateLimit-Policy"),
    ),
)
