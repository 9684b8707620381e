"""The rich look: rich-message HTML of 2026, where stories unfold in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, lru_cache
from itertools import groupby

from news.article import Article, Bullet
from news.digest import Digest, Item
from news.messages import classic, texts
from news.messages.layout import (
    BULLET_UNITS,
    BULLETS,
    HEADLINE_UNITS,
    NO_VOTES,
    Tally,
    View,
    alert_title,
    alerts_of,
    article_keyboard,
    by_source,
    correction_lines,
    digest_keyboard,
    facts,
    footer_lines,
    headline_of,
    how_much,
    items_of,
    pack,
    page_at,
    turned_to,
)
from news.messages.markup import Html, Page, join, link, pages, photo, shorten, tag, units
from news.messages.message import Button, Message
from news.messages.words import RIGHT_TO_LEFT, Scene

MESSAGE_UNITS = 7_500
"""Clients were seen to stop drawing past some 10,000 characters; Telegram takes 32,768."""
LAST_MOMENT = 2**31
"""Seconds since 1970 that Telegram takes no more."""
_FIGURE = re.compile(r"<figure>.*?</figure>", re.DOTALL)


def digest(digest: Digest, scene: Scene, view: View = View()) -> Message:
    """A digest whose stories unfold in place; one without news is the classic line."""
    if not digest.items:
        return classic.digest(digest, scene, view)
    return Sheet(digest, scene, view.tab).message(digest, view)


class Sheet:
    """The parts of a digest, each drawn once."""

    def __init__(self, digest: Digest, scene: Scene, tab: str | None = None) -> None:
        self._scene = scene
        self._items = items_of(digest, tab)
        self._names_alert = len(alerts_of(digest.items, scene)) > 1
        head = scene.words.heading(digest.composed_at, scene.zone)
        self._head = tag("h2", alert_title(digest, scene) if digest.is_alert else head)
        self._foot = join((_corrections(digest, scene), tag("footer", join(footer_lines(digest, scene), " "))))
        self._topic = cache(lambda topic: tag("h3", scene.topic(topic) if topic else ""))
        self._stories: dict[tuple[int, bool, bool], Html] = {}

    def message(self, digest: Digest, view: View = View()) -> Message:
        """A page of the digest, which may say by now how many of its stories are pushed."""
        page, shown, pages = turned_to(self.pages(), view.page, len(self._items))
        return Message(
            html=self.html(shown),
            look="rich",
            keyboard=digest_keyboard(digest, View(view.tab, page), shown, pages, self._scene),
            is_rtl=2 * sum(item.language in RIGHT_TO_LEFT for item in shown) > len(shown),
        )

    def _story(self, item: Item, is_open: bool, names_topic: bool) -> Html:
        which = item.position, is_open, names_topic
        if which not in self._stories:
            about = facts(item, self._scene, names_alert=self._names_alert, names_topic=names_topic)
            self._stories[which] = _story(item, self._scene, about, is_open=is_open)
        return self._stories[which]

    def pages(self) -> Iterator[tuple[Item, ...]]:
        return pack(self._items, lambda some: sum(map(units, self._blocks(some))) <= MESSAGE_UNITS)

    def html(self, page: Sequence[Item]) -> Html:
        return join(self._blocks(page))

    def _blocks(self, page: Sequence[Item]) -> Iterator[Html]:
        yield self._head
        yield tag("p", how_much(page, len(self._items), self._scene))
        shelves = [(topic, list(items)) for topic, items in groupby(page, key=lambda item: item.topic)]
        # Where topics take turns, each story says its own.
        is_in_turns = len(shelves) > len({topic for topic, _ in shelves})
        for topic, items in shelves:
            if not is_in_turns:
                yield self._topic(topic)
            for item in items:
                yield self._story(item, item is page[0], is_in_turns)
        yield self._foot


def _corrections(digest: Digest, scene: Scene) -> Html:
    lines = correction_lines(digest, scene)
    if not lines:
        return Html("")
    return join((tag("h3", scene.words.say(texts.CORRECTIONS)), tag("ul", *(tag("li", line) for line in lines))))


def _story(item: Item, scene: Scene, known: Html, *, is_open: bool) -> Html:
    summary = tag("summary", tag("b", f"{item.position}  ", headline_of(item.headline)))
    points = _points(tuple([bullet.text for bullet in item.bullets[:BULLETS]]))
    original = link(scene.words.say(texts.ORIGINAL), item.url) if item.url else ""
    about = tag("p", join(filter(None, (known, original)), " · "))
    picture = photo(item.image_url, _credit(item.image_credit, scene))
    told = tag("p", by_source(item, scene))
    return tag("details", summary, points, told, picture, about, attributes="open" if is_open else "")


@lru_cache(maxsize=4_096)  # many chats are told the same stories
def _points(bullets: tuple[str, ...]) -> Html:
    return tag("ul", *(tag("li", shorten(bullet, BULLET_UNITS)) for bullet in bullets))


def article_pages(article: Article) -> tuple[Page, ...]:
    """The pages of an article's text, in code points of `article.text`."""
    return pages(article.text, MESSAGE_UNITS)


def article(
    article: Article,
    scene: Scene,
    *,
    offset: int = 0,
    page: int | None = None,
    is_saved: bool,
    is_followed: bool = False,
    votes: Tally = NO_VOTES,
) -> Message:
    """An article in one message, paged only when it is very long."""
    all_pages = article_pages(article)
    at = page_at(all_pages, offset) if page is None else min(page, len(all_pages) - 1)
    blocks = [tag("h2", shorten(article.headline, HEADLINE_UNITS)), tag("p", _facts(article, scene))]
    if at == 0:
        blocks.append(photo(article.image_url, _credit(article.image_credit, scene)))
        blocks.append(tag("ul", *(tag("li", shorten(bullet.text, BULLET_UNITS)) for bullet in _own_bullets(article))))
    blocks += _paragraphs(article, all_pages[at])
    if article.is_teaser:
        blocks.append(tag("p", tag("i", scene.words.say(texts.ONLY_TEASER))))
    count = scene.words.say(texts.PAGE_OF, page=at + 1, pages=len(all_pages)) if len(all_pages) > 1 else ""
    source = link(article.source or scene.words.say(texts.ORIGINAL), article.url) if article.url else ""
    credit = "" if article.image_url else _credit(article.image_credit, scene)
    blocks.append(tag("footer", join(filter(None, (count, source, credit)), " · ")))
    return Message(
        html=join(blocks),
        look="rich",
        keyboard=article_keyboard(
            article, at, len(all_pages), is_saved=is_saved, is_followed=is_followed, votes=votes, scene=scene
        ),
        is_rtl=article.language in RIGHT_TO_LEFT,
    )


def _own_bullets(article: Article) -> list[Bullet]:
    """Those that the publisher gives beside its text; a list within the text is read there."""
    is_shown = article.is_teaser or bool(article.publisher_bullets)
    return [
        each for each in article.bullets[:BULLETS] if is_shown and (article.is_teaser or each.origin == "publisher")
    ]


def _facts(article: Article, scene: Scene) -> Html:
    topic = scene.topic(article.topics[0].topic) if article.topics else ""
    parts = (shorten(article.byline or article.source or "", 80), _moment(article.published, scene), topic)
    return join(filter(None, parts), " · ")


def _moment(published: str | None, scene: Scene) -> str:
    """A moment of known zone in the reader's own; any other date as the publisher wrote it."""
    text = scene.words.published(published, scene.zone)
    if not text:
        return ""
    moment = datetime.fromisoformat(published or "")
    if moment.tzinfo is None or not 0 <= moment.timestamp() < LAST_MOMENT:
        return text
    return tag("tg-time", text, attributes=f'unix="{int(moment.timestamp())}" format="Dt"')


def _paragraphs(article: Article, page: Page) -> list[Html]:
    lead = len(article.standfirst or "")
    text = article.text
    first = text[page.start : min(page.end, lead)] if page.start < lead else ""
    rest = text[max(page.start, lead) : page.end]
    return [tag("p", tag("i", first)), *(tag("p", paragraph.strip()) for paragraph in rest.split("\n\n"))]


def _credit(credit: str | None, scene: Scene) -> str:
    return scene.words.say(texts.PICTURE_BY, credit=shorten(credit, 80)) if credit else ""


def without_photos(message: Message) -> Message | None:
    """The message without its photos, for when Telegram cannot fetch one; None where it has none."""
    html = _FIGURE.sub("", message.html)
    return replace(message, html=html) if html != message.html else None


def card(scene: Scene, keyboard: tuple[tuple[Button, ...], ...]) -> Message:
    """A small rich message that asks whether the reader's client draws it."""
    say = scene.words.say
    body = tag("details", tag("summary", say(texts.CARD_SUMMARY)), tag("p", say(texts.CARD_BODY)))
    html = join((tag("h3", say(texts.CARD_TITLE)), body, tag("p", say(texts.SEE_CARD))))
    return Message(html=html, look="rich", keyboard=keyboard)
