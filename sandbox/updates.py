"""Updates for the bot: kept a day, confirmed by a higher offset, fetched by getUpdates; and the webhook's state."""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any

from sandbox.answers import Answer, Refused, try_later
from sandbox.links import BadLink, parsed
from sandbox.params import Params, strict_json

KEPT_SECONDS = 24 * 3600
LONGEST_POLL = 50
MOST_BATCH_BYTES = 4 << 20
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
TYPES = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "guest_message",
    ]
)
PORTS = frozenset({80, 88, 443, 8443})
OTHER_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
KILLED_BY_WEBHOOK = "Conflict: terminated by setWebhook request"


@dataclass(frozen=True, slots=True)
class Webhook:
    """What setWebhook was told; an empty url is no webhook. The sandbox delivers nothing there."""

    url: str = ""
    secret: str = ""
    max_connections: int = 0
    ip_address: str = ""


class Updates:
    """The queue of one bot. hold: the seconds for which Telegram slows a bot that repeats itself (3)."""

    def __init__(self, clock: Callable[[], float], seed: int | None = None, hold: float = 3.0) -> None:
        self.webhook = Webhook()
        self.allowed: frozenset[str] | None = None
        self._clock = clock
        self._hold = hold
        self._pending: deque[tuple[float, dict[str, Any]]] = deque()
        self._chance = random.Random(seed)  # noqa: S311 - gaps between ids, not a secret
        self._next_id = self._chance.randrange(100_000_000, 900_000_000)
        self._poll: asyncio.Future[str] | None = None
        self._last_offset: int | None = None
        self._last_asked_at = float("-inf")
        self._next_conflict_at = float("-inf")
        self._next_webhook_at = float("-inf")

    def __len__(self) -> int:
        self._forget_old()
        return len(self._pending)

    def wants(self, type_: str) -> bool:
        return type_ not in NOT_BY_DEFAULT if self.allowed is None else type_ in self.allowed

    def push(self, type_: str, content: Any) -> int:
        """Queue an update if the bot wants its type; its id, or 0."""
        if not self.wants(type_):
            return 0
        return self.push_raw({type_: content})

    def push_raw(self, fields: dict[str, Any]) -> int:
        """Queue an update of any shape, wanted or not."""
        self._next_id += 1 if self._chance.random() < 0.8 else self._chance.randrange(2, 6)
        update = {"update_id": self._next_id} | fields
        self._pending.append((self._clock(), update))
        self._wake("")
        return self._next_id

    async def get(self, params: Params) -> list[dict[str, Any]]:
        """getUpdates. Raises Refused 409."""
        if self.webhook.url:
            raise await self._conflict(WEBHOOK_ACTIVE)
        offset = params.integer("offset")
        limit = params.integer("limit", 100, 1, 100)
        timeout: float = params.integer("timeout", 0, 0, LONGEST_POLL)
        self.note_allowed(params)
        now = asyncio.get_running_loop().time()
        if offset == self._last_offset and timeout < self._hold and now < self._last_asked_at + self._hold:
            timeout = self._hold
        if offset == self._last_offset and now < self._last_asked_at + self._hold / 6:
            limit = 1
        self._last_offset, self._last_asked_at = offset, now
        self._confirm(offset)
        if not self._pending and timeout:
            await self._wait(timeout)
            self._forget_old()
        return self._batch(limit)

    def drop(self) -> None:
        self._pending.clear()

    def note_allowed(self, params: Params) -> bool:
        """Take allowed_updates; what cannot be read is passed over in silence, as Telegram does. Whether it changed."""
        text = params.text("allowed_updates")
        if not text:
            return False
        try:
            names = strict_json(text)
        except ValueError:
            return False
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return False
        before = self.allowed
        self.allowed = frozenset(name.lower() for name in names) & TYPES or None
        return self.allowed != before

    def set_webhook(self, params: Params, url: str) -> Answer:
        """setWebhook, and with an empty url deleteWebhook. Raises Refused."""
        now = asyncio.get_running_loop().time()
        if url:
            if now < self._next_webhook_at:
                raise try_later(1)
            self._next_webhook_at = now + 1
        wanted = _webhook(params, url)
        drop = params.flag("drop_pending_updates")
        if wanted == self.webhook and not drop:
            self.note_allowed(params)
            return Answer(True, "Webhook is already set" if url else "Webhook is already deleted")
        had = bool(self.webhook.url)
        if url:
            self._wake(KILLED_BY_WEBHOOK)
        self.webhook = Webhook()
        if drop:
            self.drop()
        if not url:
            return Answer(True, "Webhook was deleted" if had else "Webhook is already deleted")
        self.webhook = _checked(wanted)
        self.note_allowed(params)
        return Answer(True, "Webhook was set")

    def webhook_info(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "url": self.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self),
        }
        if self.webhook.url:
            told["max_connections"] = self.webhook.max_connections
            if self.webhook.ip_address:
                told["ip_address"] = self.webhook.ip_address
        if self.allowed is not None:
            told["allowed_updates"] = sorted(self.allowed)
        return told

    def _confirm(self, offset: int) -> None:
        self._forget_old()
        while offset < 0 and len(self._pending) > -offset:
            self._pending.popleft()
        while offset > 0 and self._pending and self._pending[0][1]["update_id"] < offset:
            self._pending.popleft()

    def _forget_old(self) -> None:
        oldest = self._clock() - KEPT_SECONDS
        while self._pending and self._pending[0][0] < oldest:
            self._pending.popleft()

    async def _wait(self, seconds: float) -> None:
        self._wake(OTHER_POLL)
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                ended_by = await poll
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None
        if ended_by:
            raise await self._conflict(ended_by)

    def _wake(self, reason: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(reason)
        self._poll = None

    async def _conflict(self, message: str) -> Refused:
        now = asyncio.get_running_loop().time()
        if now < self._next_conflict_at:
            await asyncio.sleep(self._hold)
        else:
            self._next_conflict_at = now + self._hold
        return Refused(message, 409)

    def _batch(self, limit: int) -> list[dict[str, Any]]:
        batch: list[dict[str, Any]] = []
        size = 0
        for _, update in self._pending:
            size += len(str(update))
            if len(batch) == limit or (batch and size > MOST_BATCH_BYTES):
                break
            batch.append(update)
        return batch


def _webhook(params: Params, url: str) -> Webhook:
    if not url:
        return Webhook()
    most = params.integer("max_connections", 40, 1, 100)
    return Webhook(url, params.text("secret_token"), most, params.text("ip_address"))


def _checked(webhook: Webhook) -> Webhook:
    try:
        address = parsed(webhook.url, default="https")
    except BadLink as bad:
        raise Refused("invalid webhook URL specified") from bad
    if len(webhook.secret.encode()) > 256:
        raise Refused("secret token is too long")
    if not all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in webhook.secret):
        raise Refused("secret token contains unallowed characters")
    if address.scheme != "https":
        raise Refused("bad webhook: An HTTPS URL must be provided for webhook")
    if (address.port or 443) not in PORTS:
        raise Refused("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    return replace(webhook, ip_address=_checked_ip(webhook.ip_address or address.host, bool(webhook.ip_address)))


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
