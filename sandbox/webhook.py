"""What setWebhook takes: the address updates are posted to, and Telegram's reasons to refuse one."""

from dataclasses import dataclass, replace
from ipaddress import ip_address

from sandbox.answers import Refused
from sandbox.links import Address, BadLink, parsed
from sandbox.params import Params

PORTS = frozenset({80, 88, 443, 8443})


@dataclass(frozen=True, slots=True)
class Webhook:
    """What setWebhook was told; an empty url is no webhook. is_loopback: the sandbox itself posts updates there."""

    url: str = ""
    secret: str = ""
    max_connections: int = 0
    ip_address: str = ""
    is_loopback: bool = False


def wanted(params: Params, url: str, *, is_loopback_allowed: bool) -> Webhook:
    """The webhook as it was asked for. An http address on this computer is one only where that is allowed."""
    if not url:
        return Webhook()
    most = params.integer("max_connections", 40, 1, 100)
    is_loopback = is_loopback_allowed and url.startswith(("http://127.0.0.1:", "http://localhost:"))
    return Webhook(url, params.text("secret_token"), most, params.text("ip_address"), is_loopback)


def checked(webhook: Webhook) -> Webhook:
    """The webhook with the address it leads to. Raises Refused."""
    try:
        address = parsed(webhook.url, default="https")
    except BadLink as bad:
        raise Refused("invalid webhook URL specified") from bad
    if len(webhook.secret.encode()) > 256:
        raise Refused("secret token is too long")
    if not all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in webhook.secret):
        raise Refused("secret token contains unallowed characters")
    if webhook.is_loopback and address.host in {"127.0.0.1", "localhost"}:
        return replace(webhook, ip_address="127.0.0.1")
    _check_public(address)
    ip = _checked_ip(webhook.ip_address or address.host, bool(webhook.ip_address))
    return replace(webhook, ip_address=ip, is_loopback=False)


def _check_public(address: Address) -> None:
    if address.scheme != "https":
        raise Refused("bad webhook: An HTTPS URL must be provided for webhook")
    if (address.port or 443) not in PORTS:
        raise Refused("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _checked_ip(host: str, is_given: bool) -> str:
    """The address, where one is written; names are not looked up, but localhost is known to be reserved."""
    try:
        ip = ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        if is_given:
            raise Refused("bad webhook: Invalid IP address specified") from None
        return ""
    if ip.version == 6:
        raise Refused("bad webhook: IPv6-only addresses are not allowed")
    if not ip.is_global:
        raise Refused(f"bad webhook: IP address {ip} is reserved")
    return str(ip)
