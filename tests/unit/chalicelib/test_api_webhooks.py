"""The routes of webhooks."""

from typing import Any

import pytest

from chalicelib.api import batch_endpoint, endpoint, webhook_endpoint
from tests.unit.chalicelib.http_call import answer, request
from tests.unit.chalicelib.system import OWNER, System
from tests.unit.chalicelib.webhook_system import URL, accepted, send_all
from tests.virtual_time import now_ms

MINE: dict[str, Any] = {"url": URL, "events": ["job.failed", "job.completed"]}


async def ready() -> System:
    """An owner with a secret."""
    system = System()
    assert (await answer(system, webhook_endpoint.make_webhook_secret, request())).status == 201
    return system


async def test_a_secret_is_shown_once_and_can_be_rotated() -> None:
    system = System()
    first = await answer(system, webhook_endpoint.make_webhook_secret, request())
    second = await answer(system, webhook_endpoint.make_webhook_secret, request())
    assert first.body["secret"].startswith("whsec_")
    assert first.body["previous_signs_until"] is None
    assert second.body["secret"] != first.body["secret"]
    assert second.body["previous_signs_until"] is not None
    assert first.headers["Cache-Control"] == "no-store"


async def test_a_secret_whose_answer_was_lost_is_returned_to_the_same_request() -> None:
    """Receivers know the first secret only. It must go on signing, however often the request is repeated."""
    system = System()
    first = await answer(system, webhook_endpoint.make_webhook_secret, request())
    lost, again = [
        await answer(system, webhook_endpoint.make_webhook_secret, request(idempotency_key="k")) for _ in range(2)
    ]
    assert (again.status, again.body) == (201, lost.body)
    unkeyed = await answer(system, webhook_endpoint.make_webhook_secret, request())
    kept = await system.webhook_store.secret(OWNER)
    assert kept is not None
    assert kept.signing(now_ms()) == [each.body["secret"] for each in (unkeyed, lost, first)]


async def test_a_leaked_secret_is_ended_at_once_although_its_request_is_repeated() -> None:
    system = System()
    make, query = webhook_endpoint.make_webhook_secret, {"end_previous": "true"}
    leaked = await answer(system, make, request(idempotency_key="k"))
    made, again = [await answer(system, make, request(b"", query, idempotency_key="k")) for _ in range(2)]
    assert made.body == again.body
    assert (made.body["secret"] != leaked.body["secret"], made.body["previous_signs_until"]) == (True, None)
    faulty = await answer(system, make, request(b"", {"end_previous": "yes"}))
    assert (faulty.status, [fault["field"] for fault in faulty.body["errors"]]) == (400, ["end_previous"])


async def test_a_default_can_be_set_read_and_removed() -> None:
    system = await ready()
    kept = {"url": URL, "events": ["job.completed", "job.failed"]}
    assert (await answer(system, webhook_endpoint.read_webhook, request())).status == 404
    assert (await answer(system, webhook_endpoint.set_webhook, request(MINE))).body == kept
    assert (await answer(system, webhook_endpoint.read_webhook, request())).body == kept
    assert (await answer(system, webhook_endpoint.remove_webhook, request())).body == kept
    assert (await answer(system, webhook_endpoint.remove_webhook, request())).status == 404


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, ["url"]),
        ({"url": 7}, ["url"]),
        ({"url": "http://example.com/"}, ["url"]),
        ({"url": URL, "events": []}, ["events"]),
        ({"url": URL, "events": ["job.done"]}, ["events[0]"]),
        ({"url": URL, "events": "job.failed"}, ["events"]),
        ({"url": "https://10.0.0.1/", "events": None, "secret": "x"}, ["events", "secret", "url"]),
    ],
)
async def test_a_faulty_webhook_is_refused_with_every_fault(given: dict[str, Any], fields: list[str]) -> None:
    system = await ready()
    response = await answer(system, webhook_endpoint.set_webhook, request(given))
    assert (response.status, sorted(fault["field"] for fault in response.body["errors"])) == (400, fields)
    job = {"type": "generate_relics", "webhook": given}
    response = await answer(system, endpoint.submit_job, request(job))
    assert response.status == 400
    assert sorted(fault["field"] for fault in response.body["errors"]) == [f"webhook.{field}" for field in fields]


@pytest.mark.parametrize("given", [True, "https://example.com/", [], 7])
async def test_a_webhook_must_be_an_object_or_null(given: object) -> None:
    system = await ready()
    response = await answer(system, endpoint.submit_job, request({"type": "generate_relics", "webhook": given}))
    assert (response.status, [fault["field"] for fault in response.body["errors"]]) == (400, ["webhook"])


@pytest.mark.parametrize("query", [{}, {"dry_run": "true"}])
async def test_a_webhook_without_a_secret_is_refused_with_what_to_do(query: dict[str, str]) -> None:
    system = System()
    asked = request({"type": "generate_relics", "webhook": MINE}, query)
    response = await answer(system, endpoint.submit_job, asked)
    assert (response.status, response.body["code"]) == (409, "webhook_secret_missing")
    assert "POST /webhook/secret" in response.body["detail"]
    assert (await answer(system, webhook_endpoint.set_webhook, request(MINE))).body["code"] == "webhook_secret_missing"


async def test_a_deployment_without_webhooks_says_so() -> None:
    system = System(sends_webhooks=False)
    for called, body in (
        (webhook_endpoint.make_webhook_secret, b""),
        (webhook_endpoint.set_webhook, MINE),
        (endpoint.submit_job, {"type": "generate_relics", "webhook": MINE}),
    ):
        response = await answer(system, called, request(body))
        assert (response.status, response.body["code"]) == (409, "webhooks_off")
    response = await answer(system, endpoint.submit_job, request({"type": "generate_relics", "webhook": None}))
    assert response.status == 202


async def test_the_same_key_with_another_webhook_is_another_request() -> None:
    system = await ready()
    statuses = [
        (await answer(system, endpoint.submit_job, request(body, idempotency_key="k"))).status
        for body in (
            {"type": "generate_relics", "webhook": MINE},
            {"type": "generate_relics", "webhook": MINE},
            {"type": "generate_relics", "webhook": None},
            {"type": "generate_relics"},
        )
    ]
    assert statuses == [202, 202, 422, 422]


async def test_deliveries_are_listed_without_the_secret_in_the_address() -> None:
    system = System()
    job = await accepted(system, webhook=MINE)
    await system.work(job.id)
    waiting = (await answer(system, webhook_endpoint.list_deliveries, request(), job_id=job.id)).body["deliveries"]
    assert [(each["state"], each["attempts"]) for each in waiting] == [("waiting", [])]
    await send_all(system)
    (delivery,) = (await answer(system, webhook_endpoint.list_deliveries, request(), job_id=job.id)).body["deliveries"]
    assert (delivery["state"], delivery["url"]) == ("delivered", "https://example.com/hooks")
    again = await answer(system, webhook_endpoint.redeliver, request(), job_id=job.id, delivery_id=delivery["id"])
    assert (again.status, again.body["state"]) == (202, "waiting")
    await send_all(system)
    assert len(system.receivers.received) == 2
    unknown = await answer(system, webhook_endpoint.redeliver, request(), job_id=job.id, delivery_id="msg_0")
    assert unknown.status == 404


async def test_the_job_does_not_show_its_webhook() -> None:
    """Others may be shown a job, and its address may contain a secret."""
    system = System()
    job = await accepted(system, webhook=MINE)
    shown = (await answer(system, endpoint.read_job, request(), job_id=job.id)).body
    assert "s3cret" not in str(shown)
    assert await system.webhook_store.secret(OWNER) is not None


async def test_the_jobs_of_a_batch_have_their_own_webhooks() -> None:
    system = await ready()
    jobs = [{"type": "generate_relics", "webhook": MINE}, {"type": "generate_relics", "webhook": None}]
    response = await answer(system, batch_endpoint.submit_batch, request({"jobs": jobs}))
    assert response.status == 202
    stored = [system.server.job(record).webhook for record in system.server.records.values()]
    assert stored == [{"url": URL, "events": ["job.completed", "job.failed"]}, False]


@pytest.mark.parametrize("query", [{}, {"dry_run": "true"}])
async def test_a_batch_with_a_webhook_needs_a_secret_too(query: dict[str, str]) -> None:
    system = System()
    jobs = [{"type": "generate_relics"}, {"type": "generate_relics", "webhook": MINE}]
    response = await answer(system, batch_endpoint.submit_batch, request({"jobs": jobs}, query))
    assert (response.status, response.body["code"]) == (409, "webhook_secret_missing")
    assert system.server.records == {}
