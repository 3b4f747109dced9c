"""The log lines of one job: from the files of a local stack, or from CloudWatch."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from loresmith.ops.error import OpsError
from loresmith.ops.target import LocalTarget, StageTarget, Target

_MOST_LINES = 500
_FUNCTIONS = ("api", "worker", "dead-letter", "recover", "ops-write")
#: Only a stage that sends webhooks has it.
_WEBHOOK = "webhook"
_PAUSE_S = 0.5
#: How long CloudWatch may search.
_SEARCH_S = 30


@dataclass(frozen=True)
class LogLine:
    #: Milliseconds since 1970 (UTC).
    at: int
    #: The program: "worker", "generator", ...
    program: str
    level: str
    message: str


def log_lines(
    target: Target, job_id: str, since_ms: int, *, sleep: Callable[[float], None] = time.sleep
) -> list[LogLine]:
    """The lines that name the job, oldest first. Raises `OpsError` if the logs cannot be read."""
    if isinstance(target, LocalTarget):
        found = _of_files(target, job_id)
    else:
        found = _of_cloudwatch(target, job_id, since_ms, sleep)
    return sorted(found, key=lambda line: line.at)[:_MOST_LINES]


def _of_files(target: LocalTarget, job_id: str) -> Iterator[LogLine]:
    for path in sorted(target.logs.glob("*.log")):
        with path.open(encoding="utf-8", errors="replace") as log:
            for text in log:
                if job_id in text and (line := _parsed(path, text)) is not None:
                    yield line


def _parsed(path: Path, text: str) -> LogLine | None:
    """None if the line is not one of this system's own, such as the access log of an emulator."""
    try:
        fields = json.loads(text)
        at = datetime.fromisoformat(str(fields["timestamp"]).replace("Z", "+00:00"))
    except (ValueError, KeyError, TypeError):
        return None
    return LogLine(round(at.timestamp() * 1000), path.stem, str(fields.get("level", "")), _message(fields))


def _message(fields: Mapping[str, Any]) -> str:
    error = fields.get("exception_name")
    return f"{fields.get('message', '')} ({error})" if error else str(fields.get("message", ""))


def _of_cloudwatch(
    target: StageTarget, job_id: str, since_ms: int, sleep: Callable[[float], None]
) -> Iterator[LogLine]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        for row in _rows(target, job_id, since_ms, sleep):
            found = {field["field"]: field.get("value", "") for field in row}
            at = datetime.fromisoformat(found["@timestamp"].replace(" ", "T") + "+00:00")
            program = found.get("@log", "").rpartition("/")[2].replace(f"{target.prefix}-", "")
            message = found.get("message", "")
            yield LogLine(round(at.timestamp() * 1000), program, found.get("level", ""), message)
    except (BotoCoreError, ClientError) as error:
        raise OpsError(f"The logs cannot be searched in CloudWatch: {error}") from None


def _rows(target: StageTarget, job_id: str, since_ms: int, sleep: Callable[[float], None]) -> list[Any]:
    from botocore.exceptions import ClientError

    logs = target.client("logs")
    try:
        return _search(logs, groups_of(target), job_id, since_ms, sleep)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return _search(logs, groups_of(target, has_webhooks=False), job_id, since_ms, sleep)


def groups_of(target: StageTarget, *, has_webhooks: bool = True) -> list[str]:
    """The log groups of the stage in which a job can leave a line."""
    functions = (*_FUNCTIONS, *([_WEBHOOK] if has_webhooks else []))
    names = [f"/aws/lambda/{target.prefix}-{name}" for name in functions]
    return [*names, f"/ecs/{target.prefix}-generator"]


def _search(logs: Any, groups: list[str], job_id: str, since_ms: int, sleep: Callable[[float], None]) -> list[Any]:
    query = logs.start_query(
        logGroupNames=groups,
        startTime=since_ms // 1000 - 60,
        endTime=int(time.time()) + 60,
        queryString=(
            "fields @timestamp, @log, level, message | filter @message like "
            f'"{job_id}" | sort @timestamp asc | limit {_MOST_LINES}'
        ),
    )["queryId"]
    give_up_at = time.monotonic() + _SEARCH_S
    while (answer := logs.get_query_results(queryId=query))["status"] in ("Scheduled", "Running"):
        if time.monotonic() > give_up_at:
            break
        sleep(_PAUSE_S)
    return list(answer["results"])
