"""Cursors: where a page of a list ended, so that the caller can ask for the next one.

A cursor is only the id of the page's last item, so forging one gains nothing: the store continues the caller's own list
after an item that is in it, and refuses any other.
"""

import base64
import binascii
import uuid

from chalicelib.domain.error import UnknownCursor


def encode(last_id: str | None) -> str | None:
    """The id, a UUID, as 22 opaque characters; None for the last page."""
    return None if last_id is None else base64.urlsafe_b64encode(uuid.UUID(last_id).bytes).rstrip(b"=").decode()


def decode(cursor: str | None) -> str | None:
    """The id of the previous page's last item. Raises `UnknownCursor`."""
    if cursor is None:
        return None
    try:
        last_id = str(uuid.UUID(bytes=base64.b64decode(f"{cursor}==", altchars=b"-_", validate=True)))
    except (ValueError, binascii.Error):
        raise UnknownCursor from None
    if encode(last_id) != cursor:
        raise UnknownCursor
    return last_id
