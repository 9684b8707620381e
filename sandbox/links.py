"""Which addresses Telegram takes in a link or a button, and how it writes them back."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address

from sandbox.params import leading_integer

_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_!$,~*'();&+=")
_USER = re.compile(r"tg:(?://)?user/?\?([^#]*)")
_SCHEME = re.compile(r"([^:/?#@\[\]]*)://")
_AUTHORITY = re.compile(r"[^/?#]*")
_PORT = re.compile(r"(.+):([^:\]@]*)", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z0-9.-]*")
_SPACES = " \t\r\n\v\0"


class BadLink(Exception):
    """The address is refused; the argument says why, in Telegram's words."""


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address in its parts; port 0 where none was written."""

    scheme: str
    userinfo: str
    host: str
    port: int
    rest: str
    is_ipv6: bool


def checked_link(link: str) -> str:
    """The address as Telegram stores it. Raises BadLink."""
    own = next((scheme for scheme in ("tg", "ton", "tonsite") if link.lower().startswith(scheme + ":")), "")
    if own:
        return _own_scheme(own, link[len(own) + 1 :].removeprefix("//"))
    address = parsed(link)
    if "." not in address.host and not address.is_ipv6:
        raise BadLink("Wrong HTTP URL")
    userinfo = f"{address.userinfo}@" if address.userinfo else ""
    port = f":{address.port}" if address.port else ""
    return f"{address.scheme}://{userinfo}{address.host}{port}{address.rest}"


def link_user_id(link: str) -> int:
    """The user a tg://user?id= link mentions; 0 where it is another link."""
    found = _USER.match(link.lower())
    for parameter in found[1].split("&") if found else ():
        key, _, value = parameter.partition("=")
        if key == "id":
            return int(value) if re.fullmatch(r"[0-9]{1,15}", value) else 0
    return 0


def parsed(link: str, default: str = "http") -> Address:
    """The parts of an http or https address, its scheme added where missing. Raises BadLink."""
    scheme, rest = default, link
    if found := _SCHEME.match(link):
        scheme, rest = found[1].lower(), link[found.end() :]
        if scheme not in {"http", "https"}:
            raise BadLink("Unsupported URL protocol")
    found = _AUTHORITY.match(rest)
    authority = found[0] if found else ""
    path = rest[len(authority) :].rstrip(_SPACES) or "/"
    host, port = _port_of(authority)
    userinfo, at, host = host.rpartition("@")
    is_ipv6 = host.startswith("[") and host.endswith("]")
    if is_ipv6:
        _check_ipv6(host)
    if not host:
        raise BadLink("URL host is empty")
    if host == ".":
        raise BadLink("Host is invalid")
    if not is_ipv6:
        _check_part(host, "host", "")
        _check_part(userinfo, "userinfo", ":")
    path = path if path.startswith("/") else "/" + path
    path = "".join(f"%{ord(sign):02X}" if ord(sign) <= 0x20 else sign for sign in path)
    return Address(scheme, userinfo if at else "", _ascii_lower(host), port, path, is_ipv6)


def _own_scheme(scheme: str, link: str) -> str:
    address = parsed(link)
    wrong = "Wrong tg URL" if scheme == "tg" else "Wrong ton URL"
    has_http = link.lower().startswith("http://") or address.scheme == "https"
    if has_http or address.userinfo or address.port or address.is_ipv6:
        raise BadLink(wrong)
    allowed = r"[A-Za-z0-9_.-]+" if scheme == "tonsite" else r"[A-Za-z0-9_-]+"
    if not re.fullmatch(allowed, address.host):
        raise BadLink("Unallowed characters in URL host")
    rest = address.rest[1:] if address.rest.startswith("/?") else address.rest
    return f"{scheme}://{address.host}{rest}"


def _port_of(authority: str) -> tuple[str, int]:
    found = _PORT.fullmatch(authority)
    if not found:
        return authority, 0
    port = leading_integer(found[2]) if re.fullmatch(r"[0-9]+", found[2]) else 0
    if not 0 < port <= 65535:
        raise BadLink("Wrong port number specified in the URL")
    return found[1], port


def _check_ipv6(host: str) -> None:
    try:
        IPv6Address(host[1:-1])
    except AddressValueError as bad:
        raise BadLink("Wrong IPv6 address specified in the URL") from bad


def _check_part(part: str, name: str, also: str) -> None:
    if _PLAIN.fullmatch(part):
        return
    at = 0
    while at < len(part):
        sign = part[at]
        if sign == "%":
            if not re.match(r"[0-9A-Fa-f]{2}", part[at + 1 : at + 3]):
                raise BadLink(f"Wrong percent-encoded symbol in URL {name}")
            at += 3
            continue
        if sign not in _ALLOWED and sign not in also and ord(sign) < 128:
            raise BadLink(f"Disallowed character in URL {name}")
        at += 1


def _ascii_lower(text: str) -> str:
    return text.lower() if text.isascii() else "".join(sign.lower() if sign.isascii() else sign for sign in text)
