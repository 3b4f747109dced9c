"""A world to export."""

import io
import zipfile
from typing import Any

from chalicelib.domain.document import Author, Document, Share, Shelf
from chalicelib.export.exporter import export
from chalicelib.export.file_format import Format
from chalicelib.export.view import View
from foundation.json_value import Json

#: Text that means something in every format, and must mean nothing in a file.
NASTY = (
    "# Heading\n1. one\n- [ ] task\n> quote\n| a | b |\n|---|---|\n\n---\n\n"
    "*em* _em_ `code` ~~gone~~ ==marked== %%comment%% $x$ #tag ^block {#id}\n"
    "[link](javascript:alert(1)) ![image](https://evil.example/x.png) [[Wikilink]] [^1] &amp; &#60;\n"
    '<script>alert(1)</script><img src=x onerror=alert(1)> " onmouseover="alert(1)\n'
    "@UUID[JournalEntry.abc]{click} [[/r 1d20]] &Reference[blinded] \\"
)


def world(
    *,
    title: str = "The Drowned Bell",
    story: str | None = "Mara Voss stole the Salt Crown.\n\nNobody has slept since.",
    quest: Json = None,
    pieces: dict[str, Json] | None = None,
    language: str | None = "en",
    for_players: tuple[str, ...] = (),
    theme: str = "norse_mythology",
) -> Document:
    return Document(
        id="8bc11506-4fc3-4ef0-8e0e-61c766af0c11",
        owner="the-owner",
        shelf=Shelf.WORLDS,
        version=7,
        facts={"user_id": "the-user", "job_id": "the-job", "theme": theme},
        content={
            "title": title,
            "story": story,
            "quest": quest or {"title": "Still the bell", "description": "Return the crown."},
            "language": language,
            "pieces": PIECES if pieces is None else pieces,
        },
        marks={"tags": ["sea", "two words", "1066"], "favourite": True, "for_players": list(for_players)},
        origin=Author(job_id="the-job", root_id="the-root", model="the-model"),
        author=Author(),
        created_at=1_700_000_000_000,
        updated_at=1_700_000_001_000,
        share=Share(token="the-token", created_at=1_700_000_000_000),
    )


PIECES: dict[str, Json] = {
    "relic": {
        "id": "0b9f4a54-7e0c-5f43-9d1c-2f1f5f9d8a01",
        "name": "The Salt Crown",
        "description": "It is cold.",
        "type": "relic",
    },
    "character": {
        "id": "0b9f4a54-7e0c-5f43-9d1c-2f1f5f9d8a02",
        "name": "Mara Voss",
        "description": "She rings the bell.",
        "type": "character",
        "language": "en",
        "details": {
            "concept": "a bell-ringer who is deaf",
            "long_ago": "She drowned.\n\nOnce.",
            "traits": ["counts exits", "hums"],
            "flaw": {"name": "Pride", "description": "She never asks."},
            "stats": {"health": 90, "stress": 12.5},
        },
    },
}


def text_of(document: Document, form: Format, view: View = View.ALL) -> str:
    body = export(document, form, view).body
    assert isinstance(body, str)
    return body


def notes_of(document: Document, view: View = View.ALL) -> dict[str, str]:
    """The notes of the vault by their paths, unpacked by Python's own zip reader."""
    body = export(document, Format.OBSIDIAN, view).body
    assert isinstance(body, bytes)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def nasty(**others: Any) -> Document:
    """A world in which every text is nasty."""
    piece: dict[str, Json] = {
        "name": NASTY,
        "description": NASTY,
        "type": "character",
        "details": {
            "concept": NASTY,
            NASTY: NASTY,
            "list": [NASTY, {"name": NASTY, "description": NASTY}, {"deep": {NASTY: [NASTY]}}],
            "titled": {"title": NASTY, "description": NASTY},
        },
    }
    given: dict[str, Any] = {
        "title": NASTY,
        "story": NASTY,
        "quest": {"title": NASTY, "description": NASTY},
        "pieces": {"character": piece, "character_2": piece},
        "theme": NASTY,
    }
    return world(**given | others)
