"""The overview: all that an operator is shown of a bot, and what of it wants to be looked at."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.glance import PATIENCE, Glance, missed
from bot.standing import Standing
from news.delivery import DeliveryState
from news.feed import Feed, State, state_of
from storage import End, Figures, Received

DAY = timedelta(days=1)
LATE = timedelta(minutes=10)
"""A delivery that is due for longer wants to be looked at."""
MOST_FEEDS, MOST_UPDATES = 50, 20
LOOKED_THROUGH = 500
"""Feeds of each kind among which those are that are shown."""
AILING: tuple[State, ...] = ("failing", "gone", "silent")
ANSWERING: tuple[State, ...] = ("well", "silent", "empty", "moved")


@dataclass(frozen=True, slots=True)
class Concern:
    """A sentence on what is not well; a grave one says that something stands still."""

    said: str
    is_grave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How a bot is at one moment, as one of its processes sees it."""

    now: datetime
    standing: Standing
    figures: Figures | None = None
    """None where the database does not answer; then there is nothing else either."""
    ends: Sequence[End] = ()
    """What became of the digests of a day."""
    ailing: Sequence[tuple[Feed, State]] = ()
    """The first of the feeds that bring nothing."""
    set_aside: Sequence[Received] = ()
    """The first of the updates that could not be handled."""
    caution: str | None = None

    @property
    def states(self) -> Counter[DeliveryState]:
        """How many messages of a day's digests are in each state."""
        states: Counter[DeliveryState] = Counter()
        for end in self.ends:
            states[end.state] += end.count
        return states

    @property
    def waits_for(self) -> timedelta:
        """How long the delivery waits that is due longest."""
        since = self.figures.due_since if self.figures else None
        return max(timedelta(), self.now - since) if since else timedelta()


async def overview(glance: Glance, standing: Standing) -> Overview:
    """Reads it; what the database does not give in time is left out."""
    storage, now, figures = glance.storage, glance.clock(), await glance.figures()
    bare = Overview(now=now, standing=standing)
    if figures is None:
        return bare
    try:
        async with asyncio.timeout(PATIENCE):
            return Overview(
                now=now,
                standing=standing,
                figures=figures,
                ends=await storage.ends(now - DAY),
                ailing=await _ailing(glance, now),
                set_aside=await storage.inbox.set_aside(limit=MOST_UPDATES) if figures.set_aside else (),
                caution=storage.caution,
            )
    except Exception as trouble:
        missed(trouble)
        return bare


async def _ailing(glance: Glance, now: datetime) -> list[tuple[Feed, State]]:
    feeds = glance.storage.feeds
    found = await feeds.failing(now, limit=LOOKED_THROUGH) + await feeds.silent(now, limit=LOOKED_THROUGH)
    followers = await feeds.followers() if found else {}
    states = [(feed, state_of(feed, followers=followers.get(feed.id, 0), now=now)) for feed in found]
    return [(feed, state) for feed, state in states if state in AILING][:MOST_FEEDS]


def concerns(seen: Overview) -> Iterator[Concern]:
    """What is not well, the grave first."""
    standing, figures = seen.standing, seen.figures
    if figures is None:
        yield Concern("The database does not answer. Everything waits for it, and nothing is lost.", is_grave=True)
    if standing.role == "starting":
        yield Concern("This process is starting: it waits for Telegram, or for the lead.", is_grave=True)
    if standing.role == "leading" and not standing.hears:
        yield Concern("Telegram hands the bot no updates now: nobody is answered.", is_grave=True)
    if not standing.may_send.is_set():
        yield Concern("Another program speaks with this bot's token. Nothing is sent until it ends.", is_grave=True)
    if not standing.is_clock_right:
        yield Concern("This machine's clock is wrong. No digest is composed until it is set.", is_grave=True)
    if seen.waits_for >= LATE:
        yield Concern("Messages are due and do not leave. The log says why.", is_grave=True)
    if figures and figures.feeds.get("failing") and not any(figures.feeds.get(state) for state in ANSWERING):
        yield Concern("No feed answers: perhaps this machine has no way out. What is stored is still told.")
    if parked := seen.states["parked"]:
        yield Concern(f"Messages were given up within a day: {parked}. Their stories come again in the next digest.")
    if figures and figures.set_aside:
        yield Concern(
            f"Updates could not be handled: {figures.set_aside}. `newsdigest updates --retry all` tries again."
        )
