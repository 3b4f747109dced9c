"""Redis fails over while the stack runs: two real servers behind one address that moves."""

import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from local.stack.local_stack import LocalStack
from tests.chaos.conftest import stack_settings
from tests.chaos.log import count
from tests.chaos.provider import Provider
from tests.chaos.report import Failover, Figure, Report
from tests.chaos.running_job import LEAST_CALLS, half_done, no_job_is_left
from tests.e2e.api import Api
from tests.redis_replication import fail_over, follow, promote
from tests.redis_server import Address, RedisServer, until

#: Generous, for a busy machine; the report says how long it took.
BACK_WITHIN_S = 60
#: Short, so that a test does not wait long for a job whose claim was lost.
RESEND_AFTER_S = "3"


class Pair:
    """Two servers that change places. The address leads to `primary`."""

    def __init__(self, primary: RedisServer, replica: RedisServer, address: Address) -> None:
        self.primary, self.replica, self._address = primary, replica, address

    def restore(self) -> None:
        """Restart the replica and let it catch up, no matter what the previous test did."""
        self.replica.kill()
        self.replica.start()
        follow(self.replica, self.primary)

    def fail_over(self) -> float:
        """Promote the replica; the old primary keeps running as its replica. Return the time of the move."""
        fail_over(self._address, self.primary, self.replica)
        return self._changed_places()

    def lose_primary(self) -> float:
        self.primary.kill()
        promote(self.replica)
        self._address.lead_to(self.replica)
        return self._changed_places()

    def stop_replication(self) -> None:
        """Let the replica keep its present state."""
        self.replica.ask("REPLICAOF", "127.0.0.1", 1)
        until(lambda: self.primary.ask("INFO", "replication")["connected_slaves"] == 0)

    def _changed_places(self) -> float:
        self.primary, self.replica = self.replica, self.primary
        return time.monotonic()


@pytest.fixture(scope="module")
def servers() -> Iterator[Pair]:
    quick = ("--repl-diskless-sync-delay", "0")
    with RedisServer(None, *quick) as one, RedisServer(None, *quick) as two, Address(one) as address:
        follow(two, one)
        yield Pair(one, two, address)


@pytest.fixture(scope="module")
def stack(servers: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    settings = stack_settings(
        tmp_path_factory.mktemp("failover"),
        REDIS_URL=servers._address.url,
        RESEND_AFTER_S=RESEND_AFTER_S,
        RECOVERY_INTERVAL_S="2",
    )
    with LocalStack(settings) as running:
        yield running


@pytest.fixture
def pair(servers: Pair) -> Pair:
    servers.restore()
    return servers


class Submissions:
    """Submits one job after another, each with its own key, and repeats each request until it is accepted."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        #: key → the accepted job.
        self.accepted: dict[str, str] = {}
        #: Bodies of answers that were neither 202 nor 503 with Retry-After.
        self.wrong: list[str] = []

    def __enter__(self) -> "Submissions":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join(60)

    def wait_for(self, more: int) -> None:
        wanted = len(self.accepted) + more
        until(lambda: len(self.accepted) >= wanted or self.wrong)

    def _run(self) -> None:
        with Api(self._url) as api:
            while not self._ended.is_set():
                key = str(uuid.uuid4())
                if job_id := self._submit(api, key):
                    self.accepted[key] = job_id

    def _submit(self, api: Api, key: str) -> str | None:
        while True:
            answer = submitted(api, key)
            if answer.status_code == 202:
                return str(answer.json()["id"])
            if answer.status_code != 503 or "Retry-After" not in answer.headers:
                self.wrong.append(answer.text)
                return None
            time.sleep(0.05)


def submitted(api: Api, key: str) -> Any:
    body = {"type": "generate_relics", "payload": {"count": 1}}
    return api.ask("POST", "/jobs", json=body, headers={"Idempotency-Key": key})


def back_after(api: Api, moved_at: float) -> float:
    """Seconds from the move until the API writes again."""
    key = str(uuid.uuid4())
    until(lambda: submitted(api, key).status_code == 202, timeout_s=BACK_WITHIN_S)
    return time.monotonic() - moved_at


def lost(api: Api, submissions: Submissions) -> list[str]:
    return [job_id for job_id in submissions.accepted.values() if not is_known(api, job_id)]


def is_known(api: Api, job_id: str) -> bool:
    answer = api.ask("GET", f"/jobs/{job_id}")
    assert answer.status_code in (200, 404), answer.text
    return answer.status_code == 200


@pytest.fixture
def quiet(provider: Provider, api: Api) -> Provider:
    """The provider, once the jobs of earlier tests have ended. The calls of a late one would be counted too."""
    until(lambda: no_job_is_left(api))
    provider.wait_until_idle()
    provider.be(latency_s=0.5)
    return provider


def test_a_running_job_survives_a_failover(
    stack: LocalStack, api: Api, quiet: Provider, pair: Pair, report: Report
) -> None:
    """The same attempt goes on, and no call is paid for twice. A write that no replica has in time may be lost."""
    job_id = half_done(api, quiet)
    moved_at = pair.fail_over()
    back_s = back_after(api, moved_at)
    job = api.finished(job_id)
    report.note_failover(Failover("during a job", job["status"], back_s, 1, 0))
    assert (job["status"], job["attempt"], len(job["result"])) == ("completed", 1, 3), job
    may_miss_calls = count(stack, "worker", job_id, "on no replica yet") > 0
    calls = job["usage"]["llm_calls"]
    assert calls == LEAST_CALLS or (may_miss_calls and calls < LEAST_CALLS), api.events(job_id)


def test_a_long_poll_survives_a_failover(
    stack: LocalStack, api: Api, quiet: Provider, pair: Pair, report: Report
) -> None:
    """It returns the completed job, not an error."""
    job_id = half_done(api, quiet)
    answers: list[Any] = []

    def poll() -> None:
        with Api(stack.urls.api) as poller:
            answers.append(poller.ask("GET", f"/jobs/{job_id}", headers={"Prefer": "wait=20"}))

    polling = threading.Thread(target=poll)
    polling.start()
    until(lambda: "xread" in str(pair.primary.ask("CLIENT", "LIST")))
    moved_at = pair.fail_over()
    back_s = back_after(api, moved_at)
    polling.join(60)
    answer = answers[0]
    report.note_failover(Failover("during a long poll", answer.json()["status"], back_s, 1, 0))
    assert (answer.status_code, answer.json()["status"]) == (200, "completed"), answer.text


def test_a_failover_loses_no_accepted_submission(
    stack: LocalStack, api: Api, quiet: Provider, pair: Pair, report: Report
) -> None:
    """Each is answered with 202 or 503, and every job that was answered with 202 completes."""
    quiet.be(latency_s=0.01)
    with Submissions(stack.urls.api) as submissions:
        submissions.wait_for(10)
        moved_at = pair.fail_over()
        back_s = back_after(api, moved_at)
        submissions.wait_for(10)
    accepted = submissions.accepted
    assert submissions.wrong == []
    gone = lost(api, submissions)
    report.note_failover(Failover("during submissions", "completed", back_s, len(accepted), len(gone)))
    assert gone == []
    assert len(set(accepted.values())) == len(accepted)
    assert {api.finished(job_id)["status"] for job_id in accepted.values()} == {"completed"}


def test_a_killed_primary_loses_no_accepted_job(
    stack: LocalStack, api: Api, quiet: Provider, pair: Pair, report: Report
) -> None:
    """Its replica is promoted. The running job goes on, and every accepted job exists."""
    job_id = half_done(api, quiet)
    with Submissions(stack.urls.api) as submissions:
        submissions.wait_for(10)
        moved_at = pair.lose_primary()
        back_s = back_after(api, moved_at)
        submissions.wait_for(5)
    quiet.be(latency_s=0.01)
    assert submissions.wrong == []
    gone = lost(api, submissions)
    job = api.finished(job_id)
    report.note_failover(
        Failover("primary killed, replica promoted", job["status"], back_s, len(submissions.accepted), len(gone))
    )
    assert gone == []
    assert (job["status"], len(job["result"])) == ("completed", 3)
    assert {api.finished(job_id)["status"] for job_id in submissions.accepted.values()} == {"completed"}


def test_a_killed_primary_whose_replica_lags_loses_only_what_can_be_repaired(
    stack: LocalStack, api: Api, quiet: Provider, pair: Pair, report: Report
) -> None:
    """The worst case: a claim, stages and whole jobs are lost."""
    quiet.be(latency_s=5)
    waiting = submitted(api, "waiting").json()["id"]
    quiet.wait_for_calls(1)
    running = submitted(api, "running").json()["id"]
    pair.stop_replication()
    with Submissions(stack.urls.api) as submissions:
        submissions.wait_for(5)
    quiet.be(latency_s=0.01)
    moved_at = pair.lose_primary()
    back_s = back_after(api, moved_at)
    gone = lost(api, submissions)
    ends = {api.finished(job_id)["status"] for job_id in (waiting, running)}
    keys = {job_id: key for key, job_id in submissions.accepted.items()}
    made = [submitted(api, keys[job_id]) for job_id in gone]
    scenario = "primary killed, replica without the last writes (repaired by repeating the requests)"
    report.note_failover(Failover(scenario, "completed", back_s, len(submissions.accepted), len(gone)))
    assert len(gone) == len(submissions.accepted) > 0
    assert ends == {"completed"}
    assert {answer.status_code for answer in made} == {202}
    assert {api.finished(answer.json()["id"])["status"] for answer in made} == {"completed"}


def test_a_running_job_survives_seconds_with_too_few_replicas(
    stack: LocalStack, api: Api, quiet: Provider, pair: Pair, report: Report
) -> None:
    """Redis refuses the worker's writes three times. Callers are told when to retry, and the attempt goes on.

    Ten settings take longer than the three refusals, also on a busy machine.
    """
    quiet.be(latency_s=4)
    job_id, least_calls = half_done(api, quiet, count=10), 1 + 10 * 3
    refused = []
    for _ in range(3):
        before = count(stack, "worker", "Redis refused")
        pair.primary.set("min-replicas-to-write", 5)
        refused += [submitted(api, "refused"), api.ask("POST", f"/jobs/{job_id}/cancel")]
        read = api.ask("GET", f"/jobs/{job_id}")
        health = api.ask("GET", "/health")
        until(lambda before=before: count(stack, "worker", "Redis refused") > before)  # type: ignore[misc]
        revision = api.job(job_id)["revision"]
        pair.primary.set("min-replicas-to-write", 0)
        until(lambda revision=revision: api.job(job_id)["revision"] > revision)  # type: ignore[misc]
    at = time.monotonic()
    job = api.finished(job_id)
    recovery_s, calls = time.monotonic() - at, quiet.calls().started
    report.note(Figure("Redis refuses three times (NOREPLICAS)", job["status"], recovery_s, calls, least_calls, 0))
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    assert read.status_code == 200
    assert (health.status_code, health.json()["redis"]) == (503, "down")
    assert (job["status"], job["attempt"], job["usage"]["llm_calls"]) == ("completed", 1, least_calls)
    assert calls == least_calls
    assert submitted(api, "refused").status_code == 202
