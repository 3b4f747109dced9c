"""One piece while it is written."""

from collections.abc import Mapping
from graphlib import TopologicalSorter

from generator_service.error import LoreError
from generator_service.event import ItemFailure
from generator_service.kind import Kind, Output, Piece, Stage


class Draft:
    """What is finished of a piece, and what can be written next."""

    def __init__(self, kind: Kind, item: int, finished: Mapping[str, Output]) -> None:
        """`item` is the piece's 0-based index; what is `finished` is never handed out again."""
        self.item = item
        self.outputs = dict(finished)
        self.failure: ItemFailure | None = None
        self._kind = kind
        self._order = TopologicalSorter(kind.graph)
        self._order.prepare()

    @property
    def is_whole(self) -> bool:
        return len(self.outputs) == len(self._kind.stages)

    @property
    def piece(self) -> Piece:
        return self._kind.piece(self.outputs)

    def ready(self) -> list[Stage]:
        """The stages that can be written now. Each is handed out once; a failed draft hands out none."""
        stages: list[Stage] = []
        while self.failure is None and (keys := self._order.get_ready()):
            for key in keys:
                if key in self.outputs:
                    self._order.done(key)
                else:
                    stages.append(self._kind.stage[key])
        return stages

    def keep(self, stage: Stage, output: Output) -> None:
        """A stage that was handed out is written."""
        self.outputs[stage.key] = output
        self._order.done(stage.key)

    def fail(self, stage: Stage, error: LoreError) -> None:
        """A stage that was handed out cannot be written. The first failure counts."""
        self.failure = self.failure or ItemFailure(self.item, stage.key, error)

    def abandon(self, error: LoreError) -> None:
        """Nothing more of this piece will be written."""
        missing = next(stage for stage in self._kind.stages if stage.key not in self.outputs)
        self.fail(missing, error)
