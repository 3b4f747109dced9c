"""Log lines are JSON, say which job they are about, and never show a secret."""

import asyncio
import json
import logging
from typing import Any

import pytest

from generator_service import logs
from generator_service.logs import JsonLines

pytestmark = pytest.mark.virtual_time

KEY = "sk-a-very-secret-key"


def line_of(message: str = "hello", **extra: Any) -> dict[str, Any]:
    record = logging.makeLogRecord({"name": "n", "levelname": "INFO", "msg": message} | extra)
    line: dict[str, Any] = json.loads(JsonLines([KEY]).format(record))
    return line


def test_a_line_has_its_message_time_and_level() -> None:
    line = line_of(address="127.0.0.1:1", count=3)
    assert (line["level"], line["message"], line["address"], line["count"]) == ("INFO", "hello", "127.0.0.1:1", 3)
    assert line["time"].endswith("+00:00")


async def test_bound_fields_are_in_the_lines_of_the_task_and_its_children_only() -> None:
    async def child() -> dict[str, Any]:
        logs.bind(stage="traits")
        return line_of()

    async def job(job_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        logs.bind(job_id=job_id)
        return await asyncio.create_task(child()), line_of()

    (of_child, of_job), (_, of_other) = await asyncio.gather(job("a"), job("b"))
    assert (of_child["job_id"], of_child["stage"]) == ("a", "traits")
    assert (of_job["job_id"], of_other["job_id"]) == ("a", "b")
    assert "stage" not in of_job


async def test_bound_fields_win_over_the_extra_fields_of_a_line() -> None:
    logs.bind(request_id="ours")
    assert line_of(request_id="the provider's")["request_id"] == "ours"


def test_a_secret_is_masked_anywhere_in_a_line() -> None:
    error = ValueError(f"Incorrect API key provided: {KEY}")
    line = line_of(f"key {KEY}", provider={"key": KEY}, exc_info=(type(error), error, None))
    assert KEY not in json.dumps(line)
    assert "ValueError" in line["error"]


def test_a_secret_is_masked_in_a_header_that_a_library_quotes() -> None:
    """httpx and h11 quote a key that contains a line break."""
    key = "sk-first-half\nsecond-half"
    record = logging.makeLogRecord({"msg": "Illegal header value %r", "args": (f"Bearer {key}".encode(),)})
    line = JsonLines([key]).format(record)
    assert "half" not in line


@pytest.mark.parametrize("before", [3985, 3995, 4000])
def test_a_secret_where_a_long_text_is_cut_is_masked_completely(before: int) -> None:
    assert KEY[:4] not in line_of("x" * before + KEY)["message"]


def test_a_placeholder_key_does_not_garble_the_lines() -> None:
    record = logging.makeLogRecord({"msg": "text"})
    assert json.loads(JsonLines(["x"]).format(record))["message"] == "text"


def test_a_very_long_text_is_cut() -> None:
    assert len(line_of(content="x" * 100_000)["content"]) < 5000


@pytest.mark.parametrize("value", [object(), {1: b"bytes"}, ["a", None]])
def test_anything_can_be_logged(value: object) -> None:
    assert line_of(odd=value)["odd"]
