"""The classic look: Telegram HTML that every client shows, at most 4,096 units a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from news.article import Article
from news.digest import Digest, Item
from news.messages import texts
from news.messages.layout import (
    BULLET_UNITS,
    BULLETS,
    HEADLINE_UNITS,
    NO_VOTES,
    Tally,
    View,
    alert_title,
    alerts_of,
    article_facts,
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
    quiet,
    reading_address,
    trouble_lines,
    turned_to,
)
from news.messages.markup import (
    Html,
    Page,
    Weight,
    bold,
    escape,
    italic,
    join,
    link,
    pages,
    quote,
    shorten,
    units,
    weight,
)
from news.messages.message import Message
from news.messages.words import Scene

PAGE_UNITS = 3_400
"""Text of an article on one page; the rest of a message is left to its head and foot."""

MOST_TOPICS = 6
"""Named at the head of a digest."""


def digest(digest: Digest, scene: Scene, view: View = View()) -> Message:
    """A digest as one message that always fits."""
    if not digest.items:
        why = italic(join(trouble_lines(digest, scene), " "))
        html = join(filter(None, (quiet(digest, scene), why, _corrections(digest, scene))), BETWEEN)
        return Message(html=html, is_silent=True)
    return Sheet(digest, scene, view.tab).message(digest, view)


class Sheet:
    """The parts of a digest, each drawn once."""

    def __init__(self, digest: Digest, scene: Scene, tab: str | None = None) -> None:
        self._scene = scene
        self._edition = digest.edition
        self._items = items_of(digest, tab)
        self._names_alert = len(alerts_of(digest.items, scene)) > 1
        self._title = _title(digest, scene)
        foot = _corrections(digest, scene), italic(join(footer_lines(digest, scene), " "))
        self._foot = join(filter(None, foot), BETWEEN)
        self._stories: dict[tuple[int, bool], Html] = {}
        self._weights: dict[int, Weight] = {}

    def message(self, digest: Digest, view: View = View()) -> Message:
        """A page of the digest, which may say by now how many of its stories are pushed."""
        page, shown, pages = turned_to(self.pages(), view.page, len(self._items))
        keyboard = digest_keyboard(digest, View(view.tab, page), shown, pages, self._scene)
        return Message(html=self.html(shown), keyboard=keyboard)

    def _story(self, item: Item, is_open: bool) -> Html:
        which = item.position, is_open
        if which not in self._stories:
            self._stories[which] = _story(
                item, self._scene, self._edition, is_open=is_open, names_alert=self._names_alert
            )
        return self._stories[which]

    def _weight(self, item: Item) -> Weight:
        if item.position not in self._weights:
            self._weights[item.position] = weight(BETWEEN + self._story(item, False))
        return self._weights[item.position]

    def pages(self) -> Iterator[tuple[Item, ...]]:
        # As long as that of any page can be.
        head = f"{self._title}\n{escape(how_much(self._items, len(self._items) + 1, self._scene))}"
        room = weight(Html(head)) + weight(BETWEEN + self._foot)
        return pack(self._items, lambda some: sum(map(self._weight, some), start=room).is_light)

    def html(self, page: Sequence[Item]) -> Html:
        stories = (self._story(item, at == 0) for at, item in enumerate(page))
        head = Html(f"{self._title}\n{escape(how_much(page, len(self._items), self._scene))}")
        return join(filter(None, (head, *stories, self._foot)), BETWEEN)


BETWEEN = "\n\n"


def _title(digest: Digest, scene: Scene) -> Html:
    if digest.is_alert:
        return bold(alert_title(digest, scene))
    names = [shorten(scene.topic(slug), 40) for slug in digest.topics]
    listed = [*names[:MOST_TOPICS], "…"] if len(names) > MOST_TOPICS else names
    date = bold(scene.words.heading(digest.composed_at, scene.zone))
    return join(filter(None, (date, scene.words.row(listed))), " · ")


def _corrections(digest: Digest, scene: Scene) -> Html:
    lines = correction_lines(digest, scene)
    return join((bold(scene.words.say(texts.CORRECTIONS)), *lines), "\n") if lines else Html("")


def _story(item: Item, scene: Scene, edition: str, *, is_open: bool, names_alert: bool) -> Html:
    points = _points(tuple([bullet.text for bullet in item.bullets[:BULLETS]]), is_open)
    known = facts(item, scene, names_alert=names_alert)
    if scene.is_post:
        headline = bold(link(headline_of(item.headline), item.url))
        whole = link(scene.words.say(texts.READ_WHOLE), reading_address(edition, item.position))
        known = join((known, whole), " · ")
    else:
        headline = bold(f"{item.position}  ", headline_of(item.headline))
    return join(filter(None, (headline, points, by_source(item, scene), known)), "\n")


@lru_cache(maxsize=4_096)  # many chats are told the same stories
def _points(bullets: tuple[str, ...], is_open: bool) -> Html:
    lines = [f"• {shorten(bullet, BULLET_UNITS)}" for bullet in bullets]
    return quote(join(lines, "\n"), unfolds=not is_open)


def article_pages(article: Article) -> tuple[Page, ...]:
    """The pages of an article's text, in code points of `article.text`."""
    for limit in (PAGE_UNITS, PAGE_UNITS // 2):
        found = pages(article.text, limit)
        # Making words inert can as much as double what counts as text.
        if all(units(escape(article.text[page.start : page.end])) <= PAGE_UNITS + 200 for page in found):
            break
    return found


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
    """An article, at a page or at the page that holds `offset`."""
    all_pages = article_pages(article)
    at = page_at(all_pages, offset) if page is None else min(page, len(all_pages) - 1)
    blocks = [_article_head(article, scene), _article_body(article, all_pages[at])]
    if article.is_teaser:
        points = "\n".join(f"• {shorten(bullet.text, BULLET_UNITS)}" for bullet in article.bullets[:BULLETS])
        blocks += [quote(points, unfolds=False)] if not article.text else []
        blocks.append(italic(scene.words.say(texts.ONLY_TEASER)))
    if at == len(all_pages) - 1 and article.image_credit:
        blocks.append(italic(scene.words.say(texts.PICTURE_BY, credit=shorten(article.image_credit, 80))))
    if len(all_pages) > 1:
        blocks.append(escape(scene.words.say(texts.PAGE_OF, page=at + 1, pages=len(all_pages))))
    return Message(
        html=join(filter(None, blocks), "\n\n"),
        keyboard=article_keyboard(
            article, at, len(all_pages), is_saved=is_saved, is_followed=is_followed, votes=votes, scene=scene
        ),
    )


def _article_head(article: Article, scene: Scene) -> Html:
    headline = bold(shorten(article.headline, HEADLINE_UNITS))
    return join(filter(None, (headline, article_facts(article, scene))), "\n")


def _article_body(article: Article, page: Page) -> Html:
    lead = len(article.standfirst or "")
    first = article.text[page.start : min(page.end, lead)] if page.start < lead else ""
    rest = article.text[max(page.start, lead) : page.end]
    return Html(join((italic(first), escape(rest))).strip())


def shared(article: Article, scene: Scene) -> Message:
    """A story as inline search posts it into any chat: headline, bullets, source, the bot's name."""
    lines = [f"• {shorten(bullet.text, BULLET_UNITS)}" for bullet in article.bullets[:BULLETS]]
    source = shorten(article.source or scene.words.say(texts.ORIGINAL), 80)
    # Our own name is meant to be tapped, so it is not made inert.
    via = italic(scene.words.say(texts.VIA) + " ", Html(f"@{scene.bot}")) if scene.bot else Html("")
    tail = join(filter(None, (link(source, article.url), via)), " · ")
    headline = bold(shorten(article.headline, HEADLINE_UNITS))
    return Message(html=join(filter(None, (headline, quote("\n".join(lines), unfolds=False), tail)), "\n"))
