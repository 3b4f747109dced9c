"""How figures are written for people."""

from __future__ import annotations

from datetime import datetime, timezone


def clock(at_ms: int) -> str:
    """The time of day in UTC, such as "14:03:07"."""
    return datetime.fromtimestamp(at_ms / 1000, timezone.utc).strftime("%H:%M:%S")


def moment(at_ms: int) -> str:
    """Date and time in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def duration(seconds: float) -> str:
    """ "8 s", "12 min", "3.5 h"; at least 0."""
    seconds = max(0.0, seconds)
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:.1f} h"


def limited(used: int, limit: int | None) -> str:
    """ "3 of 10"; without a limit, "3 (no limit)"."""
    return f"{used:,} (no limit)" if limit is None else f"{used:,} of {limit:,}"
