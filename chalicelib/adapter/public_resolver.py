"""Finds the addresses of a host name, and refuses names that lead into a private network."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from chalicelib.domain.public_address import is_loopback, is_public

#: The IP addresses of a host name. Raises `OSError` without any.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

#: Its own threads: a name server that hangs must not hold up the calls to AWS.
_THREADS = ThreadPoolExecutor(max_workers=16, thread_name_prefix="resolver")


class AddressRefused(Exception):
    """The name leads to an address that no webhook may be sent to."""


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """What the operating system's resolver answers, without duplicates."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_THREADS, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class PublicResolver:
    """`allow_local`: this machine's own addresses are allowed too."""

    def __init__(self, *, allow_local: bool, resolve: Resolve = system_resolve) -> None:
        self._allow_local = allow_local
        self._resolve = resolve

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """All addresses of the host. The caller must connect to one of them, not to the name: it may change its mind.

        Raises `AddressRefused` if a single one of them is not allowed, and `OSError` if the name cannot be resolved.
        """
        found = await self._resolve(host, port)
        if not found:
            raise OSError("the name has no addresses")
        if not all(is_public(address) or (self._allow_local and is_loopback(address)) for address in found):
            raise AddressRefused
        return found
