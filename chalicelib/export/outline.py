"""The order and the headings of a world's parts, the same in every format."""

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.document import Document
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.sharing import Shown, kind_of, shown_to_owner, shown_to_players
from chalicelib.export.block import Outline, Prose, Section
from chalicelib.export.detail import blocks_of, label_of
from chalicelib.export.view import View

_KINDS = [job_type.kind for job_type in JOB_TYPES.values()]


def outline_of(world: Document, view: View) -> Outline:
    """What this view shows. Players are not shown the theme, because it cannot be marked for them."""
    if view is View.PLAYERS:
        return _outline(shown_to_players(world), None)
    return _outline(shown_to_owner(world), str(world.facts.get("theme") or "") or None)


def sections_of(shown: Shown) -> list[Section]:
    return list(_sections(shown))


def _outline(shown: Shown, theme: str | None) -> Outline:
    return Outline(title=str(shown["title"]), language=_language(shown), theme=theme, sections=tuple(_sections(shown)))


def _sections(shown: Any) -> Iterator[Section]:
    language = _language(shown)
    if story := shown.get("story"):
        yield Section(key="story", label="", name=None, language=language, blocks=(Prose(story),))
    if any((quest := shown.get("quest", {})).values()):
        blocks = (Prose(quest["description"]),) if quest.get("description") else ()
        yield Section(key="quest", label="Quest", name=quest.get("title") or None, language=language, blocks=blocks)
    for role, piece in sorted(shown["pieces"].items(), key=lambda item: _place(item[0])):
        yield Section(
            key=role,
            label=label_of(kind_of(role)),
            name=piece.get("name"),
            language=_language(piece),
            blocks=tuple(blocks_of(piece.get("description"), piece.get("details", {}))),
        )


def _language(shown: Shown) -> str | None:
    language = shown["language"]
    return str(language) if language else None


def _place(role: str) -> int:
    """Pieces are in the order of the job types. Those of other kinds come last."""
    kind = kind_of(role)
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS)
