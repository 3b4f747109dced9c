"""The library over HTTP, on the local stack."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.stack.local_stack import LocalStack
from local.stack.settings import StackSettings
from tests.e2e.api import Api
from tests.e2e.environment import own_stack

NEW = {"kind": "relic", "name": "Lantern", "description": "It burns.", "details": {"age": 300, "weight": 1.0}}


def added(api: Api, **changed: Any) -> dict[str, Any]:
    answer = api.ask("POST", "/pieces", json=NEW | changed)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_piece_lives_from_its_first_text_to_the_trash_and_back(api: Api) -> None:
    made = api.ask("POST", "/pieces", json=NEW)
    address, tag = made.headers["Location"], made.headers["ETag"]
    read = api.ask("GET", address)
    assert (read.json(), read.headers["ETag"]) == (made.json(), tag)
    assert '"weight":1.0' in read.text.replace(" ", ""), "numbers stay as they are"
    assert api.ask("GET", address, headers={"If-None-Match": tag}).status_code == 304
    headers = {"If-Match": tag, "Content-Type": "application/merge-patch+json"}
    changed = api.ask("PATCH", address, data=b'{"name": "Lamp", "details": {"age": null}}', headers=headers)
    assert (changed.status_code, changed.json()["details"]) == (200, {"weight": 1.0})
    stale = api.ask("PATCH", address, json={"name": "Late"}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["current"]) == (412, changed.json())
    assert stale.headers["ETag"] == changed.headers["ETag"]
    assert api.ask("PATCH", address, json={"name": "Late"}).status_code == 428
    assert [each["name"] for each in api.ask("GET", f"{address}/versions").json()["versions"]] == ["Lantern"]
    restored = api.ask("POST", f"{address}/restore", json={"version": 1})
    assert (restored.json()["name"], restored.json()["version"]) == ("Lantern", 3)
    assert api.ask("DELETE", address).json()["deleted_at"]
    assert api.ask("POST", f"{address}/restore", json={}).json()["deleted_at"] is None
    assert api.ask("DELETE", address, headers={"If-Match": '"1"'}).status_code == 412


def test_pieces_are_searched_and_listed_page_by_page(api: Api) -> None:
    tag = str(uuid.uuid4())
    names = ["Älteste", "beta", "Gamma", "Zeta", "δέλτα"]
    for name in reversed(names):
        added(api, name=name, tags=[tag])
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.ask("GET", f"/pieces?tag={tag.upper()}&sort=name&limit=2{cursor}").json()
        seen += [piece["name"] for piece in page["pieces"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == names
    found = api.ask("GET", "/pieces", params={"tag": tag, "q": "ΔΈΛΤΑ"}).json()["pieces"]
    assert [piece["name"] for piece in found] == ["δέλτα"]


def test_of_many_simultaneous_changes_of_one_version_one_is_made(api: Api) -> None:
    address = f"/pieces/{added(api)['id']}"

    def change(number: int) -> int:
        with Api(api.url) as caller:
            return caller.ask("PATCH", address, json={"name": f"By {number}"}, headers={"If-Match": '"1"'}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(change, range(16)))
    assert sorted(statuses) == [200, *[412] * 15]
    assert api.ask("GET", address).json()["version"] == 2
    assert len(api.ask("GET", f"{address}/versions").json()["versions"]) == 1


def test_of_many_simultaneous_changes_of_any_version_none_is_lost(api: Api) -> None:
    address = f"/pieces/{added(api, details={})['id']}"

    def change(number: int) -> int:
        with Api(api.url) as caller:
            patch = {"details": {str(number): number}}
            return caller.ask("PATCH", address, json=patch, headers={"If-Match": "*"}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(change, range(12))) == {200}
    assert api.ask("GET", address).json()["details"] == {str(number): number for number in range(12)}


def test_a_saved_world_is_edited_and_goes_into_the_trash(api: Api) -> None:
    job = api.finished(api.submit("create_world", {"theme": "fantasy", "user_id": "1"})["id"])
    address = f"/worlds/{job['result']['world_id']}"
    world = api.ask("GET", address).json()
    assert world["source"]["job_id"] == world["job_id"] == job["id"]
    patch = {"title": "My own title", "for_players": ["quest"]}
    changed = api.ask("PATCH", address, json=patch, headers={"If-Match": f'"{world["version"]}"'}).json()
    assert (changed["title"], changed["story"], changed["edited"]) == ("My own title", world["story"], True)
    api.ask("DELETE", address)
    assert changed["id"] not in [each["id"] for each in api.ask("GET", "/worlds?limit=100").json()["worlds"]]
    assert changed["id"] in [each["id"] for each in api.ask("GET", "/worlds?trash=true&limit=100").json()["worlds"]]
    assert api.ask("DELETE", "/trash").json()["deleted"] >= 1
    assert api.ask("GET", address).status_code == 404


def test_a_page_may_change_pieces_from_its_browser(api: Api) -> None:
    """A browser asks first (CORS), because of the method and of If-Match."""
    address = f"/pieces/{added(api)['id']}"
    wanted = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match,content-type"}
    asked = api.ask("OPTIONS", address, headers={"Origin": "http://localhost:5173", **wanted})
    assert asked.status_code == 200
    assert {"PATCH", "DELETE"} <= set(asked.headers["Access-Control-Allow-Methods"].split(","))
    assert "If-Match" in asked.headers["Access-Control-Allow-Headers"].split(",")


def test_the_library_is_kept_when_the_stack_stops(tmp_path: Path) -> None:
    environment = own_stack(tmp_path / "stack", OFFLINE_LLM_LATENCY_S="0.02")
    with LocalStack(StackSettings.read(environment)) as stack, Api(stack.urls.api) as api:
        piece = added(api)
        job = api.finished(api.submit("create_world", {"theme": "fantasy", "user_id": "1"})["id"])
        world = api.ask("GET", f"/worlds/{job['result']['world_id']}").json()
    with LocalStack(StackSettings.read(environment)) as stack, Api(stack.urls.api) as api:
        assert api.ask("GET", f"/pieces/{piece['id']}").json() == piece
        assert api.ask("GET", f"/worlds/{world['id']}").json() == world
        assert piece["id"] in [each["id"] for each in api.ask("GET", "/pieces?limit=100").json()["pieces"]]
