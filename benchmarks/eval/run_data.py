"""The jobs of a run, their texts and the rules that the texts break, read once for all figures."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.eval.job_record import JobRecord
from benchmarks.eval.violations import Judged, judged_stages
from benchmarks.eval.written import WrittenPiece, written_pieces
from generator_service.registry import load_kinds


@dataclass(frozen=True, slots=True)
class RunData:
    """Each mapping is by the job's key, in the order of the keys."""

    records: Mapping[str, JobRecord]
    #: The pieces that were written, complete or not.
    pieces: Mapping[str, Sequence[WrittenPiece]]
    #: What the rules say of each stage.
    judged: Mapping[str, Sequence[Judged]]

    @classmethod
    def of(cls, records: Iterable[JobRecord]) -> "RunData":
        kinds = load_kinds()
        by_key = {record.key: record for record in sorted(records, key=lambda record: record.key)}
        pieces = {key: written_pieces(record, kinds[record.kind]) for key, record in by_key.items()}
        return cls(by_key, pieces, {key: judged_stages(record, pieces[key]) for key, record in by_key.items()})

    @property
    def kinds(self) -> list[str]:
        """In the order in which they are declared."""
        present = {record.kind for record in self.records.values()}
        return [kind for kind in load_kinds() if kind in present]

    def of_kind(self, kind: str) -> "RunData":
        return self.only([key for key, record in self.records.items() if record.kind == kind])

    def only(self, keys: Collection[str]) -> "RunData":
        """Without the other jobs."""
        return RunData(
            {key: record for key, record in self.records.items() if key in keys},
            {key: pieces for key, pieces in self.pieces.items() if key in keys},
            {key: judged for key, judged in self.judged.items() if key in keys},
        )
