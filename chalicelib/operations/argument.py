"""The arguments of operations. A fault is a bug in the caller, because the command line checks its input first."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.domain.drain import LONGEST_S, USUAL_S

_Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Arguments(BaseModel):
    """No arguments."""

    model_config = ConfigDict(extra="forbid")


class OfJob(Arguments):
    job_id: _Id


class Inspected(OfJob):
    #: Whose history to look in, if the job has expired.
    owner: _Id | None = None


class OfLetter(Arguments):
    letter_id: _Id


class OfOwner(Arguments):
    owner: _Id


class OfLetters(Arguments):
    #: Ids of dead letters, and of jobs that their handler has ended.
    ids: list[_Id] = Field(min_length=1, max_length=300)


class Requeued(Arguments):
    #: Empty: all of them.
    ids: list[_Id] = Field(max_length=300)


class Drained(Arguments):
    lasts_s: int = Field(default=USUAL_S, ge=1, le=LONGEST_S)
    refuses: bool = False


class Read(BaseModel):
    """An event of `ops_read`."""

    model_config = ConfigDict(extra="forbid")

    operation: str
    arguments: dict[str, object] = Field(default_factory=dict)


class Write(Read):
    """An event of `ops_write`."""

    #: The caller's AWS identity (ARN), as the caller claims. CloudTrail has proof.
    by: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    #: Why, for the log.
    reason: Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
    #: False: only return what would happen.
    confirmed: bool = False
