"""Request ids: each is in every log line about its request, and in every call that serves it.

A request id is a W3C trace id (32 hexadecimal digits). The caller reads it in `X-Request-Id`, the job stores it, and
the generator and the LLM's provider receive it. AWS X-Ray writes the same id as 1-<8>-<24>.
"""

import os
import re
import secrets
import uuid

from chalicelib.domain.job import Job
from chalicelib.domain.owner import owner_hash
from foundation import log_context

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_XRAY_ROOT = re.compile(r"(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})")
_INVALID_ID = "0" * 32


def begin_job(job: Job) -> None:
    """Make this job the context of the running task."""
    log_context.begin(job_id=job.id, attempt=job.attempt, owner=owner_hash(job.owner), request_id=job.request_id)


def request_id() -> str | None:
    """The id of the request that the running task serves, or of the one that submitted its job."""
    value = log_context.bound().get("request_id")
    return str(value) if value else None


def new_request_id(traceparent: str | None = None, xray: str | None = None) -> str:
    """The trace id from the caller (W3C `traceparent`) or from X-Ray (`Root=1-...`); a new one without either."""
    if traceparent and (found := _TRACEPARENT.fullmatch(traceparent.strip())) and found[1] != _INVALID_ID:
        return found[1]
    if xray and (found := _XRAY_ROOT.search(xray)):
        return found[1] + found[2]
    return uuid.uuid4().hex


def traceparent() -> str | None:
    """The W3C header for a call made by the running task; None if the task serves no request.

    The trace is marked as sampled unless X-Ray does not record this invocation.
    """
    trace_id = request_id()
    flags = "00" if "Sampled=0" in (xray_header() or "") else "01"
    return f"00-{trace_id}-{secrets.token_hex(8)}-{flags}" if trace_id else None


def job_metadata() -> tuple[tuple[str, str], ...]:
    """gRPC metadata for the generator's log: the attempt and the owner's hash."""
    bound = log_context.bound()
    return tuple((f"lore-{name}", str(bound[name])) for name in ("attempt", "owner") if bound.get(name) is not None)


def xray_header() -> str | None:
    """The X-Ray trace header of the running Lambda invocation, in the form that SQS accepts; None outside Lambda."""
    return os.environ.get("_X_AMZN_TRACE_ID")
