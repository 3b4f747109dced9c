"""Records of jobs for the tests of the figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.eval.job_record import Cost, JobRecord, StageRecord


def record(key: str, *pieces: Mapping[str, Mapping[str, Any]], kind: str = "relic", **fields: Any) -> JobRecord:
    """A job that has written these pieces (stage → output), and is complete unless `fields` say otherwise."""
    stages = [
        StageRecord(piece_index=index, stage=stage, output=dict(output), duration_ms=1)
        for index, piece in enumerate(pieces)
        for stage, output in piece.items()
    ]
    params: dict[str, Any] = {"theme": "fantasy", "count": len(pieces)}
    given: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "params": params | fields.pop("params", {}),
        "model": "model",
        "prompt_version": 4,
        "ended_at": "2026-11-29T12:00:00+00:00",
        "duration_s": 1.0,
        "result": [{"name": "", "description": "", "type": kind, "details": {}} for _ in pieces],
        "error": None,
        "stages": stages,
        "cost": Cost(llm_calls=3 * len(pieces)),
    }
    return JobRecord(**given | fields)


def relic(name: str, description: str = "", history: str = "") -> dict[str, dict[str, Any]]:
    """The outputs of a relic. Without a text, the stage is not written."""
    outputs = {"name": {"name": name, "concept": "a thing"}}
    texts: Sequence[tuple[str, str]] = (("description", description), ("history", history))
    return outputs | {stage: {stage: text} for stage, text in texts if text}
