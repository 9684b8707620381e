"""The forms in which an address can say a place that is not on the public internet: some three hundred of them.

Most are made, not listed: each of some private places in each spelling that a resolver or a parser takes for it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address

PLACES = ("127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.100.100.200")
"""Loopback, the three private networks, and where clouds tell a machine its keys."""
SPECIAL_V4 = """0.0.0.0 0.1.2.3 10.255.255.255 100.64.0.1 127.255.255.254 127.8.8.8 168.63.129.16 169.254.0.1
169.254.170.2 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.255.255 198.18.0.1 198.51.100.1 203.0.113.1
224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255""".split()  # noqa: SIM905
SPECIAL_V6 = """:: ::1 0:0:0:0:0:0:0:1
fe80::1 fe80::1%25lo fe80::1%25eth0 fec0::1 fc00::1 fd00:ec2::254 ff02::1 ff05::1:3
ff0e::1 100::1 2001::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2620:4f:8000::1 3ffe::1 3fff::1 5f00::1 4000::1
64:ff9b:1::808:808""".split()  # noqa: SIM905
NAMES: Mapping[str, Sequence[str]] = {
    "localhost": ["127.0.0.1"], "localhost.": ["127.0.0.1"], "LOCALHOST": ["::1"], "x.localhost": ["127.0.0.1"],
    "ip6-localhost": ["::1"], "metadata.google.internal": ["169.254.169.254"], "metadata": ["169.254.169.254"],
    "instance-data": ["169.254.169.254"], "host.docker.internal": ["172.17.0.1"],
    "gateway.docker.internal": ["172.17.0.1"],
    "kubernetes.default.svc": ["10.96.0.1"], "kubernetes": ["10.96.0.1"], "wpad": ["10.0.0.2"],
    "router.local": ["192.168.1.1"],
    "printer.internal": ["10.0.0.9"], "db": ["172.18.0.3"], "127.0.0.1.nip.example": ["127.0.0.1"],
    "xn--127001-n2a.example": ["127.0.0.1"], "ⓛocalhost": ["127.0.0.1"],
}  # fmt: skip
"""Names that mean the machine itself or its neighbours, and where their resolvers send one."""
PUBLIC = "93.184.215.14"
TRICKS: Mapping[str, Sequence[Sequence[str]]] = {
    "a.private": [["127.0.0.1"]], "aaaa.private": [["::1"]], "zero.private": [["0.0.0.0"]], "any.private": [["::"]],
    "mapped.private": [["::ffff:127.0.0.1"]], "nat64.private": [["64:ff9b::7f00:1"]],
    "sixtofour.private": [["2002:7f00:1::"]],
    "teredo.private": [["2001:0:4136:e378:8000:63bf:80ff:fffe"]], "zone.private": [["fe80::1%lo"]],
    "metadata.private": [["169.254.169.254"]], "two.private": [["10.0.0.1", "127.0.0.1"]],
    "many.private": [[f"10.0.0.{last}" for last in range(1, 41)]],
    "flip.private": [["127.0.0.1"], ["::1"]], "flop.private": [["192.168.0.1"], ["127.0.0.1"], ["10.1.1.1"]],
}  # fmt: skip
"""What a name's resolver answers, each time it is asked, the last for ever."""
NO_WEB = """file:///etc/passwd ftp://{host}:{port}/ gopher://{host}:{port}/_GET dict://{host}:{port}/stats
ldap://{host}:{port}/ tftp://{host}/x sftp://{host}/ smb://{host}/share jar:http://{host}:{port}!/
data:text/xml,%3Crss/%3E
javascript:alert(1) blob:http://{host}:{port}/1 unix:/run/docker.sock http+unix://%2Frun%2Fdocker.sock/info
ws://{host}:{port}/ view-source:http://{host}:{port}/ about:blank mailto:a@{host} //{host}:{port}/ http:{host}:{port}/
HtTp:\\\\{host}:{port}/ feed:file:///etc/passwd""".split()  # noqa: SIM905
PARSERS = """http://good.private@{host}:{port}/ http://good.private:80@{host}:{port}/ http://{host}:{port}#@good.private/
http://{host}:{port}?@good.private/ http://good.private\\@{host}:{port}/ http://{host}\\.good.private:{port}/
http://good.private%40{host}:{port}/ http://{host}%00.good.private:{port}/ http://{host}%2eexample:{port}/
http:///{host}:{port}/ http:/{host}:{port}/ http://[{host}]:{port}/ http://{host}:{port}:80/ http://{host}:0{port}/
http://%31%32%37.0.0.1:{port}/ http://{host}%0d%0aX:{port}/ http://@{host}:{port}/ http://:@{host}:{port}/
http://{host},good.private:{port}/ http://good.private&@{host}:{port}/ http://[::ffff:{host}%25lo]:{port}/
http://{host}..:{port}/ http://.{host}:{port}/""".split()  # noqa: SIM905
GAPS = (" http://{host}:{port}/", "http://{host}:{port}/\t", "ht\ntp://{host}:{port}/", "http://{host}\t:{port}/x y",
        "http://{host}:{port}/\r\nHost: good.private", "\x00http://{host}:{port}/",
    "http://good.private\u3002{host}:{port}/")  # fmt: skip
PORTS = (22, 25, 2375, 3306, 5432, 6379, 9200, 11211, 27017, 0, 65_536)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say a private place. `kind` is what makes it special."""

    kind: str
    url: str


def forms(port: int, seed: int) -> list[Form]:
    """Every form, each once, for a listener at `port` of every address of this machine; the same for the same seed."""
    found = dict.fromkeys(_all(port, random.Random(seed)))
    return list(found)


def _all(port: int, chance: random.Random) -> Iterator[Form]:
    for host in SPECIAL_V4:
        yield Form("special IPv4", f"http://{host}:{port}/")
    for host in SPECIAL_V6:
        yield Form("special IPv6", f"http://[{host}]:{port}/")
    for place in PLACES:
        for host in _spelled(IPv4Address(place), chance):
            yield Form("spelling", f"http://{host}:{port}/")
        for host in _carried(IPv4Address(place)):
            yield Form("IPv4 in IPv6", f"http://[{host}]:{port}/")
    for name in NAMES:
        yield Form("name", f"http://{name}:{port}/")
    for name in TRICKS:
        yield Form("DNS", f"http://{name}:{port}/")
    for each in NO_WEB:
        yield Form("scheme", each.format(host="127.0.0.1", port=port))
    for each in (*PARSERS, *GAPS):
        yield Form("parser", each.format(host="127.0.0.1", port=port))
    for number in PORTS:
        yield Form("port", f"http://{PUBLIC}:{number}/")
        yield Form("port", f"http://127.0.0.1:{number}/")


def _spelled(ip: IPv4Address, chance: random.Random) -> Iterator[str]:
    """As resolvers read numbers since the eighties, and as people type them in other scripts."""
    a, b, c, d = ip.packed
    yield str(ip)
    yield f"{ip}."
    yield str(int(ip))
    yield f"0x{int(ip):x}"
    yield f"0X{int(ip):08X}"
    yield f"0{int(ip):o}"
    yield ".".join(f"0{part:o}" for part in ip.packed)
    yield ".".join(f"0x{part:x}" for part in ip.packed)
    yield f"0{a:o}.{b}.0x{c:x}.{d}"
    yield f"{a}.{int(ip) & 0xFFFFFF}"
    yield f"{a}.{b}.{c << 8 | d}"
    yield str(ip).translate({48 + digit: 0xFF10 + digit for digit in range(10)})
    yield str(ip).replace(".", "。")
    circled = {49 + digit: 0x2460 + digit for digit in range(9)} | {48: 0x24EA}
    yield "".join(letter.translate(circled) if chance.random() < 0.5 else letter for letter in str(ip))


def _carried(ip: IPv4Address) -> Iterator[str]:
    """Every way to write an IPv4 address into an IPv6 one."""
    high, low = int(ip) >> 16, int(ip) & 0xFFFF
    yield f"::ffff:{ip}"
    yield f"::FFFF:{high:x}:{low:x}"
    yield f"0:0:0:0:0:ffff:{high:04x}:{low:04x}"
    yield f"::{ip}"
    yield f"::ffff:0:{ip}"
    yield f"64:ff9b::{high:x}:{low:x}"
    yield f"64:ff9b:1::{high:x}:{low:x}"
    yield f"2002:{high:x}:{low:x}::1"
    yield f"2001:0:4136:e378:8000:63bf:{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}"
    yield f"fe80::200:5efe:{high:x}:{low:x}"


def answers(name: str, asked: int) -> Sequence[str]:
    """Where a name leads the n-th time that somebody asks."""
    name = name.casefold()
    if name in TRICKS:
        return TRICKS[name][min(asked, len(TRICKS[name]) - 1)]
    named = {each.casefold(): places for each, places in NAMES.items()}
    return named.get(name) or named.get(name.rstrip("."), [])


def is_ipv6(address: str) -> bool:
    return ip_address(address.partition("%")[0]).version == 6
