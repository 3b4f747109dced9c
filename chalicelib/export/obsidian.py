"""A world as a folder of notes for Obsidian, in a zip file.

The world, its quest and each piece have a note. The notes link to each other: the world's lists all others, each other
links back to the world, and the first mention of another note's name in a text is a link too.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.domain.document import Document
from chalicelib.export.block import Lead, Outline, Section
from chalicelib.export.detail import label_of
from chalicelib.export.file_name import safe_name, unused
from chalicelib.export.markdown import of_blocks
from chalicelib.export.markdown_text import MarkdownText, wikilink
from chalicelib.export.outline import outline_of
from chalicelib.export.view import View
from chalicelib.export.zip_file import zipped
from foundation.direction import direction
from foundation.json_value import Json

_ARTICLE = "The "
#: YAML 1.2 reads JSON texts, but the characters that YAML calls not printable must be written as codes (5.1).
_NOT_PRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
#: Obsidian's tags have letters, digits, `_`, `-` and `/`, and not only digits.
_NOT_IN_TAG = re.compile(r"[^\w/-]+")


@dataclass(frozen=True, slots=True)
class _Vault:
    outline: Outline
    world: Document
    #: The name of the world's note, and of each section's note by the section's key.
    home: str
    notes: Mapping[str, str]


def vault(world: Document, view: View) -> bytes:
    """The zip file. The same world gives the same bytes."""
    outline = outline_of(world, view)
    home = safe_name(outline.title, "World")
    made = _Vault(outline, world, home, _note_names(outline, home))
    files = {home: _home_note(made, view)}
    for section in outline.sections:
        if section.label:
            files[made.notes[section.key]] = _note(made, section)
    return zipped({f"{home}/{name}.md": text for name, text in files.items()})


def _note_names(outline: Outline, home: str) -> dict[str, str]:
    """Two notes with the same name would be one file, and a link could not say which it means."""
    names: dict[str, str] = {}
    for section in outline.sections:
        if section.label:
            wanted = safe_name(section.name or section.label, section.label)
            names[section.key] = unused(wanted, [home, *names.values()])
    return names


def _home_note(made: _Vault, view: View) -> str:
    text = MarkdownText(_links(made, made.home))
    outline = made.outline
    parts = [f"# {text.line(outline.title)}"]
    if outline.theme:
        parts += of_blocks([Lead(label_of(outline.theme))], text, level=2)
    for section in outline.sections:
        if not section.label:
            parts += of_blocks(section.blocks, text, level=2)
    contents = [
        f"- {section.label}: {wikilink(made.notes[section.key], section.name or section.label)}"
        for section in outline.sections
        if section.label
    ]
    parts += ["## Contents", "\n".join(contents)] if contents else []
    tags = _tags(made.world.marks.get("tags")) if view is View.ALL else []
    return _front_matter(
        {
            **_aliases(outline.title, made.home),
            **_language(outline.language),
            "tags": ["world", *tags],
        }
    ) + _text(parts)


def _note(made: _Vault, section: Section) -> str:
    name, file_name = section.name or section.label, made.notes[section.key]
    text = MarkdownText(_links(made, file_name))
    parts = [f"# {text.line(name)}", *of_blocks(section.blocks, text, level=2)]
    parts.append(f"{section.label} of {wikilink(made.home, made.outline.title)}")
    return _front_matter(
        {
            **_aliases(name, file_name),
            "kind": section.label,
            "world": f"[[{made.home}]]",
            **_language(section.language),
            "tags": _tags([section.label.lower()]),
        }
    ) + _text(parts)


def _links(made: _Vault, own: str) -> dict[str, str]:
    """Name in a text → note, for all notes but this one."""
    named = {made.outline.title: made.home}
    for section in made.outline.sections:
        if section.label and section.name:
            named.setdefault(section.name, made.notes[section.key])
    # "They serve the Salt Crown" mentions "The Salt Crown".
    shorter = {name.removeprefix(_ARTICLE): note for name, note in named.items()}
    spellings = named | {name: note for name, note in shorter.items() if " " in name and name not in named}
    return {name: note for name, note in spellings.items() if note != own}


def _aliases(name: str, file_name: str) -> dict[str, Json]:
    """Obsidian also finds a note by its aliases."""
    return {} if name == file_name else {"aliases": [name]}


def _language(language: str | None) -> dict[str, Json]:
    return {} if language is None else {"lang": language, "dir": direction(language)}


def _tags(tags: Json) -> list[Json]:
    given = [str(tag) for tag in tags] if isinstance(tags, list | tuple) else []
    spelled = [_NOT_IN_TAG.sub("-", tag).strip("-/") for tag in given]
    return [f"{tag}-" if tag.isdigit() else tag for tag in spelled if tag]


def _front_matter(properties: Mapping[str, Json]) -> str:
    """Properties as YAML. Every value is JSON, which YAML includes, so nothing in a text can end it."""
    lines = (f"{key}: {_yaml(value)}" for key, value in properties.items())
    return "\n".join(("---", *lines, "---", ""))


def _yaml(value: Json) -> str:
    plain = json.dumps(value, ensure_ascii=False)
    return _NOT_PRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", plain)


def _text(parts: Iterable[str]) -> str:
    return "\n\n".join(("", *parts)).removeprefix("\n") + "\n"
