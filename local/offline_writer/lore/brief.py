"""Reads what a request asks for from its messages."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from local.offline_writer.lore.prose import clean

_DATA_BLOCK = re.compile(r"<data>\s*(.*?)\s*</data>", re.DOTALL)
#: Keys of the data block that have a meaning here. Every other key is a parameter of the kind.
_KNOWN_KEYS = frozenset(
    {"kind", "stage", "language", "theme", "tone", "premise", "count", "avoid", "number", "of", "piece", "context"}
    | {"stages", "title", "rejected", "before", "wish"}
)
_MAX_ITEMS = 1_000


@dataclass(frozen=True, kw_only=True)
class ContextPiece:
    """A piece of lore that the new one must fit: a setting, an event and so on."""

    name: str
    #: The piece's concept in one line ("a hill fortress where ..."), or empty.
    concept: str = ""
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What one request asks for. Fields with missing data or data of the wrong type keep their defaults."""

    kind: str = ""
    stage: str = ""
    #: The stages that the answer has a field for, if there are several. `for_stage` gives the brief of each.
    stages: tuple[str, ...] = ()
    theme: str = ""
    tone: str = ""
    title: str = ""
    #: How many names to propose; None for other calls.
    count: int | None = None
    avoid: tuple[str, ...] = ()
    #: 1-based number of the piece among `of`.
    number: int = 1
    of: int = 1
    #: The finished parts of the piece.
    piece: Mapping[str, Any] = field(default_factory=dict)
    #: The text that the new one replaces, and how it should change. Empty for a new piece.
    before: Mapping[str, Any] = field(default_factory=dict)
    wish: str = ""
    context: Mapping[str, ContextPiece] = field(default_factory=dict)
    #: Other parameters of the kind, such as `difficulty`.
    extra: Mapping[str, Any] = field(default_factory=dict)
    #: The whole request in canonical form: equal requests have equal texts.
    content: str = ""

    @property
    def name(self) -> str:
        return _text(self.piece.get("name"))

    @property
    def concept(self) -> str:
        return _text(self.piece.get("concept"))

    @property
    def text_so_far(self) -> str:
        """All text of the piece so far, and of what is replaced, which new text should not repeat."""
        return "\n".join([*_strings(self.piece), *_strings(self.before)])

    def for_stage(self, stage: str, written: Mapping[str, Any]) -> "Brief":
        """The brief for one of the stages. `written` are the fields of the stages before it."""
        content = json.dumps([self.content, stage, written], sort_keys=True)
        return replace(self, stage=stage, stages=(), piece={**self.piece, **written}, content=content)

    @property
    def job(self) -> tuple[object, ...]:
        """What all requests of a job have in common, as far as a request shows it."""
        return (self.kind, self.theme, self.tone, self.of, *(piece.name for piece in self.context.values()))

    @property
    def opens_a_piece(self) -> bool:
        """Whether the piece has no finished parts that new text must agree with."""
        return bool(self.kind) and not self.piece


def read_brief(messages: Iterable[tuple[str, str]], schema_name: str) -> Brief:
    """The brief in these (role, text) messages.

    It is read from the JSON object in the last valid `<data>` block. Kind and stage default to those in the schema's
    name, `<kind>_<stage>`.
    """
    texts = list(messages)
    data = next(filter(None, (_data_block(text) for _, text in reversed(texts))), {})
    kind, _, stage = schema_name.rpartition("_")
    count = _whole(data.get("count"), None)
    number = _whole(data.get("number"), 1) or 1
    content = json.dumps(data, sort_keys=True) if data else "\n".join(text for _, text in texts)
    return Brief(
        kind=_text(data.get("kind")) or kind,
        stage=_text(data.get("stage")) or stage,
        stages=tuple(text for text in map(_text, _list(data.get("stages"))) if text),
        theme=_text(data.get("theme")),
        tone=_text(data.get("tone")),
        title=_text(data.get("title")),
        count=count,
        avoid=tuple(text for text in map(_text, _list(data.get("avoid"))) if text),
        number=number,
        of=max(_whole(data.get("of"), 1) or 1, number),
        piece=_mapping(data.get("piece")),
        before=_mapping(data.get("before")),
        wish=_text(data.get("wish")),
        context=_context(data.get("context")),
        extra={key: value for key, value in data.items() if key not in _KNOWN_KEYS},
        content=f"{schema_name}\n{content}",
    )


def _data_block(text: str) -> dict[str, Any]:
    for block in reversed(_DATA_BLOCK.findall(text)):
        try:
            data = json.loads(block)
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict):
            return data
    return {}


def _context(value: Any) -> dict[str, ContextPiece]:
    pieces = {}
    for role, given in _mapping(value).items():
        piece = _mapping(given)
        if name := _text(piece.get("name")):
            concept = _text(_mapping(piece.get("details")).get("concept"))
            pieces[role] = ContextPiece(name=name, concept=concept, description=_text(piece.get("description")))
    return pieces


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _whole(value: Any, default: int | None) -> int | None:
    return min(max(value, 1), _MAX_ITEMS) if isinstance(value, int) and not isinstance(value, bool) else default


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)
