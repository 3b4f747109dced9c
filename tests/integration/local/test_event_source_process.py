"""The event source as a separate program, as the stack starts it: signals, settings and its other triggers.

Runs on one emulator. `test_event_source.py` has the tests that depend on the queue.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.backend import first_backend_only
from tests.integration.local.bench import LocalBench
from tests.integration.local.process import alive
from tests.lambda_emulator.bench import sqs, until

Start = Callable[..., "subprocess.Popen[bytes]"]
pytestmark = first_backend_only


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the program for a bench. It is killed at the end of the test."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(bench: LocalBench, **variables: str) -> "subprocess.Popen[bytes]":
        with (tmp_path / "event-source.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "local.lambda_emulator.event_source"],
                env=_environment(bench, tmp_path) | variables,
                stdout=log,
                stderr=log,
            )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.wait()


def _environment(bench: LocalBench, folder: Path) -> dict[str, str]:
    return dict(bench.function.environment) | {
        "JOBS_QUEUE_URL": bench.queues.url,
        "JOBS_DLQ_URL": bench.queues.dead_url,
        "WORKER_TIMEOUT_S": f"{bench.function.timeout_s:g}",
        "WORKER_CONCURRENCY": "1",
        "RECOVERY_INTERVAL_S": "3600",
        "EVENT_SOURCE_PIDS": str(folder / "functions.json"),
        "EVENT_SOURCE_LOGS": str(folder),
        "LAMBDA_MODULE": "function",
        "LAMBDA_ROOT": str(folder),
    }


def functions(folder: Path) -> Mapping[str, int]:
    """Function → process id, as the program publishes them."""
    return dict(json.loads((folder / "functions.json").read_text())["processes"])


async def test_a_killed_event_source_loses_no_messages(
    make_bench: Callable[..., LocalBench], tmp_path: Path, start: Start
) -> None:
    """Its function dies too. After the visibility timeout, the next event source gets the messages again."""
    bench = make_bench(visibility_s=2)
    first = start(bench)
    bench.send("hold:1", "hold:2")
    await until(lambda: len(bench.seen()) == 2)
    worker = functions(tmp_path)["worker"]
    first.kill()
    await until(lambda: not alive([worker]))
    assert bench.queues.left() == 2
    bench.go()
    start(bench)
    await until(lambda: bench.queues.left() == 0)
    assert sorted((line["body"], line["receives"]) for line in bench.seen()) == [
        *[("hold:1", 1), ("hold:1", 2)],
        *[("hold:2", 1), ("hold:2", 2)],
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_after_a_signal_it_finishes_its_batch_and_receives_no_more(
    bench: LocalBench, tmp_path: Path, start: Start, number: signal.Signals
) -> None:
    running = start(bench, LAMBDA_RUNTIME="plain")
    bench.send("hold")
    await until(lambda: len(bench.seen()) == 1)
    worker = functions(tmp_path)["worker"]
    running.send_signal(number)
    bench.send("ok:later")
    bench.go()
    await until(lambda: running.poll() is not None)
    assert running.returncode == 0
    assert bench.bodies() == ["hold"]
    assert (bench.queues.hidden(), bench.queues.visible()) == (0, 1)
    assert not alive([worker])


async def test_dead_letters_and_the_schedule_have_their_own_functions(
    bench: LocalBench, tmp_path: Path, start: Start
) -> None:
    """The scheduled event has EventBridge's shape."""
    start(bench, RECOVERY_INTERVAL_S="0.05")
    with sqs() as client:
        client.send_message(QueueUrl=bench.queues.dead_url, MessageBody="given up")
    await until(lambda: {"dead_letter": "given up"} in bench.noted() and bench.queues.dead() == 0)
    await until(lambda: sum("scheduled" in line for line in bench.noted()) >= 2)
    event = next(line["scheduled"] for line in bench.noted() if "scheduled" in line)
    assert (event["source"], event["detail-type"], event["detail"]) == ("aws.events", "Scheduled Event", {})
    assert set(functions(tmp_path)) == {"worker", "dead-letter", "recover"}


async def test_every_batch_can_be_delivered_twice(bench: LocalBench, start: Start) -> None:
    start(bench, EVENT_SOURCE_DUPLICATES="1")
    bench.send("ok")
    await until(lambda: bench.queues.left() == 0)
    assert bench.bodies() == ["ok", "ok"]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"LAMBDA_MODULE": "no_such_module"}, ["no_such_module.worker cannot be loaded", "worker.log"]),
        ({"JOBS_QUEUE_URL": "", "WORKER_CONCURRENCY": "0"}, ["JOBS_QUEUE_URL: ", "WORKER_CONCURRENCY: "]),
        ({"WORKER_TIMEOUT_S": "61"}, ["Raise the visibility timeout"]),
    ],
    ids=["no such handler", "settings", "mapping refused"],
)
async def test_a_fault_in_its_settings_ends_it_with_a_sentence(
    bench: LocalBench, tmp_path: Path, start: Start, variables: Mapping[str, str], words: list[str]
) -> None:
    running = start(bench, **variables)
    await until(lambda: running.poll() is not None)
    said = (tmp_path / "event-source.log").read_text()
    assert running.returncode == 1
    assert all(word in said for word in words), said
    assert not any(line.startswith("Traceback") for line in said.splitlines())  # a traceback of its own starts a line
    assert not (tmp_path / "functions.json").exists() or not alive(functions(tmp_path).values())
