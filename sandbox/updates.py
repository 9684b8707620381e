"""Updates for the bot: kept for their life, confirmed by a higher offset, fetched by getUpdates or for a webhook."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sandbox.answers import Answer, Refused, try_later
from sandbox.bell import Bell
from sandbox.kinds import NOT_BY_DEFAULT, TYPES, lane_of, life_of
from sandbox.params import Params, strict_json
from sandbox.webhook import Webhook, checked, wanted

LONGEST_POLL = 50
MOST_BATCH_BYTES = 4 << 20
OTHER_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
KILLED_BY_WEBHOOK = "Conflict: terminated by setWebhook request"


@dataclass(frozen=True, slots=True)
class Pending:
    """One update in the queue. lane: a webhook gets the updates of one lane one after another."""

    id: int
    update: dict[str, Any]
    lane: str
    expires_at: float


class Updates:
    """The queue of one bot. hold: the seconds for which Telegram slows a bot that repeats itself (3).

    The bell is rung on every change; an update that comes and another webhook also add to `changes`.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        seed: int | None = None,
        hold: float = 3.0,
        *,
        is_loopback_allowed: bool = False,
    ) -> None:
        self.webhook = Webhook()
        self.allowed: frozenset[str] | None = None
        self.pending: dict[int, Pending] = {}
        self.bell = Bell()
        self.changes = 0
        self._asked = Webhook()
        self._trouble: dict[str, Any] = {}
        self._held: list[dict[str, Any]] = []
        self._clock = clock
        self._hold = hold
        self._is_loopback_allowed = is_loopback_allowed
        self._chance = random.Random(seed)  # noqa: S311 - gaps between ids, not a secret
        self._next_id = self._chance.randrange(100_000_000, 900_000_000)
        self._poll: asyncio.Future[str] | None = None
        self._last_offset: int | None = None
        self._last_asked_at = float("-inf")
        self._next_conflict_at = float("-inf")
        self._next_webhook_at = float("-inf")

    def __len__(self) -> int:
        self._forget_old()
        return len(self.pending)

    def wants(self, type_: str) -> bool:
        return type_ not in NOT_BY_DEFAULT if self.allowed is None else type_ in self.allowed

    def push(self, type_: str, content: Any) -> int:
        """Queue an update if the bot wants its type; its id, or 0."""
        if not self.wants(type_):
            return 0
        pushed = self.push_raw({type_: content})
        self._release()
        return pushed

    def hold_back(self, type_: str, content: Any, seconds: float) -> None:
        """Queue an update behind the next one; after so many seconds, where none comes."""
        if self.wants(type_):
            self._held.append({type_: content})
            asyncio.get_running_loop().call_later(seconds, self._release)

    def _release(self) -> None:
        held, self._held = self._held, []
        for fields in held:
            self.push_raw(fields)

    def push_raw(self, fields: dict[str, Any]) -> int:
        """Queue an update of any shape, wanted or not."""
        self._next_id += 1 if self._chance.random() < 0.8 else self._chance.randrange(2, 6)
        id_, type_ = self._next_id, next(iter(fields), "")
        expires_at = self._clock() + life_of(type_)
        lane = lane_of(type_, fields.get(type_)) or f"update {id_}"
        self.pending[id_] = Pending(id_, {"update_id": id_} | fields, lane, expires_at)
        self._wake("")
        self._changed()
        return id_

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
        if not self.pending and timeout:
            await self._wait(timeout)
            self._forget_old()
        return self._batch(limit)

    def drop(self) -> None:
        self.pending.clear()

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
        webhook = wanted(params, url, is_loopback_allowed=self._is_loopback_allowed)
        drop = params.flag("drop_pending_updates")
        if webhook == self._asked and not drop:
            self.note_allowed(params)
            return Answer(True, "Webhook is already set" if url else "Webhook is already deleted")
        had = bool(self.webhook.url)
        if url:
            self._wake(KILLED_BY_WEBHOOK)
        self.close_webhook()
        if drop:
            self.drop()
        if not url:
            return Answer(True, "Webhook was deleted" if had else "Webhook is already deleted")
        self.webhook, self._asked = checked(webhook), webhook
        self.note_allowed(params)
        self._changed()
        return Answer(True, "Webhook was set")

    def close_webhook(self) -> None:
        """Without a webhook again; what is pending stays for getUpdates."""
        self.webhook = self._asked = Webhook()
        self._trouble = {}
        self._changed()

    async def changed_after(self, seen: int) -> None:
        """Wait until there are more changes than one has seen."""
        await self.bell.until(lambda: self.changes > seen, None)

    def note_trouble(self, message: str) -> None:
        """The last reason for which an update was not delivered, told by getWebhookInfo."""
        self._trouble = {"last_error_date": int(self._clock()), "last_error_message": message}
        self.bell.ring()

    def done_with(self, id_: int) -> None:
        """Forget an update that was delivered or given up."""
        self.pending.pop(id_, None)
        self.bell.ring()

    def webhook_info(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "url": self.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self),
        } | self._trouble
        if self.webhook.url:
            told["max_connections"] = self.webhook.max_connections
            if self.webhook.ip_address:
                told["ip_address"] = self.webhook.ip_address
        if self.allowed is not None:
            told["allowed_updates"] = sorted(self.allowed)
        return told

    def _confirm(self, offset: int) -> None:
        self._forget_old()
        confirmed = [id_ for id_ in self.pending if id_ < offset]
        if offset < 0:
            confirmed = list(islice(self.pending, max(len(self.pending) + offset, 0)))
        for id_ in confirmed:
            del self.pending[id_]

    def _forget_old(self) -> None:
        now = self._clock()
        for id_ in [pending.id for pending in self.pending.values() if pending.expires_at < now]:
            del self.pending[id_]

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

    def _changed(self) -> None:
        self.changes += 1
        self.bell.ring()

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
        for pending in self.pending.values():
            size += len(str(pending.update))
            if len(batch) == limit or (batch and size > MOST_BATCH_BYTES):
                break
            batch.append(pending.update)
        return batch
