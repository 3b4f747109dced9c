"""The log lines of all programs are JSON, name the job, and never contain a secret."""

import asyncio
import json
import logging
from typing import Any

import pytest

from foundation import log_context
from foundation.logs import JsonLines
from foundation.masking.mask import MASK, Mask

KEY = "sk-a-very-secret-key"


def line_of(message: str = "hello", *, secret: str = KEY, **extra: Any) -> dict[str, Any]:
    record = logging.makeLogRecord({"name": "n", "levelname": "INFO", "msg": message} | extra)
    line: dict[str, Any] = json.loads(JsonLines("loresmith-test", Mask([secret])).format(record))
    return line


def test_a_line_says_what_happened_when_and_where() -> None:
    line = line_of(address="127.0.0.1:1", count=3)
    assert (line["level"], line["message"], line["address"], line["count"]) == ("INFO", "hello", "127.0.0.1:1", 3)
    assert (line["service"], line["logger"]) == ("loresmith-test", "n")
    assert line["timestamp"].endswith("+00:00")


@pytest.mark.parametrize("message", ['{"level": "FORGED"}', "17", "null"])
def test_a_message_that_looks_like_json_stays_text(message: str) -> None:
    assert line_of(message)["message"] == message


async def test_the_context_is_in_the_lines_of_its_task_and_of_the_tasks_it_starts() -> None:
    async def child() -> dict[str, Any]:
        log_context.bind(stage="traits")
        return line_of()

    async def job(job_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        log_context.begin(job_id=job_id)
        return await asyncio.create_task(child()), line_of()

    (of_child, of_job), (_, of_other) = await asyncio.gather(job("a"), job("b"))
    assert (of_child["job_id"], of_child["stage"]) == ("a", "traits")
    assert (of_job["job_id"], of_other["job_id"]) == ("a", "b")
    assert "stage" not in of_job


async def test_a_new_context_replaces_the_last_one() -> None:
    """A Lambda function works on one message after another: a line must not name the last job."""
    log_context.begin(job_id="a", attempt=2)
    log_context.begin(request_id="r")
    assert not line_of().keys() & {"job_id", "attempt"}


async def test_a_field_of_one_line_overrides_the_context() -> None:
    """A retry is a request about the old job: the line that says "Job accepted" names the new one."""
    log_context.begin(job_id="old", owner="alice")
    line = line_of(job_id="new")
    assert (line["job_id"], line["owner"]) == ("new", "alice")


def test_a_secret_is_masked_in_every_field() -> None:
    error = ValueError(f"Incorrect API key provided: {KEY}")
    line = line_of(f"key {KEY}", provider={"key": KEY}, exc_info=(type(error), error, None))
    assert KEY not in json.dumps(line)
    assert line["message"] == f"key {MASK}"
    assert line["exception_name"] == "ValueError"
    assert line["exception"].endswith(MASK)


def test_a_secret_is_masked_in_a_header_that_a_library_quotes() -> None:
    """httpx and h11 quote a key that contains a line break."""
    key = "sk-first-half\nsecond-half"
    line = line_of("Illegal header value %r", secret=key, args=(f"Bearer {key}".encode(),))
    assert "half" not in json.dumps(line)


@pytest.mark.parametrize("before", [1985, 1995, 2000])
def test_a_secret_at_the_cut_of_a_long_text_is_masked_whole(before: int) -> None:
    message: str = line_of("x" * before + KEY + "x" * 5000)["message"]
    assert KEY[:4] not in message
    assert KEY[-4:] not in message


def test_a_long_text_keeps_its_start_and_its_end() -> None:
    """A traceback names the error on its last line."""
    content: str = line_of(content="start" + "x" * 100_000 + "end")["content"]
    assert len(content) < 5000
    assert content.startswith("start")
    assert content.endswith("end")


def test_a_short_placeholder_key_is_not_masked() -> None:
    assert line_of("text", secret="x")["message"] == "text"


@pytest.mark.parametrize("value", [object(), {1: b"bytes"}, ["a", None]])
def test_any_value_can_be_logged(value: object) -> None:
    assert line_of(odd=value)["odd"]
