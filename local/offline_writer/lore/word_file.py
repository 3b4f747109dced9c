"""Reads the word files: `[symbol]` lines, each followed by its options.

Each line is an option. Short options may share a line, separated by ` | `. Lines that start with `#` are comments. An
option may have slots in braces (see `grammar`).
"""

import re
from pathlib import Path

Rules = dict[str, tuple[str, ...]]

WORD_DIR = Path(__file__).parent.parent / "word"
_HEADING = re.compile(r"\[(\w+)\]")


class WordFileError(Exception):
    """An invalid word file. The message contains the file and the line."""


def read_rules(*names: str, folder: Path = WORD_DIR) -> Rules:
    """The rules of these files. A symbol in several files gets the options of all of them."""
    rules: dict[str, list[str]] = {}
    for name in names:
        for symbol, options in parse_rules((folder / f"{name}.txt").read_text("utf-8"), name).items():
            rules.setdefault(symbol, []).extend(options)
    return {symbol: tuple(options) for symbol, options in rules.items()}


def parse_rules(text: str, source: str) -> dict[str, list[str]]:
    """The rules in the text of one word file. Raises `WordFileError`."""
    rules: dict[str, list[str]] = {}
    options: list[str] | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if heading := _HEADING.fullmatch(line):
            options = rules.setdefault(heading[1], [])
        elif options is None:
            raise WordFileError(f"{source}.txt, line {number}: an option before the first [symbol]")
        else:
            options.extend(option.strip() for option in line.split(" | "))
    return rules
