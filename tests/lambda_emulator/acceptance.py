"""Tests for the rules of an SQS event source for Lambda. The local stack's and an emulator's own both run them.

To run them, inherit the two classes and define the fixture `make_bench`. Source of the rules: AWS Lambda developer
guide, "Using Lambda with Amazon SQS".
"""

from dataclasses import replace
from itertools import accumulate
from typing import Any

import pytest

from local.lambda_emulator.error import MappingRefused
from tests.lambda_emulator.bench import LONG_S, MAX_RECEIVE_COUNT, Bench, MakeBench, deliver_again, until

#: A record as Lambda passes it to a function (developer guide, "Example standard queue message event").
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
#: Fields that only a message with attributes has.
_OF_ATTRIBUTES = {"md5OfMessageAttributes"}


class _List:
    @pytest.fixture
    def bench(self, make_bench: MakeBench) -> Bench:
        """A bench in which no message is delivered again while the test runs."""
        return make_bench()


class QueueList(_List):
    """Rules that depend on the queue: receives, visibility, redrive, attributes."""

    async def test_messages_are_handled_once_in_batches_of_at_most_the_batch_size(self, bench: Bench) -> None:
        sent = [f"ok:{n}" for n in range(12)]
        bench.send(*sent)
        async with bench.mapped(replace(bench.config, batch_size=5)):
            await until(lambda: bench.queues.left() == 0)
        assert sorted(bench.bodies()) == sorted(sent)
        assert max(line["batch"] for line in bench.seen()) == 5

    async def test_nothing_is_received_before_it_can_be_handled(self, bench: Bench) -> None:
        """A received message that waits uses up its visibility timeout."""
        bench.send(*[f"hold:{n}" for n in range(4)])
        async with bench.mapped(replace(bench.config, batch_size=1, maximum_concurrency=2)):
            await until(lambda: len(bench.seen()) == 2)
            assert (bench.queues.hidden(), bench.queues.visible()) == (2, 2)
            bench.go()
            await until(lambda: bench.queues.left() == 0)
        received = sorted(_received_at(line) for line in bench.seen())
        ended = sorted(line["at"] for line in bench.noted() if "ended" in line)
        assert received[2] >= ended[0] - 0.001  # SQS truncates its times to milliseconds

    @pytest.mark.parametrize("trouble", ["raise", "exit", "hang"])
    async def test_a_failed_invocation_handles_no_message(self, make_bench: MakeBench, trouble: str) -> None:
        """After an error, a crash or a timeout, no message of the batch is deleted or becomes visible early."""
        bench = make_bench(timeout_s=3)
        bench.send("ok:mate", trouble)
        async with bench.mapped():
            await until(lambda: trouble in bench.bodies())
            await _settled(bench)
            assert (bench.queues.hidden(), bench.queues.visible(), bench.queues.dead()) == (3, 0, 0)
            bench.go()

    @pytest.mark.needs("sqs.dead_letters")
    async def test_a_message_that_always_fails_goes_to_the_dead_letter_queue(self, make_bench: MakeBench) -> None:
        """After exactly maxReceiveCount deliveries, for every kind of failure."""
        troubles = ["raise", "exit", "hang"]
        bench = make_bench(timeout_s=3)
        bench.send(*troubles)
        async with bench.mapped(replace(bench.config, batch_size=1, maximum_concurrency=3)):
            for count in range(1, MAX_RECEIVE_COUNT + 1):
                await until(lambda count=count: len(_delivered(bench, count)) == len(troubles))  # type: ignore[misc]
                deliver_again(bench, *_delivered(bench, count))
            await until(lambda: bench.queues.dead() == len(troubles))
        assert bench.queues.left() == 0
        assert sorted((line["body"], line["receives"]) for line in bench.seen()) == sorted(
            (trouble, n) for trouble in troubles for n in range(1, MAX_RECEIVE_COUNT + 1)
        )

    @pytest.mark.needs("sqs.dead_letters")
    async def test_only_reported_failures_are_delivered_again_and_go_to_the_dead_letter_queue(
        self, make_bench: MakeBench
    ) -> None:
        """They get maxReceiveCount deliveries, a visibility timeout apart. The other messages get one."""
        visibility_s = 2
        bench = make_bench(visibility_s=visibility_s)
        bench.send("ok:1", "fail:1", "ok:2")
        async with bench.mapped():
            await until(lambda: bench.queues.dead() == 1)
        assert bench.queues.left() == 0
        assert sorted(bench.bodies()) == sorted(["ok:1", "ok:2", *["fail:1"] * MAX_RECEIVE_COUNT])
        deliveries = [line for line in bench.seen() if line["body"] == "fail:1"]
        assert [line["receives"] for line in deliveries] == [*range(1, MAX_RECEIVE_COUNT + 1)]
        received = _received_at(deliveries[0])
        assert all(later["at"] >= received + n * visibility_s - 0.001 for n, later in enumerate(deliveries))

    async def test_the_event_has_the_shape_that_was_recorded_on_lambda(self, bench: Bench) -> None:
        seen = await _the_only_one(bench)
        record = seen["record"]
        assert {name: type(value) for name, value in record.items()} == {
            name: type(value) for name, value in RECORDED.items() if name not in _OF_ATTRIBUTES
        }
        assert record["messageAttributes"] == {}
        assert record["attributes"].keys() >= RECORDED["attributes"].keys()
        assert all(isinstance(value, str) for value in record["attributes"].values())
        assert record["eventSource"] == "aws:sqs"
        assert record["eventSourceARN"].split(":")[:4] == ["arn", "aws", "sqs", record["awsRegion"]]
        assert 0 < seen["remaining_ms"] <= bench.timeout_s * 1000

    async def test_message_attributes_have_the_shape_that_was_recorded_on_lambda(self, bench: Bench) -> None:
        attributes = {"myAttribute": {"DataType": "String", "StringValue": "myValue"}}
        record = (await _the_only_one(bench, MessageAttributes=attributes))["record"]
        assert record.keys() == RECORDED.keys()
        assert record["messageAttributes"] == RECORDED["messageAttributes"]

    @pytest.mark.needs("sqs.trace_header")
    async def test_a_trace_header_reaches_the_function(self, bench: Bench) -> None:
        header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
        system = {"AWSTraceHeader": {"DataType": "String", "StringValue": header}}
        seen = await _the_only_one(bench, MessageSystemAttributes=system)
        assert seen["record"]["attributes"]["AWSTraceHeader"] == header


class MappingList(_List):
    """Rules that do not depend on the queue."""

    @pytest.mark.parametrize(
        "answers",
        [
            pytest.param(("null", "{}", '""', '{"batchItemFailures": []}'), id="none"),
            pytest.param(('{"batchItemFailures": null}',), id="null instead of a list"),
        ],
    )
    async def test_an_answer_that_reports_nothing_is_a_success(self, bench: Bench, answers: tuple[str, ...]) -> None:
        assert await _kept_after(bench, answers) == 0

    @pytest.mark.parametrize(
        "answers",
        [
            pytest.param(("7",), id="not an object"),
            pytest.param(('{"batchItemFailures": 7}',), id="not a list"),
            pytest.param(
                (
                    '{"batchItemFailures": [{}]}',
                    '{"batchItemFailures": [{"itemIdentifier": ""}]}',
                    '{"batchItemFailures": [{"itemIdentifier": null}]}',
                ),
                id="no identifier",
            ),
            pytest.param(('{"batchItemFailures": [{"itemIdentifier": "unknown"}]}',), id="unknown identifier"),
        ],
    )
    async def test_an_invalid_answer_fails_the_whole_batch(self, bench: Bench, answers: tuple[str, ...]) -> None:
        """A mistake in a function's answer must not lose messages."""
        assert await _kept_after(bench, answers) == len(answers)

    async def test_no_more_batches_run_than_the_maximum(self, make_bench: MakeBench) -> None:
        """Messages are on hold until two run. Nothing but the maximum keeps the others from running too."""
        bench = make_bench(timeout_s=LONG_S)
        bench.send(*["hold"] * 6)
        async with bench.mapped(replace(bench.config, batch_size=1, maximum_concurrency=2)):
            await until(lambda: len(bench.seen()) >= 2)
            bench.go()
            await until(lambda: bench.queues.left() == 0)
        changes = sorted((line["at"], -1 if "ended" in line else 1) for line in bench.noted())
        assert max(accumulate(change for _, change in changes)) <= 2
        assert len({line["pid"] for line in bench.seen()}) == 2

    async def test_a_visibility_timeout_shorter_than_the_functions_timeout_is_refused(
        self, make_bench: MakeBench
    ) -> None:
        """Messages would be delivered again while the function still handles them."""
        bench = make_bench(visibility_s=5)
        with pytest.raises(MappingRefused, match=r"(?i)visibility timeout"):
            async with bench.mapped(replace(bench.config, function_timeout_s=6)):
                pass


async def _the_only_one(bench: Bench, **options: Any) -> dict[str, Any]:
    """Send one message with these options. Return what the function got, once the message is handled."""
    bench.send("ok", **options)
    async with bench.mapped():
        await until(lambda: bench.queues.left() == 0)
    (seen,) = bench.seen()
    return seen


async def _kept_after(bench: Bench, answers: tuple[str, ...]) -> int:
    """Let the function give each answer to one message. Return how many messages stay in the queue."""
    bench.send(*[f"answer:{answer}" for answer in answers])
    async with bench.mapped(replace(bench.config, batch_size=1)):
        await until(lambda: len(bench.seen()) == len(answers))
        await _settled(bench)
        hidden, visible = bench.queues.hidden(), bench.queues.visible()
        bench.go()
    assert visible == 0
    return hidden - 1


async def _settled(bench: Bench) -> None:
    """Wait until the previous batches are settled. Batches run one at a time, so the next one starts only then.

    Leaves one message on hold. It counts as hidden.
    """
    bench.send("hold")
    await until(lambda: "hold" in bench.bodies())


def _delivered(bench: Bench, count: int) -> list[str]:
    """The receipt handles of the messages that were delivered for the first, second, ... time."""
    return [line["record"]["receiptHandle"] for line in bench.seen() if line["receives"] == count]


def _received_at(line: dict[str, Any]) -> float:
    return int(line["record"]["attributes"]["ApproximateFirstReceiveTimestamp"]) / 1000
