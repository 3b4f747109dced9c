"""The endpoints of pieces and worlds, with the rules of HTTP. Both shelves have the same ones."""

from functools import partial

from chalicelib.api import library_rendering as rendering
from chalicelib.api.library_body import RestoreRequest, TrashBody
from chalicelib.api.media_type import MERGE_PATCH, check_media_type
from chalicelib.api.message import Request, Response, parse_uuid
from chalicelib.api.precondition import permitted_versions, required_versions
from chalicelib.bootstrap import Services
from chalicelib.domain.document import Document, Order, Search, Shelf
from chalicelib.domain.editing import check
from chalicelib.domain.error import Fault, InvalidSubmission, together
from chalicelib.domain.text import trimmed
from foundation.json_value import Json


class ShelfEndpoints:
    """One method for each route of a shelf. The path's only parameter is the document's id."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def page(self, services: Services, request: Request) -> Response:
        """200 with the caller's documents that match the filters."""
        has_marks = self.shelf is Shelf.PIECES
        _, limit, text, tag, order, kind, *flags = together(
            request.check_names,
            lambda: request.number("limit"),
            lambda: _text(request, "q"),
            lambda: _text(request, "tag"),
            lambda: request.choice("sort"),
            lambda: request.choice("kind") if has_marks else None,
            *(partial(request.flag, name) for name in (["favourite", "trash", "canon"][: 3 if has_marks else 2])),
        )
        favourite, trash, canon, *_ = [*flags, False]
        search = Search(
            shelf=self.shelf,
            text=text,
            kind=kind,
            tag=tag,
            favourite=favourite,
            canon=canon,
            trash=trash,
            order=Order(order or Order.NEWEST.value),
        )
        found, next_cursor = await services.library.page(request.owner, search, limit, request.parameter("cursor"))
        return Response(200, rendering.page_json(self.shelf, found, next_cursor))

    async def read(self, services: Services, request: Request, **path: str) -> Response:
        """200, or 304 if the caller has this version."""
        document = await services.library.read(request.owner, self.shelf, _id(path))
        known = request.known_revisions
        if known is not None and document.version in known:
            return Response(304, None, _etag(document))
        return document_answer(document)

    async def edit(self, services: Services, request: Request, **path: str) -> Response:
        """200 with the document after the merge patch."""
        document_id, versions = _id(path), required_versions(request)
        check_media_type(request, MERGE_PATCH)
        patch = request.json_object()
        return document_answer(await services.library.edit(request.owner, self.shelf, document_id, patch, versions))

    async def delete(self, services: Services, request: Request, **path: str) -> Response:
        """200 with the document, which is now in the trash."""
        versions = permitted_versions(request)
        return document_answer(await services.library.delete(request.owner, self.shelf, _id(path), versions))

    async def versions(self, services: Services, request: Request, **path: str) -> Response:
        """200 with the earlier versions, newest first."""
        found = await services.library.versions(request.owner, self.shelf, _id(path))
        return Response(200, rendering.versions_json(self.shelf, found))

    async def restore(self, services: Services, request: Request, **path: str) -> Response:
        """200 with the document, which is no longer in the trash."""
        document_id, version = _id(path), _wanted_version(request)
        versions = permitted_versions(request)
        return document_answer(
            await services.library.restore(request.owner, self.shelf, document_id, version, versions)
        )


PIECES = ShelfEndpoints(Shelf.PIECES)
WORLDS = ShelfEndpoints(Shelf.WORLDS)


async def add_piece(services: Services, request: Request) -> Response:
    """201 with the new piece; 200 with the stored one if the given id exists."""
    check_media_type(request)
    piece, is_new = await services.library.add_piece(request.owner, request.json_object())
    if not is_new:
        return document_answer(piece)
    location = {"Location": f"{request.base_path}/pieces/{piece.id}"}
    return Response(201, rendering.piece_json(piece), _etag(piece) | location)


async def empty_trash(services: Services, request: Request) -> Response:
    """200 with the number of documents that were deleted for good."""
    return Response(200, TrashBody(deleted=await services.library.empty_trash(request.owner)))


def document_answer(document: Document) -> Response:
    """200 with the document and its ETag."""
    return Response(200, rendering.document_json(document), _etag(document))


def _etag(document: Document) -> dict[str, str]:
    return {"ETag": f'"{document.version}"'}


def _id(path: dict[str, str]) -> str:
    (document_id,) = path.values()
    return parse_uuid(document_id)


def _text(request: Request, name: str) -> str | None:
    """The text to search for; None if it is missing. Raises `InvalidSubmission`."""
    given, longest = trimmed(request.query.get(name, "")), request.schema(name)["maxLength"]
    if len(given) > longest:
        raise InvalidSubmission([Fault(name, f"must have at most {longest} characters")])
    return given or None


def _wanted_version(request: Request) -> int | None:
    """The version in the body; None if it is missing. Raises `InvalidSubmission`."""
    check_media_type(request)
    version: Json = check(RestoreRequest, request.json_object(), "this request").get("version")
    return version if isinstance(version, int) else None
