"""Which bodies are read: plain JSON."""

from chalicelib.api.message import Request
from chalicelib.domain.error import LoreSmithError
from foundation.request_failure import REQUEST_FAILURES

JSON = ("application/json",)
#: A merge patch (RFC 7396), also under the usual name of JSON.
MERGE_PATCH = ("application/merge-patch+json", "application/json")


class UnsupportedMediaType(LoreSmithError):
    failure = REQUEST_FAILURES["unsupported_media_type"]


class UnsupportedCoding(UnsupportedMediaType):
    def __init__(self) -> None:
        super().__init__("The body must not be compressed: send it without Content-Encoding.")


def check_media_type(request: Request, accepted: tuple[str, ...] = JSON) -> None:
    """Raises `UnsupportedMediaType`. A body without a type is taken for JSON.

    Ignores parameters of the media type: JSON is UTF-8, whatever `charset` says (RFC 8259, 11).
    """
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type not in ("", *accepted):
        raise UnsupportedMediaType
    coding = request.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity"):
        raise UnsupportedCoding
