"""How figures and times are written for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone

from loresmith.model import DayUsage, Estimate, JobSums, Usage


def duration(seconds: float) -> str:
    """ "8 s", "2 min 5 s", "3 h 10 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3_600} h {whole % 3_600 // 60} min"


def ago(moment: datetime | None) -> str:
    """How long ago, in one unit: "5 min ago"."""
    if moment is None:
        return ""
    seconds = max(0.0, (datetime.now(timezone.utc) - moment).total_seconds())
    for unit, length_s in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length_s:
            return f"{seconds // length_s:.0f} {unit} ago"
    return f"{seconds:.0f} s ago"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """ "1 piece", "3 pieces"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def cost(used: Usage | Estimate | JobSums | DayUsage) -> str:
    """ "7 LLM calls, 5,950 tokens, $0.0015". Without a price, there is no amount."""
    tokens = used.prompt_tokens + used.completion_tokens
    parts = [counted(used.llm_calls, "LLM call"), counted(tokens, "token")]
    return ", ".join(parts if used.estimated_cost_usd is None else [*parts, dollars(used.estimated_cost_usd)])


def dollars(amount: float | None) -> str:
    """With four digits behind the point: a job may cost less than a cent."""
    return "" if amount is None else f"${amount:,.4f}"


def label(field: str) -> str:
    """ "long_ago" → "Long ago"."""
    words = field.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def listed(names: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
