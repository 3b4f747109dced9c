"""Base URLs: how to show them, and which one the user probably meant."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from generator_service.llm.dialect import AZURE_HOSTS

#: What people copy from a curl command together with the base URL.
_ENDPOINT = re.compile(r"(/chat)?/completions$|/responses$|/models$")
_VERSION = re.compile(r"/v\d")
#: Providers whose API does not start at /v1 (according to their documentation, see docs/providers.md).
_PATHS = {
    "openrouter.ai": "/api/v1",
    "api.groq.com": "/openai/v1",
    "generativelanguage.googleapis.com": "/v1beta/openai",
}
#: Ollama's and LM Studio's own APIs, which exist next to the compatible one.
_OWN_APIS = frozenset({"/api", "/api/v0"})


def host_of(url: str) -> str:
    """Host and port only, because an address can contain a password, and its query a key."""
    return urlsplit(url).netloc.rpartition("@")[2]


def shown(url: str) -> str:
    """The address without password and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{host_of(url)}{parts.path.rstrip('/')}"


def models_url(base_url: str) -> str:
    parts = urlsplit(base_url)
    return parts._replace(path=parts.path.rstrip("/") + "/models").geturl()


def is_azure(base_url: str) -> bool:
    return (urlsplit(base_url).hostname or "").endswith(AZURE_HOSTS)


def likely(base_url: str) -> list[str]:
    """Other base URLs that the user may have meant, the most likely one first."""
    parts = urlsplit(base_url)
    given = parts.path.rstrip("/")
    paths = dict.fromkeys(_likely_paths(parts, given))
    return [parts._replace(path=path).geturl() for path in paths if path != given]


def _likely_paths(parts: SplitResult, given: str) -> Iterator[str]:
    host = parts.hostname or ""
    if known := _PATHS.get(host):
        yield known
    elif is_azure(parts.geturl()):
        if "/deployments/" not in given:
            yield "/openai/v1"
    else:
        path = re.sub(r"(/v1)+$", "/v1", _ENDPOINT.sub("", given))
        yield path
        if not _VERSION.search(path):
            yield f"{path}/v1"
        if path in _OWN_APIS:
            yield "/v1"
