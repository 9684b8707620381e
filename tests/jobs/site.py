"""A web site on loopback: feeds and pages as a test writes them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from xml.sax.saxutils import escape

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestServer
from yarl import URL

from ingest.door import Door


@dataclass(frozen=True, slots=True)
class Page:
    """What the site answers at a path."""

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Site:
    """Answers each path with the page that a test put there, and remembers who asked for what."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._server = TestServer(app, host="127.0.0.1")

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.close()

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        page = self.pages.get(request.path_qs) or self.pages.get(request.path) or Page(status=404)
        etag = page.headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        if isinstance(page.body, bytes):
            return web.Response(body=page.body, status=page.status, headers=page.headers)
        return web.Response(text=page.body, status=page.status, headers=page.headers, content_type="text/html")

    @property
    def port(self) -> int:
        return self._server.port or 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def door(self) -> Door:
        return Door(allow={("127.0.0.1", self.port)})

    def playing_all(self) -> Door:
        """A door behind which this site plays every other: `https://host/path` is `/host/path` here."""
        port = self.port

        class Stage(Door):
            @asynccontextmanager
            async def _ask(
                self, url: URL, headers: dict[str, str], *, method: str = "GET", **more: Any
            ) -> AsyncIterator[ClientResponse]:
                played = URL(f"http://127.0.0.1:{port}/{url.host}{url.raw_path_qs}", encoded=True)
                async with super()._ask(played, headers, method=method, **more) as response:
                    yield response

        return Stage(allow={("127.0.0.1", port)})

    def put(self, path: str, body: str | bytes, status: int = 200, **headers: str) -> str:
        """Puts a page at a path; its address."""
        self.pages[path] = Page(body, status, headers)
        return self.url(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry of a feed."""

    title: str
    text: str = ""
    link: str | None = None
    guid: str | None = None


def feed(*items: Item, title: str = "The Herald") -> str:
    """An RSS feed, newest first as given."""
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel>'
        f"<title>{escape(title)}</title>{''.join(map(_item, items))}</channel></rss>"
    )


def _item(item: Item) -> str:
    link = f"<link>{escape(item.link)}</link>" if item.link else ""
    guid = f'<guid isPermaLink="false">{escape(item.guid)}</guid>' if item.guid else ""
    return f"<item><title>{escape(item.title)}</title>{link}{guid}<description>{escape(item.text)}</description></item>"


def page(title: str, *paragraphs: str, feeds: tuple[str, ...] = ()) -> str:
    """A web page with an article on it, and the feeds it names."""
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{escape(each)}">' for each in feeds)
    text = "".join(f"<p>{escape(each)}</p>" for each in paragraphs)
    return (
        f"<!doctype html><html lang=en><head><title>{escape(title)}</title>{links}</head>"
        f"<body><article><h1>{escape(title)}</h1>{text}</article></body></html>"
    )
