"""What a submission may say about its job, besides the type and the payload."""

from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from chalicelib.domain.payload import whole_number


class JobOptions(BaseModel):
    """The options of a job. Requests are checked against `job_options`, which has the bounds of a deployment."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    deadline_s: int | None = None


@lru_cache(maxsize=8)
def job_options(deadline_bounds_s: tuple[int, int]) -> type[JobOptions]:
    """The options, with these bounds for a deadline (`Timing.deadline_bounds_s`)."""
    shortest, longest = deadline_bounds_s
    fields: dict[str, Any] = {
        "deadline_s": (
            Annotated[int, Field(ge=shortest, le=longest), BeforeValidator(whole_number)] | None,
            Field(
                default=None,
                description="The job must have ended this many seconds after it is accepted, however long it waits "
                "for a worker; if not, it fails with `timeout`. A retry of the job has as much time again.",
            ),
        )
    }
    return create_model("JobOptions", __base__=JobOptions, **fields)
