"""The local event source handles messages like Lambda's, with a real queue over HTTP and functions as processes.

Tests that depend on the queue run on both emulators, the others on one.
"""

import asyncio
import logging
import os
import signal
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from local.lambda_emulator.error import MappingRefused
from local.lambda_emulator.event_source.mapping import EventSourceMapping, MappingConfig
from local.lambda_emulator.event_source.queue import QueueState, SqsQueue
from local.lambda_emulator.runtime.outcome import Returned
from local.lambda_emulator.runtime.sandbox import plain_runtime
from tests.backend import Backend, first_backend_only
from tests.integration.local.bench import LocalBench
from tests.lambda_emulator.acceptance import MappingList, QueueList
from tests.lambda_emulator.bench import LONG_S, sqs, until

MakeLocalBench = Callable[..., LocalBench]


class TestQueueList(QueueList):
    """Runs on every emulator."""


@first_backend_only
class TestMappingList(MappingList):
    """Runs on one emulator."""


@first_backend_only
class TestPlainRuntime:
    """Rules that could differ with this project's own runtime, for systems without AWS's."""

    @pytest.fixture
    def bench(self, backend: Backend, tmp_path: Path) -> LocalBench:
        return LocalBench(tmp_path, runtime=plain_runtime)

    test_messages_are_handled_once = QueueList.test_messages_are_handled_once_in_batches_of_at_most_the_batch_size
    test_the_event_has_the_shape = QueueList.test_the_event_has_the_shape_that_was_recorded_on_lambda
    test_attributes_have_the_shape = QueueList.test_message_attributes_have_the_shape_that_was_recorded_on_lambda

    async def test_draining_finishes_the_batches_in_progress(self, bench: LocalBench) -> None:
        await test_draining_finishes_the_batches_in_progress_and_receives_no_more(bench)


@first_backend_only
async def test_failures_lower_the_concurrency_and_successes_raise_it(bench: LocalBench) -> None:
    allowed = [4]
    async with bench.mapped(replace(bench.config, batch_size=1, maximum_concurrency=4)) as mapped:
        for body, expected in [("raise", 2), ("raise", 1), ("raise", 1), ("ok", 2), ("ok", 3), ("ok", 4), ("ok", 4)]:
            handled = len(bench.seen()) + 1
            bench.send(body)
            await until(lambda handled=handled: len(bench.seen()) == handled)  # type: ignore[misc]
            await until(lambda expected=expected: mapped.mapping.concurrency.allowed == expected)  # type: ignore[misc]
            allowed.append(mapped.mapping.concurrency.allowed)
    assert allowed == [4, 2, 1, 1, 2, 3, 4, 4]


@first_backend_only
async def test_a_visibility_timeout_below_six_function_timeouts_causes_a_warning(
    make_bench: MakeLocalBench, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "local"):
        async with make_bench(timeout_s=10, visibility_s=59).mapped():
            await until(lambda: "AWS recommends 60 s" in caplog.text)


@first_backend_only
async def test_a_fifo_queue_is_refused(backend: Backend) -> None:
    """The event source does not keep groups in order, and the stack has no FIFO queue."""
    with sqs() as client:
        url = client.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    with pytest.raises(MappingRefused, match="standard queues only"):
        await EventSourceMapping(SqsQueue(url), _never, MappingConfig(function_timeout_s=1)).run()


class _SilentQueue(SqsQueue):
    """No message ever arrives."""

    def __init__(self) -> None:
        self.is_asked = asyncio.Event()

    async def state(self) -> QueueState:
        return QueueState("arn:aws:sqs:us-east-1:123456789012:silent", LONG_S)

    async def receive(self, at_most: int, wait_s: int) -> list[Any]:
        self.is_asked.set()
        await asyncio.Future[None]()
        raise AssertionError


async def test_a_drain_does_not_wait_for_messages() -> None:
    queue = _SilentQueue()
    mapping = EventSourceMapping(queue, _never, MappingConfig(function_timeout_s=1))
    running = asyncio.create_task(mapping.run())
    await queue.is_asked.wait()
    await mapping.drain()
    await running


async def test_what_an_abandoned_receive_has_taken_goes_back_to_its_queue(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the message would be hidden for the 900 s of its visibility timeout."""
    with sqs() as client:
        url = client.create_queue(QueueName=str(uuid.uuid4()), Attributes={"VisibilityTimeout": "900"})["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody="x")
    queue, is_taken, is_abandoned = SqsQueue(url), asyncio.Event(), threading.Event()
    receive, loop = queue._sqs.receive_message, asyncio.get_running_loop()

    def receive_slowly(**arguments: Any) -> Any:
        answer = receive(**arguments)
        loop.call_soon_threadsafe(is_taken.set)
        assert is_abandoned.wait(LONG_S)
        return answer

    monkeypatch.setattr(queue._sqs, "receive_message", receive_slowly)
    receiving = asyncio.create_task(queue.receive(1, wait_s=20))
    await is_taken.wait()
    assert "Messages" not in receive(QueueUrl=url)
    receiving.cancel()
    await asyncio.wait({receiving})
    is_abandoned.set()
    await until(lambda: "Messages" in receive(QueueUrl=url))


async def _never(_event: Any) -> Returned:
    raise AssertionError("no function may be invoked")


@first_backend_only
async def test_a_killed_environment_is_replaced_and_its_messages_are_delivered_again(
    make_bench: MakeLocalBench,
) -> None:
    bench = make_bench(visibility_s=2)
    bench.send("hold")
    async with bench.mapped() as mapped:
        await until(lambda: len(bench.seen()) == 1)
        os.kill(mapped.pool.pids["bench"], signal.SIGKILL)
        bench.go()
        await until(lambda: len(bench.seen()) == 2)
        await until(lambda: bench.queues.left() == 0)
    assert [line["receives"] for line in bench.seen()] == [1, 2]
    assert all(sooner["pid"] != later["pid"] for sooner, later in pairwise(bench.seen()))


@first_backend_only
async def test_draining_finishes_the_batches_in_progress_and_receives_no_more(bench: LocalBench) -> None:
    bench.send("hold")
    async with bench.mapped() as mapped:
        await until(lambda: len(bench.seen()) == 1)
        bench.send("ok:later")
        await mapped.mapping.drain()
        bench.go()
    assert bench.bodies() == ["hold"]
    assert (bench.queues.hidden(), bench.queues.visible()) == (0, 1)


@pytest.fixture
def shared(make_bench: MakeLocalBench) -> LocalBench:
    """A bench with two invocations in each process."""
    return make_bench(runtime=plain_runtime, concurrency=2, visibility_s=2)


@first_backend_only
async def test_invocations_share_a_process_up_to_its_concurrency(shared: LocalBench) -> None:
    shared.send("hold:1", "hold:2", "hold:3")
    async with shared.mapped(replace(shared.config, batch_size=1, maximum_concurrency=4)) as mapped:
        await until(lambda: {"hold:1", "hold:2", "hold:3"} == set(shared.bodies()))
        assert sorted(mapped.pool.pids) == ["bench", "bench-2"]
        shared.go()
        await until(lambda: shared.queues.left() == 0)
    first_deliveries = [line["pid"] for line in shared.seen()[:3]]
    assert sorted(Counter(first_deliveries).values()) == [1, 2]


@first_backend_only
async def test_the_next_process_is_ready_before_it_is_needed(shared: LocalBench) -> None:
    """Otherwise its start would delay the messages of a burst."""
    async with shared.mapped(replace(shared.config, batch_size=1, maximum_concurrency=4)) as mapped:
        assert sorted(mapped.pool.pids) == ["bench"]
        shared.send("hold:1", "hold:2")
        await until(lambda: sorted(mapped.pool.pids) == ["bench", "bench-2"])
        shared.go()
        await until(lambda: shared.queues.left() == 0)


@first_backend_only
async def test_the_death_of_a_process_fails_all_its_invocations(shared: LocalBench) -> None:
    shared.send("hold", "exit")
    async with shared.mapped(replace(shared.config, batch_size=1, maximum_concurrency=2)):
        await until(lambda: set(shared.bodies()) == {"hold", "exit"})
        shared.go()
        await until(lambda: shared.queues.dead() == 1)  # "exit"; the other one was handled the second time
        await until(lambda: shared.queues.left() == 0)
    assert [line["receives"] for line in shared.seen() if line["body"] == "hold"] == [1, 2]
