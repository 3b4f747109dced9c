"""Exports of any world: players get what is marked for them and nothing else, and text stays text."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chalicelib.domain.document import Document
from chalicelib.domain.sharing import shown_to_players
from chalicelib.export.exporter import export
from chalicelib.export.file_format import Format
from chalicelib.export.markdown_text import MarkdownText
from chalicelib.export.view import View
from tests.unit.chalicelib.export.sample import world

ROLES = ("character", "character_2", "faction", "relic")
DETAILS = ("flaw", "traits", "stats", "allies")
#: Every text and every key of a world is a word of its own, so that a file shows where each part of it went.
WORD = re.compile(r"zq\d+z", re.IGNORECASE)
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class Words:
    """Makes words, and remembers which may be shown because of which path."""

    def __init__(self) -> None:
        self._made = 0
        self.by_path: dict[str, set[str]] = {}

    def word(self, *paths: str) -> str:
        self._made += 1
        word = f"zq{self._made}z"
        for path in paths:
            self.by_path.setdefault(path, set()).add(word)
        return word

    def value(self, shape: int, *paths: str) -> Any:
        match shape:
            case 0:
                return self.word(*paths)
            case 1:
                return [self.word(*paths), self.word(*paths)]
            case 2:
                return {"name": self.word(*paths), "description": self.word(*paths)}
            case _:
                return [{self.word(*paths): {self.word(*paths): [self.word(*paths)]}}]

    def piece(self, role: str, shapes: list[int]) -> Any:
        whole = f"pieces.{role}"
        details = {}
        for name, shape in zip(DETAILS, shapes, strict=True):
            details[name] = self.value(shape, whole, f"{whole}.{name}")
        return {
            "id": self.word(),
            "type": role.partition("_")[0],
            "name": self.word(whole, f"{whole}.name"),
            "description": self.word(whole, f"{whole}.description"),
            "details": details,
        }


def words_in(text: str) -> set[str]:
    """A key becomes a label that begins with a capital letter."""
    return {word.lower() for word in WORD.findall(text)}


def paths() -> Iterator[str]:
    yield from ("story", "quest")
    for role in ROLES:
        yield f"pieces.{role}"
        yield from (f"pieces.{role}.{name}" for name in ("name", "description", *DETAILS))


#: What is no path of a part, or of none that can be marked.
OTHERS = ("title", "theme", "tags", "pieces", "pieces.character.id", "pieces.nobody", "pieces.character.", "share", "")


@st.composite
def marked_worlds(draw: st.DrawFn) -> tuple[Document, set[str]]:
    """A world, and the words in it that players may see."""
    words = Words()
    title = words.word("title")
    roles = draw(st.lists(st.sampled_from(ROLES), unique=True))
    pieces = {role: words.piece(role, draw(st.lists(st.integers(0, 3), min_size=4, max_size=4))) for role in roles}
    document = world(
        title=title,
        story=f"{words.word('story')}\n\n{words.word('story')}",
        quest={"title": words.word("quest"), "description": words.word("quest")},
        pieces=pieces,
        theme=words.word(),
    )
    marked = draw(st.sets(st.sampled_from([*paths(), *OTHERS])))
    document = replace(
        document,
        owner=words.word(),
        facts={name: words.word() for name in ("theme", "user_id", "job_id")},
        marks={"tags": [words.word()], "favourite": True, "for_players": sorted(marked)},
    )
    seen = set().union(*(words.by_path.get(path, set()) for path in (marked & {*paths()}) | {"title"}))
    return document, seen


def contents(document: Document, form: Format) -> str:
    """Everything that is written in a file, and the file's name."""
    made = export(document, form, View.PLAYERS)
    if isinstance(made.body, str):
        return made.name + made.body
    with zipfile.ZipFile(io.BytesIO(made.body)) as archive:
        return made.name + "".join(name + archive.read(name).decode() for name in archive.namelist())


@given(marked_worlds())
def test_players_get_exactly_what_is_marked_for_them(made: tuple[Document, set[str]]) -> None:
    document, seen = made
    assert words_in(json.dumps(shown_to_players(document))) == seen
    for form in Format:
        assert words_in(contents(document, form)) == seen, form


@given(marked_worlds())
def test_pages_of_foundry_that_players_observe_have_only_what_is_marked(made: tuple[Document, set[str]]) -> None:
    document, seen = made
    pages = json.loads(export(document, Format.FOUNDRY, View.ALL).body)["pages"]
    observed = [page for page in pages if page["ownership"]["default"] != 0]
    assert words_in(json.dumps(observed)) | {document.name} == seen


#: Letters between characters that mean something in some dialect of Markdown.
TEXTS = st.text(st.sampled_from("ab1 \n\t\\`*_{}[]()#+-.!|<>~^$%=&;:@/\"'é字")) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
)


@given(TEXTS)
def test_markdown_keeps_any_text_and_makes_no_structure(text: str) -> None:
    """A parser reads the same characters again: only white space may differ."""
    read = []
    for block in PARSER.parse(MarkdownText().prose(text)):
        assert block.type in ("paragraph_open", "inline", "paragraph_close"), block
        for token in block.children or ():
            assert token.type in ("text", "text_special", "softbreak", "hardbreak"), token
            read.append(token.content or " ")
    assert "".join("".join(read).split()) == "".join(text.split())


@given(TEXTS)
def test_a_line_of_markdown_stays_the_text_of_its_heading_or_entry(text: str) -> None:
    line = MarkdownText().line(text)
    for prefix, around in (("# ", ["heading_open", "inline", "heading_close"]), ("", None)):
        blocks = PARSER.parse(f"{prefix}{line}")
        assert around is None or [block.type for block in blocks] == around
        children = [token for block in blocks for token in block.children or ()]
        assert {token.type for token in children} <= {"text", "text_special"}
        assert "".join("".join(token.content for token in children).split()) == "".join(text.split())
