"""A request names pieces and worlds by their ids. Their text is stored with the job, as it is at submission."""

from typing import Any

import pytest

from chalicelib.api import endpoint
from chalicelib.domain.document import Document
from chalicelib.domain.error import IdempotencyMismatch, InvalidSubmission, LibraryUnavailable
from chalicelib.domain.job import Job
from chalicelib.domain.job_type import FIELDS, JOB_TYPES
from tests.unit.chalicelib.http_call import answer, request
from tests.unit.chalicelib.kept import LOW_TARN, OSK, PIECE_ID, WORLD_ID, piece, world
from tests.unit.chalicelib.system import OWNER, System
from tests.virtual_time import now_ms

#: Characters of four bytes: more than half of what all pieces together may have.
LARGE: dict[str, Any] = {"name": "Wide", "description": "W.", "details": {"text": "\U00020000" * 7_000}}
REWRITE: dict[str, Any] = {"piece_id": PIECE_ID, "fields": ["description"]}


def piece_id(number: int) -> str:
    return f"44444444-0000-4000-8000-{number:012}"


async def keeping(*documents: Document) -> System:
    system = System()
    for document in documents:
        await system.documents.add(document)
    return system


async def faults(system: System, type_name: str, payload: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidSubmission) as refused:
        await system.submit(OWNER, type_name, payload)
    return [(fault.field, fault.message) for fault in refused.value.faults]


def params_of(job: Job) -> Any:
    return JOB_TYPES[job.type].params(job.payload, job.owner)


async def test_a_rewrite_is_stored_with_the_piece_and_its_version() -> None:
    system = await keeping(piece())
    job = await system.submitted("rewrite_piece", **REWRITE, instruction="Shorter.")
    assert job.payload["piece"] == {"id": PIECE_ID, "version": 1, "type": "character", **OSK}
    assert job.payload["piece_id"] == PIECE_ID
    assert params_of(job) == {
        "language": "en",
        "count": 1,
        "rewrite": {"piece": OSK, "fields": ["description"], "instruction": "Shorter."},
    }
    assert JOB_TYPES[job.type].kind_of(job.payload) == "character"


async def test_a_rewrite_of_a_world_has_its_theme_its_language_and_its_pieces_as_context() -> None:
    system = await keeping(world())
    job = await system.submitted("rewrite_world", world_id=WORLD_ID, fields=["quest"], premise="Four beginners.")
    shown = {name: LOW_TARN[name] for name in ("title", "story", "quest", "language")}
    assert params_of(job) == {
        "theme": "folk tales",
        "language": "en",
        "premise": "Four beginners.",
        "count": 1,
        "context": {"setting": {"name": "Low Tarn", "description": "A drowned town."}},
        "rewrite": {"piece": shown, "fields": ["quest"]},
    }
    assert JOB_TYPES[job.type].kind_of(job.payload) == "world"


async def test_what_the_caller_asks_for_comes_before_what_the_world_has() -> None:
    system = await keeping(world())
    asked = {"theme": "noir", "language": "de", "tone": "dry"}
    job = await system.submitted("rewrite_world", world_id=WORLD_ID, fields=["title"], **asked)
    assert {name: params_of(job)[name] for name in asked} == asked


async def test_canon_is_background_with_a_role_of_its_own() -> None:
    """A chosen piece keeps the role that the job system guide gives it."""
    kept = [piece(piece_id(1), kind="setting"), piece(piece_id(2)), piece(piece_id(3), name="Ada")]
    system = await keeping(*kept)
    chosen = {"name": "Gull Rock", "description": "A rock."}
    payload = {"selectedSetting": chosen, "canon": [each.id for each in kept]}
    job = await system.submitted("generate_events", **payload)
    canon = {"description": OSK["description"], "details": OSK["details"], "background": True}
    assert params_of(job)["context"] == {
        "setting": chosen,
        "setting_2": {"name": "Osk Venn", **canon},
        "character": {"name": "Osk Venn", **canon},
        "character_2": {"name": "Ada", **canon},
    }
    assert "canon" not in params_of(job)


async def test_a_piece_that_the_job_is_about_is_not_canon_too() -> None:
    """Nothing that is rewritten can agree with its old text, and a world need not have a piece twice."""
    system = await keeping(piece(), piece(piece_id(1), name="Ada"))
    rewriting = await system.submitted("rewrite_piece", **REWRITE, canon=[PIECE_ID, piece_id(1)])
    assert [each["name"] for each in params_of(rewriting)["context"].values()] == ["Ada"]
    made = await system.submitted("create_world", user_id="42", pieces=[PIECE_ID], canon=[PIECE_ID, piece_id(1)])
    assert {role: (each["name"], "background" in each) for role, each in params_of(made)["context"].items()} == {
        "character": ("Osk Venn", False),
        "character_2": ("Ada", True),
    }


@pytest.mark.parametrize("type_name", JOB_TYPES)
async def test_every_type_takes_canon(type_name: str) -> None:
    system = await keeping(piece(piece_id(1)), piece(), world())
    ids = {"piece_id": PIECE_ID, "world_id": WORLD_ID}
    example = {name: ids.get(name, value) for name, value in JOB_TYPES[type_name].example.items()}
    job = await system.submitted(type_name, **{**example, "canon": [piece_id(1)]})
    (canon,) = [each for each in params_of(job)["context"].values() if each.get("background")]
    assert canon["name"] == "Osk Venn"


async def test_a_world_is_made_of_pieces_in_full_and_of_pieces_by_id() -> None:
    kept = [piece(piece_id(1), kind="setting", name="Gull Rock"), piece(piece_id(2)), piece(piece_id(3), name="Ada")]
    system = await keeping(*kept)
    sent = {"name": "Low Tarn", "description": "A drowned town."}
    job = await system.submitted(
        "create_world", user_id="42", selectedLore={"setting": sent}, pieces=[each.id for each in kept]
    )
    assert list(params_of(job)["context"]) == ["setting", "setting_2", "character", "character_2"]
    assert not any("background" in each for each in params_of(job)["context"].values())
    await system.work(job.id)
    pieces: Any = (await system.job(job.id)).result["pieces"]  # type: ignore[call-overload, index]
    assert pieces["setting"] == sent
    assert pieces["setting_2"] == {"id": piece_id(1), "type": "setting", **OSK, "name": "Gull Rock"}
    assert pieces["character_2"]["id"] == piece_id(3)


async def test_a_job_uses_a_piece_as_it_was_when_the_job_was_submitted() -> None:
    """So does a retry, even if the piece has been deleted by then."""
    system = await keeping(piece())
    job = await system.submitted("generate_relics", canon=[PIECE_ID])
    await system.documents.replace(piece(), piece().moved(deleted_at=now_ms(), at=now_ms()))
    await system.services.reading.cancel(OWNER, job.id)
    again = (await system.services.submission.retry(OWNER, job.id)).job
    assert params_of(again)["context"]["character"]["name"] == "Osk Venn"


@pytest.mark.parametrize(
    ("type_name", "payload", "expected"),
    [
        ("rewrite_piece", REWRITE, ("payload.piece_id", "is not the id of one of your pieces")),
        (
            "rewrite_world",
            {"world_id": WORLD_ID, "fields": ["story"]},
            ("payload.world_id", "is not the id of one of your worlds"),
        ),
        ("generate_relics", {"canon": [PIECE_ID]}, ("payload.canon[0]", "is not the id of one of your pieces")),
        (
            "create_world",
            {"user_id": "42", "pieces": [PIECE_ID]},
            ("payload.pieces[0]", "is not the id of one of your pieces"),
        ),
    ],
)
@pytest.mark.parametrize("kept", [[], [piece(owner="mallory"), world(owner="mallory")]], ids=["unknown", "another's"])
async def test_a_document_that_the_caller_does_not_have_is_named_by_its_field(
    type_name: str, payload: dict[str, Any], expected: tuple[str, str], kept: list[Document]
) -> None:
    assert await faults(await keeping(*kept), type_name, payload) == [expected]


async def test_a_piece_in_the_trash_must_be_restored_first() -> None:
    system = await keeping(piece(piece_id(1)), piece().moved(deleted_at=now_ms(), at=now_ms()))
    expected = [("payload.canon[1]", "is the id of a piece in the trash; restore it first")]
    assert await faults(system, "generate_relics", {"canon": [piece_id(1), PIECE_ID]}) == expected


async def test_which_fields_can_be_rewritten_depends_on_the_kind() -> None:
    system = await keeping(piece(kind="relic"))
    found = await faults(system, "rewrite_piece", REWRITE | {"fields": ["history", "stats", "secret"]})
    known = ", ".join(FIELDS["relic"])
    assert found == [
        (f"payload.fields[{index}]", f"is not a field of a relic; the fields are: {known}") for index in (1, 2)
    ]


async def test_a_piece_of_a_kind_that_no_type_writes_cannot_be_rewritten() -> None:
    """Its type may have been removed."""
    system = await keeping(piece(kind="ballad"))
    ((field, message),) = await faults(system, "rewrite_piece", REWRITE)
    assert (field, "cannot be rewritten" in message) == ("payload.piece_id", True)


async def test_a_job_takes_at_most_ten_pieces() -> None:
    kept = [piece(piece_id(number)) for number in range(10)]
    system = await keeping(*kept)
    ids = [each.id for each in kept]
    sent = {"setting": {"name": "Low Tarn", "description": "A drowned town."}}
    whole = {"user_id": "42", "pieces": ids[:5], "canon": ids[5:]}
    await system.submitted("create_world", **whole)
    expected = [("payload.canon", "are too many: a job takes at most 10 pieces in all")]
    assert await faults(system, "create_world", whole | {"selectedLore": sent}) == expected


@pytest.mark.parametrize(
    ("type_name", "payload", "field"),
    [
        ("generate_relics", {"canon": [piece_id(1), piece_id(2)]}, "canon"),
        ("create_world", {"user_id": "42", "pieces": [piece_id(1), piece_id(2)]}, "pieces"),
        ("create_world", {"user_id": "42", "pieces": [piece_id(1)], "selectedLore": {"relic": LARGE}}, "selectedLore"),
        ("create_world", {"user_id": "42", "selectedLore": {"relic": LARGE, "setting": LARGE}}, "selectedLore"),
    ],
)
async def test_pieces_that_are_too_large_together_are_refused_before_anything_is_paid(
    type_name: str, payload: dict[str, Any], field: str
) -> None:
    """DynamoDB would refuse a world made of them."""
    system = await keeping(*(piece(piece_id(number), **LARGE) for number in (1, 2)))
    await system.submitted("create_world", user_id="42", pieces=[piece_id(1)])
    expected = [(f"payload.{field}", "are too large: a job takes at most 48 KiB of pieces in all")]
    assert await faults(system, type_name, payload) == expected


@pytest.mark.parametrize(
    ("payload", "field", "message"),
    [
        ({"canon": ["x"]}, "payload.canon[0]", "must be a UUID"),
        ({"canon": [PIECE_ID, PIECE_ID.upper()]}, "payload.canon", "must not name an id twice"),
        ({"canon": [piece_id(number) for number in range(6)]}, "payload.canon", "must have at most 5 entries"),
        ({"canon": [{"id": PIECE_ID}]}, "payload.canon[0]", "must be text"),
        ({"piece": OSK}, "payload.piece", "is not a field of this type of job; remove it"),
    ],
)
async def test_a_caller_sends_ids_not_texts(payload: dict[str, Any], field: str, message: str) -> None:
    """Otherwise a caller could have anything stored as canon, under the id of any piece."""
    assert await faults(await keeping(piece()), "generate_relics", payload) == [(field, message)]


@pytest.mark.parametrize("fields", [[], ["description", "description"]])
async def test_a_rewrite_names_each_of_its_fields_once(fields: list[str]) -> None:
    ((field, _),) = await faults(await keeping(piece()), "rewrite_piece", REWRITE | {"fields": fields})
    assert field == "payload.fields"


async def test_an_equal_request_gets_its_job_even_if_the_piece_has_changed_or_is_gone() -> None:
    """The key belongs to the request as it was sent."""
    system = await keeping(piece())
    first = await system.submit(OWNER, "rewrite_piece", REWRITE, "key")
    await system.documents.replace(piece(), piece().moved(deleted_at=now_ms(), at=now_ms()))
    again = await system.submit(OWNER, "rewrite_piece", REWRITE, "key")
    assert (again.job.id, again.is_replayed) == (first.job.id, True)
    with pytest.raises(IdempotencyMismatch):
        await system.submit(OWNER, "rewrite_piece", REWRITE | {"fields": ["name"]}, "key")


async def test_a_request_that_was_refused_can_be_repeated_with_its_key_once_the_piece_is_there() -> None:
    system = System()
    await faults(system, "rewrite_piece", REWRITE)
    with pytest.raises(InvalidSubmission):
        await system.submit(OWNER, "rewrite_piece", REWRITE, "key")
    await system.documents.add(piece())
    assert not (await system.submit(OWNER, "rewrite_piece", REWRITE, "key")).is_replayed


async def test_a_dry_run_checks_the_ids_and_counts_the_text() -> None:
    async def tried(system: System) -> Any:
        body = {"type": "rewrite_piece", "payload": REWRITE}
        return await answer(system, endpoint.submit_job, request(body, {"dry_run": "true"}))

    assert (await tried(System())).status == 400
    plain, long = [await tried(await keeping(piece(description=text))) for text in ("Short.", "Long. " * 600)]
    assert (plain.status, plain.body["llm_calls"]) == (200, 1)
    assert long.body["token_budget"] >= plain.body["token_budget"]


async def test_without_the_library_only_requests_that_name_documents_are_refused() -> None:
    system = await keeping(piece())
    system.documents.down = True
    with pytest.raises(LibraryUnavailable):
        await system.submit(OWNER, "rewrite_piece", REWRITE)
    assert (await system.submitted("generate_relics")).payload
    assert await system.unfinished() != []
