"""`If-Match`: which version of a document a change is for (RFC 9110, 13.1.1)."""

from collections.abc import Container

from chalicelib.api.message import EVERY_REVISION, Request, revisions_in
from chalicelib.domain.error import LoreSmithError
from foundation.request_failure import REQUEST_FAILURES


class VersionRequired(LoreSmithError):
    """A change does not say which version it is for: it could undo somebody's work without a trace (RFC 6585, 3)."""

    failure = REQUEST_FAILURES["if_match_required"]


def required_versions(request: Request) -> Container[int]:
    """The versions that the caller permits. Raises `VersionRequired`.

    RFC 9110 wants strong tags here. We accept weak ones too: each of our tags names exactly one version.
    """
    versions = revisions_in(request.headers.get("if-match"))
    if versions is None:
        raise VersionRequired
    return versions


def permitted_versions(request: Request) -> Container[int]:
    """The same for a change that is easily undone: without the header, every version is permitted."""
    versions = revisions_in(request.headers.get("if-match"))
    return EVERY_REVISION if versions is None else versions
