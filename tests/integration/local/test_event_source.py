"""The local event source treats messages as Lambda does: a real queue over HTTP, functions in processes of their own.

Source of the rules: AWS Lambda developer guide, "Using Lambda with Amazon SQS".
"""

import logging
import os
import signal
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest

from infra.local.aws_resource import Queues
from infra.local.error import MappingRefused
from infra.local.event_source.mapping import EventSourceMapping, MappingConfig
from infra.local.event_source.queue import SqsQueue
from infra.local.runtime.outcome import Returned
from tests.integration.local.bench import MAX_RECEIVE_COUNT, Bench, make_bench, sqs, until

#: A record as Lambda gives it to a function (developer guide, "Example standard queue message event").
RECORDED: dict[str, Any] = {
    "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
    "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
    "body": "Test message.",
    "attributes": {
        "ApproximateReceiveCount": "1",
        "SentTimestamp": "1545082649183",
        "SenderId": "AIDAIENQZJOLO23YVJ4VO",
        "ApproximateFirstReceiveTimestamp": "1545082649185",
    },
    "messageAttributes": {
        "myAttribute": {
            "stringValue": "myValue",
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": "String",
        }
    },
    "md5OfMessageAttributes": "f1be3cca2fb5c6b2b2b6e3fd4a4b8d4a",
    "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
    "eventSource": "aws:sqs",
    "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:my-queue",
    "awsRegion": "us-east-2",
}


async def test_messages_are_handled_once_in_batches_of_at_most_the_batch_size(any_bench: Bench) -> None:
    sent = [f"ok:{n}" for n in range(12)]
    any_bench.send(*sent)
    async with any_bench.mapped(replace(any_bench.config, batch_size=5)):
        await until(lambda: any_bench.left() == 0)
    assert sorted(any_bench.bodies()) == sorted(sent)
    assert max(line["batch"] for line in any_bench.seen()) == 5


async def test_a_window_gathers_messages_that_come_one_by_one(bench: Bench) -> None:
    """And a batch that is full does not wait for the window's end."""
    bench.send("ok:1")
    async with bench.mapped(replace(bench.config, batch_size=12, window_s=300)):
        await until(lambda: bench.hidden() == 1)
        bench.send(*[f"ok:{n}" for n in range(2, 13)])
        await until(lambda: bench.left() == 0)
    assert [line["batch"] for line in bench.seen()] == [12] * 12


async def test_a_window_that_ends_delivers_what_there_is(bench: Bench) -> None:
    bench.send("ok:1", "ok:2")
    async with bench.mapped(replace(bench.config, window_s=0.3)):
        await until(lambda: bench.left() == 0)
    assert [line["batch"] for line in bench.seen()] == [2, 2]


async def test_nothing_is_received_before_it_can_be_handled(bench: Bench) -> None:
    """A message that waits in a poller's hands loses its visibility time."""
    bench.send(*[f"hold:{n}" for n in range(4)])
    async with bench.mapped(replace(bench.config, batch_size=1, maximum_concurrency=2)):
        await until(lambda: len(bench.seen()) == 2)
        assert (bench.hidden(), bench.visible()) == (2, 2)
        bench.go()
        await until(lambda: bench.left() == 0)
    received = sorted(_received_at(line) for line in bench.seen())
    ended = sorted(line["at"] for line in bench.noted() if "ended" in line)
    assert received[2] >= ended[0] - 0.001  # SQS cuts its times off to milliseconds


def _received_at(line: dict[str, Any]) -> float:
    return int(line["record"]["attributes"]["ApproximateFirstReceiveTimestamp"]) / 1000


@pytest.mark.parametrize("trouble", ["raise", "exit", "hang"])
async def test_a_function_that_fails_handles_nothing(aws: Queues, tmp_path: Path, trouble: str) -> None:
    """An error, a crash or a time-out: nothing is deleted, and nothing is made visible before its time."""
    bench = make_bench(tmp_path, timeout_s=1)
    bench.send("ok:mate", trouble)
    async with bench.mapped():
        await until(lambda: trouble in bench.bodies())
    assert (bench.hidden(), bench.visible(), bench.dead()) == (2, 0, 0)


async def test_only_reported_failures_come_again_and_end_in_the_dead_letter_queue(aws: Queues, tmp_path: Path) -> None:
    """Exactly maxReceiveCount deliveries, a visibility timeout apart; the others of the batch once."""
    visibility_s = 2
    bench = make_bench(tmp_path, visibility_s=visibility_s)
    bench.send("ok:1", "fail:1", "ok:2")
    async with bench.mapped():
        await until(lambda: bench.dead() == 1)
    assert bench.left() == 0
    assert sorted(bench.bodies()) == sorted(["ok:1", "ok:2", *["fail:1"] * MAX_RECEIVE_COUNT])
    deliveries = [line for line in bench.seen() if line["body"] == "fail:1"]
    assert [line["receives"] for line in deliveries] == [*range(1, MAX_RECEIVE_COUNT + 1)]
    received = _received_at(deliveries[0])
    assert all(later["at"] >= received + n * visibility_s - 0.001 for n, later in enumerate(deliveries))


@pytest.mark.parametrize(
    ("answers", "deleted"),
    [
        (("null", "{}", '""', '{"batchItemFailures": []}', '{"batchItemFailures": null}'), True),
        (
            (
                "7",
                '{"batchItemFailures": 7}',
                '{"batchItemFailures": [{}]}',
                '{"batchItemFailures": [{"itemIdentifier": ""}]}',
                '{"batchItemFailures": [{"itemIdentifier": null}]}',
                '{"batchItemFailures": [{"itemIdentifier": "unknown"}]}',
            ),
            False,
        ),
    ],
    ids=["nothing is reported", "makes no sense"],
)
async def test_an_answer_that_reports_no_message_of_the_batch(
    bench: Bench, answers: tuple[str, ...], deleted: bool
) -> None:
    """Nothing reported is a success; what makes no sense fails the whole batch."""
    bench.send(*[f"answer:{answer}" for answer in answers])
    async with bench.mapped(replace(bench.config, batch_size=1)):
        await until(lambda: len(bench.seen()) == len(answers))
    assert bench.hidden() == (0 if deleted else len(answers))
    assert bench.visible() == 0


async def test_without_the_response_type_the_answer_is_ignored(bench: Bench) -> None:
    bench.send("fail:1", "answer:7")
    async with bench.mapped(replace(bench.config, reports_item_failures=False)):
        await until(lambda: bench.left() == 0)
    assert bench.bodies() == ["fail:1", "answer:7"]


async def test_no_more_batches_run_than_the_maximum(bench: Bench) -> None:
    bench.send(*["pause:0.1"] * 6)
    async with bench.mapped(replace(bench.config, batch_size=1, maximum_concurrency=2)):
        await until(lambda: bench.left() == 0)
    changes = sorted((line["at"], -1 if "ended" in line else 1) for line in bench.noted())
    assert max(accumulate(change for _, change in changes)) <= 2
    assert len({line["pid"] for line in bench.seen()}) == 2


async def test_failures_slow_the_mapping_down_and_successes_speed_it_up(bench: Bench) -> None:
    allowed = [4]
    async with bench.mapped(replace(bench.config, batch_size=1, maximum_concurrency=4)) as mapped:
        for body, expected in [("raise", 2), ("raise", 1), ("raise", 1), ("ok", 2), ("ok", 3), ("ok", 4), ("ok", 4)]:
            handled = len(bench.seen()) + 1
            bench.send(body)
            await until(lambda handled=handled: len(bench.seen()) == handled)  # type: ignore[misc]
            await until(lambda expected=expected: mapped.mapping.pace.allowed == expected)  # type: ignore[misc]
            allowed.append(mapped.mapping.pace.allowed)
    assert allowed == [4, 2, 1, 1, 2, 3, 4, 4]


async def test_a_queue_that_hides_messages_too_shortly_is_refused(aws: Queues, tmp_path: Path) -> None:
    """Messages would be delivered a second time while they are being handled."""
    bench = make_bench(tmp_path, visibility_s=5)
    mapping = EventSourceMapping(SqsQueue(bench.url), _never, MappingConfig(function_timeout_s=6))
    with pytest.raises(MappingRefused, match="visibility timeout"):
        await mapping.run()


async def test_less_than_six_times_the_function_timeout_is_warned_of(
    aws: Queues, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "infra.local"):
        async with make_bench(tmp_path, timeout_s=10, visibility_s=59).mapped():
            await until(lambda: "AWS recommends 60 s" in caplog.text)


async def test_a_fifo_queue_is_refused(aws: Queues) -> None:
    """Its groups would have to be kept in order; the stack has none."""
    with sqs() as client:
        url = client.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    with pytest.raises(MappingRefused, match="standard queues only"):
        await EventSourceMapping(SqsQueue(url), _never, MappingConfig(function_timeout_s=1)).run()


async def _never(_event: Any) -> Returned:
    raise AssertionError("nothing is to be invoked")


async def test_duplicates_can_be_asked_for(bench: Bench) -> None:
    bench.send("ok:1")
    async with bench.mapped(replace(bench.config, duplicate_rate=1)):
        await until(lambda: bench.left() == 0)
    assert bench.bodies() == ["ok:1", "ok:1"]


async def test_an_environment_that_is_killed_is_replaced_and_its_messages_come_again(
    aws: Queues, tmp_path: Path
) -> None:
    bench = make_bench(tmp_path, visibility_s=2)
    bench.send("hold")
    async with bench.mapped() as mapped:
        await until(lambda: len(bench.seen()) == 1)
        os.kill(mapped.pool.pids["bench"], signal.SIGKILL)
        bench.go()
        await until(lambda: len(bench.seen()) == 2)
        await until(lambda: bench.left() == 0)
    assert [line["receives"] for line in bench.seen()] == [1, 2]
    assert all(sooner["pid"] != later["pid"] for sooner, later in pairwise(bench.seen()))


async def test_draining_finishes_what_is_under_way_and_takes_nothing_more(any_bench: Bench) -> None:
    any_bench.send("hold")
    async with any_bench.mapped() as mapped:
        await until(lambda: len(any_bench.seen()) == 1)
        any_bench.send("ok:later")
        await mapped.mapping.drain()
        any_bench.go()
    assert any_bench.bodies() == ["hold"]
    assert (any_bench.hidden(), any_bench.visible()) == (0, 1)


async def test_the_event_has_the_shape_that_was_recorded_on_lambda(any_bench: Bench) -> None:
    any_bench.send("ok", MessageAttributes={"myAttribute": {"DataType": "String", "StringValue": "myValue"}})
    async with any_bench.mapped():
        await until(lambda: any_bench.left() == 0)
    (seen,) = any_bench.seen()
    record = seen["record"]
    assert {name: type(value) for name, value in record.items()} == {
        name: type(value) for name, value in RECORDED.items()
    }
    assert record["messageAttributes"] == RECORDED["messageAttributes"]
    assert record["attributes"].keys() >= RECORDED["attributes"].keys()
    assert all(isinstance(value, str) for value in record["attributes"].values())
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"].split(":")[:4] == ["arn", "aws", "sqs", record["awsRegion"]]
    assert 0 < seen["remaining_ms"] <= any_bench.function.timeout_s * 1000


async def test_a_trace_header_reaches_the_function(bench: Bench) -> None:
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    bench.send("ok", MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": header}})
    async with bench.mapped():
        await until(lambda: bench.left() == 0)
    assert bench.seen()[0]["record"]["attributes"]["AWSTraceHeader"] == header
