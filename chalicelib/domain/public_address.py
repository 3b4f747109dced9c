"""Which IP addresses a webhook may be sent to: public ones, so that no owner can reach what is inside the network.

Source: the IANA registries of special-purpose addresses, and OWASP's cheat sheet on server-side request forgery.
"""

import ipaddress
from ipaddress import IPv4Address, IPv6Address, IPv6Network

#: The only part of IPv6 from which public addresses are given out (RFC 4291, 2.4).
_GLOBAL_UNICAST = IPv6Network("2000::/3")
#: Addresses that a gateway translates to the IPv4 address in their last 32 bits (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")
#: Relays and documentation that older Pythons take for global.
_SPECIAL_IPV4 = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10")))
_SPECIAL_IPV6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


def is_public(text: str) -> bool:
    """Whether this is a public unicast address. False for anything else, also for text that is no address.

    An IPv6 address that stands for an IPv4 address (mapped, NAT64) is as public as that one. Addresses of tunnels
    (6to4, Teredo) are refused.
    """
    address = _parsed(text)
    match address:
        case IPv4Address():
            return _is_public_ipv4(address)
        case IPv6Address():
            inner = _inside(address)
            return _is_public_ipv4(inner) if inner is not None else _is_public_ipv6(address)
    return False


def is_loopback(text: str) -> bool:
    """Whether this is an address of the machine itself."""
    address = _parsed(text)
    return address is not None and address.is_loopback


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])  # without the zone of a link-local address
    except ValueError:
        return None


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that packets to this address are sent to; None if it stands for none."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None


def _is_public_ipv4(address: IPv4Address) -> bool:
    is_special = address.is_multicast or address.is_reserved or any(address in network for network in _SPECIAL_IPV4)
    return address.is_global and not is_special


def _is_public_ipv6(address: IPv6Address) -> bool:
    is_special = address.is_multicast or any(address in network for network in _SPECIAL_IPV6)
    return address in _GLOBAL_UNICAST and address.is_global and not is_special
