"""The Python client while the API and a worker are killed, and while answers are lost."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from local.stack.local_stack import LocalStack
from loresmith import Job, LoreSmith, WrittenPiece
from loresmith.model import JobState
from tests.chaos.api_process import kill_api
from tests.chaos.log import worker_of
from tests.chaos.provider import Provider
from tests.chaos.running_job import submitted_and_under_way
from tests.e2e.api import Api
from tests.redis_server import until

#: A program that took a busy machine into account would set it so.
PATIENCE_S = 300


@pytest.fixture
def client(stack: LocalStack) -> Iterator[LoreSmith]:
    with LoreSmith(stack.urls.api, timeout_s=PATIENCE_S) as made:
        yield made


def test_a_job_is_submitted_and_followed_while_the_api_is_killed(
    stack: LocalStack, client: LoreSmith, provider: Provider
) -> None:
    """Once before it is submitted, and once in the middle of a long poll."""
    provider.be(latency_s=1)
    kill_api(stack)
    job: Job[list[WrittenPiece]] = client.submit("settings", count=3)
    seen: list[JobState] = []
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(job.wait, on_progress=seen.append)
        until(lambda: any(state.progress > 0 for state in seen))
        kill_api(stack)
        assert len(waiting.result(PATIENCE_S)) == 3
    progress = [state.progress for state in seen]
    assert progress == sorted(progress)
    assert seen[-1].attempt == 1
    assert [event.revision for event in job.events()] == list(range(1, job.state.revision + 1))


def test_a_job_is_followed_while_its_worker_is_killed(
    stack: LocalStack, client: LoreSmith, provider: Provider, api: Api
) -> None:
    """By a program that did not submit it, and knows only its id."""
    job_id, _ = submitted_and_under_way(api, provider)
    job = client.jobs.get(job_id)
    with ThreadPoolExecutor() as threads:
        following = threads.submit(lambda: [event.progress for event in job.events()])
        os.kill(worker_of(stack, job_id), signal.SIGKILL)
        provider.be()
        progress = following.result(PATIENCE_S)
    assert progress[-1] == 100
    assert progress == sorted(progress)
    assert job.refresh().attempt == 2
    assert len(job.result) == 3


class LosesAnswers(httpx.HTTPTransport):
    """Breaks the connection after the API has received the first requests, before their answers arrive."""

    def __init__(self, how_many: int) -> None:
        super().__init__()
        self._left = how_many

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if self._left == 0:
            return answer
        self._left -= 1
        answer.close()
        raise httpx.ReadError("Connection reset by peer")


def test_a_submission_whose_answers_are_lost_makes_one_job(stack: LocalStack, client: LoreSmith) -> None:
    with httpx.Client(transport=LosesAnswers(2)) as http:
        job = LoreSmith(stack.urls.api, http=http, timeout_s=PATIENCE_S).submit("relics", theme="lost answers", count=1)
    assert len(client.jobs.get(job.id).wait()) == 1
    newest = [
        each for each in client.jobs.list(type="relics", limit=3) if each.state.created_at >= job.state.created_at
    ]
    assert [each.id for each in newest] == [job.id]


def test_a_piece_whose_answer_is_lost_is_added_once(stack: LocalStack, client: LoreSmith) -> None:
    with httpx.Client(transport=LosesAnswers(1)) as http:
        piece = LoreSmith(stack.urls.api, http=http, timeout_s=PATIENCE_S).pieces.add(kind="relic", name="Unanswered")
    assert [found.id for found in client.pieces.list(search="Unanswered")] == [piece.id]
