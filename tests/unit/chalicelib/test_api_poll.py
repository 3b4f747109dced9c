"""Polling a job: entity tags, `Prefer: wait`, events, and the pieces that are written so far."""

import asyncio
from dataclasses import replace

import pytest

from chalicelib.api import endpoint
from chalicelib.domain import change
from chalicelib.domain.document import Search, Shelf
from chalicelib.domain.job import Checkpoint
from chalicelib.domain.job_type import JOB_TYPES
from foundation.json_value import Json
from tests.unit.chalicelib.http_call import answer, request
from tests.unit.chalicelib.system import OWNER, System


async def test_a_known_revision_is_304_until_it_changes() -> None:
    system = System()
    job = await system.submitted()
    first = await answer(system, endpoint.read_job, request(), job_id=job.id)
    again = await answer(system, endpoint.read_job, request(if_none_match=first.headers["ETag"]), job_id=job.id)
    assert (first.status, again.status, again.body) == (200, 304, None)
    assert again.headers["ETag"] == first.headers["ETag"] == '"1"'
    await system.work(job.id)
    done = await answer(system, endpoint.read_job, request(if_none_match=first.headers["ETag"]), job_id=job.id)
    assert done.status == 200
    assert "Retry-After" not in done.headers


@pytest.mark.parametrize("given", ['W/"1"', '"a", "1"', 'W/"a",W/"1" , "x"', '"a,b", "1"', "*", " * ", "1"])
async def test_a_weak_tag_in_a_list_and_a_star_match_the_revision(given: str) -> None:
    """RFC 9110, 13.1.2."""
    system = System()
    job = await system.submitted()
    response = await answer(system, endpoint.read_job, request(if_none_match=given), job_id=job.id)
    assert (response.status, response.body, response.headers["ETag"]) == (304, None, '"1"')


async def test_a_long_poll_waits_while_any_of_the_tags_matches() -> None:
    system = System()
    job = await system.submitted()
    asked = request(prefer="wait=20", if_none_match='"a", "1"')
    poll = asyncio.create_task(answer(system, endpoint.read_job, asked, job_id=job.id))
    await asyncio.sleep(5)
    assert not poll.done()
    await system.services.reading.cancel(OWNER, job.id)
    assert ((await poll).status, (await poll).body["revision"]) == (200, 2)


async def test_a_long_poll_for_the_end_is_not_woken_by_each_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waking a poll costs more than the change."""
    system = System()
    job = await system.submitted()

    async def fail(*_: object) -> None:
        raise AssertionError("it waits for the next event")

    monkeypatch.setattr(system.jobs, "wait_for_event", fail)
    poll = asyncio.create_task(answer(system, endpoint.read_job, request(prefer="wait=20"), job_id=job.id))
    await asyncio.sleep(1)
    assert not poll.done()
    await system.work(job.id)
    assert (await poll).body["status"] == "completed"


@pytest.mark.parametrize(
    "tag", ["nonsense", '"-1"', '"*"', '""', '"' + "9" * 400 + '"', '"٣"', '"01"', '"a,1,b"', '"a", "2"', ""]
)
async def test_an_unknown_tag_matches_nothing(tag: str) -> None:
    system = System()
    job = await system.submitted()
    assert (await answer(system, endpoint.read_job, request(if_none_match=tag), job_id=job.id)).status == 200


@pytest.mark.parametrize(
    ("prefer", "wait_s"),
    [
        ("wait=5", 5),
        ("respond-async, wait=10", 10),
        ("WAIT = 7", 7),
        ("wait=9999", 20),
        ("wait=1000000", 20),
        ("wait=" + "9" * 5000, 20),
        ("wait=0000000005", 5),
        ("wait=-1", 0),
        ("wait=soon", 0),
        ("await=5", 0),
        ("wait=5; x=1", 5),
        ("", 0),
    ],
)
def test_prefer_wait_is_read_and_capped(prefer: str, wait_s: int) -> None:
    assert request(prefer=prefer).wait_s == wait_s


@pytest.mark.parametrize(
    ("prefer", "gather_s"),
    [
        ("wait=5, gather=2", 2),
        ("gather=0.25; wait=5", 0.25),
        ("wait=5, GATHER = 1", 1),
        ('wait=5, gather="3"', 3),
        ("wait=5, gather=9999", 20),
        ("wait=5, gather=" + "9" * 5000, 20),
        ("wait=5, gather=-1", 0),
        ("wait=5, gather=soon", 0),
        ("wait=5", 0),
        ("gather=2", 0),
    ],
)
def test_prefer_gather_needs_a_wait(prefer: str, gather_s: float) -> None:
    assert request(prefer=prefer).gather_s == gather_s


async def test_a_poll_that_gathers_returns_the_changes_of_that_time() -> None:
    system = System()
    job = await system.submitted()
    asked = request(prefer="wait=20, gather=2", if_none_match='"1"')
    poll = asyncio.create_task(answer(system, endpoint.read_job, asked, job_id=job.id))
    await asyncio.sleep(1)
    await system.jobs.apply(job.id, change.claim(job, "worker", system.timing))
    await asyncio.sleep(1)
    await system.jobs.apply(job.id, change.advance("worker", 20, "Generating characters..."))
    response = await poll
    assert (response.body["progress"], response.headers["Preference-Applied"]) == (20, "wait=20")


async def test_a_poll_can_name_the_revision_it_knows_as_a_preference() -> None:
    """Unlike `If-None-Match`, that does not cost a browser a preflight for each poll."""
    system = System()
    job = await system.submitted()
    poll = asyncio.create_task(answer(system, endpoint.read_job, request(prefer="wait=20, after=1"), job_id=job.id))
    await asyncio.sleep(5)
    assert not poll.done()
    await system.jobs.apply(job.id, change.claim(job, "worker", system.timing))
    assert ((await poll).status, (await poll).body["revision"]) == (200, 2)


async def test_a_poll_with_a_preference_returns_the_job_even_without_news() -> None:
    """304 needs `If-None-Match`."""
    system = System()
    job = await system.submitted()
    response = await answer(system, endpoint.read_job, request(prefer="wait=2, after=1"), job_id=job.id)
    assert (response.status, response.body["revision"]) == (200, 1)


async def test_if_none_match_takes_precedence_over_the_preference() -> None:
    system = System()
    job = await system.submitted()
    asked = request(prefer="wait=20, after=1", if_none_match='"7"')
    assert (await answer(system, endpoint.read_job, asked, job_id=job.id)).status == 200
    assert asyncio.get_running_loop().time() == 0


async def test_a_preference_that_was_met_is_acknowledged() -> None:
    system = System()
    job = await system.submitted()
    waited = await answer(system, endpoint.read_job, request(prefer="wait=2", if_none_match='"1"'), job_id=job.id)
    assert (waited.status, waited.headers["Preference-Applied"]) == (304, "wait=2")
    plain = await answer(system, endpoint.read_job, request(), job_id=job.id)
    assert "Preference-Applied" not in plain.headers


async def test_events_after_a_revision_are_listed_up_to_the_end() -> None:
    system = System()
    job = await system.submitted()
    await system.work(job.id)
    response = await answer(system, endpoint.read_events, request(query={"after": "1"}), job_id=job.id)
    assert [event["revision"] for event in response.body["events"]][:2] == [2, 3]
    assert response.body["events"][-1]["status"] == "completed"


async def test_items_show_the_finished_stages() -> None:
    system = System()
    job = await system.submitted(count=2)
    await system.work(job.id)
    response = await answer(system, endpoint.read_job, request(), job_id=job.id)
    assert response.body["items"][1]["index"] == 1
    assert response.body["items"][1]["name"] == "name 1"
    assert sorted(response.body["items"][1]["stages"]) == sorted(JOB_TYPES["generate_characters"].stages)


async def test_a_finished_item_names_its_piece_in_the_library() -> None:
    """A page links the cards of a job to the pieces that its user edits."""
    system = System()
    job = await system.submitted(count=2)
    await system.work(job.id)
    response = await answer(system, endpoint.read_job, request(), job_id=job.id)
    kept, _ = await system.documents.page(OWNER, Search(shelf=Shelf.PIECES), 10)
    assert {item["library_id"] for item in response.body["items"]} == {piece.id for piece in kept}


@pytest.mark.parametrize("complete", [True, False])
async def test_an_item_says_whether_it_is_complete(complete: bool) -> None:
    """A page lets its user choose a piece before the job ends."""
    system = System()
    job = await system.submitted(count=1)
    job = await system.jobs.apply(job.id, change.claim(job, "worker", system.timing))
    piece: dict[str, Json] = {"name": "Oda", "description": "A clerk.", "type": "character", "details": {}}
    stages = JOB_TYPES["generate_characters"].stages
    for stage in stages if complete else stages[:-1]:
        checkpoint = Checkpoint(0, stage, {"name": "Oda"})
        await system.jobs.apply(job.id, change.advance("worker", 30, "Generated names...", checkpoint, piece))
    response = await answer(system, endpoint.read_job, request(), job_id=job.id)
    (item,) = response.body["items"]
    assert item["complete"] is complete
    assert item["library_id"] is None  # until the job has ended


async def test_a_piece_that_was_stored_without_a_language_is_english() -> None:
    """Version 0.2.0 wrote English only, and its jobs can still be read after an update."""
    system = System()
    job = await system.submitted(count=1)
    job = await system.jobs.apply(job.id, change.claim(job, "worker", system.timing))
    piece: dict[str, Json] = {"name": "Oda", "description": None, "type": "character", "details": {}}
    checkpoint = Checkpoint(0, "name", {"name": "Oda"})
    await system.jobs.apply(job.id, change.advance("worker", 30, "Generated names...", checkpoint, piece))
    response = await answer(system, endpoint.read_job, request(), job_id=job.id)
    assert response.body["items"][0]["language"] == "en"


@pytest.mark.parametrize("prefer", ["after={}", "wait=20, after={}", "wait=20, after={}, gather=0.5"])
async def test_a_known_revision_that_is_answered_has_its_pieces(prefer: str) -> None:
    """A poll with `after` is never answered with 304, so the page shows what it gets."""
    system = System()
    job = await system.submitted()
    await system.work(job.id)
    plain = await answer(system, endpoint.read_job, request(), job_id=job.id)
    asked = request(prefer=prefer.format(plain.body["revision"]))
    assert (await answer(system, endpoint.read_job, asked, job_id=job.id)).body == plain.body


async def test_a_poll_that_may_not_wait_gets_the_pieces_so_far() -> None:
    system = System()
    system.limits = replace(system.limits, max_waiters=0)
    system.services = system.process()
    job = await system.submitted(count=1)
    seen: list[Json] = []

    async def look(_job_id: str, _item: int, stage: str) -> None:
        if stage != "name":
            known = (await system.job(job.id)).revision
            asked = request(prefer=f"wait=20, after={known}")
            seen.append((await answer(system, endpoint.read_job, asked, job_id=job.id)).body["items"])

    system.generator.before_stage = look
    await system.work(job.id)
    assert seen
    assert all(seen)
