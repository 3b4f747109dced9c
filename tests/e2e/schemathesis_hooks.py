"""What schemathesis cannot know from the document (loaded by it through SCHEMATHESIS_HOOKS)."""

import unicodedata
import uuid
from collections.abc import Iterator
from typing import Any

import schemathesis
from hypothesis import strategies as st

#: As in `chalicelib.domain.text`: something visible, among characters that are dropped or newer than our Unicode
#: data. Line breaks, which a single line may not have, are left out too.
_TAKEN = st.characters(exclude_categories=["Cc", "Cs"]).filter(lambda c: not _is_noncharacter(c))
_SEEN = st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u115f\u1160\u3164\uffa0\u2800")
schemathesis.openapi.format("printable", st.builds(str.__add__, _SEEN, st.text(_TAKEN, max_size=79)))


def _is_noncharacter(character: str) -> bool:
    return ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in it."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _visible(value: Any) -> Any:
    """The value with only such text in it: details are free-form JSON, whose text no format describes."""
    match value:
        case str():
            return "".join(c for c in value if not unicodedata.category(c).startswith("C"))
        case list():
            return [_visible(item) for item in value]
        case dict():
            return {_visible(name): _visible(item) for name, item in value.items()}
    return value


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Make a request fit what no schema can say."""
    # A cursor comes out of an answer.
    if case.query:
        case.query.pop("cursor", None)
    # Thousands of polls that are each held back for 20 s would take hours.
    if case.headers and str(case.headers.get("Prefer", "")).startswith("wait="):
        case.headers["Prefer"] = "wait=0"
    # A key that was used for another request is refused.
    if case.headers and 0 < len(key := str(case.headers.get("Idempotency-Key", ""))) <= 200:
        case.headers["Idempotency-Key"] = f"{key}{uuid.uuid4()}"
    for piece in _objects(case.body):
        if isinstance(piece.get("details"), dict):
            piece["details"] = _visible(piece["details"])
    # If callers are told apart, no schema can express that a world's user is the caller.
    if isinstance(case.body, dict) and isinstance(payload := case.body.get("payload"), dict):
        user_id = payload.get("user_id")
        if "Authorization" in (case.headers or {}) and _names_a_user(user_id):
            payload["user_id"] = "alice"


def _names_a_user(user_id: Any) -> bool:
    """As in the schema."""
    if isinstance(user_id, str):
        return 0 < len(user_id) <= 120
    return isinstance(user_id, int) and not isinstance(user_id, bool) and 0 <= user_id < 2**63
