"""News sitemaps: what a site tells search engines about its newest articles, read like a feed."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree  # type: ignore[import-untyped]

from ingest.encoding import unpacked
from ingest.listing import MAX_ENTRIES, MAX_TITLE, Listed, Listing, web_address
from ingest.moments import moment

OPENING = 4_000
MOST_CHILDREN = 50


def read_sitemap(data: bytes, url: str | None) -> Listing | None:
    """The articles that a news sitemap lists, the newest first; None where it lists none."""
    if b"urlset" not in data[:OPENING] or (b"sitemap-news" not in data and b"news:" not in data):
        return None
    found = _read(data, url or "")
    if not found.entries:
        return None
    # Sites order them as they like; those without a date keep their place at the end.
    entries = sorted(found.entries, key=lambda entry: entry.published or "", reverse=True)
    return Listing(
        title=found.name,
        link=web_address(url or "", "/"),
        language=found.language,
        base=url or "",
        entries=tuple(entries),
    )


def sitemaps_in(data: bytes, url: str) -> tuple[str, ...]:
    """The sitemaps that an index of sitemaps names, those of news first."""
    data = unpacked(data)
    if b"<sitemapindex" not in data[:OPENING]:
        return ()
    return tuple(sorted(_read(data, url).children, key=lambda address: "news" not in address.lower()))


@dataclass(slots=True)
class _Sitemap:
    """Collects while lxml reads."""

    base: str
    entries: list[Listed] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    name: str | None = None
    language: str | None = None
    _said: dict[str, str] = field(default_factory=dict)
    _text: list[str] = field(default_factory=list)
    _is_picture: bool = False

    def start(self, tag: str, _: object) -> None:
        self._text = []
        kind = tag.rpartition("}")[2]
        self._is_picture = self._is_picture or kind in ("image", "video")
        if kind in ("url", "sitemap"):
            self._said = {}

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, tag: str) -> None:
        kind, text = tag.rpartition("}")[2], "".join(self._text).strip()[:MAX_TITLE]
        self._text = []
        if kind in ("image", "video"):
            self._is_picture = False
        elif kind == "sitemap" and len(self.children) < MOST_CHILDREN:
            self.children += filter(None, [web_address(self.base, self._said.get("loc"))])
        elif kind == "url":
            self._add()
        elif text:
            self._said.setdefault(f"image {kind}" if self._is_picture else kind, text)

    def close(self) -> None: ...

    def _add(self) -> None:
        said, link = self._said, web_address(self.base, self._said.get("loc"))
        if not link or "title" not in said or "publication_date" not in said or len(self.entries) >= MAX_ENTRIES:
            return
        self.name, self.language = self.name or said.get("name"), self.language or said.get("language")
        image = web_address(self.base, said.get("image loc"))
        self.entries.append(
            Listed(
                id=link,
                title=said["title"],
                link=link,
                published=moment(said["publication_date"]),
                categories=tuple(filter(None, map(str.strip, said.get("keywords", "").split(",")[:1]))),
                images=(image,) if image else (),
            )
        )


def _read(data: bytes, base: str) -> _Sitemap:
    found = _Sitemap(base)
    parser = etree.XMLParser(target=found, resolve_entities=False, no_network=True, recover=True)
    try:
        parser.feed(data)
        parser.close()
    except (etree.LxmlError, AssertionError, UnicodeError):
        pass
    return found
