"""One worker's attempt at a job."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chalicelib.domain.job import Checkpoint, Job, Usage


@dataclass(slots=True)
class Attempt:
    """A claimed job, and what the attempt costs."""

    #: As it was when the worker claimed it, and what has written its last stage.
    job: Job
    #: The lease holder's token. Every write of this attempt carries it.
    token: str
    #: The stages that earlier attempts have finished.
    finished: Sequence[Checkpoint] = ()
    #: The cost of calls that finished no stage. It is stored when the attempt ends.
    spent: Usage = field(default_factory=Usage)

    def note_writer(self, model: str | None, prompt_version: int | None) -> None:
        """Note what has written a stage. A delivery names it as the author; the store notes it with the stage."""
        self.job = replace(self.job, model=model or self.job.model, prompt_version=prompt_version)
