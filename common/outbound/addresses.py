"""Which addresses belong to everybody's internet: the guard against server-side request forgery.

Written out from IANA's registries of special-purpose addresses, as `ipaddress.is_global` has meant different things in
different releases of Python. https://www.iana.org/assignments/iana-ipv4-special-registry,
https://www.iana.org/assignments/iana-ipv6-special-registry
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_NOT_PUBLIC_V4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by a carrier's customers
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local, a cloud's metadata among them
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_GLOBAL_UNICAST_V6 = ip_network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # protocol assignments: Teredo (which embeds IPv4), ORCHID, benchmarks
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, which embeds IPv4
            "3fff::/20",  # documentation
        ),
    )
)


def is_public(address: str) -> bool:
    """Tell whether a resolver's IP address belongs to the public internet.

    Of IPv6, only global unicast is: that leaves out loopback, unique local, link-local, multicast, and the forms that
    carry an IPv4 address (mapped, compatible, NAT64), whatever that address is.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    match ip:
        case IPv4Address():
            return not any(ip in network for network in _NOT_PUBLIC_V4)
        case IPv6Address():
            return ip in _GLOBAL_UNICAST_V6 and not any(ip in network for network in _NOT_PUBLIC_V6)
