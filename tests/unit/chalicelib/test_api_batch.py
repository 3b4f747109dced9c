"""`POST /jobs/batch`: all jobs are checked first, and then each is accepted or refused on its own."""

import asyncio
import json
import uuid
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.api import batch_endpoint, endpoint
from chalicelib.api.message import Response
from chalicelib.domain.error import StoreUnavailable
from chalicelib.domain.price import Price
from chalicelib.domain.quota import Quota
from tests.unit.chalicelib.http_call import answer, request, submission
from tests.unit.chalicelib.kept import PIECE_ID, piece
from tests.unit.chalicelib.system import OWNER, System

UNKNOWN_PIECE = "8bc11506-4fc3-4ef0-8e0e-61c766af0c12"


def batch(size: int = 3, **payload: Any) -> dict[str, Any]:
    return {"jobs": [submission(count=1, theme=f"theme {n}", **payload) for n in range(size)]}


async def submit(system: System, body: Any, query: dict[str, str] | None = None, **headers: str) -> Response:
    return await answer(system, batch_endpoint.submit_batch, request(body, query, **headers))


def ids(response: Response) -> list[str | None]:
    return [entry["job"] and entry["job"]["id"] for entry in response.body["jobs"]]


async def test_every_job_of_a_batch_is_accepted_in_the_order_of_the_request() -> None:
    system = System()
    response = await submit(system, batch())
    assert response.status == 202
    assert [set(entry) for entry in response.body["jobs"]] == [{"job", "error", "retry_after_s"}] * 3
    assert [entry["job"]["status"] for entry in response.body["jobs"]] == ["pending"] * 3
    assert [entry["error"] for entry in response.body["jobs"]] == [None] * 3
    stored = [await system.job(str(job_id)) for job_id in ids(response)]
    assert [job.payload["theme"] for job in stored] == ["theme 0", "theme 1", "theme 2"]
    assert [job_id for job_id, _ in system.queue.sent] == ids(response)
    assert response.headers["Retry-After"] == "3"


async def test_two_equal_jobs_of_a_batch_are_two_jobs() -> None:
    response = await submit(System(), {"jobs": [submission()] * 2}, idempotency_key="k")
    first, second = ids(response)
    assert first != second


async def test_a_job_of_a_batch_may_have_a_deadline() -> None:
    response = await submit(System(), {"jobs": [submission() | {"deadline_s": 30}, submission()]})
    assert [entry["job"]["deadline_at"] is None for entry in response.body["jobs"]] == [False, True]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param({}, ["jobs"], id="no jobs"),
        pytest.param({"jobs": []}, ["jobs"], id="an empty list"),
        pytest.param({"jobs": {}}, ["jobs"], id="an object"),
        pytest.param(batch(51), ["jobs"], id="too many"),
        pytest.param(batch(1) | {"job": 1, "dry_run": True}, ["dry_run", "job"], id="unknown fields"),
        pytest.param({"jobs": [submission(), 7, None]}, ["jobs[1]", "jobs[2]"], id="not objects"),
        pytest.param(
            {"jobs": [submission(), submission(count=0, avoid=["x", 7]), {"deadline_s": 1}, {"type": "odd", "x": 1}]},
            [
                "jobs[1].payload.avoid[1]",
                "jobs[1].payload.count",
                "jobs[2].deadline_s",
                "jobs[2].type",
                "jobs[3].type",
                "jobs[3].x",
            ],
            id="every fault of every job",
        ),
        pytest.param(
            {"jobs": [submission(), submission(premise="x" * 70_000)]}, ["jobs[1]"], id="a job larger than 64 KiB"
        ),
        pytest.param(
            {"jobs": [submission(canon=[UNKNOWN_PIECE]), submission(), submission(canon=[UNKNOWN_PIECE])]},
            ["jobs[0].payload.canon[0]", "jobs[2].payload.canon[0]"],
            id="unknown documents",
        ),
        pytest.param(
            {"jobs": [submission(canon=[str(uuid.uuid4()) for _ in range(5)]) for _ in range(21)]},
            ["jobs"],
            id="too many documents",
        ),
    ],
)
@pytest.mark.parametrize("query", [{}, {"dry_run": "true"}], ids=["real", "dry run"])
async def test_if_any_job_is_invalid_nothing_is_stored_and_every_fault_is_told(
    body: Any, fields: list[str], query: dict[str, str]
) -> None:
    system = System()
    response = await submit(system, body, query)
    assert (response.status, response.body["code"]) == (400, "invalid_request")
    assert sorted(fault["field"] for fault in response.body["errors"]) == fields
    assert system.server.records == {}
    assert system.queue.sent == []


async def test_a_batch_for_another_user_is_forbidden() -> None:
    system = System()
    body = json.dumps({"jobs": [submission(), {"type": "create_world", "payload": {"user_id": "bob"}}]}).encode()
    asked = replace(request(body), owner="alice")
    assert (await answer(system, batch_endpoint.submit_batch, asked)).status == 403
    assert system.server.records == {}


async def test_a_quota_accepts_the_first_jobs_and_refuses_the_others() -> None:
    system = System(quota=Quota(max_unfinished=2, max_tokens=None))
    response = await submit(system, batch(4), idempotency_key="k")
    assert response.status == 202
    entries = response.body["jobs"]
    assert [entry["job"] is not None for entry in entries] == [True, True, False, False]
    assert [entry["error"] and entry["error"]["code"] for entry in entries] == [None, None, *["quota_exceeded"] * 2]
    assert entries[2]["error"]["status"] == 429
    assert entries[2]["retry_after_s"] == 5
    assert '"unfinished";r=0' in response.headers["RateLimit"]
    assert "Idempotent-Replayed" not in response.headers


async def test_the_same_batch_with_its_key_submits_what_was_refused_and_nothing_twice() -> None:
    system = System(quota=Quota(max_unfinished=2, max_tokens=None))
    first = await submit(system, batch(5), idempotency_key="k")
    refused = await submit(system, batch(5), idempotency_key="k")
    assert ids(refused) == ids(first)
    assert refused.headers["Idempotent-Replayed"] == "true"
    await system.work(*[job_id for job_id in ids(first) if job_id])
    second = await submit(system, batch(5), idempotency_key="k")
    assert ids(second)[:2] == ids(first)[:2]
    assert [entry["job"] is not None for entry in second.body["jobs"]] == [True] * 4 + [False]
    assert second.body["jobs"][0]["job"]["status"] == "completed"
    assert second.body["jobs"][0]["job"]["result"] is not None
    assert len(system.server.records) == 4


async def test_if_all_jobs_are_refused_the_answer_is_the_error() -> None:
    system = System(quota=Quota(max_unfinished=1, max_tokens=None))
    await submit(system, batch(1))
    response = await submit(system, batch(3))
    assert (response.status, response.body["code"]) == (429, "quota_exceeded")
    assert int(response.headers["Retry-After"]) > 0


async def test_a_batch_counts_each_of_its_jobs_as_a_submission() -> None:
    """And an owner without submissions is refused before the body is read."""
    system = System(quota=Quota(max_unfinished=None, max_submissions=4, max_tokens=None))
    assert len([each for each in ids(await submit(system, batch(6))) if each]) == 4
    unread = await submit(system, b"{")
    assert (unread.status, unread.body["code"]) == (429, "quota_exceeded")
    single = await answer(system, endpoint.submit_job, request(submission()))
    assert single.status == 429


async def test_the_tokens_of_all_owners_stop_a_batch_in_the_middle() -> None:
    system = System(daily_stop=40_000)
    response = await submit(system, batch(4))
    codes = [entry["error"] and entry["error"]["code"] for entry in response.body["jobs"]]
    assert codes == [None, None, "spending_stopped", "spending_stopped"]
    assert set(await system.quotas.unfinished_ages(OWNER)) == {job_id for job_id in ids(response) if job_id}


async def test_another_batch_with_the_same_key_is_refused() -> None:
    system = System()
    await submit(system, batch(2), idempotency_key="k")
    assert (await submit(system, batch(3), idempotency_key="k")).status == 422
    single = await answer(system, endpoint.submit_job, request(batch(2)["jobs"][0], idempotency_key="k"))
    assert single.status == 422


async def test_equal_batches_at_once_make_each_job_once() -> None:
    system = System()
    answers = await asyncio.gather(*(submit(system, batch(3), idempotency_key="k") for _ in range(4)))
    assert len({tuple(ids(response)) for response in answers}) == 1
    assert len(system.server.records) == len(system.queue.sent) == 3


async def test_a_key_of_a_batch_does_not_outlive_its_first_jobs() -> None:
    """Otherwise the last repetition would make them again."""
    system = System(quota=Quota(max_unfinished=1, max_tokens=None))
    first = await submit(system, batch(2), idempotency_key="k")
    kept = dict(system.server.keys)
    await system.work(str(ids(first)[0]))
    await submit(system, batch(2), idempotency_key="k")
    assert system.server.keys == kept


async def test_jobs_that_cannot_be_queued_are_refused_unless_their_key_promises_them() -> None:
    system = System()
    system.queue.down = True
    refused = await submit(system, batch(3))
    assert (refused.status, refused.body["code"]) == (503, "queue_unavailable")
    assert system.server.records == {}
    assert (await submit(system, batch(3), idempotency_key="k")).status == 202
    assert len(system.server.records) == 3


async def test_a_job_that_the_store_refuses_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System()
    create, calls = system.jobs.create, 0

    async def fail_once(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise StoreUnavailable
        return await create(*args)

    monkeypatch.setattr(system.jobs, "create", fail_once)
    response = await submit(system, batch(3), idempotency_key="k")
    codes = [entry["error"] and entry["error"]["code"] for entry in response.body["jobs"]]
    assert codes.count("store_unavailable") == 1
    again = await submit(system, batch(3), idempotency_key="k")
    assert None not in ids(again)
    assert len(system.server.records) == 3


async def test_a_document_that_is_gone_by_the_repetition_is_an_error_of_its_job_only() -> None:
    """The caller must learn of the jobs that exist."""
    system = System(quota=Quota(max_unfinished=1, max_tokens=None))
    kept = await system.documents.add(piece())
    body = {"jobs": [submission(), submission(canon=[PIECE_ID])]}
    first = await submit(system, body, idempotency_key="k")
    await system.work(str(ids(first)[0]))
    await system.documents.replace(kept, replace(kept, version=kept.version + 1, deleted_at=1))
    again = await submit(system, body, idempotency_key="k")
    assert again.status == 202
    assert ids(again)[0] == ids(first)[0]
    assert again.body["jobs"][1]["error"]["errors"][0]["field"] == "jobs[1].payload.canon[0]"


async def test_a_dry_run_of_a_batch_gives_each_estimate_and_their_sum() -> None:
    system = System(price=Price(prompt=0.15, completion=0.60))
    response = await submit(system, batch(2), {"dry_run": "true"})
    single = await answer(system, endpoint.submit_job, request(batch(1)["jobs"][0], {"dry_run": "true"}))
    assert response.status == 200
    assert response.body["jobs"] == [single.body] * 2
    assert response.body["total"] == {
        name: pytest.approx(2 * single.body[name])
        for name in ("llm_calls", "prompt_tokens", "completion_tokens", "estimated_cost_usd", "token_budget")
    }
    assert system.server.records == {}
    assert system.server.submissions == {}


async def test_without_prices_the_sum_of_a_dry_run_has_none() -> None:
    response = await submit(System(), batch(2), {"dry_run": "true"})
    assert response.body["total"]["estimated_cost_usd"] is None


async def test_results_that_are_too_large_for_one_answer_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda could not return them. Each job can be read on its own."""
    system = System()
    first = await submit(system, batch(2), idempotency_key="k")
    await system.work(*[str(job_id) for job_id in ids(first)])
    monkeypatch.setattr("chalicelib.api.batch_rendering.MAX_RESULT_BYTES", 10)
    again = await submit(system, batch(2), idempotency_key="k")
    assert [entry["job"]["status"] for entry in again.body["jobs"]] == ["completed"] * 2
    assert [entry["job"]["result"] for entry in again.body["jobs"]] == [None] * 2


async def test_a_document_that_many_jobs_name_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System()
    await system.documents.add(piece())
    read, reads = system.documents.read, []

    async def counting(*args: Any) -> Any:
        reads.append(args)
        return await read(*args)

    monkeypatch.setattr(system.documents, "read", counting)
    assert (await submit(system, batch(10, canon=[PIECE_ID]))).status == 202
    assert len(reads) == 1
