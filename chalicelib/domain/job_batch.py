"""Several requests for jobs in one submission."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.domain.error import Fault, InvalidSubmission, together
from chalicelib.domain.job_request import JobRequest
from chalicelib.domain.snapshot import references
from chalicelib.domain.timing import Timing
from foundation.json_value import size_bytes
from foundation.validation import path_of

#: The most jobs of a batch.
MAX_JOBS = 50
#: The most different documents that the jobs of a batch name together.
MAX_DOCUMENTS = 100
#: The largest request for one job, alone or in a batch, as JSON.
MAX_REQUEST_BYTES = 64 * 1024

_FIELD = "jobs"


def parse_batch(
    owner: str, submission: Mapping[str, Any], timing: Timing, *, allow_local_webhooks: bool = False
) -> list[JobRequest]:
    """The requests in a caller's JSON object. Raises `InvalidSubmission` with every fault, and `Forbidden`."""
    _, requests = together(
        lambda: _check_fields(submission),
        lambda: checked([_parsed(owner, each, timing, allow_local_webhooks) for each in _entries(submission)]),
    )
    _check_documents(requests)
    return list(requests)


def checked(results: Sequence[Any]) -> Sequence[Any]:
    """The results for the jobs of a batch. Raises `InvalidSubmission` with the faults of those that are not valid."""
    invalid = {index: each for index, each in enumerate(results) if isinstance(each, InvalidSubmission)}
    if invalid:
        raise InvalidSubmission([fault for index, error in invalid.items() for fault in placed(index, error).faults])
    return results


def placed(index: int, error: InvalidSubmission) -> InvalidSubmission:
    """The faults of one job, with their paths in the batch, such as "jobs[3].payload.count"."""
    place = path_of((_FIELD, index))
    return InvalidSubmission(
        [Fault(".".join(filter(None, (place, each.field))), each.message) for each in error.faults]
    )


def _check_fields(submission: Mapping[str, Any]) -> None:
    if unknown := sorted(submission.keys() - {_FIELD}):
        raise InvalidSubmission([Fault(name, "is not a field of a batch; remove it") for name in unknown])


def _check_documents(requests: Sequence[JobRequest]) -> None:
    """Each document is read before the jobs are counted, so a refused batch must not have very many."""
    named = {(each.shelf, each.id) for request in requests for each in references(request.payload)}
    if len(named) > MAX_DOCUMENTS:
        wanted = f"name {len(named)} different pieces and worlds; a batch takes at most {MAX_DOCUMENTS}"
        raise InvalidSubmission([Fault(_FIELD, wanted)])


def _entries(submission: Mapping[str, Any]) -> Sequence[Any]:
    given = submission.get(_FIELD)
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_JOBS:
        wanted = f"must be a list of 1 to {MAX_JOBS} jobs"
        raise InvalidSubmission([Fault(_FIELD, wanted if _FIELD in submission else f"is required and {wanted}")])
    return given


def _parsed(owner: str, entry: object, timing: Timing, allow_local_webhooks: bool) -> JobRequest | InvalidSubmission:
    if not isinstance(entry, dict):
        return InvalidSubmission([Fault("", 'must be a JSON object such as {"type": ..., "payload": {...}}')])
    if faults := list(_size_faults(entry)):
        return InvalidSubmission(faults)
    try:
        return JobRequest.parse(owner, entry, timing, allow_local_webhooks=allow_local_webhooks)
    except InvalidSubmission as error:
        return error


def _size_faults(entry: Mapping[str, Any]) -> Iterator[Fault]:
    if size_bytes(entry) > MAX_REQUEST_BYTES:
        yield Fault("", f"must have at most {MAX_REQUEST_BYTES // 1024} KiB of JSON")
