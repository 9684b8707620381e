"""What we remember: the only SQL."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from storage.alerts import Alerts, Match, ToldMeanwhile, Waiting
from storage.articles import Articles
from storage.backups import NoBackup, back_up
from storage.chats import Chats
from storage.corrections import Corrections
from storage.digests import Digests, Draft, NumberTaken
from storage.engine import Database, Missing, Unavailable, caution_of
from storage.feeds import Feeds
from storage.figures import End, Figures, read_ends, read_figures
from storage.histories import Edition, Histories, History
from storage.inbox import Arrival, Inbox, Received
from storage.keepers import Keepers
from storage.leads import LeadLost, Leads
from storage.menus import Menus
from storage.migrate import NewerSchema, OlderSchema
from storage.migrate import migrate as _migrate
from storage.outbox import Outbox, TakenBack
from storage.polishing import Polishing
from storage.pools import Pools
from storage.restoring import NotRestored, Restored
from storage.restoring import restore as _restore
from storage.schedules import Due, Schedules
from storage.search import Found, Hit, Search
from storage.shelf import Shelf
from storage.stories import Stories
from storage.subscriptions import Subscriptions
from storage.tidying import Tidied
from storage.tidying import tidy as _tidy
from storage.topics import Topics
from storage.translations import Translations
from storage.votes import Votes

if TYPE_CHECKING:
    from storage.errands import Errands

__all__ = [
    "Arrival",
    "Draft",
    "Due",
    "Edition",
    "End",
    "Figures",
    "Found",
    "History",
    "Hit",
    "LeadLost",
    "Match",
    "Missing",
    "NewerSchema",
    "NoBackup",
    "NotRestored",
    "NumberTaken",
    "OlderSchema",
    "Received",
    "Restored",
    "Storage",
    "TakenBack",
    "Tidied",
    "ToldMeanwhile",
    "Unavailable",
    "Waiting",
]


class Storage:
    """Everything we remember, by noun. Each method is one transaction and one fact."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.feeds = Feeds(database)
        self.articles = Articles(database)
        self.stories = Stories(database)
        self.topics = Topics(database)
        self.polishing = Polishing(database)
        self.translations = Translations(database)
        self.chats = Chats(database)
        self.subscriptions = Subscriptions(database)
        self.alerts = Alerts(database)
        self.schedules = Schedules(database)
        self.pools = Pools(database)
        self.histories = Histories(database)
        self.digests = Digests(database)
        self.corrections = Corrections(database)
        self.outbox = Outbox(database)
        self.inbox = Inbox(database)
        self.leads = Leads(database)
        self.shelf = Shelf(database)
        self.keepers = Keepers(database)
        self.votes = Votes(database)
        self.menus = Menus(database)
        self.search = Search(database)

    @classmethod
    async def open(cls, url: str, *, migrate: bool = True) -> Storage:
        """Opens the database at `url`, a file's path or a sqlite:// or postgresql:// URL.

        Makes the file and its folder, and brings the schema up to date, unless `migrate` is false: then
        OlderSchema. Raises NewerSchema, and Unavailable when there is no such database to be had.
        """
        database = Database(url)
        try:
            await _migrate(database, may_change=migrate)
        except BaseException:
            await database.close()
            raise
        return cls(database)

    @property
    def caution(self) -> str | None:
        """What is known to be wrong with this version of the database, and why it does no harm here."""
        return caution_of(sqlite3.sqlite_version_info) if self._database.is_sqlite else None

    @property
    def is_shareable(self) -> bool:
        """Whether many processes may share the jobs: on PostgreSQL."""
        return not self._database.is_sqlite

    @cached_property
    def errands(self) -> Errands:
        """What the processes hand each other; Unavailable where it is not installed, or on SQLite."""
        if not self.is_shareable:
            raise Unavailable("SQLite is for one process; several need PostgreSQL")
        try:
            from storage.errands import Errands  # of the postgres extra: SQLite works without
        except ImportError as problem:
            raise Unavailable(f"the postgres extra is not installed ({problem})") from problem
        return Errands(self._database)

    async def tidy(self, articles_before: datetime, seen_before: datetime) -> Tidied:
        """Lets go of what is old, some at a time: see `storage.tidying`."""
        return await _tidy(self._database, articles_before, seen_before)

    async def figures(self, now: datetime) -> Figures:
        """How much there is of what an operator looks at."""
        return await read_figures(self._database, now)

    async def ends(self, since: datetime) -> list[End]:
        """What became of digests composed since then, the most frequent first."""
        return await read_ends(self._database, since)

    async def back_up(self, to: Path) -> int:
        """Writes a copy as of now, while others go on writing; its size in bytes. Raises NoBackup, Unavailable."""
        return await asyncio.to_thread(back_up, self._database, to)

    @staticmethod
    async def restore(url: str, file: Path, *, now: datetime) -> Restored:
        """Puts a backup in the place of the database at `url`. Raises NotRestored, Unavailable."""
        return await asyncio.to_thread(_restore, url, file, now=now)

    async def close(self) -> None:
        """Closes every connection; without it the interpreter hangs at exit."""
        await self._database.close()
