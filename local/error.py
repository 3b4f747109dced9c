"""Errors of the local stack, worded for the person who started it."""

from pathlib import Path

_TAIL_LINES = 12


class LocalError(Exception):
    """An error of the local stack. Its message says what happened and what to do."""


def quoted_log(log: Path) -> str:
    """A log's path and its last lines."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return f"Its log is {log}:" + (quoted_tail(text) or " (empty)")


def quoted_tail(output: str) -> str:
    """The last lines of what a program wrote, each after a line break and a bar."""
    return "".join(f"\n  | {line}" for line in output.splitlines()[-_TAIL_LINES:])
