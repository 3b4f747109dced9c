"""Times as callers receive them."""

from datetime import UTC, datetime


def timestamp(at_ms: int) -> str:
    """ISO 8601 in UTC with milliseconds and Z."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def timestamp_or_none(at_ms: int | None) -> str | None:
    return None if at_ms is None else timestamp(at_ms)
