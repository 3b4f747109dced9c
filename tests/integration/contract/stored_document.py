"""Documents for the contract of `port.DocumentStore`, and the stores that must keep it."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.document import Author, Document, Shelf
from chalicelib.port.document_store import DocumentStore

PERSON = Author()
NOW_MS = round(time.time() * 1000)


class Clock:
    """The real time, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


@dataclass(frozen=True, slots=True)
class Library:
    store: DocumentStore
    #: The store's clock.
    clock: Clock


def piece(
    *, owner: str | None = None, name: str = "Ysolde", kind: str = "character", details: Any = None, **changed: Any
) -> Document:
    """A piece of an owner who has nothing else, unless one is given."""
    content = {"name": name, "description": "Rings the bells.", "language": "en", "details": details or {}}
    return _document(owner, Shelf.PIECES, {"kind": kind}, content, changed)


def world(
    *, owner: str | None = None, title: str = "Low Tarn ☃", story: str = "One.\n\nTwo.", **changed: Any
) -> Document:
    content = {
        "title": title,
        "story": story,
        "quest": {"title": "Ring", "description": "The bells."},
        "language": "de-AT",
        "pieces": {"character": {"name": "Ysolde", "description": "She rings.", "details": {"health": 80}}},
    }
    return _document(owner, Shelf.WORLDS, {"user_id": "42", "theme": "steampunk"}, content, changed)


def edited(document: Document, **changed: Any) -> Document:
    """The next version, with this content."""
    return document.with_content({**document.content, **changed}, PERSON, NOW_MS)


def _document(owner: str | None, shelf: Shelf, facts: Any, content: Any, changed: dict[str, Any]) -> Document:
    usual: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "marks": {},
        "origin": PERSON,
        "author": PERSON,
        "created_at": NOW_MS,
        "updated_at": NOW_MS,
    }
    return Document(owner=owner or str(uuid.uuid4()), shelf=shelf, facts=facts, content=content, **{**usual, **changed})
