"""A caller's request for a job, validated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import ValidationError

from chalicelib.domain.error import Fault, InvalidSubmission, together
from chalicelib.domain.job_options import JobOptions, job_options
from chalicelib.domain.job_type import JOB_TYPES, JobType
from chalicelib.domain.payload import Payload
from chalicelib.domain.timing import Timing
from chalicelib.domain.webhook import ALLOW_LOCAL
from foundation.json_value import Json
from foundation.validation import path_of, sentence_of

#: The fields of a submission that are not options.
_WHAT = frozenset({"type", "payload"})


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A valid request for a job. Two requests with the same normalised content are equal."""

    owner: str
    #: A key of `JOB_TYPES`.
    type: str
    #: As JSON, with normalised text.
    payload: Mapping[str, Json]
    options: JobOptions = field(default_factory=JobOptions)

    @classmethod
    def parse(
        cls, owner: str, submission: Mapping[str, Any], timing: Timing, *, allow_local_webhooks: bool = False
    ) -> Self:
        """The request in a caller's JSON object. Raises `InvalidSubmission` with every fault, and `Forbidden`."""
        given = {name: value for name, value in submission.items() if name not in _WHAT}
        (job_type, payload), options = together(
            lambda: _what(owner, submission.get("type"), submission.get("payload", {})),
            lambda: _options(given, timing, allow_local_webhooks),
        )
        return cls(owner, job_type.name, payload.model_dump(mode="json", exclude_none=True), options)

    @property
    def content(self) -> dict[str, Json]:
        """Everything that the caller asks for, as JSON: equal for equal requests."""
        return {"type": self.type, "payload": self.payload, **self.options.content}


def _what(owner: str, type_name: object, payload: object) -> tuple[JobType, Payload]:
    job_type = _job_type(type_name, payload)
    return job_type, job_type.validate(payload, owner)


def _job_type(name: object, payload: object) -> JobType:
    """The type with this name. Without a type, the payload can only be checked for being a JSON object."""
    if isinstance(name, str) and name in JOB_TYPES:
        return JOB_TYPES[name]
    wanted = "is required and must be one of" if name is None else "must be one of"
    faults = [Fault("type", f"{wanted}: {', '.join(JOB_TYPES)}")]
    if not isinstance(payload, dict):
        faults.append(Fault("payload", "must be a JSON object"))
    raise InvalidSubmission(faults)


def _options(given: Mapping[str, Any], timing: Timing, allow_local_webhooks: bool) -> JobOptions:
    context = {ALLOW_LOCAL: allow_local_webhooks}
    try:
        return job_options(timing.deadline_bounds_s).model_validate(given, context=context)
    except ValidationError as error:
        raise InvalidSubmission(list(_faults(error))) from None


def _faults(error: ValidationError) -> Iterable[Fault]:
    for problem in error.errors(include_url=False, include_input=False):
        yield Fault(path_of(problem["loc"]), sentence_of(problem, "a submission"))
