"""The routes of pieces and worlds."""

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
_MUST_MATCH = header("If-Match", _ETAGS, "Required: the ETag of the version that the change is for, a list, or `*`.")
_MAY_MATCH = header("If-Match", _ETAGS, "The ETag of the only version that may be changed, a list, or `*`.")


def _flag(name: str, description: str) -> Parameter:
    return query(name, {"type": "boolean", "default": False}, description)


_FAVOURITE = _flag("favourite", "`true`: only favourites.")
_LISTED = (
    query("q", {"type": "string", "maxLength": 80}, "Only with all these words in the name, text or story."),
    query("tag", {"type": "string", "maxLength": 80}, "Only with this tag, in any case."),
    _FAVOURITE,
    query(
        "sort",
        {"type": "string", "enum": [order.value for order in Order]},
        "`newest` (default) or `name`. The trash shows what was deleted last first.",
    ),
    _flag("trash", "`true`: what is in the trash, instead of what is not."),
    LIMIT,
    CURSOR,
)
_SEARCH = "Search looks at a bounded number of them for each page, so a page can be short or empty before the last one."

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
        summary="Add a piece that a person has written: 201. If the caller has a piece with the same `id`: 200 with "
        "that piece, unchanged.",
        answers={201: body.PieceBody, 200: body.PieceBody},
        problems=(400, 409, 415),
        takes=NewPiece,
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
        summary="Delete the caller's pieces and worlds that are in the trash, with their versions, for good.",
        answers={200: body.TrashBody},
    ),
)


def _of_one(
    endpoints: ShelfEndpoints, singular: str, *, shown: type, versions: type, changes: type
) -> tuple[Route, ...]:
    """The routes of one document. `singular` is what a document of the shelf is called."""
    plural, id_ = endpoints.shelf.value, path_id(f"{singular}_id")
    path, suffix = f"/{plural}/{{{singular}_id}}", singular.capitalize()
    return (
        Route(
            id=f"read{suffix}",
            endpoint=endpoints.read,
            tag=plural,
            method="GET",
            path=path,
            summary=f"A {singular}, in the trash or not.",
            answers={200: shown, 304: None},
            problems=(404,),
            parameters=(id_, IF_NONE_MATCH),
            headers=("ETag",),
        ),
        Route(
            id=f"edit{suffix}",
            endpoint=endpoints.edit,
            tag=plural,
            method="PATCH",
            path=path,
            summary=f"Change a {singular} by a merge patch (RFC 7396). Earlier versions of its text are kept.",
            answers={200: shown},
            problems=(400, 404, 409, 412, 415, 428),
            parameters=(id_, _MUST_MATCH),
            takes=changes,
            media_types=MERGE_PATCH,
            headers=("ETag",),
        ),
        *_moves_of_one(endpoints, singular, shown=shown, versions=versions),
    )


def _moves_of_one(endpoints: ShelfEndpoints, singular: str, *, shown: type, versions: type) -> tuple[Route, ...]:
    plural, id_ = endpoints.shelf.value, path_id(f"{singular}_id")
    path, suffix = f"/{plural}/{{{singular}_id}}", singular.capitalize()
    return (
        Route(
            id=f"delete{suffix}",
            endpoint=endpoints.delete,
            tag=plural,
            method="DELETE",
            path=path,
            summary=f"Put a {singular} into the trash, which keeps it for 30 days.",
            answers={200: shown},
            problems=(404, 412),
            parameters=(id_, _MAY_MATCH),
            headers=("ETag",),
        ),
        Route(
            id=f"list{suffix}Versions",
            endpoint=endpoints.versions,
            tag=plural,
            method="GET",
            path=f"{path}/versions",
            summary=f"The earlier versions of a {singular}'s text.",
            answers={200: versions},
            problems=(404,),
            parameters=(id_,),
        ),
        Route(
            id=f"restore{suffix}",
            endpoint=endpoints.restore,
            tag=plural,
            method="POST",
            path=f"{path}/restore",
            summary=f"Take a {singular} out of the trash. With `version`, also go back to the text of that version.",
            answers={200: shown},
            problems=(400, 404, 412, 415),
            parameters=(id_, _MAY_MATCH),
            takes=body.RestoreRequest,
            needs_body=False,
            headers=("ETag",),
        ),
    )


ROUTES = (
    *_PIECE_ROUTES,
    *_of_one(PIECES, "piece", shown=body.PieceBody, versions=body.PieceVersionsBody, changes=PieceChanges),
    *_WORLD_ROUTES,
    *_of_one(WORLDS, "world", shown=body.WorldBody, versions=body.WorldVersionsBody, changes=WorldChanges),
    *_TRASH_ROUTES,
)
