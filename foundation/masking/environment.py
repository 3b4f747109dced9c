"""Finds the secrets in a process's environment variables."""

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from foundation.masking.mask import basic_credentials

_SECRET_NAME = re.compile(r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|HEADERS)$")
#: Named like a secret, but only an id.
_PUBLIC = frozenset({"AWS_ACCESS_KEY_ID"})
#: An address with user and password. An unencoded password may contain any of :/?#@, so the last @ counts.
_USER_INFO = re.compile(r"[a-z][a-z0-9+.-]*://([^:/\s]*):(\S+)@", re.IGNORECASE)
#: In an address's query or a JSON object: ?key=..., "api_key": "...".
_NAMED = re.compile(
    r"[?&\"'][\w-]*(?:key|token|secret|password|signature)[\"']?\s*[=:]\s*[\"']?([^&#\s\"']+)", re.IGNORECASE
)
_SCHEME = re.compile(r"(?:Basic|Bearer|Token|ApiKey)\s+", re.IGNORECASE)


def secrets_in(environment: Mapping[str, str]) -> list[str]:
    """Every secret in these variables: by name (..._KEY, ..._TOKEN, ...), and inside addresses and JSON."""
    return [secret for name, value in environment.items() for secret in _secrets(name.upper(), value)]


def header_secrets(value: str) -> Iterator[str]:
    """Each value in a JSON object of headers, or in OpenTelemetry's `name=value,name=value`."""
    try:
        headers = json.loads(value)
    except ValueError:
        headers = None
    if isinstance(headers, dict):
        found = [str(header) for header in headers.values()]
    else:
        found = [unquote(pair.partition("=")[2]) for pair in value.split(",")]
    for header in found:
        yield header
        yield _SCHEME.sub("", header.strip(), count=1)


def _secrets(name: str, value: str) -> Iterator[str]:
    if _SECRET_NAME.search(name) and name not in _PUBLIC and "BEGIN PUBLIC KEY" not in value:
        yield value
        if name.endswith("HEADERS"):
            yield from header_secrets(value)
    for secret in _NAMED.findall(value):
        yield from (secret, unquote(secret))
    for user, password in _USER_INFO.findall(value):
        yield from (password, unquote(password), basic_credentials(unquote(user), unquote(password)))
        yield from re.split(r"[:/?#@]", password)  # what an address parser may take for a port or a host
