"""Tidy: what is old goes, and does not come back as news."""

from __future__ import annotations

from datetime import timedelta

from jobs.file import Shelves, file_entry
from jobs.tidy import tidy
from news.article import Entry
from news.topics import Taxonomy
from storage import Storage
from tests.jobs.given import Clock, a_chat

KEEP = timedelta(days=60)
COMET, SAVED = Entry(headline="Comet passes"), Entry(headline="Tariff falls")


async def test_an_old_article_goes_but_is_known_again_for_a_year_and_a_saved_one_stays(
    storage: Storage, clock: Clock
) -> None:
    async def file(entry: Entry) -> int | None:
        article = await file_entry(storage, Shelves(Taxonomy(())), entry, feed=None, now=clock())
        return article.id if article else None

    comet, saved = await file(COMET), await file(SAVED)
    assert comet is not None
    assert saved is not None
    await a_chat(storage)
    await storage.shelf.save(7, saved, clock())
    early = await tidy(storage, now=clock.tick(days=59), keep=KEEP)
    tidied = await tidy(storage, now=clock.tick(days=2), keep=KEEP)
    rerun = await file(COMET)
    forgotten = await tidy(storage, now=clock.tick(days=430), keep=KEEP)

    assert (early.articles, tidied.articles, tidied.stories, tidied.seen) == (0, 1, 1, 0)
    assert await storage.articles.get(comet) is None
    assert await storage.articles.get(saved) is not None
    assert rerun is None
    assert forgotten.seen == 2
