"""What others may see of a world: only the parts that its owner has marked for players.

`for_players` lists paths: "story", "quest", "pieces.<role>" for a whole piece, and "pieces.<role>.<field>" for its
name, its description, or one of its details. Paths of parts that the world does not have are ignored. The title is
always shown. Ids, owners, jobs, the theme and all marks are never shown.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from chalicelib.domain.document import Document
from foundation.json_value import Json, as_object

#: The texts of a world that somebody sees: {title, language, story?, quest?, pieces}. Each piece is {type, language,
#: name?, description?, details?}. A language is None if it is not known.
Shown: TypeAlias = Mapping[str, Json]
#: Whether the part with one of these paths is shown. For a field of a piece: the paths of the piece and of the field.
_Keeps = Callable[..., bool]

#: A role with a point could stand for a field of another role, so its piece is never shown to players.
_POINT = "."
_NUMBER = re.compile(r"_\d+$")
#: The fields of a piece itself. A detail with the same name has no path: it is shown only with the whole piece.
_OWN_FIELDS = ("name", "description")


def shown_to_owner(world: Document) -> Shown:
    """Everything, in the form that players see too."""
    return _shown(world, lambda *_paths: True)


def shown_to_players(world: Document) -> Shown:
    """The title and the marked parts."""
    marked = _marked(world)
    return _shown(world, lambda *paths: not marked.isdisjoint(paths))


def hidden_from_players(world: Document) -> Shown:
    """The title and the parts that `shown_to_players` leaves out."""
    marked = _marked(world)
    return _shown(world, lambda *paths: marked.isdisjoint(paths))


def still_marked(marks: Mapping[str, Json], old: Mapping[str, Json], new: Mapping[str, Json]) -> dict[str, Json]:
    """The marks after a change of the content from `old` to `new`, without those of pieces that it removes.

    A piece that gets such a role later is another one, and nobody has decided that players may see it.
    """
    gone = as_object(old.get("pieces") or {}).keys() - as_object(new.get("pieces") or {}).keys()
    paths = marks.get("for_players")
    if not gone or not isinstance(paths, list | tuple):
        return dict(marks)
    return {**marks, "for_players": [path for path in paths if _role_in(str(path)) not in gone]}


def kind_of(role: str) -> str:
    """The kind of the piece with this role: "character_2" → "character"."""
    return _NUMBER.sub("", role)


def _marked(world: Document) -> frozenset[str]:
    paths = world.marks.get("for_players")
    return frozenset(str(path) for path in paths) if isinstance(paths, list | tuple) else frozenset()


def _role_in(path: str) -> str | None:
    """The role in the path of a piece or its field; None for another part."""
    return path.split(_POINT)[1] if path.startswith("pieces.") else None


def _shown(world: Document, keeps: _Keeps) -> Shown:
    content = world.content
    parts = {name: content[name] for name in ("story", "quest") if content.get(name) and keeps(name)}
    pieces = {role: as_object(piece) for role, piece in as_object(content.get("pieces") or {}).items() if piece}
    seen = {role: _piece(role, piece, keeps) for role, piece in pieces.items()}
    return {
        "title": world.name,
        "language": content.get("language"),
        **parts,
        "pieces": {role: piece for role, piece in seen.items() if piece is not None},
    }


def _piece(role: str, piece: Mapping[str, Json], keeps: _Keeps) -> Shown | None:
    """None if nothing of it is shown."""
    whole = f"pieces.{role}" if _POINT not in role else _POINT
    own = {name: piece[name] for name in _OWN_FIELDS if piece.get(name) and keeps(whole, f"{whole}.{name}")}
    details = {
        name: value
        for name, value in as_object(piece.get("details") or {}).items()
        if keeps(whole, *([] if name in _OWN_FIELDS else [f"{whole}.{name}"]))
    }
    if not own and not details:
        return None
    return {
        "type": kind_of(role),
        "language": piece.get("language"),
        **own,
        **({"details": details} if details else {}),
    }
