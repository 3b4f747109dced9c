"""Renders pieces and worlds as the JSON that callers receive."""

from typing import Any, cast

from chalicelib.api.library_body import (
    AuthorBody,
    PieceBody,
    PiecesBody,
    PieceVersionsBody,
    ShareBody,
    SharedWorldBody,
    WorldBody,
    WorldsBody,
    WorldVersionsBody,
)
from chalicelib.api.timestamp import timestamp, timestamp_or_none
from chalicelib.domain.document import Author, Document, Share, Shelf
from chalicelib.domain.sharing import Shown


def document_json(document: Document) -> PieceBody | WorldBody:
    return piece_json(document) if document.shelf is Shelf.PIECES else world_json(document)


def page_json(shelf: Shelf, documents: list[Document], next_cursor: str | None) -> PiecesBody | WorldsBody:
    if shelf is Shelf.PIECES:
        return PiecesBody(pieces=[piece_json(each) for each in documents], next_cursor=next_cursor)
    return WorldsBody(worlds=[world_json(each) for each in documents], next_cursor=next_cursor)


def versions_json(shelf: Shelf, documents: list[Document]) -> PieceVersionsBody | WorldVersionsBody:
    if shelf is Shelf.PIECES:
        return PieceVersionsBody(versions=[piece_json(each) for each in documents])
    return WorldVersionsBody(versions=[world_json(each) for each in documents])


def piece_json(document: Document) -> PieceBody:
    content: Any = document.content
    marks: Any = document.marks
    return PieceBody(
        id=document.id,
        kind=str(document.facts["kind"]),
        name=content["name"],
        description=content["description"],
        language=content["language"],
        details=content["details"],
        tags=marks.get("tags", []),
        favourite=marks.get("favourite", False),
        canon=marks.get("canon", False),
        version=document.version,
        source=_author(document.origin),
        author=_author(document.author),
        edited=document.edited,
        created_at=timestamp(document.created_at),
        updated_at=timestamp(document.updated_at),
        deleted_at=timestamp_or_none(document.deleted_at),
    )


def world_json(document: Document) -> WorldBody:
    facts: Any = document.facts
    content: Any = document.content
    marks: Any = document.marks
    return WorldBody(
        id=document.id,
        user_id=facts["user_id"],
        job_id=facts["job_id"],
        theme=facts["theme"],
        title=content["title"],
        story=content["story"],
        quest=content["quest"],
        language=content["language"],
        pieces=_pieces(content),
        tags=marks.get("tags", []),
        favourite=marks.get("favourite", False),
        for_players=marks.get("for_players", []),
        share=_share(document.share),
        version=document.version,
        source=_author(document.origin),
        author=_author(document.author),
        edited=document.edited,
        created_at=timestamp(document.created_at),
        updated_at=timestamp(document.updated_at),
        deleted_at=timestamp_or_none(document.deleted_at),
    )


def shared_world_json(shown: Shown) -> SharedWorldBody:
    """`domain.sharing` gives it the form of the answer."""
    return cast(SharedWorldBody, dict(shown))


def _pieces(content: Any) -> Any:
    """A piece without a description gets an empty one."""
    return {role: {**piece, "description": piece.get("description") or ""} for role, piece in content["pieces"].items()}


def _author(author: Author) -> AuthorBody | None:
    if author.job_id is None:
        return None
    return AuthorBody(job_id=author.job_id, model=author.model, prompt_version=author.prompt_version)


def _share(share: Share | None) -> ShareBody | None:
    if share is None:
        return None
    return ShareBody(token=share.token, path=f"/shared/{share.token}", created_at=timestamp(share.created_at))
