"""The request that a call serves, from the caller's metadata on to the LLM's provider (W3C Trace Context)."""

import re
import secrets
from collections.abc import Iterable
from typing import Any

from generator_service import logs

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def trace_id_of(metadata: Iterable[tuple[str, Any]] | None) -> str | None:
    """The trace id of a call's `traceparent`; None without one, and for what is none."""
    found = _TRACEPARENT.fullmatch(str(dict(metadata or ()).get("traceparent", "")))
    return found[1] if found else None


def provider_headers() -> dict[str, str]:
    """What the provider is told of the running call: its trace, and the id under which OpenAI's support finds it."""
    trace_id = logs.bound("request_id")
    if trace_id is None:
        return {}
    return {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01", "X-Client-Request-Id": str(trace_id)}
