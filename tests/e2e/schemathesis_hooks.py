"""Hooks for rules that the OpenAPI document cannot express. Schemathesis loads them through SCHEMATHESIS_HOOKS."""

import json
import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import schemathesis
from hypothesis import strategies as st

from chalicelib.api.router import document
from chalicelib.domain.job_batch import MAX_REQUEST_BYTES
from chalicelib.domain.job_type import JOB_TYPES
from chalicelib.domain.payload import MAX_DETAILS_LENGTH
from chalicelib.domain.text import line, not_blank
from foundation import language_tag

#: As in `chalicelib.domain.text`: one visible character, and others that may be dropped or newer than our Unicode data.
#: Line breaks are left out, since a single line may not have them. A filter would draw each character alone.
_NONCHARACTERS = [*range(0xFDD0, 0xFDF0), *(plane << 16 | last for plane in range(17) for last in (0xFFFE, 0xFFFF))]
_TAKEN = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="".join(map(chr, _NONCHARACTERS)))
_SEEN = st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u115f\u1160\u3164\uffa0\u2800")
_TEXT = st.builds(str.__add__, _SEEN, st.text(_TAKEN, max_size=79))


def _limits(schema: Any) -> set[int]:
    """The limits of length of all printable texts in a document."""
    if not isinstance(schema, (dict, list)):
        return set()
    parts = list(schema.values()) if isinstance(schema, dict) else schema
    own = set()
    if isinstance(schema, dict) and schema.get("format") == "printable":
        own = {schema[name] for name in ("minLength", "maxLength") if name in schema}
    return own.union(*map(_limits, parts))


#: Schemathesis asks for texts at a limit, and drops all others. By chance, almost none has such a length. A longer text
#: is too long for the `details` of a piece, which have a limit as a whole.
_LIMITS = sorted(limit for limit in _limits(document(tokens_required=False)) if limit < MAX_DETAILS_LENGTH)
_EDGES = st.sampled_from([limit + step for limit in _LIMITS for step in (-1, 0, 1) if limit + step > 0])
_AT_A_LIMIT = st.builds(lambda text, length: text[:length].ljust(length, "x"), _TEXT, _EDGES)
schemathesis.openapi.format("printable", _TEXT | _AT_A_LIMIT)
#: As `foundation.language_tag` accepts them.
schemathesis.openapi.format("language-tag", st.sampled_from(["de", "pt-BR", "zh-Hant", "es-419", "yue"]))
#: As `chalicelib.api.history_endpoint` accepts them.
schemathesis.openapi.format("date", st.dates(date(1971, 1, 1), date(2199, 12, 31)).map(date.isoformat))
#: As `chalicelib.domain.webhook_url` accepts them. Nobody can have this name (RFC 2606).
_WEBHOOKS = ["https://hooks.invalid/", "https://hooks.invalid:8443/lore?token=a"]
schemathesis.openapi.format("webhook-url", st.sampled_from(_WEBHOOKS))
_MOST_JOBS = 3
_SMALL_JOB: dict[str, Any] = {"type": "generate_relics", "payload": {}}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Change what no schema can express in a request."""
    # A valid cursor comes from an answer.
    if case.query:
        case.query.pop("cursor", None)
    # Invisible characters in a text to look for do not count.
    for name in {"q", "tag"} & (case.query or {}).keys():
        case.query[name] = _well_formed(case.query[name])
    # A period does not end before it begins, and not every period may be as long.
    if case.query and _DAY.fullmatch(str(case.query.get("from", ""))):
        case.query["from"] = (_last_day(case.query) - timedelta(days=7)).isoformat()
    # Thousands of long polls of 20 s each would take hours.
    if case.headers and str(case.headers.get("Prefer", "")).startswith("wait="):
        case.headers["Prefer"] = "wait=0"
    # The ETag of a current version comes from an answer, too.
    if case.method == "PATCH" or "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = "*"
    # A key that was used for another request is refused.
    if case.headers and 0 < len(key := str(case.headers.get("Idempotency-Key", ""))) <= 200:
        case.headers["Idempotency-Key"] = f"{key}{uuid.uuid4()}"
    # Schemathesis breaks our formats as well, but takes any text for valid, because it cannot check them.
    case.body = _well_formed(case.body)
    if case.meta is not None and case.meta.generation.mode.is_positive:
        _make_valid(case)


def _make_valid(case: Any) -> None:
    """Change a request that must be accepted."""
    # Ids cannot be combined with another parameter.
    if case.query and "ids" in case.query:
        case.query = {"ids": case.query["ids"]}
    if isinstance(case.body, dict):
        body = _with_short_details(case.body)
        case.body = _with_own_pieces(body) if case.method == "PATCH" else _without_stored(body)


def _with_short_details(value: Any) -> Any:
    """The value without the details of pieces that are too long as a whole: a schema limits only their parts."""
    match value:
        case list():
            return [_with_short_details(item) for item in value]
        case {"details": details, **others} if len(json.dumps(details, ensure_ascii=False)) > MAX_DETAILS_LENGTH:
            return {**_with_short_details(others), "details": {}}
        case dict():
            return {name: _with_short_details(item) for name, item in value.items()}
    return value


def _well_formed(value: Any, name: str = "") -> Any:
    """The value with text that our formats accept. `name` is the member that has it."""
    match value:
        case str():
            if name == "url":
                return value if value in _WEBHOOKS else _WEBHOOKS[0]
            return _tag(value) if name == "language" else _printable(value)
        case list():
            return [_well_formed(item) for item in value]
        case dict():
            # Two keys must also differ without their invisible characters.
            return {line(_printable(key)): _well_formed(item, key) for key, item in value.items()}
    return value


def _printable(text: str) -> str:
    """The text, or another one of its length if the API refuses it or counts it differently, as with NFC."""
    try:
        return text if len(not_blank(line(text)).strip()) == len(text) else "x" * len(text)
    except ValueError:
        return "x" * len(text)


def _tag(text: str) -> str:
    try:
        return language_tag.canonical(text)
    except ValueError:
        return "de"


def _with_own_pieces(patch: dict[str, Any]) -> dict[str, Any]:
    """The change of a world with at most three pieces, always in the same roles: a world holds only ten.

    A new piece needs a name, and a change of one that is there does not.
    """
    if not isinstance(pieces := patch.get("pieces"), dict):
        return patch
    named = [{"name": "x", **piece} if isinstance(piece, dict) else piece for piece in pieces.values()]
    return {**patch, "pieces": dict(zip(("relic", "event", "setting"), named, strict=False))}


def _without_stored(body: dict[str, Any]) -> dict[str, Any]:
    """The body without ids of documents, and without a version to restore: those that exist come from answers."""
    if isinstance(jobs := body.get("jobs"), list):
        # Batches of fifty jobs would keep the workers busy for hours.
        # The whole body of a single job that is too large gets 413, but a batch with such a job gets 400.
        return {**body, "jobs": [_without_stored(job) if _fits(job) else _SMALL_JOB for job in jobs[:_MOST_JOBS]]}
    if body.get("type") not in JOB_TYPES:
        return {name: value for name, value in body.items() if name != "version"}
    if JOB_TYPES[body["type"]].is_rewriting:
        return _SMALL_JOB
    payload = {name: value for name, value in body.get("payload", {}).items() if name not in ("canon", "pieces")}
    return {**body, "payload": payload}


def _fits(job: Any) -> bool:
    """Whether a job of a batch is within its limit (`chalicelib.domain.job_batch`)."""
    return len(json.dumps(job)) <= MAX_REQUEST_BYTES


def _last_day(query: dict[str, Any]) -> date:
    """The last day of the period; today if it is not given."""
    try:
        return date.fromisoformat(str(query.get("to", "")))
    except ValueError:
        return datetime.now(UTC).date()
