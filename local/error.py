"""Errors of the local stack, worded for the person who started it."""

from pathlib import Path

_LOG_TAIL_LINES = 12


class LocalError(Exception):
    """An error of the local stack. Its message says what happened and what to do."""


def quoted_log(log: Path) -> str:
    """A log's path and its last lines."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return f"Its log is {log}:" + ("".join(f"\n  | {line}" for line in lines[-_LOG_TAIL_LINES:]) or " (empty)")
