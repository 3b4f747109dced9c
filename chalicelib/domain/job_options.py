"""What a submission may say about its job, besides the type and the payload."""

from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from chalicelib.domain.payload import whole_number
from chalicelib.domain.webhook import Webhook
from foundation.json_value import Json


class JobOptions(BaseModel):
    """The options of a job. Requests are checked against `job_options`, which has the bounds of a deployment."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    deadline_s: int | None = None
    webhook: Annotated[
        Webhook | None,
        Field(
            description="Where to send the job's events. Without it, they go to the caller's default (`PUT /webhook`). "
            "null: to nobody.",
            # A client that sends defaults would otherwise turn the caller's default off.
            json_schema_extra=lambda schema: schema.pop("default"),
        ),
    ] = None

    @property
    def stored_webhook(self) -> Json:
        """The value of `Job.webhook`."""
        if self.webhook is not None:
            return self.webhook.as_json()
        return False if "webhook" in self.model_fields_set else None

    @property
    def content(self) -> dict[str, Json]:
        """What the caller asks for, as JSON: equal for equal requests."""
        named: dict[str, Json] = {"deadline_s": self.deadline_s, "webhook": self.stored_webhook}
        return {name: value for name, value in named.items() if value is not None}


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
