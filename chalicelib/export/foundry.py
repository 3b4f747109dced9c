"""A world as a journal entry for Foundry Virtual Tabletop, versions 12 and 13 ("Import Data" of a journal entry).

The data has the form of version 12, which version 13 migrates. Foundry's types: foundry-vtt-types of the League of
Extraordinary FoundryVTT Developers, `client/documents/journal-entry.d.mts` and `journal-entry-page.d.mts`.
"""

import hashlib
import json
import re
import string
from collections.abc import Iterator
from dataclasses import replace

from chalicelib.domain.document import Document
from chalicelib.domain.sharing import hidden_from_players, shown_to_owner, shown_to_players
from chalicelib.export.block import Section
from chalicelib.export.html_text import escaped, language_attributes, of_blocks
from chalicelib.export.outline import sections_of
from chalicelib.export.view import View
from foundation.json_value import Json
from foundation.language_tag import DEFAULT_LANGUAGE

#: Foundry migrates the data of an older version than its own. Data without a version would count as older than 10.
_CORE_VERSION = "12.331"
_NONE, _OBSERVER = 0, 2
_HTML = 1
#: The distance between the sort values of neighbours (CONST.SORT_INTEGER_DENSITY).
_SORT_STEP = 100_000
_ID_LETTERS = string.ascii_letters + string.digits
_ID_LENGTH = 16
#: Foundry turns "@UUID[...]" into links and rolls "[[1d20]]". A word joiner before the bracket keeps them text.
_BRACKET = re.compile(r"(?<=[\[\w])\[")
_FOR_GAME_MASTER = " (game master)"


def journal(world: Document, view: View) -> str:
    """One journal entry as JSON. Players may see the pages of what is marked for them, and no others."""
    sections = list(_for_players(world) if view is View.PLAYERS else _for_everyone(world))
    entry = {
        "_id": _id(world, "entry"),
        "name": world.name,
        "pages": [_page(world, number, *each) for number, each in enumerate(sections, 1)],
        "folder": None,
        "sort": 0,
        # The whole entry stays hidden until the game master shows it, even if all of its pages may be seen.
        "ownership": {"default": _NONE},
        "flags": {},
        "_stats": _stats(world),
    }
    return json.dumps(entry, ensure_ascii=False, indent=2) + "\n"


def _for_players(world: Document) -> Iterator[tuple[Section, int]]:
    """The pages of what players may see: each part, and its level of ownership."""
    return ((section, _OBSERVER) for section in sections_of(shown_to_players(world)))


def _for_everyone(world: Document) -> Iterator[tuple[Section, int]]:
    """The pages of the whole world. A piece that players may see in part has two: one for them, one with the rest."""
    shown = {section.key: section for section in sections_of(shown_to_players(world))}
    hidden = {section.key: section for section in sections_of(hidden_from_players(world))}
    for section in sections_of(shown_to_owner(world)):
        if section.key in shown:
            yield shown[section.key], _OBSERVER
        if section.key in hidden:
            suffix = _FOR_GAME_MASTER if section.key in shown else ""
            yield replace(hidden[section.key], name=f"{section.name or section.label}{suffix}"), _NONE


def _page(world: Document, number: int, section: Section, level: int) -> dict[str, Json]:
    return {
        "_id": _id(world, f"{section.key} {level}"),
        "name": _plain(section.name or section.label or world.name),
        "type": "text",
        "title": {"show": True, "level": 1},
        "image": {},
        "text": {"format": _HTML, "content": _content(world, section, level)},
        "video": {"controls": True, "volume": 0.5},
        "src": None,
        "system": {},
        "sort": number * _SORT_STEP,
        "ownership": {"default": level},
        "flags": {},
        "_stats": _stats(world),
    }


def _content(world: Document, section: Section, level: int) -> str:
    """What players may not see is also a secret block: imports of Foundry 13 can reset the ownership of pages.

    (https://github.com/foundryvtt/foundryvtt/issues/13331)
    """
    content = of_blocks(section.blocks, level=2, escape=lambda text: escaped(_plain(text)))
    if section.language != DEFAULT_LANGUAGE:
        content = f"<div {language_attributes(section.language)}>\n{content}\n</div>"
    if level == _OBSERVER:
        return content
    # Foundry finds the block that a game master reveals by its id.
    return f'<section class="secret" id="secret-{_id(world, f"{section.key} secret")}">\n{content}\n</section>'


def _plain(text: str) -> str:
    return _BRACKET.sub("\u2060[", text)


def _id(world: Document, part: str) -> str:
    """A document id of Foundry, the same for each export: importing again changes pages instead of adding some."""
    number = int.from_bytes(hashlib.sha256(f"{world.id} {part}".encode()).digest())
    letters = []
    for _ in range(_ID_LENGTH):
        number, index = divmod(number, len(_ID_LETTERS))
        letters.append(_ID_LETTERS[index])
    return "".join(letters)


def _stats(world: Document) -> dict[str, Json]:
    return {
        "coreVersion": _CORE_VERSION,
        "systemId": None,
        "systemVersion": None,
        "createdTime": world.created_at,
        "modifiedTime": world.updated_at,
        "lastModifiedBy": None,
        "compendiumSource": None,
        "duplicateSource": None,
    }
