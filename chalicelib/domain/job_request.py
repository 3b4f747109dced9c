"""A caller's request for a job, validated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from chalicelib.domain.error import Fault, InvalidSubmission
from chalicelib.domain.job_type import JOB_TYPES, JobType
from foundation.json_value import Json


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A valid request for a job. Two requests with the same normalised content are equal."""

    owner: str
    #: A key of `JOB_TYPES`.
    type: str
    #: As JSON, with normalised text.
    payload: Mapping[str, Json]

    @classmethod
    def parse(cls, owner: str, type_name: object, payload: object) -> Self:
        """The request in a caller's JSON. Raises `InvalidSubmission` with every fault, and `Forbidden`."""
        job_type = _job_type(type_name, payload)
        valid = job_type.validate(payload, owner)
        return cls(owner, job_type.name, valid.model_dump(mode="json", exclude_none=True))


def _job_type(name: object, payload: object) -> JobType:
    """The type with this name. Without a type, the payload can only be checked for being a JSON object."""
    if isinstance(name, str) and name in JOB_TYPES:
        return JOB_TYPES[name]
    wanted = "is required and must be one of" if name is None else "must be one of"
    faults = [Fault("type", f"{wanted}: {', '.join(JOB_TYPES)}")]
    if not isinstance(payload, dict):
        faults.append(Fault("payload", "must be a JSON object"))
    raise InvalidSubmission(faults)
