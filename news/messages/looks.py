"""Which look draws a chat's digests and articles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from news.article import Article
from news.chat import Look
from news.digest import Digest, Item
from news.messages import classic, rich
from news.messages.layout import NO_VOTES, Tally, View
from news.messages.markup import Page
from news.messages.message import Message
from news.messages.words import Scene


class Sheet(Protocol):
    """A digest with its stories drawn as they are asked for, each once."""

    def pages(self) -> Iterator[tuple[Item, ...]]: ...
    def message(self, digest: Digest, view: View = View()) -> Message: ...


class Drawing(Protocol):
    """What `classic` and `rich` both do."""

    def digest(self, digest: Digest, scene: Scene, view: View = View()) -> Message: ...
    def Sheet(self, digest: Digest, scene: Scene, tab: str | None = None) -> Sheet: ...
    def article(
        self,
        article: Article,
        scene: Scene,
        *,
        offset: int = 0,
        page: int | None = None,
        is_saved: bool,
        is_followed: bool = False,
        votes: Tally = NO_VOTES,
    ) -> Message: ...
    def article_pages(self, article: Article) -> tuple[Page, ...]: ...


def drawn(look: Look) -> Drawing:
    """The module that draws a look."""
    return rich if look == "rich" else classic
