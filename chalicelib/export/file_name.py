"""File names from names that people chose. They work on Windows, macOS and Linux, and as notes of Obsidian."""

import re
import unicodedata
from collections.abc import Collection

#: Refused by Windows, or with a meaning in Obsidian's links.
_REFUSED = re.compile(r'[<>:"/\\|?*#^\[\]]+')
#: Names of devices. Windows refuses them with any ending, in either case.
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9\u00b9\u00b2\u00b3])(?:\..*)?", re.IGNORECASE)
#: Linux permits 255 bytes, macOS and Windows 255 UTF-16 units. This leaves room for an ending and a number.
_MOST_BYTES = 180


def safe_name(name: str, otherwise: str) -> str:
    """The name without what file systems refuse, or `otherwise` if nothing is left."""
    spaced = _REFUSED.sub(" ", unicodedata.normalize("NFC", name))
    shown = "".join(character for character in spaced if _is_shown(character))
    short = " ".join(shown.split()).encode(errors="ignore")[:_MOST_BYTES].decode(errors="ignore")
    # Windows drops points and spaces at the end. A point at the start hides a file from Obsidian.
    bare = short.strip(". ")
    return f"{bare}_" if _DEVICE.fullmatch(bare) else bare or otherwise


def unused(name: str, taken: Collection[str]) -> str:
    """The name, with a number if it is taken. Many file systems do not distinguish case."""
    used = {other.casefold() for other in taken}
    candidate, number = name, 2
    while candidate.casefold() in used:
        candidate, number = f"{name} {number}", number + 1
    return candidate


def ascii_name(name: str, otherwise: str) -> str:
    """The name for programs that know only ASCII."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return safe_name(letters, otherwise)


def _is_shown(character: str) -> bool:
    """Controls of text direction could make a name look like another; joiners belong to words."""
    return character in "\u200c\u200d" or character.isspace() or unicodedata.category(character)[0] != "C"
