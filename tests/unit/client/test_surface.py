"""What the two clients offer: the same, and typed as the API is."""

import inspect
import typing
from collections.abc import AsyncIterator, Callable, Iterator
from copy import deepcopy
from typing import Any, assert_type

import pytest

import loresmith
from chalicelib.api.router import document
from chalicelib.domain.job_type import JOB_TYPES, Delivery
from client.tools import model_generator
from client.tools.typed_call import TYPED_JOBS
from loresmith.job_list import AsyncJobs, BlockingJobs
from loresmith.piece_calls import AsyncPieces, BlockingPieces
from loresmith.webhook_calls import AsyncWebhook, BlockingWebhook
from loresmith.world_calls import AsyncWorlds, BlockingWorlds

PAIRS = [
    (loresmith.LoreSmith, loresmith.AsyncLoreSmith),
    (loresmith.Job, loresmith.AsyncJob),
    (BlockingJobs, AsyncJobs),
    (BlockingPieces, AsyncPieces),
    (BlockingWorlds, AsyncWorlds),
    (BlockingWebhook, AsyncWebhook),
]
RESULTS = {
    Delivery.PIECES: "list[WrittenPiece]",
    Delivery.WORLD: "CreatedWorld",
    Delivery.PIECE: "RewrittenPiece",
    Delivery.REWRITTEN_WORLD: "RewrittenWorld",
}


def check_types(client: loresmith.LoreSmith) -> None:
    """mypy checks this; it is never called."""
    assert_type(client.generate("relics", count=1), list[loresmith.WrittenPiece])
    assert_type(client.submit("create_world", theme="sea"), loresmith.Job[loresmith.CreatedWorld])
    assert_type(client.submit("rewrite_world", world_id="w", fields=["story"]).wait(), loresmith.RewrittenWorld)
    assert_type(client.submit("generate_events").retry().result, list[loresmith.WrittenPiece])
    assert_type(client.generate("quests", {"difficulty": "hard"}), Any)
    assert_type(client.pieces.get("id"), loresmith.Piece)
    assert_type(client.worlds.list(), Iterator[loresmith.World])
    client.generate("relics", them="a wrong field")  # type: ignore[call-overload]
    client.pieces.edit("id", nam="a wrong field")  # type: ignore[call-arg]


async def check_async_types(client: loresmith.AsyncLoreSmith) -> None:
    """mypy checks this; it is never called."""
    assert_type(await client.generate("relics", count=1), list[loresmith.WrittenPiece])
    assert_type(await (await client.submit("create_world")).wait(), loresmith.CreatedWorld)
    assert_type((await client.submit("relics")).events(), AsyncIterator[loresmith.Event])
    assert_type(await client.pieces.get("id"), loresmith.Piece)


def public(kind: type) -> dict[str, Any]:
    return {name: value for name, value in inspect.getmembers(kind) if not name.startswith("_")}


@pytest.mark.parametrize(("blocking", "asynchronous"), PAIRS)
def test_both_clients_have_the_same_methods_with_the_same_parameters(blocking: type, asynchronous: type) -> None:
    def parameters(member: Callable[..., Any] | property) -> list[str]:
        return [str(each) for each in inspect.signature(member).parameters.values()] if callable(member) else []

    ones, others = public(blocking), public(asynchronous)
    assert {name: parameters(member) for name, member in ones.items()} == {
        name: parameters(member) for name, member in others.items()
    }


@pytest.mark.parametrize("kind", [kind for pair in PAIRS for kind in pair])
def test_every_public_method_is_documented(kind: type) -> None:
    own_words = {"id", "type", "status"}
    assert [name for name, member in public(kind).items() if not inspect.getdoc(member) and name not in own_words] == []


def test_every_error_is_public() -> None:
    """And there is one tree of them."""
    kinds = {name for name, kind in inspect.getmembers(loresmith.error, inspect.isclass) if issubclass(kind, Exception)}
    assert {name for name in kinds if not name.startswith("_")} <= set(loresmith.__all__)
    assert all(issubclass(getattr(loresmith, name), loresmith.LoreSmithError) for name in kinds if name[0] != "_")


def test_the_typed_calls_name_real_job_types_with_their_payloads_and_results() -> None:
    """A job type that is not in the table can still be called, with a mapping."""
    for typed in TYPED_JOBS:
        for name in typed.names:
            job_type = JOB_TYPES[name]
            assert (typed.payload, typed.result) == (job_type.payload.__name__, RESULTS[job_type.delivery])


def test_a_schema_that_has_no_python_type_is_an_error() -> None:
    """It must not become a type that is wrong."""
    known: Any = deepcopy(document(tokens_required=True))
    known["components"]["schemas"]["JobBody"]["properties"]["progress"] = {"not": {"type": "string"}}
    with pytest.raises((KeyError, ValueError)):
        model_generator.sources(known)


def test_the_annotations_of_the_models_exist() -> None:
    for name in loresmith.__all__:
        kind = getattr(loresmith, name)
        if inspect.isclass(kind) and issubclass(kind, loresmith.model.Answer):
            assert typing.get_type_hints(kind)
