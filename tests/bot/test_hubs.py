"""A hub tells of what is new, and is believed that alone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.hubs import Hubs
from bot.settings import Settings
from bot.standing import Standing
from bot.web import serving
from ingest.door import Door
from ingest.workers import Workers
from jobs.file import Shelves
from jobs.hubs import ask_hubs
from jobs.refresh import refresh
from news.feed import Feed
from news.topics import Taxonomy
from storage import Storage
from tests.bot.dying import a_free_port
from tests.bot.talking import EVENING, Clock
from tests.jobs.site import Item, feed


def settings(port: int, **more: Any) -> Settings:
    url = f"http://127.0.0.1:{port}/hook"
    return Settings(_env_file=None, webhook_url=url, web_port=port, webhook_secret=SecretStr("x" * 20), **more)


async def the(storage: Storage, feed: Feed) -> Feed:
    found = await storage.feeds.get(feed.id)
    assert found is not None
    return found


@pytest.mark.parametrize("where", ["in the feed", "in a header"])
async def test_a_feed_with_a_hub_is_read_as_soon_as_the_hub_tells_of_it(storage: Storage, where: str) -> None:
    clock, port, forms = Clock(), a_free_port(), list[dict[str, str]]()
    hubs = Hubs.of(settings(port))
    assert hubs is not None

    async def answer(request: web.Request) -> web.Response:
        here = f"http://{request.host}"
        if request.method == "POST":
            form = {name: str(value) for name, value in (await request.post()).items()}
            forms.append(form)
            query = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "Grüße 7"}
            asked = session.get(form["hub.callback"], params=query | {"hub.lease_seconds": "864000"})
            async with asked as visited:
                assert (visited.status, await visited.text()) == (200, "Grüße 7")
            return web.Response(status=202)
        names = {"hub": f"{here}/hub", "self": f"{here}/topic"}
        body = feed(Item(title="Comet", guid="1"))
        if where == "in the feed":
            links = "".join(f'<atom:link rel="{rel}" href="{url}"/>' for rel, url in names.items())
            return web.Response(text=body.replace("<channel>", f"<channel>{links}"))
        return web.Response(
            text=body, headers={"Link": ", ".join(f'<{url}>; rel="{rel}"' for rel, url in names.items())}
        )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with (
        TestServer(app, host="127.0.0.1") as site,
        aiohttp.ClientSession() as session,
        Door(allow={("127.0.0.1", site.port or 0)}) as door,
        Workers(1) as workers,
        serving(
            "127.0.0.1",
            port,
            storage,
            Standing(clock),
            webhook=None,
            hubs=hubs,
            heard=asyncio.Event(),
            clock=clock,
        ),
    ):
        added = await storage.feeds.add(f"http://127.0.0.1:{site.port}/feed", now=clock())
        await refresh(storage, door, workers, Shelves(Taxonomy(())), now=clock())
        asked = [await ask_hubs(storage, door, hubs.address, now=clock()) for _ in range(2)]
        agreed = await the(storage, added)
        clock.tick(minutes=5)
        forged = hubs.address(added.id)[:-1] + "_"
        for address, status in ((forged, 404), (hubs.address(added.id + 1), 204), (hubs.address(added.id), 204)):
            before = await the(storage, added)
            async with session.post(address, data=b"<rss>Lies</rss>") as told:
                assert told.status == status
        async with session.get(hubs.address(added.id), params={"hub.mode": "subscribe", "hub.topic": "another"}) as lie:
            assert lie.status == 404

    assert (asked, [form["hub.topic"] for form in forms]) == ([1, 0], [added.url.replace("/feed", "/topic")])
    assert agreed.hub_due_at == EVENING + timedelta(days=5)
    assert before.next_due_at == EVENING + timedelta(minutes=30)
    assert (await the(storage, added)).next_due_at == clock()


async def test_hubs_that_keep_us_waiting_are_asked_beside_each_other(storage: Storage) -> None:
    everybody = asyncio.Barrier(3)

    async def wait(request: web.Request) -> web.Response:
        await everybody.wait()
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/hub", wait)
    servers = [TestServer(app, host="127.0.0.1") for _ in range(3)]
    for server in servers:
        await server.start_server()
        added = await storage.feeds.add(f"https://herald.example/{server.port}", now=EVENING)
        await storage.feeds.name_hub(added.id, f"http://127.0.0.1:{server.port}/hub", "topic", EVENING)
    async with Door(allow=[("127.0.0.1", server.port or 0) for server in servers]) as door:
        assert await ask_hubs(storage, door, str, now=EVENING) == 3
    for server in servers:
        await server.close()


async def test_a_hub_that_does_not_answer_costs_nothing_and_is_asked_again_later(storage: Storage) -> None:
    added = await storage.feeds.add("https://herald.example", now=EVENING)
    for hub in ("http://127.0.0.1:1/hub", "no address"):
        await storage.feeds.name_hub(added.id, hub, "topic", EVENING)
        async with Door() as door:
            assert await ask_hubs(storage, door, str, now=EVENING) == 0
            assert await storage.feeds.with_due_hub(EVENING, 9) == []

    assert len(await storage.feeds.with_due_hub(EVENING + timedelta(days=1), 9)) == 1


def test_without_a_webhook_no_hub_is_asked() -> None:
    assert Hubs.of(Settings(_env_file=None)) is None
    assert Hubs.of(Settings(_env_file=None, webhook_url="https://bot.example/hook", web_port=8080)) is None


@pytest.mark.parametrize("path", ["/hook/feeds/1", "/hook/feeds/x/{mark}", "/feeds/1/{mark}", "/hook/feeds/²/{mark}"])
async def test_what_is_no_address_of_ours_is_nothing(storage: Storage, path: str) -> None:
    port = a_free_port()
    hubs = Hubs.of(settings(port))
    assert hubs is not None
    mark = hubs.address(1).rpartition("/")[2]
    quiet = serving(
        "127.0.0.1",
        port,
        storage,
        Standing(Clock()),
        webhook=None,
        hubs=hubs,
        heard=asyncio.Event(),
        clock=Clock(),
    )
    async with (
        quiet,
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{port}{path.format(mark=mark)}") as told,
    ):
        assert told.status == 404
