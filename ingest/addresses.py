"""Which network addresses are public: the one rule behind the door."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# Python's own `is_global` lets metadata services, multicast and translated
# addresses through and changes between versions, so the lists are our own:
# the IANA special-purpose registries, and what clouds answer on.
PRIVATE_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ),
    )
)
GLOBAL_UNICAST = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
PRIVATE_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20", "3ffe::/16")))


@lru_cache(maxsize=4096)
def is_public(address: str) -> bool:
    """Whether `address`, a literal as the resolver gives it, lies on the public internet.

    An IPv6 address that carries an IPv4 one is as public as the one it carries.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in PRIVATE_V4)
    carried = _carried(ip)
    if carried:
        return all(is_public(str(inner)) for inner in carried)
    return ip in GLOBAL_UNICAST and not any(ip in network for network in PRIVATE_V6)


def _carried(ip: IPv6Address) -> tuple[IPv4Address, ...]:
    if ip.ipv4_mapped:
        return (ip.ipv4_mapped,)
    if ip in NAT64:
        return (IPv4Address(int(ip) & 0xFFFFFFFF),)
    if ip.sixtofour:
        return (ip.sixtofour,)
    return ip.teredo or ()
