"""The shelf: saved articles, and where the reader stopped."""

import pytest

from storage import Missing, Storage
from tests.storage.given import NOW, a_chat, an_article, later


async def test_saved_articles_come_last_saved_first(storage: Storage) -> None:
    await a_chat(storage)
    one, two, three = [await an_article(storage) for _ in range(3)]
    for hours, article in enumerate((two, three, one)):
        await storage.shelf.save(7, article.id, later(hours=hours))
    await storage.shelf.save(7, two.id, later(hours=9))

    assert await storage.shelf.saved(7, limit=2) == [one, three]
    assert await storage.shelf.saved(7, limit=2, offset=2) == [two]
    assert await storage.shelf.saved_count(7) == 3


async def test_an_unsaved_article_is_off_the_shelf(storage: Storage) -> None:
    await a_chat(storage)
    article = await an_article(storage)
    await storage.shelf.save(7, article.id, NOW)
    was_saved = await storage.shelf.is_saved(7, article.id)
    await storage.shelf.unsave(7, article.id)
    await storage.shelf.unsave(7, article.id)

    assert was_saved
    assert not await storage.shelf.is_saved(7, article.id)
    assert await storage.shelf.saved_count(7) == 0


async def test_reading_goes_on_where_the_chat_stopped(storage: Storage) -> None:
    await a_chat(storage)
    article = await an_article(storage)
    at_first = await storage.shelf.place(7, article.id)
    for offset in (4096, 2048):
        await storage.shelf.put_place(7, article.id, offset, NOW)

    assert at_first == 0
    assert await storage.shelf.place(7, article.id) == 2048
    assert await storage.shelf.place(8, article.id) == 0
    assert await storage.shelf.places(7) == [(article.id, 2048, NOW)]
    assert await storage.shelf.places(8) == []


async def test_an_article_that_has_gone_cannot_be_kept(storage: Storage) -> None:
    await a_chat(storage)

    with pytest.raises(Missing):
        await storage.shelf.save(7, 99, NOW)
    with pytest.raises(Missing):
        await storage.shelf.put_place(7, 99, 10, NOW)
