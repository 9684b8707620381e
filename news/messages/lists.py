"""Lists of articles: search results, related, saved, and the cards of inline search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from news.article import Article
from news.messages import texts
from news.messages.classic import shared
from news.messages.layout import HEADLINE_UNITS, Keyboard
from news.messages.markup import Html, bold, escape, italic, join, shorten
from news.messages.message import Button, Message
from news.messages.presses import press
from news.messages.words import Scene
from news.snippets import Snippet

PAGE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search as asked: words, page from 0, order, and a topic to stay within."""

    words: str
    page: int = 0
    is_newest_first: bool = False
    topic: str | None = None


def results(
    query: Query,
    hits: Sequence[tuple[Article, Snippet]],
    total: int,
    scene: Scene,
    *,
    is_complete: bool = True,
    suggestion: str | None = None,
    note: str | None = None,
) -> Message:
    """A page of search results; `note` says how the words were read, where that needs saying."""
    words = shorten(query.words, 100)
    if not hits:
        return _nothing(words, suggestion, scene, note, is_complete=is_complete)
    first = query.page * PAGE + 1
    lines = [_hit(first + at, article, snippet, scene) for at, (article, snippet) in enumerate(hits)]
    said = scene.words.count(texts.RESULTS, total, words=words)
    if not is_complete:
        said = scene.words.say(texts.RESULTS_OVER, n=scene.words.number(total), words=words)
    head = join(filter(None, (bold(said), scene.topic(query.topic) if query.topic else "")), " · ")
    title = join((head, italic(note)), "\n") if note else head
    return Message(html=join((title, *lines), "\n\n"), keyboard=_result_keyboard(query, hits, total, scene))


def _nothing(words: str, suggestion: str | None, scene: Scene, note: str | None, *, is_complete: bool) -> Message:
    say = scene.words.say
    nothing = say(texts.NOTHING_FOUND if is_complete else texts.NOTHING_RECENT, words=words)
    if not suggestion:
        return Message(html=escape(f"{nothing}\n{note}" if note else f"{nothing} {say(texts.TRY_OTHERS)}"))
    text = f"{nothing} {say(texts.DID_YOU_MEAN, word=suggestion)}"
    try:
        button = Button(text=suggestion, data=press("find", suggestion))
    except ValueError:
        return Message(html=escape(text))
    return Message(html=escape(text), keyboard=((button,),))


def _hit(number: int, article: Article, snippet: Snippet, scene: Scene) -> Html:
    head = join((f"{number}  ", bold(shorten(article.headline, HEADLINE_UNITS))))
    runs = [bold(text) if is_match else escape(text) for text, is_match in _clipped(snippet)]
    return join(filter(None, (head, join(runs), _about(article, scene))), "\n")


def _clipped(snippet: Snippet, units: int = 220) -> Snippet:
    """A snippet on one line, no longer than a reader scans."""
    clipped: list[tuple[str, bool]] = []
    for text, is_match in snippet:
        if units < 2:
            break
        run = shorten(" ".join(text.split()) if text.strip() else " ", units)
        run = (" " if text[:1].isspace() else "") + run.strip() + (" " if text[-1:].isspace() else "")
        clipped.append((run, is_match))
        units -= len(run)
    return tuple(clipped)


def _about(article: Article, scene: Scene) -> str:
    topic = scene.topic(slug) if (slug := _topic(article)) else ""
    date = scene.words.short_date(article.first_seen_at, scene.zone)
    return " · ".join(filter(None, (topic, shorten(article.source or "", 60), date)))


def _result_keyboard(query: Query, hits: Sequence[tuple[Article, Snippet]], total: int, scene: Scene) -> Keyboard:
    say = scene.words.say
    first = query.page * PAGE + 1
    numbers = tuple(Button(text=str(first + at), data=press("open", hit.id)) for at, (hit, _) in enumerate(hits))
    turns = []
    if query.page:
        turns.append(Button(text="◀", data=_turn(query, page=query.page - 1)))
    if first + len(hits) <= total:
        turns.append(Button(text="▶", data=_turn(query, page=query.page + 1)))
    order = texts.BEST_FIRST if query.is_newest_first else texts.NEWEST_FIRST
    narrow = []
    topic = next(filter(None, (_topic(hit) for hit, _ in hits)), None)
    if query.topic:
        narrow.append(Button(text=say(texts.EVERY_TOPIC), data=_turn(query, topic="")))
    elif topic and (total > len(hits) or any(_topic(hit) != topic for hit, _ in hits)):
        narrow.append(Button(text=say(texts.ONLY_TOPIC, topic=scene.topic(topic)), data=_turn(query, topic=topic)))
    if total > 1:
        narrow.append(Button(text=say(order), data=_turn(query, newest=not query.is_newest_first)))
    return tuple(filter(None, (numbers, tuple(turns), tuple(narrow))))


def _topic(article: Article) -> str | None:
    return article.topics[0].topic if article.topics else None


def _turn(query: Query, *, page: int = 0, newest: bool | None = None, topic: str | None = None) -> str:
    """A press that shows the same words another way; the words themselves stand in the message replied to."""
    order = "new" if (query.is_newest_first if newest is None else newest) else "best"
    return press("results", page, order, (query.topic or "") if topic is None else topic)


def listing(
    title: str,
    articles: Sequence[Article],
    scene: Scene,
    *,
    keyboard: Keyboard = (),
    first: int = 1,
    parts: Mapping[int, str] = MappingProxyType({}),
) -> Message:
    """Articles by number, each opened by its button; `parts` are titles above some, by their place from 0."""
    lines = []
    for at, article in enumerate(articles):
        lines += [bold(parts[at])] if at in parts else []
        lines.append(_hit(first + at, article, (), scene))
    numbers = tuple(Button(text=str(first + at), data=press("open", one.id)) for at, one in enumerate(articles))
    return Message(html=join((bold(title), *lines), "\n\n"), keyboard=(numbers, *keyboard))


def saved(articles: Sequence[Article], total: int, page: int, scene: Scene) -> Message:
    """A page of the articles a chat saved, newest first."""
    if not articles:
        return Message(html=escape(scene.words.say(texts.NOTHING_SAVED)))
    turns = []
    if page:
        turns.append(Button(text="◀", data=press("saved", page - 1)))
    if (page + 1) * PAGE < total:
        turns.append(Button(text="▶", data=press("saved", page + 1)))
    title = scene.words.count(texts.SAVED_TITLE, total)
    return listing(title, articles, scene, keyboard=(tuple(turns),) if turns else (), first=page * PAGE + 1)


def related(article: Article, others: Sequence[Article], scene: Scene) -> Message:
    """Other articles of the same story, then of the same topic, and which are which."""
    if not others:
        return Message(html=escape(scene.words.say(texts.NOTHING_RELATED)))
    title = scene.words.say(texts.RELATED_TO, headline=shorten(article.headline, 120))
    of_story = sum(one.story_id == article.story_id for one in others)
    return listing(title, others, scene, parts={of_story: scene.words.say(texts.SAME_TOPIC)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An inline result: what the card says, and what choosing it posts."""

    article_id: int
    title: str
    description: str
    message: Message
    url: str | None
    image_url: str | None


def card(article: Article, scene: Scene) -> Card:
    """An article as a card of inline search: headline, then source and age, then the first bullet."""
    age = scene.words.age(article.first_seen_at, scene.now, scene.zone)
    about = " · ".join(filter(None, (shorten(article.source or "", 60), age)))
    bullet = article.bullets[0].text if article.bullets else article.standfirst or ""
    return Card(
        article_id=article.id,
        title=shorten(article.headline, 120),
        description="\n".join(filter(None, (about, shorten(bullet, 160)))),
        message=shared(article, scene),
        url=article.url,
        image_url=article.image_url,
    )
