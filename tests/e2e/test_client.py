"""The Python client against the whole local stack."""

import asyncio
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

import loresmith
from local.stack.local_stack import LocalStack
from loresmith import AsyncLoreSmith, Job, LoreSmith
from tests.e2e.environment import jobs_kept_waiting


@pytest.fixture
def client(stack: LocalStack) -> Iterator[LoreSmith]:
    with LoreSmith(stack.urls.api, timeout_s=300) as made:
        yield made


def test_a_job_is_submitted_followed_and_read(client: LoreSmith) -> None:
    job = client.submit("relics", theme="sea", count=2)
    shown = [(state.revision, state.progress) for state in job.updates()]
    assert shown == sorted(shown)
    assert shown[-1][1] == 100
    events = list(job.events())
    assert [event.revision for event in events] == list(range(1, job.state.revision + 1))
    assert [piece.name for piece in job.result] == [item.name for item in job.items]
    assert list(client.jobs.get(job.id).events(after=events[-2].revision)) == events[-1:]
    assert list(client.jobs.get(job.id).events(after=events[-1].revision)) == []


def test_a_cancelled_job_is_continued_by_its_retry(client: LoreSmith, stack: LocalStack) -> None:
    with jobs_kept_waiting(stack):
        job = client.submit("relics", theme="sea", count=1)
        with pytest.raises(loresmith.JobUnfinished):
            _ = job.result
        with pytest.raises(loresmith.WaitTimeout):
            job.wait(timeout_s=0.5)
        assert job.cancel().status == "cancelled"
    with pytest.raises(loresmith.JobCancelled):
        job.wait()
    retried = job.retry()
    assert len(retried.wait()) == 1
    with pytest.raises(loresmith.Conflict) as refused:
        retried.retry()
    assert refused.value.code == "conflict"
    assert refused.value.request_id


def test_many_jobs_are_submitted_and_read_at_once(client: LoreSmith) -> None:
    key = str(uuid.uuid4())
    wanted: list[loresmith.Submission] = [{"type": "relics", "payload": {"count": 1, "theme": theme}} for theme in "ab"]
    jobs = [each for each in client.jobs.batch(wanted, idempotency_key=key) if isinstance(each, Job)]
    again = [each for each in client.jobs.batch(wanted, idempotency_key=key) if isinstance(each, Job)]
    assert [job.id for job in jobs] == [job.id for job in again]
    assert {job.wait()[0].type for job in jobs} == {"relic"}
    unknown = [str(uuid.uuid4()) for _ in range(60)]  # more than one request can name
    ids = [jobs[1].id, *unknown, jobs[0].id, jobs[1].id]
    assert [job.id for job in client.jobs.get_many(ids)] == [jobs[1].id, jobs[0].id]
    with pytest.raises(loresmith.InvalidRequest) as refused:
        client.jobs.batch([wanted[0], {"type": "relics", "payload": {"count": 99}}])
    assert "jobs[1].payload.count" in {fault.field for fault in refused.value.errors}


def test_a_refused_job_of_a_batch_is_an_error_in_its_place(guarded: LocalStack) -> None:
    """This stack allows two unfinished jobs."""
    with LoreSmith(guarded.urls.api, guarded.token(str(uuid.uuid4())), timeout_s=300) as client:
        with jobs_kept_waiting(guarded):
            found = client.jobs.batch([{"type": "relics", "payload": {"count": 1}}] * 3)
        refused = [each for each in found if isinstance(each, loresmith.RateLimited)]
        assert [(error.code, error.status, error.retryable) for error in refused] == [("quota_exceeded", 429, True)]
        assert refused[0].retry_after_s
        assert refused[0].request_id
        for job in found:
            if isinstance(job, Job):
                job.cancel()


def test_a_caller_without_a_valid_token_is_refused(guarded: LocalStack) -> None:
    asked: list[str] = []

    def fetch_token() -> str:
        asked.append("again")
        return "wrong"

    client = LoreSmith(guarded.urls.api, fetch_token)
    with client, pytest.raises(loresmith.Unauthenticated) as refused:
        list(client.jobs.list())
    assert refused.value.code == "unauthenticated"
    assert len(asked) == 2
    with LoreSmith(guarded.urls.api, lambda: str(guarded.token("newcomer without jobs"))) as client:
        assert list(client.jobs.list(limit=1)) == []


def test_pieces_are_added_found_changed_and_restored(client: LoreSmith) -> None:
    word = uuid.uuid4().hex
    piece = client.pieces.add(kind="relic", name=f"Lantern {word}", details={"age": 300}, tags=["act one"])
    read = client.pieces.get(piece.id)
    changed = client.pieces.edit(read, name=f"Lamp {word}", details={"age": None}, canon=True)
    assert (changed.details, changed.version) == ({}, 2)
    with pytest.raises(loresmith.StaleVersion) as stale:
        client.pieces.edit(read, name="Too late")
    assert stale.value.current is not None
    assert stale.value.current["name"] == changed.name
    with pytest.raises(TypeError, match="version"):
        client.pieces.edit(piece.id, name="Which version?")
    assert [found.id for found in client.pieces.list(search=word, kind="relic", canon=True)] == [piece.id]
    assert [version.name for version in client.pieces.versions(piece)] == [piece.name]
    assert client.pieces.delete(changed).deleted_at
    assert piece.id in [found.id for found in client.pieces.list(trash=True)]
    assert client.pieces.restore(piece, version=1).name == piece.name
    rewritten = client.generate("rewrite_piece", piece_id=piece.id, fields=["description"], instruction="Shorter.")
    assert (rewritten.piece.id, rewritten.piece.name) == (piece.id, piece.name)


def test_a_world_is_made_exported_and_shared(client: LoreSmith, tmp_path: object) -> None:
    (place,) = client.generate("settings", count=1)
    made = client.generate("create_world", user_id="42", selectedLore={"setting": place})
    assert made.pieces["setting"].name == place.name
    world = client.worlds.get(made.world_id)
    assert made.title in [found.title for found in client.worlds.list(limit=20)]
    file = client.worlds.export(world)
    assert (file.name, file.media_type) == (f"{made.title}.md", "text/markdown")
    assert made.title in file.save(str(tmp_path)).read_text(encoding="utf-8")
    assert client.worlds.export(world, "obsidian", view="players").content.startswith(b"PK")
    marked = client.worlds.edit(world, for_players=["pieces.setting.name"])
    link = client.worlds.share(marked)
    assert client.worlds.share(marked) == link
    assert client.worlds.shared(link).pieces["setting"].name == place.name
    client.worlds.unshare(marked)
    with pytest.raises(loresmith.NotFound):
        client.worlds.shared(link)
    assert client.worlds.restore(client.worlds.delete(world)).deleted_at is None


def test_history_usage_and_job_types_are_read(client: LoreSmith) -> None:
    assert client.estimate("characters", count=2).llm_calls > 0
    job = client.submit("relics", count=1)
    job.wait()
    while job.id not in {record.id for record in client.history(type="relics", limit=20)}:
        pass  # each request takes a while
    assert client.usage().total.jobs > 0
    assert "create_world" in {job_type.type for job_type in client.job_types()}
    assert client.health().redis == "ok"
    assert client.empty_trash() >= 0


def test_threads_can_share_a_client(client: LoreSmith) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda theme: client.generate("relics", theme=theme, count=1), "abcd"))
    assert [len(pieces) for pieces in made] == [1] * 4


async def test_many_jobs_are_followed_at_once(stack: LocalStack) -> None:
    async with AsyncLoreSmith(stack.urls.api, timeout_s=300) as client:
        jobs = await asyncio.gather(*(client.submit("relics", count=1, theme=theme) for theme in "abcd"))
        results = await asyncio.gather(*(job.wait() for job in jobs))
        assert [len(result) for result in results] == [1] * 4
        assert [event.progress async for event in jobs[0].events()][-1] == 100
        listed = {job.id async for job in client.jobs.list(type="relics", limit=50)}
        assert {job.id for job in jobs} <= listed
