"""Owners at the same API: each sees its own, may have so much, and learns nothing of the others."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.api import cursor
from chalicelib.api.router import ROUTES
from local.stack.local_stack import LocalStack
from tests.e2e.api import Api

RELIC = {"count": 1}
NOBODYS = "00000000-0000-4000-8000-000000000000"


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
    """A job and a world of Alice's."""
    job = alice.finished(alice.submit("create_world", {"theme": "fantasy"})["id"])
    return {"job": job["id"], "world": job["result"]["world_id"]}


#: Every operation on one thing.
ON_ONE = [(route.method, route.path) for route in ROUTES if "{" in route.path]


@pytest.mark.parametrize(("method", "path"), ON_ONE)
def test_somebody_elses_is_like_nothing_at_all(
    bob: Api, alice: Api, theirs: dict[str, str], method: str, path: str
) -> None:
    id_ = theirs["world" if path.startswith("/worlds/") else "job"]
    refused = bob.ask(method, path.format(job_id=id_, world_id=id_))
    nothing = bob.ask(method, path.format(job_id=NOBODYS, world_id=NOBODYS))
    assert refused.status_code == 404
    assert refused.json() == nothing.json()
    assert alice.job(theirs["job"])["status"] == "completed"


def test_lists_have_the_callers_own_alone(alice: Api, bob: Api, theirs: dict[str, str]) -> None:
    mine = bob.submit("generate_relics", RELIC)["id"]
    assert [job["id"] for job in bob.ask("GET", "/jobs?limit=100").json()["jobs"]].count(mine) == 1
    assert theirs["job"] not in {job["id"] for job in bob.ask("GET", "/jobs?limit=100").json()["jobs"]}
    assert theirs["world"] not in {world["id"] for world in bob.ask("GET", "/worlds").json()["worlds"]}
    assert theirs["world"] in {world["id"] for world in alice.ask("GET", "/worlds").json()["worlds"]}
    bob.finished(mine)


@pytest.mark.parametrize("thing", ["job", "world"])
def test_a_cursor_of_somebody_else_is_none(alice: Api, bob: Api, theirs: dict[str, str], thing: str) -> None:
    page = f"/{thing}s?cursor={cursor.encode(theirs[thing])}"
    assert (alice.ask("GET", page).status_code, bob.ask("GET", page).status_code) == (200, 400)


def test_a_key_of_one_owner_is_not_anothers(alice: Api, bob: Api) -> None:
    """An Idempotency-Key that both happen to use must not lead one to the other's job."""
    hers, his = (client.submit("generate_relics", RELIC, Idempotency_Key="the-same")["id"] for client in (alice, bob))
    assert hers != his
    alice.finished(hers)
    bob.finished(his)


def test_a_world_is_the_callers_own(alice: Api) -> None:
    answer = alice.ask("POST", "/jobs", json={"type": "create_world", "payload": {"user_id": "bob"}})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer nonsense", "Basic YWxpY2U6c2VjcmV0"])
@pytest.mark.parametrize(
    ("method", "path"),
    [(route.method, route.path) for route in ROUTES if not route.is_public],
)
def test_without_a_good_token_nobody_gets_in(guarded: LocalStack, method: str, path: str, header: str | None) -> None:
    with Api(guarded.urls.api) as stranger:
        headers = {} if header is None else {"Authorization": header}
        answer = stranger.ask(method, re.sub(r"{\w+}", NOBODYS, path), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        named = ', error="invalid_token"' if header == "Bearer nonsense" else ""
        assert answer.headers["WWW-Authenticate"] == f'Bearer realm="loresmith"{named}'
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_third_unfinished_job_is_too_many_and_the_first_ones_end_frees_a_place(guarded: LocalStack) -> None:
    with Api(guarded.urls.api, guarded.token("carol")) as carol:
        first, second = (carol.submit("generate_relics", RELIC)["id"] for _ in range(2))
        refused = carol.ask("POST", "/jobs", json={"type": "generate_relics", "payload": RELIC})
        assert (refused.status_code, refused.json()["code"]) == (429, "quota_exceeded")
        assert int(refused.headers["Retry-After"]) > 0
        assert "RateLimit" in refused.headers
        carol.finished(first)
        third: dict[str, Any] = carol.submit("generate_relics", RELIC)
        assert {carol.finished(job_id)["status"] for job_id in (second, third["id"])} == {"completed"}
