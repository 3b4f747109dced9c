"""Cursors of sorted lists: where a page ended, as opaque text.

A position is the place of an item in its list, not the item itself, so it is still good after the item is deleted. The
reader's own partition always comes from its token, so forging a position gains nothing.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from chalicelib.domain.error import UnknownCursor

#: The longest cursor that is read, characters: two keys of 1,024 bytes need less than this.
_MAX_LENGTH = 3_000


@dataclass(frozen=True, slots=True)
class Position:
    """The place of the last item of a page."""

    sort_key: str
    item_id: str


def encode(listed: str, position: Position) -> str:
    """`listed` identifies the list, with its order and filters: the cursor is good for this list only."""
    fields = [_fingerprint(listed), position.sort_key, position.item_id]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode(listed: str, cursor: str) -> Position:
    """Raises `UnknownCursor` if it is not the cursor of an equal list."""
    if len(cursor) > _MAX_LENGTH:
        raise UnknownCursor
    try:
        value = json.loads(base64.b64decode(f"{cursor}{'=' * (-len(cursor) % 4)}", altchars=b"-_", validate=True))
        fingerprint, sort_key, item_id = value
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise UnknownCursor from None
    if fingerprint != _fingerprint(listed) or not (_is_key(sort_key) and _is_key(item_id)):
        raise UnknownCursor
    return Position(sort_key, item_id)


def _fingerprint(listed: str) -> str:
    return hashlib.sha256(listed.encode()).hexdigest()[:8]


def _is_key(value: object) -> bool:
    """Whether DynamoDB accepts it as a sort key: 1 to 1,024 bytes of UTF-8."""
    try:
        return isinstance(value, str) and 1 <= len(value.encode()) <= 1024
    except UnicodeEncodeError:
        return False
