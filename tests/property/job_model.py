"""The oracle of the job state machine: what the store must hold, derived from the transition table only."""

from dataclasses import dataclass, field, replace

from chalicelib.domain.change import Change
from chalicelib.domain.job import Checkpoint, Job, JobView, Usage
from chalicelib.domain.lifecycle import FENCED, INVISIBLE, TRANSITIONS, Action


@dataclass
class JobModel:
    """What the store must hold for one job."""

    job: Job
    stages: dict[tuple[int, str], Checkpoint] = field(default_factory=dict)
    paid: Usage = field(default_factory=Usage)

    def permits(self, wanted: Change) -> bool:
        sources, _ = TRANSITIONS[wanted.action]
        return (
            self.job.status in sources
            and (wanted.action not in FENCED or wanted.token == self.job.lease_token)
            and all(getattr(self.job, name) == value for name, value in wanted.expect.items())
        )

    def accept(self, wanted: Change, after: Job) -> None:
        """Check the job that the store returned for a permitted change, and expect it from now on."""
        _, target = TRANSITIONS[wanted.action]
        assert after.status is (target or self.job.status)
        assert after.revision == self.job.revision + (wanted.action not in INVISIBLE)
        assert after.progress == max(self.job.progress, wanted.progress or 0)
        removed = [name for name, value in wanted.set.items() if value is None]
        assert [name for name in removed if getattr(after, name) is not None] == []
        first = {name: value for name in wanted.once_at if (value := getattr(self.job, name)) is not None}
        assert {name: getattr(after, name) for name in first} == first
        if wanted.action is Action.CLAIM:
            assert after.lease_token == wanted.set["lease_token"]
        self.job = after

    def finish_stage(self, stage: Checkpoint) -> None:
        """A stage that is reported twice is paid once."""
        if self.stages.get((stage.item, stage.stage)) != stage:
            self.stages[stage.item, stage.stage] = stage
            self.paid += stage.usage

    def check(self, view: JobView) -> None:
        assert replace(view.job, observed_at=self.job.observed_at) == self.job
        assert view.job.usage == self.paid
        if self.job.deadline_s is not None:
            assert view.job.deadline_at == view.job.created_at + self.job.deadline_s * 1000
        assert {(c.item, c.stage): c for c in view.checkpoints} == self.stages
