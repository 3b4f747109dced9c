"""Who may speak to the servers of the local stack: this machine. Pages of the world outside may not, though a browser
on this machine could carry their requests here, under a name that they have made to mean 127.0.0.1 too (DNS rebinding).
"""

from urllib.parse import urlsplit

_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def is_own_host(host: str | None) -> bool:
    """Whether a `Host` header means this machine; one without any, as HTTP/1.0 has it, comes from no browser."""
    return host is None or _host_of(f"//{host}") in _HOSTS


def is_own_origin(origin: str | None) -> bool:
    """Whether an `Origin` header is that of a page of this machine, on whatever port; none comes from no such page."""
    return origin is None or _host_of(origin) in _HOSTS


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
