"""Where a page of a list ends, as callers carry it to the next one.

It names the last thing of the page and nothing else. Whatever else somebody puts together is refused: the store takes
up a list of the caller's own after a thing that is in it, or not at all.
"""

import base64
import binascii
import uuid

from chalicelib.domain.error import UnknownCursor


def encode(last_id: str | None) -> str | None:
    """A UUID as 22 characters that say nothing; None for the last page."""
    return None if last_id is None else base64.urlsafe_b64encode(uuid.UUID(last_id).bytes).rstrip(b"=").decode()


def decode(cursor: str | None) -> str | None:
    """The id of the last thing of the page before. Raises `UnknownCursor`."""
    if cursor is None:
        return None
    try:
        last_id = str(uuid.UUID(bytes=base64.b64decode(f"{cursor}==", altchars=b"-_", validate=True)))
    except (ValueError, binascii.Error):
        raise UnknownCursor from None
    if encode(last_id) != cursor:
        raise UnknownCursor
    return last_id
