"""Replaces secrets in text, however a traceback, JSON or an address has escaped them."""

import base64
import re
from collections.abc import Iterable, Iterator

MASK = "[secret]"
#: Shorter secrets are placeholders for local servers. Masking each "x" would garble every line.
MIN_SECRET_CHARS = 8

_PLAIN = re.compile(r"[A-Za-z0-9_.~-]+")
_PRINTABLE_ASCII = re.compile(r"[ -~]+")
_HTML = {"&": "amp|#38|#x26", "<": "lt|#60|#x3c", ">": "gt|#62|#x3e", '"': "quot|#34|#x22", "'": "apos|#39|#x27"}
_LETTER_ESCAPES = {"\n": "n", "\r": "r", "\t": "t", "\a": "a", "\b": "b", "\f": "f", "\v": "v"}

#: A token after "Bearer" or "Basic": long enough, or with a digit, so that "bearer token" stays readable.
_CREDENTIALS = r"(?:\s|\+|%20)+(?:[A-Za-z0-9._~+/-]{16,}|(?=[A-Za-z._~+/-]*\d)[A-Za-z0-9._~+/-]{8,})=*"
#: Secrets that are in no setting: the tokens that callers send. In base64, a JSON object starts with "eyJ".
_CALLERS_TOKEN = re.compile(rf"Bearer{_CREDENTIALS}|bearer{_CREDENTIALS}|Basic{_CREDENTIALS}|eyJ[\w-]{{8,}}\.[\w.-]+")
_NOTHING = r"(?!)"


class Mask:
    """When called with a text, returns it without the `secrets` and without callers' tokens."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        #: Longest first: of two secrets with the same start, the longer one must win.
        known = sorted({part for secret in secrets for part in _parts(secret)}, key=len, reverse=True)
        self._known = re.compile("|".join(map(_pattern, known)) or _NOTHING)

    def __call__(self, text: str) -> str:
        # Known secrets first: a token's shape may end in the middle of one.
        return _CALLERS_TOKEN.sub(MASK, self._known.sub(MASK, text))


def basic_credentials(user: str, password: str) -> str:
    """User and password as HTTP's Basic scheme encodes them (RFC 7617)."""
    return base64.b64encode(f"{user}:{password}".encode()).decode().rstrip("=")


def _parts(secret: str) -> Iterator[str]:
    """The secret, and its runs of printable ASCII, in case a library drops or rewrites what is between them."""
    for part in [secret, *_PRINTABLE_ASCII.findall(secret)]:
        if len(stripped := part.strip()) >= MIN_SECRET_CHARS:
            yield _from_plain(stripped)


def _from_plain(secret: str) -> str:
    """Drop one or two leading special characters: they reveal nothing, and make the search five times slower."""
    first = _PLAIN.search(secret[:3])
    return secret[first.start() :] if first else secret


def _pattern(secret: str) -> str:
    return "".join(re.escape(c) if _PLAIN.fullmatch(c) else f"(?:{'|'.join(_spellings(c))})" for c in secret)


def _spellings(character: str) -> Iterator[str]:
    """Patterns for the ways to write a character. Each level of quoting may double the backslashes."""
    yield rf"\\*{re.escape(character)}" + (r"[ |]*" if character == "\n" else "")  # exception groups are indented
    if letter := _LETTER_ESCAPES.get(character):
        yield rf"\\+{letter}[ |]*"
    if name := _HTML.get(character):
        yield rf"(?i:&(?:{name});)"
    if character == " ":
        yield r"\+"
    code, utf8 = ord(character), character.encode(errors="surrogatepass")
    yield rf"(?i:\\+(?:x{code:02x}|u{code:04x}|U{code:08x}))"
    yield "(?i:" + "".join(f"%{byte:02x}" for byte in utf8) + ")"
    if code > 0x7F:
        yield "(?i:" + "".join(rf"\\+x{byte:02x}" for byte in utf8) + ")"
    if code > 0xFFFF:
        utf16 = character.encode("utf-16-be")
        yield rf"(?i:\\+u{utf16[:2].hex()}\\+u{utf16[2:].hex()})"
