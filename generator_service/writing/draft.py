"""The pieces of a job while they are written."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from foundation.json_value import Json
from generator_service.error import LoreError
from generator_service.kind import Output, Piece, Stage
from generator_service.writing.event import PieceFailure
from generator_service.writing.job import Job


class Draft:
    """One piece: the stages that are finished, and the ones that can be written next."""

    def __init__(self, job: Job, index: int) -> None:
        """`index` is 0-based. `ready` never returns stages that the job has already finished."""
        self.index = index
        self.outputs = dict(job.finished.get(index, {}))
        self.failure: PieceFailure | None = None
        self._job = job
        self._kind = kind = job.kind
        #: Stage → its fields as the LLM wrote them.
        self._written = {key: self._fields_of(kind.stage[key], output) for key, output in self.outputs.items()}
        #: Stage → its fields as they appear in the piece.
        self._details = {key: kind.stage[key].as_details(output) for key, output in self.outputs.items()}
        #: What `fields` returns for the draft alone.
        self._fields = self._merged(self._written)
        #: The stages that `ready` has returned.
        self._started: set[str] = set()

    @property
    def is_complete(self) -> bool:
        return len(self.outputs) == len(self._kind.stages)

    @property
    def piece(self) -> Piece:
        return self._job.piece(self._details)

    def fields(self, others: Mapping[str, Output] = MappingProxyType({})) -> Mapping[str, Json]:
        """The fields of the piece as the LLM wrote them. `others` are outputs that are not in the draft yet."""
        if not others:
            return self._fields
        return self._merged(
            self._written | {key: self._fields_of(self._kind.stage[key], output) for key, output in others.items()}
        )

    def _fields_of(self, stage: Stage, output: Output) -> Mapping[str, Json]:
        return self._job.kept(stage, stage.fields(output))

    def _merged(self, written: Mapping[str, Mapping[str, Json]]) -> dict[str, Json]:
        fields = self._job.rewriting.locked if self._job.rewriting else dict[str, Json]()
        for stage in self._kind.stages:
            fields |= written.get(stage.key, {})
        return fields

    def ready(self) -> list[list[Stage]]:
        """The stages that can be written now, by call. Each is returned once; a failed draft returns none."""
        if self.failure:
            return []
        waiting = ([stage for stage in call if stage.key not in self.outputs] for call in self._kind.calls)
        ready = [stages for stages in waiting if stages and self._can_start(stages)]
        self._started.update(stage.key for stages in ready for stage in stages)
        return ready

    def _can_start(self, stages: Sequence[Stage]) -> bool:
        keys = {stage.key for stage in stages}
        needed = {need for stage in stages for need in stage.after} - keys
        return not keys & self._started and needed <= self.outputs.keys()

    def has_needs_of(self, stage: Stage) -> bool:
        """Whether the stages that this one needs are finished."""
        return set(stage.after) <= self.outputs.keys()

    def keep(self, stage: Stage, output: Output) -> None:
        """Add the output of a stage that `ready` returned."""
        self.outputs[stage.key] = output
        self._written[stage.key] = self._fields_of(stage, output)
        self._details[stage.key] = stage.as_details(output)
        self._fields = self._merged(self._written)

    def fail(self, stages: Sequence[Stage], error: LoreError) -> None:
        """Record that the first of these stages that is missing cannot be written. Only the first failure counts."""
        missing = next(stage for stage in stages if stage.key not in self.outputs)
        self.failure = self.failure or PieceFailure(self.index, missing.key, error)

    def abandon(self, error: LoreError) -> None:
        """Give up on this piece. It fails at its first missing stage."""
        self.fail(self._kind.stages, error)


class Drafts:
    """All pieces of a job, in the order of their index."""

    def __init__(self, job: Job) -> None:
        self._drafts = [Draft(job, index) for index in range(job.params.count)]

    def __iter__(self) -> Iterator[Draft]:
        return iter(self._drafts)

    @property
    def pieces(self) -> list[Piece]:
        """The complete pieces."""
        return [draft.piece for draft in self._drafts if draft.is_complete]

    @property
    def failures(self) -> list[PieceFailure]:
        return [draft.failure for draft in self._drafts if draft.failure]

    @property
    def unsettled(self) -> list[Draft]:
        """The pieces that are neither complete nor failed."""
        return [draft for draft in self._drafts if not draft.is_complete and not draft.failure]

    def names(self, stage: Stage) -> list[str]:
        """The names that this stage has already written."""
        return [str(draft.outputs[stage.key].fields()["name"]) for draft in self._drafts if stage.key in draft.outputs]

    def abandon(self, error: LoreError) -> None:
        """Give up on every piece that is neither complete nor failed. It fails with this error."""
        for draft in self.unsettled:
            draft.abandon(error)
