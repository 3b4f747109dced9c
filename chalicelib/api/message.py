"""Requests and responses as the endpoints see them."""

import json
import math
import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from chalicelib.api import cursor
from chalicelib.domain.error import Fault, InvalidSubmission, NotFound
from chalicelib.domain.job_batch import MAX_REQUEST_BYTES
from chalicelib.domain.text import trimmed
from chalicelib.service.reading import MAX_WAIT_S

#: The largest body that most routes accept.
MAX_BODY_BYTES = MAX_REQUEST_BYTES
_MAX_DEPTH = 32
_TOO_DEEP = f"must not be nested deeper than {_MAX_DEPTH} levels"
#: The most digits of a whole number; `int` refuses more than 4,300.
_MOST_DIGITS = 1_000
_SHOWN_LENGTH = 120
#: How many duplicate keys an answer lists.
_MOST_SHOWN = 20
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_WAIT = re.compile(r"(?:^|[,;]\s*)wait\s*=\s*\"?(\d+)\"?\s*(?:$|[,;])", re.IGNORECASE)
_GATHER = re.compile(r"(?:^|[,;]\s*)gather\s*=\s*\"?(\d+(?:\.\d+)?)\"?\s*(?:$|[,;])", re.IGNORECASE)
_AFTER = re.compile(r"(?:^|[,;]\s*)after\s*=\s*\"?(\d{1,9})\"?\s*(?:$|[,;])", re.IGNORECASE)
#: An entity tag, strong or weak. It may hold commas.
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
#: Our own tags contain a revision. `*` matches every revision.
_REVISION = re.compile(r"[1-9][0-9]{0,8}")
EVERY_REVISION = range(10**9)

#: A parameter object of OpenAPI.
Parameter = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    #: JSON, or None for no body.
    body: Any
    headers: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Forbid caching unless the answer permits it: most answers are for one caller only."""
        object.__setattr__(self, "headers", {"Cache-Control": "no-store"} | self.headers)


@dataclass(frozen=True, slots=True)
class Request:
    #: Names are case-insensitive.
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    #: The caller: the token's `sub`, or "anonymous".
    owner: str
    #: The route's parameters, with their bounds.
    parameters: Sequence[Parameter] = ()
    #: A body that the route accepts, for messages.
    example: Mapping[str, Any] = field(default_factory=dict)
    #: The part of the called address before the routes, such as API Gateway's stage: "/api".
    base_path: str = ""

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object: UTF-8, no duplicate keys, no NaN. Raises `InvalidSubmission`.

        Ignores a leading byte-order mark (RFC 8259, 8.1).
        """
        value = _parsed(self._text())
        if not isinstance(value, dict):
            raise _invalid("", f"must be a JSON object such as {json.dumps(self.example)}")
        if _deeper_than(value, _MAX_DEPTH):
            raise _invalid("", _TOO_DEEP)
        return value

    def _text(self) -> str:
        encoding = json.detect_encoding(self.body)
        if not encoding.startswith("utf-8"):
            raise _invalid("", f"must be UTF-8, but looks like {encoding[:6].upper()}")
        try:
            text = self.body.decode().lstrip("\ufeff")
        except UnicodeDecodeError as error:
            raise _invalid("", f"must be UTF-8; byte {error.start + 1} is not") from None
        if not text or text.isspace():
            raise _invalid("", f"must not be empty; send a JSON object such as {json.dumps(self.example)}")
        return text

    @property
    def wait_s(self) -> int:
        """Seconds from `Prefer: wait=N` (RFC 7240), at most `MAX_WAIT_S`; 0 without one."""
        found = _WAIT.search(self.headers.get("prefer", ""))
        # float, since int refuses to read more than 4,300 digits.
        return int(min(float(found[1]), MAX_WAIT_S)) if found else 0

    @property
    def gather_s(self) -> float:
        """Seconds from `Prefer: gather=N`, at most `MAX_WAIT_S`; 0 without one, or without a `wait`."""
        found = _GATHER.search(self.headers.get("prefer", "")) if self.wait_s else None
        return min(float(found[1]), MAX_WAIT_S) if found else 0

    @property
    def known_revisions(self) -> Container[int] | None:
        """The revisions in `If-None-Match` (RFC 9110, 13.1.2); None without the header."""
        return revisions_in(self.headers.get("if-none-match"))

    @property
    def after(self) -> str | None:
        """The id that the `cursor` in the query stands for; None without one. Raises `UnknownCursor`."""
        return cursor.decode(self.parameter("cursor"))

    def check_names(self) -> None:
        """Raises `InvalidSubmission` for a name in the query that is not a parameter of the route.

        A typo in a filter's name must not list everything.
        """
        names = [parameter["name"] for parameter in self.parameters if parameter["in"] == "query"]
        if unknown := sorted(self.query.keys() - set(names)):
            wanted = f"is not a parameter of this address; the parameters are: {', '.join(names)}"
            raise InvalidSubmission([Fault(name, wanted) for name in unknown])

    def schema(self, name: str) -> Mapping[str, Any]:
        """The JSON Schema of the route's parameter."""
        schemas: dict[str, Mapping[str, Any]] = {known["name"]: known["schema"] for known in self.parameters}
        return schemas[name]

    def parameter(self, name: str) -> str | None:
        """A value in the query, without white space and invisible characters that were pasted with it."""
        given = self.query.get(name)
        return None if given is None else trimmed(given)

    def number(self, name: str) -> int:
        """A whole number in the query, or its default. Raises `InvalidSubmission`."""
        bounds, given = self.schema(name), self.parameter(name)
        low, high, default = bounds["minimum"], bounds["maximum"], bounds["default"]
        if given is None:
            return int(default)
        if not (given.isascii() and given.isdigit() and len(given) < 16 and low <= int(given) <= high):
            raise _invalid(name, f"must be a whole number from {low} to {high}")
        return int(given)

    def flag(self, name: str) -> bool:
        """`true` or `false` in the query, or its default. Raises `InvalidSubmission`."""
        given = self.parameter(name)
        if given not in (None, "true", "false"):
            raise _invalid(name, "must be true or false")
        return given == "true" if given else bool(self.schema(name)["default"])

    def choice(self, name: str) -> str | None:
        """One of the parameter's words in the query; None without one. Raises `InvalidSubmission`."""
        given, allowed = self.parameter(name), self.schema(name)["enum"]
        if given is not None and given not in allowed:
            raise _invalid(name, f"must be one of: {', '.join(allowed)}")
        return given


def revisions_in(tags: str | None) -> Container[int] | None:
    """The revisions in a header's entity tags; None without the header. `*` is every revision.

    Weak tags count too: an answer that was compressed on its way has one. A single tag may lack its quotes, because
    shells remove them. Tags that this API did not make match nothing.
    """
    if tags is None:
        return None
    if tags.strip() == "*":
        return EVERY_REVISION
    found = _TAG.findall(tags) or [tags.strip()]
    return {int(tag) for tag in found if _REVISION.fullmatch(tag)}


def seen_revisions(request: Request) -> Container[int] | None:
    """The revisions in `If-None-Match`, or else those up to N from `Prefer: after=N`; None without either.

    A page of another origin sends `after`: its browser sends a preflight before each request with `If-None-Match`, but
    only before the first one without (Fetch, CORS-preflight cache).
    """
    found = _AFTER.search(request.headers.get("prefer", ""))
    known = request.known_revisions
    return range(int(found[1]) + 1) if known is None and found else known


def parse_uuid(text: str, otherwise: str | None = None) -> str:
    """A job's or world's id in a path, percent-encoded or not. Raises `NotFound` for anything else."""
    given = trimmed(unquote(text)).lower()
    if _UUID.fullmatch(given) is None:
        raise NotFound(otherwise)
    return given


def shortened(name: str) -> str:
    """A name from the caller's request, short enough to repeat in an answer."""
    return name if len(name) <= _SHOWN_LENGTH else f"{name[:_SHOWN_LENGTH]}..."


def _parsed(text: str) -> Any:
    """Raises `InvalidSubmission`."""
    try:
        return json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
    except json.JSONDecodeError as error:
        raise _invalid("", f"must be JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise _invalid("", _TOO_DEEP) from None
    except _NotStrict as error:
        raise _invalid("", str(error)) from None


class _NotStrict(ValueError):
    pass


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = [shortened(name) for name, count in counts.items() if count > 1]
        raise _NotStrict(f"must not have a key twice: {', '.join(sorted(twice)[:_MOST_SHOWN])}")
    return value


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise _NotStrict(f"must not contain numbers of more than {_MOST_DIGITS} digits, such as {digits[:20]}...")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _NotStrict(f"must not contain numbers that are too large, such as {digits[:20]}")
    return number


def _refuse_constant(name: str) -> Any:
    raise _NotStrict(f"must not contain {name}: JSON has no such number")


def _deeper_than(value: Any, levels: int) -> bool:
    if levels == 0:
        return True
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_deeper_than(child, levels - 1) for child in children if isinstance(child, dict | list))


def _invalid(field_name: str, message: str) -> InvalidSubmission:
    return InvalidSubmission([Fault(field_name, message)])
