"""Encodes a job's fields as the strings of a Redis hash, and decodes them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.domain.change import Change, ends_job
from chalicelib.domain.job import Checkpoint, Job, JobView, Remark, Usage
from chalicelib.domain.lifecycle import FENCED, INVISIBLE, TRANSITIONS, Action
from foundation.json_value import Json

_JSON_FIELDS = frozenset({"payload", "result", "warnings", "retryable", "webhook"})
_TEXT_FIELDS = frozenset(
    {"id", "type", "owner", "status", "message", "error", "error_code"}
    | {"retry_of", "root_id", "request_id", "submission_id", "lease_token", "model"}
)
#: The fields of a job's hash.
FIELDS = Job.__dataclass_fields__.keys() | Usage.__dataclass_fields__.keys()
#: Stands for the job's end in its event log. No job has so many revisions.
END_REVISION = 10**10
#: The prefix of a piece's key in the hash of stages. The piece's index follows.
_PIECE = "piece/"


def encode_value(field: str, value: Json) -> str:
    if field in _JSON_FIELDS:
        return _json(value)
    return str(value)


def decode_job(pairs: Sequence[str], observed_at: int) -> Job:
    """The job in a flat [field, value, ...] list. Ignores fields that another version has stored."""
    known = {field: _decode_value(field, value) for field, value in _in_pairs(pairs) if field in FIELDS}
    return Job.restore(known, observed_at)


def decode_view(job: Job, pairs: Sequence[str]) -> JobView:
    """The job with the stages of a flat [key, value, ...] list. Stages may lack their outputs."""
    checkpoints, pieces = [], {}
    for key, value in sorted(_in_pairs(pairs)):
        if key.startswith(_PIECE):
            pieces[int(key.removeprefix(_PIECE))] = json.loads(value)
        else:
            checkpoints.append(_checkpoint(key, value))
    return JobView(job, checkpoints, pieces)


def _checkpoint(key: str, value: str) -> Checkpoint:
    item, stage = key.split("/", 1)
    if not value:
        return Checkpoint(int(item), stage, {})
    stored = json.loads(value)
    usage, remarks = Usage(**stored["usage"]), tuple(Remark(*pair) for pair in stored.get("remarks", ()))
    return Checkpoint(int(item), stage, stored["output"], usage, remarks)


def encode_change(change: Change) -> str:
    """A change as the first argument of `apply.lua`."""
    sources, target = TRANSITIONS[change.action]
    if change.action in FENCED and not change.token:
        raise ValueError(f"{change.action} needs the lease holder's token")
    fields = {
        "from": dict.fromkeys(sources, True),
        "to": target,
        "token": change.token,
        "expect": _encoded(change.expect),
        "set": _encoded({field: value for field, value in change.set.items() if value is not None}),
        "unset": [field for field, value in change.set.items() if value is None],
        "at": change.at,
        "once_at": change.once_at,
        "add": change.add,
        "progress": change.progress,
        "passed": change.passed,
        "stages": [_encoded_stage(checkpoint) for checkpoint in change.checkpoints],
        "pieces": {f"{_PIECE}{item}": _json(piece) for item, piece in change.pieces.items()},
        "visible": change.action not in INVISIBLE,
        "end_revision": str(END_REVISION) if ends_job(change) else None,
        "discard": change.action is Action.DISCARD,
    }
    return _json({name: value for name, value in fields.items() if value is not None})


def _encoded(values: Mapping[str, Json]) -> dict[str, str]:
    return {field: encode_value(field, value) for field, value in values.items()}


def _encoded_stage(checkpoint: Checkpoint) -> tuple[str, str, dict[str, int]]:
    usage = {name: getattr(checkpoint.usage, name) for name in Usage.__dataclass_fields__}
    remarks = [[remark.code, remark.message] for remark in checkpoint.remarks]
    value = _json({"output": checkpoint.output, "usage": usage, "remarks": remarks})
    return f"{checkpoint.item}/{checkpoint.stage}", value, {name: count for name, count in usage.items() if count}


def _decode_value(field: str, value: str) -> Any:
    if field in _TEXT_FIELDS:
        return value
    return json.loads(value) if field in _JSON_FIELDS else int(value)


def _in_pairs(flat: Sequence[str]) -> Iterable[tuple[str, str]]:
    return zip(flat[::2], flat[1::2], strict=True)


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
