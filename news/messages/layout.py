"""What both looks share: pages of a digest and of an article, keyboards, lines of facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice

from news.article import Article
from news.digest import Digest, Item, reading_minutes
from news.messages import texts
from news.messages.markup import Html, Page, escape, is_web_address, join, link, shorten
from news.messages.message import Button
from news.messages.presses import press
from news.messages.words import Scene

HEADLINE_UNITS = 250
BULLET_UNITS = 320
BULLETS = 3
STORIES_A_PAGE = 7
MOST_CORRECTIONS, CORRECTED_UNITS = 5, 150
EVERY_TAB = "-"
OURS = "https://bot.invalid/?start="
"""How links to our own chat begin; the bot's name is put in as they leave, as not every process knows it."""
MOST_NAMED = 4
"""Alerts at the head of a message."""

Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    """What of a digest is on show: a topic's tab (None for all) and a page, from 0."""

    tab: str | None = None
    page: int = 0


@lru_cache(maxsize=4_096)  # many chats are told the same stories
def headline_of(headline: str) -> Html:
    """A headline as both looks show it in a digest."""
    return escape(shorten(headline, HEADLINE_UNITS))


def items_of(digest: Digest, tab: str | None) -> tuple[Item, ...]:
    """The stories behind a tab."""
    return tuple(item for item in digest.items if tab is None or item.topic == tab)


def pack(items: Sequence[Item], does_fit: Callable[[Sequence[Item]], bool]) -> Iterator[tuple[Item, ...]]:
    """Stories in pages that fit, in order; every page has at least one. Later pages cost nothing until asked for."""
    at = 0
    while True:
        page = tuple(items[at : at + STORIES_A_PAGE])
        while len(page) > 1 and not does_fit(page):
            page = page[:-1]
        yield page
        at += len(page)
        if at >= len(items):
            return


def turned_to(packed: Iterable[tuple[Item, ...]], page: int, count: int) -> tuple[int, tuple[Item, ...], int]:
    """A page of `count` stories, or the last there is: its number, its stories, and how many pages at least."""
    some = list(islice(packed, page + 1))
    at, left = len(some) - 1, count - sum(map(len, some))
    return at, some[at], len(some) + (left > 0)


def reading_address(edition: str, position: int) -> str:
    """Where whoever reads a channel's post opens one of its articles: in their own chat with the bot."""
    return f"{OURS}{edition}_{position}"


def message_address(chat_id: int, message_id: int) -> str | None:
    """Where a message is to be found; only those of supergroups and channels have an address."""
    own = -chat_id - 10**12
    return f"https://t.me/c/{own}/{message_id}" if own > 0 else None


def how_much(shown: Sequence[Item], every: int, scene: Scene) -> str:
    """“7 stories, about 3 minutes”; “7 of 30 stories, about 3 minutes” where there are more."""
    n, count = len(shown), scene.words.count
    stories = count(texts.STORIES_OF, every, some=n) if n < every else count(texts.STORIES, n)
    return scene.words.row((stories, count(texts.MINUTES, reading_minutes(shown))))


def facts(item: Item, scene: Scene, *, names_alert: bool = False, names_topic: bool = True) -> Html:
    """“World · 3 sources · 2 h ago”; and which alert brought it. Without the topic where that is said above."""
    sources = (
        scene.words.count(texts.SOURCES, item.source_count) if item.source_count > 1 else shorten(item.source or "", 60)
    )
    if item.is_update:
        tail: str = link(scene.words.say(texts.UPDATE), scene.earlier.get(item.story_id))
    else:
        tail = scene.words.age(item.first_seen_at, scene.now, scene.zone)
    parts = scene.topic(item.topic) if item.topic and names_topic else "", sources, tail, origin(item, scene)
    return join(filter(None, (*parts, *(alerts_of([item], scene) if names_alert else ()))), " · ")


def origin(item: Item, scene: Scene) -> str:
    """“translated from Spanish”; nothing of a story that is shown as it was written."""
    if item.translated_from is None:
        return ""
    return scene.words.say(texts.TRANSLATED_FROM, language=scene.words.tongue(item.translated_from))


def by_source(item: Item, scene: Scene) -> str:
    """“64 to 68 people, by source”; nothing where the sources agree."""
    if item.spread is None:
        return ""
    low, high = map(scene.words.number, (item.spread.low, item.spread.high))
    return scene.words.say(texts.BY_SOURCE, low=low, high=high, noun=shorten(item.spread.noun, 40))


def alerts_of(items: Iterable[Item], scene: Scene) -> list[str]:
    """What brought these stories at once, as their reader calls it, each once."""
    brought = (item.reason.partition(":")[::2] for item in items)
    names = (
        words_name(value, scene) if kind == "alert" else scene.words.say(texts.STORY_NAME)
        for kind, value in brought
        if kind in ("alert", "story")
    )
    return list(dict.fromkeys(names))


def words_name(typed: str, scene: Scene) -> str:
    """A filter as its reader would name it: ““solar power””, without the quotes that were typed around it."""
    is_quoted = typed.count('"') == 2 and typed[0] == typed[-1] == '"'
    return scene.words.say(texts.WORDS_NAME, words=shorten(typed[1:-1] if is_quoted else typed, 60))


def alert_title(digest: Digest, scene: Scene) -> str:
    """“Alert: “climate””; “New in a story you follow”."""
    if all(item.reason.startswith("story:") for item in digest.items):
        return scene.words.count(texts.STORY_TITLE, len(digest.items))
    names = alerts_of(digest.items, scene)
    listed = names if len(names) <= MOST_NAMED else [*names[:MOST_NAMED], "…"]
    return scene.words.say(texts.ALERT_TITLE, what=scene.words.listed(listed))


def footer_lines(digest: Digest, scene: Scene) -> list[str]:
    """What is missing from a digest, a sentence each."""
    say, found = scene.words.say, []
    if digest.footer.quiet_topics:
        names = [scene.topic(slug) for slug in digest.footer.quiet_topics]
        found.append(say(texts.NOTHING_NEW_IN, topics=scene.words.listed(names)))
    if digest.is_alert and digest.missed and not scene.is_post:
        found.append(say(texts.ALERT_REST))
    return found + trouble_lines(digest, scene)


def trouble_lines(digest: Digest, scene: Scene) -> list[str]:
    """What mutes kept out; which feeds bring nothing, and since when: for those who can do something about it."""
    if scene.is_post:
        return []
    footer = digest.footer
    kept_out = [scene.words.tell(texts.KEPT_OUT, footer.kept_out)] if footer.kept_out else []
    failing = _troubled(footer.failing_feeds, texts.FEED_UNREADABLE, texts.FEEDS_UNREADABLE, scene)
    return (
        kept_out + failing + _troubled(footer.silent_feeds, texts.FEED_BRINGS_NOTHING, texts.FEEDS_BRING_NOTHING, scene)
    )


def _troubled(some: Sequence[tuple[str, datetime]], of_one: str, of_many: tuple[str, str], scene: Scene) -> list[str]:
    """A sentence about feeds, given as title and since when; none where there are none."""
    feeds = [shorten(title, 60) for title, _ in some]
    if not feeds:
        return []
    if len(feeds) == 1:
        return [scene.words.show(of_one, feed=feeds[0], when=scene.words.when(some[0][1], scene.zone, scene.now))]
    listed = feeds if len(feeds) < 5 else [*feeds[:3], "…"]
    return [scene.words.tell(of_many, len(feeds), feeds=scene.words.listed(listed))]


def correction_lines(digest: Digest, scene: Scene) -> list[str]:
    """What publishers changed in what the chat was told, a sentence each."""
    lines = []
    for each in digest.footer.corrections[:MOST_CORRECTIONS]:
        was, headline = shorten(each.was, CORRECTED_UNITS), shorten(each.headline, CORRECTED_UNITS)
        text = texts.TAKEN_BACK if each.change == "retraction" else texts.NOW_READS
        lines.append(scene.words.say(text, was=was, headline=headline))
    return lines


def digest_keyboard(digest: Digest, view: View, shown: Sequence[Item], pages: int, scene: Scene) -> Keyboard:
    """Number buttons, tabs, and More or Top beside Settings; none in a channel, where a press would be everybody's."""
    if scene.is_post:
        return ()
    numbers = [Button(text=str(item.position), data=press("open", item.article_id)) for item in shown]
    tabs = []
    told = {item.topic for item in digest.items}
    present = [slug for slug in digest.topics if slug in told]
    if len(present) > 1:
        for slug in (None, *present):
            name = scene.topic(slug) if slug else scene.words.say(texts.ALL)
            mark = " ·" if slug == view.tab else ""
            tabs.append(Button(text=name + mark, data=press("digest", digest.edition, slug or EVERY_TAB, 0)))
    tail = []
    if view.page + 1 < pages:
        data = press("digest", digest.edition, view.tab or EVERY_TAB, view.page + 1)
        tail.append(Button(text=scene.words.say(texts.MORE), data=data))
    elif view.page:
        data = press("digest", digest.edition, view.tab or EVERY_TAB, 0)
        tail.append(Button(text=scene.words.say(texts.BACK_TO_TOP), data=data))
    tail.append(Button(text=scene.words.say(texts.SETTINGS), data=press("settings")))
    return (*rows(numbers, 8), *rows(tabs, 3), *rows(_stops(digest, shown, scene), 2), tuple(tail))


def _stops(digest: Digest, shown: Sequence[Item], scene: Scene) -> list[Button]:
    """For each story that is told because it is followed, a button that stops this."""
    text = texts.STOP_FOLLOWING if len(digest.items) == 1 else texts.STOP_FOLLOWING_ONE
    return [
        Button(text=scene.words.say(text, number=item.position), data=press("unstory", item.article_id))
        for item in shown
        if item.reason.startswith("story:")
    ]


def rows(buttons: Sequence[Button], width: int) -> Keyboard:
    """Buttons in rows of at most `width`."""
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


def article_facts(article: Article, scene: Scene) -> str:
    """“Web Desk · 2 Nov 2024, 06:59 · World”."""
    byline, source = article.byline, article.source
    topic = scene.topic(article.topics[0].topic) if article.topics else ""
    names = [byline, source if source != byline else None]
    date = scene.words.published(article.published, scene.zone)
    return " · ".join(shorten(part, 80) for part in (*names, date, topic) if part)


def page_at(pages: Sequence[Page], offset: int) -> int:
    """The page, from 0, on which a code-point offset stands."""
    return next((at for at, page in enumerate(pages) if offset < page.end), len(pages) - 1)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a chat voted for a story and against it; `is_alone` where the chat is one person."""

    ups: int = 0
    downs: int = 0
    is_alone: bool = True

    def shown(self, thumb: str, count: int) -> str:
        """“👍”, “👍 ✓” to the one who voted, “👍 2” in a group."""
        return f"{thumb} {'✓' if self.is_alone else count}" if count else thumb


NO_VOTES = Tally()


def article_keyboard(
    article: Article, page: int, pages: int, *, is_saved: bool, is_followed: bool, votes: Tally, scene: Scene
) -> Keyboard:
    """Paging in place, and what else can be done with an article."""
    turns = []
    if page > 0:
        turns.append(Button(text="◀", data=press("read", article.id, page - 1)))
    if page + 1 < pages:
        turns.append(Button(text="▶", data=press("read", article.id, page + 1)))
    say = scene.words.say
    more = [
        Button(text=say(texts.RELATED), data=press("related", article.id)),
        Button(text=say(texts.SAVED if is_saved else texts.SAVE), data=press("save", article.id, page)),
    ]
    if is_web_address(article.url):
        more.insert(0, Button(text=say(texts.ORIGINAL), url=article.url))
    following = say(texts.FOLLOWING if is_followed else texts.FOLLOW_STORY)
    others = (
        Button(text=following, data=press("follow", article.id, page)),
        Button(text=say(texts.AS_FILE), data=press("file", article.id)),
    )
    opinions = (
        Button(text=votes.shown(texts.UP, votes.ups), data=press("vote", article.id, page, "up")),
        Button(text=votes.shown(texts.DOWN, votes.downs), data=press("vote", article.id, page, "down")),
        Button(text=say(texts.WHY), data=press("why", article.id)),
    )
    return tuple(filter(None, (tuple(turns), tuple(more), others, opinions)))


def quiet(digest: Digest, scene: Scene) -> str:
    """The one line of a digest with no news."""
    topics = digest.footer.quiet_topics
    if not topics and digest.since is None:
        return scene.words.show(texts.NOTHING_CHOSEN)
    names = scene.words.listed([scene.topic(slug) for slug in topics]) or scene.words.say(texts.YOUR_NEWS)
    if digest.since is None:
        return scene.words.say(texts.NOTHING_NEW, topics=names)
    when = scene.words.when(digest.since, scene.zone, scene.now)
    return scene.words.say(texts.NOTHING_NEW_SINCE, topics=names, when=when)
