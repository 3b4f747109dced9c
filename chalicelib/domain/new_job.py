"""A job before it is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.job import Checkpoint
from foundation.json_value import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """What the caller and the submission decide about a job. `Job` documents the fields they share."""

    id: str
    type: str
    owner: str
    payload: Mapping[str, Json]
    max_attempts: int
    root_id: str
    retry_of: str | None = None
    request_id: str | None = None
    submission_id: str | None = None
    token_budget: int | None = None
    deadline_s: int | None = None
    webhook: Json = None
    #: What wrote the stages of the job that this one retries.
    model: str | None = None
    prompt_version: int | None = None
    #: The finished stages and pieces of the job that this one retries.
    checkpoints: Sequence[Checkpoint] = ()
    pieces: Mapping[int, Mapping[str, Json]] = field(default_factory=dict)
