"""What schemathesis cannot know from the document (loaded by it through SCHEMATHESIS_HOOKS)."""

import unicodedata
import uuid
from collections.abc import Iterator
from typing import Any

import schemathesis
from hypothesis import strategies as st

#: As `chalicelib.domain.text` has it: no control, format, surrogate, private-use or unassigned characters.
_VISIBLE = st.characters(exclude_categories=["C"])
schemathesis.openapi.format("printable", st.text(_VISIBLE, min_size=1, max_size=80).filter(str.strip))


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
    # Whom a world is for is the caller, where callers are told apart.
    if isinstance(case.body, dict) and isinstance(payload := case.body.get("payload"), dict) and "user_id" in payload:
        payload["user_id"] = "alice"
