"""The result of a job as text: for a terminal, or as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from loresmith.cli.figure import label
from loresmith.cli.reference import SHORT_ID
from loresmith.cli.terminal import plain, print_text, stdout
from loresmith.model import JobState, Piece

_WIDEST = 100


@dataclass(frozen=True)
class Heading:
    level: int
    text: str
    note: str = ""


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Detail:
    name: str
    text: str


Block = Heading | Paragraph | Detail


def blocks_of(state: JobState) -> Iterator[Block]:
    """The result, or what is finished of an unfinished or failed job."""
    result = _plain(state.result)
    if isinstance(result, dict) and "piece" in result:
        yield from _piece(result["piece"])
    elif isinstance(result, dict) and ("story" in result or "world" in result):
        yield from _world(result.get("world", result))
    elif isinstance(result, list):
        ids = [item.library_id for item in state.items if item.complete]
        for place, piece in enumerate(result):
            yield from _piece(piece, ids[place] if len(ids) == len(result) else None)
    elif result is None:
        for item in state.items:
            if item.name:
                yield from _piece(item.model_dump(), item.library_id)
    else:
        yield Paragraph(words(result))


def piece_blocks(piece: Piece) -> Iterator[Block]:
    return _piece(piece.model_dump(mode="json"), piece.id)


def print_blocks(blocks: Sequence[Block]) -> None:
    """Wrapped and indented on a terminal, Markdown elsewhere."""
    console = stdout()
    if console.is_terminal:
        console.print(terminal_text(blocks), width=min(console.width, _WIDEST))
    elif blocks:
        print_text(markdown(blocks))


def markdown(blocks: Sequence[Block]) -> str:
    """A document that also reads well as it is."""
    lines: list[str] = []
    for before, block in zip([None, *blocks], blocks, strict=False):
        if lines and not (isinstance(block, Detail) and isinstance(before, Detail)):
            lines.append("")
        match block:
            case Heading(level, text, note):
                lines.append(f"{'#' * level} {text}{f' ({note})' if note else ''}")
            case Paragraph(text):
                lines.append(text)
            case Detail(name, text):
                lines.append(f"- **{name}:** {text}")
    return plain("\n".join(lines))


def terminal_text(blocks: Sequence[Block]) -> RenderableType:
    return Group(*(_on_terminal(block) for block in blocks))


def _on_terminal(block: Block) -> RenderableType:
    match block:
        case Heading(_, text, note):
            return Padding(
                Text.assemble((plain(text), "bold cyan"), ("  " + note if note else "", "dim")), (1, 0, 0, 0)
            )
        case Paragraph(text):
            return Padding(Text(plain(text)), (0, 0, 0, 2))
        case Detail(name, text):
            return Padding(Text.assemble((f"{plain(name)}: ", "bold"), plain(text)), (0, 0, 0, 2))


def _piece(piece: Mapping[str, Any], piece_id: str | None = None) -> Iterator[Block]:
    kind = piece.get("type") or piece.get("kind") or ""
    known_id = piece_id or piece.get("id")
    yield Heading(2, piece["name"], ", ".join(filter(None, [kind, known_id and known_id[:SHORT_ID]])))
    if piece.get("description"):
        yield Paragraph(piece["description"])
    for name, value in (piece.get("details") or {}).items():
        yield Detail(label(name), words(value))


def _world(world: Mapping[str, Any]) -> Iterator[Block]:
    known_id = world.get("world_id") or world.get("id") or ""
    yield Heading(1, world["title"], ", ".join(filter(None, ["world", known_id[:SHORT_ID]])))
    yield Paragraph(world["story"])
    yield Heading(2, f"Quest: {world['quest']['title']}")
    yield Paragraph(world["quest"]["description"])
    for piece in (world.get("pieces") or {}).values():
        yield from _piece(piece)


def words(value: Any) -> str:
    """A detail as readable text."""
    if isinstance(value, list):
        return ", ".join(words(each) for each in value)
    if isinstance(value, dict) and set(value) == {"name", "description"}:
        return f"{value['name']} ({value['description']})"
    if isinstance(value, dict):
        return ", ".join(f"{label(name)} {words(each)}" for name, each in value.items())
    return str(value)


def _plain(result: Any) -> Any:
    if isinstance(result, BaseModel):
        return result.model_dump(mode="json", by_alias=True)
    return [_plain(each) for each in result] if isinstance(result, list) else result
