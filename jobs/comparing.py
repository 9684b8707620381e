"""Comparing: where the sources of a story number the same thing differently, found once for all who are shown it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from news.article import Bullet
from news.digest import Item
from news.figures import Count, Counted, Spread, counts, spread
from storage import Storage
from storage.pools import Heard

Lines = tuple[int, int, tuple[Bullet, ...], frozenset[int]]
"""What is shown of a story: the article, the newest there is, its bullets; and the private feeds that are followed."""


def lines_of(item: Item, private: frozenset[int]) -> Lines:
    """What of an item its figures depend on."""
    return item.article_id, item.newest_id, item.bullets, private


async def compare(
    storage: Storage, compared: dict[Lines, Spread | None], shown: Iterable[tuple[Sequence[Item], frozenset[int]]]
) -> None:
    """Adds to `compared` what is not there, of items that several sources tell."""
    new = {
        lines: item
        for items, private in shown
        for item in items
        if item.source_count > 1 and (lines := lines_of(item, private)) not in compared
    }
    # Most lines count nothing, and cost no reading.
    counted = {lines: (item, found) for lines, item in new.items() if (found := _counts(item))}
    compared |= dict.fromkeys(new.keys() - counted.keys())
    if counted:
        heard = await storage.pools.heard({item.story_id for item, _ in counted.values()})
        for lines, (item, found) in counted.items():
            compared[lines] = _spread(item, found, heard[item.story_id], lines[-1])


def with_spread(item: Item, private: frozenset[int], compared: dict[Lines, Spread | None]) -> Item:
    """The item, saying where its sources differ."""
    found = compared.get(lines_of(item, private)) if item.source_count > 1 else None
    return item if found is None else replace(item, spread=found)


def _counts(item: Item) -> tuple[Count, ...]:
    """What the lines count that are shown of an item."""
    return counts([*(bullet.text for bullet in item.bullets), item.headline], item.language)


def _spread(item: Item, lines: Sequence[Count], heard: Sequence[Heard], private: frozenset[int]) -> Spread | None:
    mine = next((each for each in heard if each.id == item.article_id), None)
    if mine is None:
        return None
    # Where the rest of the article has another number of the same, it is not clear which of them is meant.
    clear = [each for each in lines if all(other.value == each.value for other in mine.counts if other.of == each.of)]
    if not clear:
        return None
    others = [
        Counted(each.teller, each.told_at, each.counts)
        for each in heard
        if each.teller is not None
        and each.language == mine.language
        and (each.is_shared or each.feed_id in private)
        and each.id != mine.id
    ]
    return spread(Counted(mine.teller or "", mine.told_at, clear), others, mine.language)
