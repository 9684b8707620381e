"""A web site on loopback, for feeds and pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(slots=True)
class Web:
    """What stands at which path, as type and text; anything else is not found."""

    port: int = 0
    holds: dict[str, tuple[str, str]] = field(default_factory=dict)

    def at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put_feed(self, path: str, title: str, *headlines: str) -> str:
        """A feed whose entries have a full text; its address."""
        items = "".join(
            f"<item><title>{headline}</title><guid>{path}{at}</guid><link>{self.at(f'/story/{at}')}</link>"
            f"<description>{(headline + ', people there say. ') * 30}</description></item>"
            for at, headline in enumerate(headlines)
        )
        self.holds[path] = (
            "application/rss+xml",
            f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>',
        )
        return self.at(path)


@asynccontextmanager
async def serving() -> AsyncIterator[Web]:
    site = Web()

    async def answer(request: web.Request) -> web.Response:
        if request.path not in site.holds:
            raise web.HTTPNotFound
        kind, text = site.holds[request.path]
        return web.Response(text=text, content_type=kind)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    yield site
    await runner.cleanup()
