"""The log lines of one job, from files and from CloudWatch."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from loresmith.ops.error import OpsError
from loresmith.ops.log_lines import LogLine, log_lines
from loresmith.ops.target import LocalTarget, StageTarget


def line(second: int, message: str, **fields: str) -> str:
    stamp = f"2026-11-30T22:00:{second:02}.250+00:00"
    return json.dumps({"timestamp": stamp, "level": "INFO", "message": message, **fields}) + "\n"


def test_the_lines_of_all_programs_are_in_order_of_time(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "worker.log").write_text(line(2, "Attempt started", job_id="j1") + line(1, "Other", job_id="j2"))
    (logs / "api.log").write_text("plain text about j1\n" + line(1, "Job accepted", job_id="j1"))
    failed = line(3, "It failed", job_id="j1", exception_name="ValueError")
    (logs / "generator.log").write_text(failed)
    found = log_lines(LocalTarget(tmp_path), "j1", 0)
    assert [(each.program, each.message) for each in found] == [
        ("api", "Job accepted"),
        ("worker", "Attempt started"),
        ("generator", "It failed (ValueError)"),
    ]
    assert found[0].at == 1_796_076_001_250


class Logs:
    """CloudWatch Logs, which needs a moment to search."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}
        self.states = iter(["Scheduled", "Running", "Complete"])

    def start_query(self, **asked: Any) -> dict[str, str]:
        self.asked = asked
        return {"queryId": "q"}

    def get_query_results(self, queryId: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        row = {
            "@timestamp": "2026-11-30 22:00:01.250",
            "@log": "123456789012:/aws/lambda/loresmith-prod-worker",
            "level": "INFO",
            "message": "Attempt started",
        }
        return {
            "status": next(self.states),
            "results": [[{"field": name, "value": text} for name, text in row.items()]],
        }


@dataclass(frozen=True)
class Stage(StageTarget):
    """A stage with these logs."""

    logs: Logs = field(default_factory=Logs)

    def client(self, service: str) -> Any:
        assert service == "logs"
        return self.logs


def test_cloudwatch_is_asked_for_the_functions_and_the_generator_since_the_job_began() -> None:
    stage, pauses = Stage("prod"), list[float]()
    found = log_lines(stage, "j1", 1_796_076_000_000, sleep=pauses.append)
    assert len(pauses) == 2
    assert found == [LogLine(1_796_076_001_250, "worker", "INFO", "Attempt started")]
    asked = stage.logs.asked
    assert "/aws/lambda/loresmith-prod-worker" in asked["logGroupNames"]
    assert "/aws/lambda/loresmith-prod-webhook" in asked["logGroupNames"]
    assert "/ecs/loresmith-prod-generator" in asked["logGroupNames"]
    assert asked["startTime"] == 1_796_076_000 - 60
    assert 'like "j1"' in asked["queryString"]


class LogsWithoutWebhooks(Logs):
    def start_query(self, **asked: Any) -> dict[str, str]:
        if any(name.endswith("-webhook") for name in asked["logGroupNames"]):
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no group"}}, "StartQuery")
        return super().start_query(**asked)


def test_a_stage_without_webhooks_is_searched_without_their_log() -> None:
    stage = Stage("prod", LogsWithoutWebhooks())
    assert log_lines(stage, "j1", 1_796_076_000_000, sleep=lambda _: None)[0].program == "worker"


class ForbiddenLogs(Logs):
    def start_query(self, **asked: Any) -> dict[str, str]:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not you"}}, "StartQuery")


def test_without_the_right_to_search_the_reason_is_shown() -> None:
    with pytest.raises(OpsError, match="not you"):
        log_lines(Stage("prod", ForbiddenLogs()), "j1", 0)
