"""What pieces and worlds have in common: a document is read, changed by a merge patch, deleted and restored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias
from urllib.parse import quote

from loresmith.exchange import with_json
from loresmith.model import Piece, World
from loresmith.step import Request

#: A document as it was read, or its id.
Reference: TypeAlias = Piece | World | str


def path(shelf: str, document: Reference, *parts: str) -> str:
    """The address of a document. An id is quoted: it must not become another address."""
    document_id = document if isinstance(document, str) else document.id
    return "/".join(["", shelf, quote(document_id, safe=""), *parts])


def edit(shelf: str, document: Reference, version: int | None, changes: Mapping[str, Any]) -> Request:
    """A change that is for one version: that of the document as it was read, unless another one is named."""
    if version is None and isinstance(document, str):
        raise TypeError("Say which version you have changed: pass the document as you read it, or version=.")
    known = document.version if version is None and not isinstance(document, str) else version
    return with_json(Request("PATCH", path(shelf, document), headers=if_match(known)), changes)


def delete(shelf: str, document: Reference, version: int | None) -> Request:
    return Request("DELETE", path(shelf, document), headers=if_match(version))


def if_match(version: int | None) -> dict[str, str]:
    """The condition that nobody has changed the document meanwhile. Without a version, there is none."""
    return {} if version is None else {"If-Match": f'"{version}"'}


def restoring(version: int | None) -> dict[str, int]:
    """The body of a request to restore a document."""
    return {} if version is None else {"version": version}
