"""The routes of pieces and worlds."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.api import library_body as body
from chalicelib.api.library_endpoint import PIECES, WORLDS, ShelfEndpoints, add_piece, empty_trash
from chalicelib.api.media_type import MERGE_PATCH
from chalicelib.api.message import Parameter
from chalicelib.api.parameter import CURSOR, IF_NONE_MATCH, LIMIT, header, path_id, query
from chalicelib.api.route import Route
from chalicelib.domain.document import Order
from chalicelib.domain.piece_content import KINDS, NewPiece, PieceChanges
from chalicelib.domain.world_content import WorldChanges

_ETAGS = {"type": "string", "examples": ['"7"']}
# Not marked as required: tools that check the document expect a 400 then.
_MUST_MATCH = header("If-Match", _ETAGS, "Always send it: the ETag of the version that you change, a list, or `*`.")
_MAY_MATCH = header("If-Match", _ETAGS, "The ETag of the only version that may be changed, a list of ETags, or `*`.")


def _flag(name: str, description: str) -> Parameter:
    return query(name, {"type": "boolean", "default": False}, description)


_FAVOURITE = _flag("favourite", "`true`: only favourites.")
_LISTED = (
    query("q", {"type": "string", "maxLength": 80}, "Only those with all these words in the name, text or story."),
    query("tag", {"type": "string", "maxLength": 80}, "Only those with this tag. Case does not matter."),
    _FAVOURITE,
    query(
        "sort",
        {"type": "string", "enum": [order.value for order in Order]},
        "`newest` (default) or `name`. The trash shows the most recently deleted first.",
    ),
    _flag("trash", "`true`: list the trash instead."),
    LIMIT,
    CURSOR,
)
_SEARCH = "A search reads a limited number for each page, so a page can be short or empty although more follow."

_PIECE_ROUTES = (
    Route(
        id="listPieces",
        endpoint=PIECES.page,
        tag="pieces",
        method="GET",
        path="/pieces",
        summary=f"The caller's pieces, newest first. {_SEARCH}",
        answers={200: body.PiecesBody},
        problems=(400,),
        parameters=(
            query("kind", {"type": "string", "enum": KINDS}, "Only this kind."),
            _flag("canon", "`true`: only canon."),
            *_LISTED,
        ),
    ),
    Route(
        id="addPiece",
        endpoint=add_piece,
        tag="pieces",
        method="POST",
        path="/pieces",
        summary="Add a piece that a person has written: 201. If the caller already has a piece with this `id`: 200 "
        "with that piece, unchanged.",
        answers={201: body.PieceBody, 200: body.PieceBody},
        problems=(400, 409, 415),
        takes=NewPiece,
        example={"kind": "relic", "name": "The Borrowed Lantern"},
        headers=("Location", "ETag"),
    ),
)

_WORLD_ROUTES = (
    Route(
        id="listWorlds",
        endpoint=WORLDS.page,
        tag="worlds",
        method="GET",
        path="/worlds",
        summary=f"The caller's worlds, newest first. {_SEARCH}",
        answers={200: body.WorldsBody},
        problems=(400,),
        parameters=_LISTED,
    ),
)

_TRASH_ROUTES = (
    Route(
        id="emptyTrash",
        endpoint=empty_trash,
        tag="pieces",
        method="DELETE",
        path="/trash",
        summary="Empty the trash: delete its pieces and worlds for good, with all their versions.",
        answers={200: body.TrashBody},
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _One:
    """What differs between the routes of a piece and those of a world."""

    endpoints: ShelfEndpoints
    singular: str
    #: Types of bodies.
    shown: type
    versions: type
    changes: type
    #: An example of a change.
    change: Mapping[str, str]

    @property
    def tag(self) -> str:
        return self.endpoints.shelf.value

    @property
    def path(self) -> str:
        return f"/{self.tag}/{{{self.singular}_id}}"

    @property
    def suffix(self) -> str:
        """The last part of the operations' ids."""
        return self.singular.capitalize()

    @property
    def id(self) -> Parameter:
        return path_id(f"{self.singular}_id")


def _texts(one: _One) -> tuple[Route, ...]:
    return (
        Route(
            id=f"read{one.suffix}",
            endpoint=one.endpoints.read,
            tag=one.tag,
            method="GET",
            path=one.path,
            summary=f"A {one.singular}, in the trash or not.",
            answers={200: one.shown, 304: None},
            problems=(404,),
            parameters=(one.id, IF_NONE_MATCH),
            headers=("ETag",),
        ),
        Route(
            id=f"edit{one.suffix}",
            endpoint=one.endpoints.edit,
            tag=one.tag,
            method="PATCH",
            path=one.path,
            summary=f"Change a {one.singular} by a merge patch (RFC 7396). Earlier versions of its text are kept.",
            answers={200: one.shown},
            problems=(400, 404, 409, 412, 415, 428),
            parameters=(one.id, _MUST_MATCH),
            takes=one.changes,
            example=one.change,
            media_types=MERGE_PATCH,
            headers=("ETag",),
        ),
        _versions(one),
    )


def _versions(one: _One) -> Route:
    return Route(
        id=f"list{one.suffix}Versions",
        endpoint=one.endpoints.versions,
        tag=one.tag,
        method="GET",
        path=f"{one.path}/versions",
        summary=f"The earlier versions of a {one.singular}'s text.",
        answers={200: one.versions},
        problems=(404,),
        parameters=(one.id,),
    )


def _moves(one: _One) -> tuple[Route, ...]:
    return (
        Route(
            id=f"delete{one.suffix}",
            endpoint=one.endpoints.delete,
            tag=one.tag,
            method="DELETE",
            path=one.path,
            summary=f"Move a {one.singular} to the trash, which keeps it for 30 days.",
            answers={200: one.shown},
            problems=(404, 412),
            parameters=(one.id, _MAY_MATCH),
            headers=("ETag",),
        ),
        Route(
            id=f"restore{one.suffix}",
            endpoint=one.endpoints.restore,
            tag=one.tag,
            method="POST",
            path=f"{one.path}/restore",
            summary=f"Take a {one.singular} out of the trash. With `version`, also bring back its text.",
            answers={200: one.shown},
            problems=(400, 404, 412, 415),
            parameters=(one.id, _MAY_MATCH),
            takes=body.RestoreRequest,
            headers=("ETag",),
        ),
    )


_PIECE = _One(
    endpoints=PIECES,
    singular="piece",
    shown=body.PieceBody,
    versions=body.PieceVersionsBody,
    changes=PieceChanges,
    change={"name": "The Borrowed Lantern"},
)
_WORLD = _One(
    endpoints=WORLDS,
    singular="world",
    shown=body.WorldBody,
    versions=body.WorldVersionsBody,
    changes=WorldChanges,
    change={"title": "The Bells Under Low Tarn"},
)

ROUTES = (
    *_PIECE_ROUTES,
    *_texts(_PIECE),
    *_moves(_PIECE),
    *_WORLD_ROUTES,
    *_texts(_WORLD),
    *_moves(_WORLD),
    *_TRASH_ROUTES,
)
