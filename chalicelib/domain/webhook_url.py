"""The address of a webhook: its form, checked when it is given. Where its name leads is checked at each delivery."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from chalicelib.domain.public_address import is_loopback, is_public

#: The most characters of an address.
MAX_URL_LENGTH = 2048
#: The ports of a deployed stage. Others are those of databases, mail servers and the like.
PORTS = (443, 8443)
_PRINTABLE = re.compile(r"[!-~]+")
#: White space and control characters, which Python's parser of addresses drops.
_INVISIBLE = re.compile(r"[\x00-\x20\x7f]")
_WANTED = "must be an address such as https://example.com/hooks, with other characters percent-encoded"
#: A label of a host name (RFC 1123, 2.1); an underscore is not allowed, but common.
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
#: A last label that some resolvers read as a number, and so the host as an IPv4 address (WHATWG URL, 3.5).
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_PORT = re.compile(r"\d{1,5}")


@dataclass(frozen=True, slots=True)
class WebhookUrl:
    #: "https", or "http" for this machine.
    scheme: str
    #: A host name in ASCII (IDNA), or an IP address without brackets; in lower case.
    host: str
    port: int
    #: Path and query, as they are sent.
    target: str

    @classmethod
    def parse(cls, text: str, *, allow_local: bool) -> Self:
        """Raises `ValueError` with what is wrong, as the end of a sentence. It does not quote the address.

        `allow_local`: also take http, and any port, for this machine.
        """
        if len(text) > MAX_URL_LENGTH:
            raise ValueError(f"must have at most {MAX_URL_LENGTH} characters")
        scheme, authority, target = _split(text)
        name, port = _split_authority(authority)
        host = _host(name)
        is_here = host == "localhost" or is_loopback(host)
        if scheme != "https" and not (scheme == "http" and allow_local and is_here):
            raise ValueError("must begin with https://")
        number = int(port) if port else {"https": 443, "http": 80}[scheme]
        if allow_local and is_here:
            if not 0 < number < 2**16:
                raise ValueError("must have a port from 1 to 65535")
        else:
            _check_public(host, number)
        return cls(scheme, host, number, target)

    def __str__(self) -> str:
        return f"{self.origin}{self.target}"

    @property
    def origin(self) -> str:
        """Without path and query, which may hold a secret. For logs."""
        return f"{self.scheme}://{self.authority}"

    @property
    def shown(self) -> str:
        """Without the query, which may hold a secret."""
        return f"{self.origin}{self.target.partition('?')[0]}"

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


def _split(text: str) -> tuple[str, str, str]:
    """Scheme, authority, and path with query."""
    if "\\" in text or "#" in text:
        raise ValueError("must not contain \\ or #")
    if _INVISIBLE.search(text):
        raise ValueError(_WANTED)
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError(_WANTED) from None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not parts.netloc or not _PRINTABLE.fullmatch(target):
        raise ValueError(_WANTED)
    if "@" in parts.netloc:
        raise ValueError("must not contain a user name or password; put a secret into the query, or check signatures")
    return parts.scheme.lower(), parts.netloc, target


def _split_authority(authority: str) -> tuple[str, str]:
    """The host, and the port as text; "" without one."""
    if authority.startswith("["):
        host, _, port = authority[1:].partition("]")
        host, port = f"[{host}]", port.removeprefix(":")
    else:
        host, _, port = authority.partition(":")
    if port and not _PORT.fullmatch(port):
        raise ValueError("must have a port from 1 to 65535")
    return host, port


def _host(name: str) -> str:
    if name.startswith("["):
        try:
            return str(ipaddress.IPv6Address(name[1:-1]))
        except ValueError:
            raise ValueError("must have a host name or a valid IP address") from None
    host = _in_ascii(name).lower().removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise ValueError("must have a host name, or an IPv4 address such as 198.51.100.7") from None
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError("must have a host name or a valid IP address")
    return host


def _in_ascii(name: str) -> str:
    if name.isascii():
        return name
    import idna  # its tables are large, and few names need them

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise ValueError("must have a valid international host name") from None


def _check_public(host: str, port: int) -> None:
    if port not in PORTS:
        raise ValueError(f"must use one of the ports {', '.join(map(str, PORTS))}")
    is_address = ":" in host or host.rpartition(".")[2].isdigit()
    if is_address and not is_public(host):
        raise ValueError("must have a public IP address or, better, a host name")
    if not is_address and "." not in host:
        raise ValueError("must have a full host name, such as example.com")
