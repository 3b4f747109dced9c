"""Several owners use one API. Each has a quota, sees only its own jobs and worlds, and learns nothing of the others."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.api import cursor
from chalicelib.api.router import ROUTES
from local.stack.local_stack import LocalStack
from tests.e2e.api import Api
from tests.e2e.environment import jobs_kept_waiting
from tests.redis_server import until

RELIC = {"count": 1}
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def alice(guarded: LocalStack) -> Iterator[Api]:
    with Api(guarded.urls.api, guarded.token("alice")) as client:
        yield client


@pytest.fixture
def bob(guarded: LocalStack) -> Iterator[Api]:
    with Api(guarded.urls.api, guarded.token("bob")) as client:
        yield client


@pytest.fixture
def theirs(alice: Api) -> dict[str, str]:
    """A job, its delivery to a webhook that nobody has, a world and a piece that belong to Alice."""
    assert alice.ask("POST", "/webhook/secret", headers={"Idempotency-Key": "one for all tests"}).status_code == 201
    wanted = {"type": "create_world", "payload": {"theme": "fantasy"}, "webhook": {"url": "https://hooks.invalid/"}}
    job = alice.finished(alice.ask("POST", "/jobs", json=wanted).json()["id"])
    piece = alice.ask("POST", "/pieces", json={"kind": "relic", "name": "Lantern"}).json()
    return {
        "job": job["id"],
        "world": job["result"]["world_id"],
        "piece": piece["id"],
        "delivery": _first_delivery(alice, job["id"]),
    }


def _first_delivery(alice: Api, job_id: str) -> str:
    def found() -> list[Any]:
        return list(alice.ask("GET", f"/jobs/{job_id}/deliveries").json()["deliveries"])

    until(lambda: bool(found()))
    return str(found()[0]["id"])


#: Every operation on one job, delivery, world or piece.
ON_ONE = [(route.method, route.path) for route in ROUTES if "{" in route.path and not route.is_public]


@pytest.mark.parametrize(("method", "path"), ON_ONE)
def test_what_another_owner_has_looks_like_what_does_not_exist(
    bob: Api, alice: Api, theirs: dict[str, str], method: str, path: str
) -> None:
    given: dict[str, Any] = {"headers": {"If-Match": "*"}, "json": {}}
    refused = bob.ask(method, path.format(**{f"{name}_id": id_ for name, id_ in theirs.items()}), **given)
    nothing = bob.ask(method, path.format(**{f"{name}_id": UNKNOWN_ID for name in theirs}), **given)
    assert refused.status_code == 404
    assert refused.json() == nothing.json()
    assert alice.job(theirs["job"])["status"] == "completed"
    for kept in (f"/worlds/{theirs['world']}", f"/pieces/{theirs['piece']}"):
        assert alice.ask("GET", kept).json()["deleted_at"] is None


def test_emptying_the_trash_deletes_nothing_of_another_owner(alice: Api, bob: Api, theirs: dict[str, str]) -> None:
    assert alice.ask("DELETE", f"/pieces/{theirs['piece']}").status_code == 200
    assert bob.ask("DELETE", "/trash").json() == {"deleted": 0}
    assert alice.ask("GET", f"/pieces/{theirs['piece']}").json()["deleted_at"]


def test_owners_may_choose_the_same_id(alice: Api, bob: Api) -> None:
    """Choosing an id must not reveal whether somebody else has it."""
    chosen = {"id": str(uuid.uuid4()), "kind": "relic"}
    for owner, name in ((alice, "Hers"), (bob, "His")):
        assert owner.ask("POST", "/pieces", json=chosen | {"name": name}).status_code == 201
        assert owner.ask("GET", f"/pieces/{chosen['id']}").json()["name"] == name


def test_lists_have_only_what_the_caller_has(alice: Api, bob: Api, theirs: dict[str, str]) -> None:
    mine = bob.submit("generate_relics", RELIC)["id"]
    assert [job["id"] for job in bob.ask("GET", "/jobs?limit=100").json()["jobs"]].count(mine) == 1
    assert theirs["job"] not in {job["id"] for job in bob.ask("GET", "/jobs?limit=100").json()["jobs"]}
    assert theirs["world"] not in {world["id"] for world in bob.ask("GET", "/worlds").json()["worlds"]}
    assert theirs["world"] in {world["id"] for world in alice.ask("GET", "/worlds").json()["worlds"]}
    assert theirs["piece"] not in {piece["id"] for piece in bob.ask("GET", "/pieces?limit=100").json()["pieces"]}
    bob.finished(mine)


def test_the_history_has_only_the_callers_own_jobs(alice: Api, newcomer: Api, theirs: dict[str, str]) -> None:
    mine = newcomer.archived(newcomer.submit("generate_relics", RELIC)["id"])["id"]
    alice.archived(theirs["job"])
    assert newcomer.recorded() == {mine}
    assert newcomer.ask("GET", "/usage").json()["total"]["jobs"] == 1
    assert mine not in alice.recorded()


def test_another_owners_cursor_is_refused(alice: Api, bob: Api, theirs: dict[str, str]) -> None:
    page = f"/jobs?cursor={cursor.encode(theirs['job'])}"
    assert (alice.ask("GET", page).status_code, bob.ask("GET", page).status_code) == (200, 400)


def test_another_owners_place_in_a_list_shows_only_the_callers_own(alice: Api, bob: Api) -> None:
    """Such a cursor is only a name or a time: it shows nothing that belongs to another owner."""
    for name in ("A", "B", "C"):
        assert alice.ask("POST", "/pieces", json={"kind": "relic", "name": name, "tags": ["x"]}).status_code == 201
    place = alice.ask("GET", "/pieces?sort=name&tag=x&limit=1").json()["next_cursor"]
    his = bob.ask("POST", "/pieces", json={"kind": "relic", "name": "Zeta", "tags": ["x"]}).json()["id"]
    seen = bob.ask("GET", f"/pieces?sort=name&tag=x&cursor={place}").json()["pieces"]
    assert [piece["id"] for piece in seen] == [his]


def test_owners_do_not_share_idempotency_keys(alice: Api, bob: Api) -> None:
    """If two owners happen to use the same key, neither must get the other's job."""
    hers, his = (client.submit("generate_relics", RELIC, Idempotency_Key="the-same")["id"] for client in (alice, bob))
    assert hers != his
    alice.finished(hers)
    bob.finished(his)


def test_a_caller_cannot_create_a_world_for_another_user(alice: Api) -> None:
    answer = alice.ask("POST", "/jobs", json={"type": "create_world", "payload": {"user_id": "bob"}})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer nonsense", "Basic YWxpY2U6c2VjcmV0"])
@pytest.mark.parametrize(
    ("method", "path"),
    [(route.method, route.path) for route in ROUTES if not route.is_public],
)
def test_a_request_without_a_valid_token_is_refused(
    guarded: LocalStack, method: str, path: str, header: str | None
) -> None:
    with Api(guarded.urls.api) as stranger:
        headers = {} if header is None else {"Authorization": header}
        answer = stranger.ask(method, re.sub(r"{\w+}", UNKNOWN_ID, path), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        named = ', error="invalid_token"' if header == "Bearer nonsense" else ""
        assert answer.headers["WWW-Authenticate"] == f'Bearer realm="loresmith"{named}'
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_job_over_the_quota_is_refused_until_another_one_ends(guarded: LocalStack) -> None:
    with Api(guarded.urls.api, guarded.token("carol")) as carol:
        with jobs_kept_waiting(guarded):
            first, second = (carol.submit("generate_relics", RELIC)["id"] for _ in range(2))
            refused = carol.ask("POST", "/jobs", json={"type": "generate_relics", "payload": RELIC})
        assert (refused.status_code, refused.json()["code"]) == (429, "quota_exceeded")
        assert int(refused.headers["Retry-After"]) > 0
        assert "RateLimit" in refused.headers
        carol.finished(first)
        third: dict[str, Any] = carol.submit("generate_relics", RELIC)
        assert {carol.finished(job_id)["status"] for job_id in (second, third["id"])} == {"completed"}
