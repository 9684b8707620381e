"""Posting updates to the webhook, as Telegram's own server does it.

Updates of one lane go one after another, lanes side by side on at most max_connections. What the bot does not take
(2xx) is posted again: at once, then after 2, 4, 8 … seconds, at most 60 to 120, or when its Retry-After says; until
the update's life ends. So one update that always fails blocks its lane. Source: WebhookActor.cpp of telegram-bot-api.
"""

import asyncio
import json
import random
from collections import deque
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)

from sandbox.answers import Refused
from sandbox.methods import NAMES, carried_out
from sandbox.params import Params, leading_integer, texts_of
from sandbox.state import Sandbox
from sandbox.updates import Pending
from sandbox.webhook import Webhook

LONGEST_PAUSE = 60
LONGEST_RETRY_AFTER = 3600
GONE_SECONDS = 23 * 3600
ANSWER_SECONDS = 60
# What an answer to an update may not call.
NEVER_CALLED = frozenset({"deletewebhook", "setwebhook", "close", "logout"})
_ELSEWHERE = "the sandbox posts updates to this computer alone, where --loopback-webhooks allows it"


@dataclass(slots=True)
class Pauses:
    """How long to wait after each failure to post one update, in seconds."""

    is_first: bool = True
    delay: float = 1.0

    def next(self, retry_after: int, longest: float) -> float:
        """Retry-After where the bot named one (else 0); after the first failure nothing, then twice as long each."""
        was_first, self.is_first = self.is_first, False
        if retry_after or was_first:
            return min(retry_after, LONGEST_RETRY_AFTER)
        self.delay = min(2 * self.delay, longest)
        return self.delay


class Postman:
    """Who brings pending updates to the webhook. A pause of one second takes Settings.webhook_retry seconds."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._updates = sandbox.updates
        self._webhook = Webhook()
        self._connections = asyncio.Semaphore(1)
        self._seen = 0
        self._lanes: dict[str, deque[Pending]] = {}
        self._couriers: set[asyncio.Task[None]] = set()
        self._gone_since: float | None = None
        self._chance = random.Random()  # noqa: S311 - spreads pauses, not a secret

    async def run(self) -> None:
        """Post until cancelled."""
        timeout, connector = ClientTimeout(total=ANSWER_SECONDS), TCPConnector(limit=0)
        async with ClientSession(timeout=timeout, connector=connector, cookie_jar=DummyCookieJar()) as session:
            try:
                while True:
                    seen = self._updates.changes
                    if self._updates.webhook != self._webhook:
                        self._turn_to(self._updates.webhook)
                    if self._webhook.url:
                        self._collect(session)
                    await self._updates.changed_after(seen)
            finally:
                self._turn_to(Webhook())

    def _turn_to(self, webhook: Webhook) -> None:
        for courier in self._couriers:
            courier.cancel()
        self._lanes, self._couriers = {}, set()
        self._webhook, self._seen, self._gone_since = webhook, 0, None
        self._connections = asyncio.Semaphore(webhook.max_connections or 1)

    def _collect(self, session: ClientSession) -> None:
        """Put what is new into its lane, with a courier to each lane that had none."""
        pending = self._updates.pending
        fresh = list(takewhile(lambda each: each.id > self._seen, reversed(pending.values())))
        if fresh and not self._webhook.is_loopback:
            self._updates.note_trouble(_ELSEWHERE)
            return
        for each in reversed(fresh):
            self._seen = each.id
            if each.lane not in self._lanes:
                self._lanes[each.lane] = deque()
                courier = asyncio.create_task(self._serve(session, each.lane))
                self._couriers.add(courier)
                courier.add_done_callback(self._couriers.discard)
            self._lanes[each.lane].append(each)

    async def _serve(self, session: ClientSession, lane: str) -> None:
        waiting = self._lanes[lane]
        while waiting:
            await self._deliver(session, waiting[0])
            self._updates.done_with(waiting.popleft().id)
        del self._lanes[lane]

    async def _deliver(self, session: ClientSession, pending: Pending) -> None:
        """Post an update until it is taken or too old."""
        now, pauses = self._sandbox.world.clock, Pauses()
        while pending.id in self._updates.pending and now() <= pending.expires_at:
            async with self._connections:
                retry_after = await self._post(session, pending)
            if retry_after is None:
                return
            pause = pauses.next(retry_after, self._chance.uniform(LONGEST_PAUSE, 2 * LONGEST_PAUSE))
            if now() + pause > pending.expires_at:
                return
            await asyncio.sleep(pause * self._sandbox.settings.webhook_retry)

    async def _post(self, session: ClientSession, pending: Pending) -> int | None:
        """None where the update was taken, else the seconds of Retry-After, 0 where there is none."""
        headers = {"Content-Type": "application/json"}
        if self._webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._webhook.secret
        body = json.dumps(pending.update)
        try:
            async with session.post(self._webhook.url, data=body, headers=headers, allow_redirects=False) as response:
                if 200 <= response.status <= 299:
                    self._gone_since = None
                    await self._obey(response.content_type, await response.read())
                    return None
                return self._refused(response)
        except TimeoutError:
            self._updates.note_trouble("Read timeout expired")
        except ClientConnectorError:
            self._updates.note_trouble("Connection refused")
        except (ClientError, OSError):
            self._updates.note_trouble("Webhook connection closed")
        return 0

    def _refused(self, response: ClientResponse) -> int:
        self._updates.note_trouble(f"Wrong response from the webhook: {response.status} {response.reason}")
        now = self._sandbox.world.clock()
        if response.status != 410:
            self._gone_since = None
        elif self._gone_since is None:
            self._gone_since = now
        elif now > self._gone_since + GONE_SECONDS:
            self._updates.close_webhook()
        return max(leading_integer(response.headers.get("Retry-After", "")), 0)

    async def _obey(self, content_type: str, body: bytes) -> None:
        """Carry out the method an answer calls, if it calls one; nobody hears what comes of it."""
        try:
            texts: dict[str, Any] = texts_of(content_type, body)
        except (Refused, ValueError):
            return
        method = texts.pop("method", "").lower()
        if method and method not in NEVER_CALLED and not method.startswith("get"):
            await carried_out(self._sandbox, NAMES.get(method, method), Params(texts))
