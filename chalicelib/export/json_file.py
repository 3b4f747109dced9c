"""A world as JSON that programs read: everything, or what players may see."""

import json
from datetime import UTC, datetime

from chalicelib.domain.document import Document
from chalicelib.domain.sharing import shown_to_players
from chalicelib.export.view import View
from foundation.json_value import Json

#: Goes up when a reader of an older version could misread the file.
_VERSION = 1


def document(world: Document, view: View) -> str:
    """Without what belongs to this installation only: owner, jobs and the share link.

    The fields have the names and forms of the API, so `PATCH /worlds/{id}` takes the texts and marks back.
    """
    if view is View.PLAYERS:
        form, fields = "loresmith-shared-world", shown_to_players(world)
    else:
        form, fields = "loresmith-world", _everything(world)
    return (
        json.dumps({"format": form, "format_version": _VERSION, "world": fields}, ensure_ascii=False, indent=2) + "\n"
    )


def _everything(world: Document) -> dict[str, Json]:
    return {
        "id": world.id,
        "theme": world.facts.get("theme"),
        **world.content,
        **world.marks,
        "version": world.version,
        "edited": world.edited,
        "created_at": _iso(world.created_at),
        "updated_at": _iso(world.updated_at),
    }


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
