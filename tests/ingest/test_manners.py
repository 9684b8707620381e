"""Manners: sites are left alone as long as they ask, and not knocked at in a hurry."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ingest.answers import BadStatus
from ingest.door import Door
from ingest.manners import Asked, asked_by, fresh_for, retry_after

NOON = {"Date": "Mon, 23 Nov 2026 12:00:00 GMT"}
SPACING = 0.2


@asynccontextmanager
async def a_site(status: int = 200, **headers: str) -> AsyncIterator[tuple[str, int, list[float]]]:
    """Its address and port, and when it was asked, in seconds of the loop."""
    asked: list[float] = []

    async def answer(_: web.Request) -> web.Response:
        asked.append(asyncio.get_running_loop().time())
        return web.Response(status=status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        yield f"http://127.0.0.1:{server.port}/", server.port or 0, asked


async def test_requests_to_one_host_are_kept_apart_and_those_of_the_operators_own_are_not() -> None:
    async with a_site() as (url, port, asked):
        begun = asyncio.get_running_loop().time()
        async with Door(allow_private=True, spacing=timedelta(seconds=SPACING)) as door:
            await asyncio.gather(*(door.get(f"{url}{n}") for n in range(4)))
        last = max(asked)
        async with Door(allow={("127.0.0.1", port)}, spacing=timedelta(hours=1)) as door:
            await asyncio.gather(*(door.get(f"{url}{n}") for n in range(4)))

    assert len(asked) == 8
    # A turn may come late on a busy machine, and never early.
    assert last - begun > SPACING * 2.9


async def test_a_host_that_asks_for_fewer_visits_is_not_asked_again_for_so_long() -> None:
    async with (
        a_site(429, **{"Retry-After": "3600"}) as (url, port, asked),
        a_site() as (other, other_port, _),
        Door(allow={("127.0.0.1", port), ("127.0.0.1", other_port)}) as door,
    ):
        for path in ("a", "b"):
            with pytest.raises(BadStatus) as caught:
                await door.get(url + path)
        await door.get(other)

    assert len(asked) == 1
    assert caught.value.status == 429
    assert caught.value.retry_after is not None
    assert caught.value.retry_after <= timedelta(minutes=10)


async def test_a_form_is_handed_over_and_a_refusal_of_it_is_told() -> None:
    async with a_site(202) as (url, port, asked), Door(allow={("127.0.0.1", port)}) as door:
        await door.post(url, {"hub.mode": "subscribe"})
    async with a_site(302, Location="/") as (url, port, again), Door(allow={("127.0.0.1", port)}) as door:
        with pytest.raises(BadStatus):
            await door.post(url, {})

    assert (len(asked), len(again)) == (1, 1)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": " 0 "}, 0),
        ({"Retry-After": "Mon, 23 Nov 2026 12:05:00 GMT"} | NOON, 300),
        ({"Retry-After": "Mon, 23 Nov 2026 11:05:00 GMT"} | NOON, 0),
        ({"Retry-After": "Mon, 23 Nov 2026 12:05:00 GMT"}, None),
        ({"Retry-After": "99999999999"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_how_long_a_site_wants_no_visit(said: dict[str, str], seconds: int | None) -> None:
    assert retry_after(said) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({"Cache-Control": "max-age=600"}, 600),
        ({"Cache-Control": 'private, MAX-AGE="600"', "Age": "100"}, 500),
        ({"Cache-Control": "max-age=600", "Age": "900"}, 0),
        ({"Cache-Control": "no-store, max-age=600"}, None),
        ({"Cache-Control": "stale-if-error=600"}, None),
        ({"Expires": "Mon, 23 Nov 2026 13:00:00 GMT"} | NOON, 3600),
        ({"Expires": "0"} | NOON, None),
        ({}, None),
    ],
)
def test_how_long_an_answer_stays_good(said: dict[str, str], seconds: int | None) -> None:
    assert fresh_for(said) == (None if seconds is None else timedelta(seconds=seconds))


def test_what_a_feed_asks_stands_in_its_head_and_not_in_its_entries() -> None:
    head = b"""<rss><channel><ttl> 60 </ttl><atom:link rel='self' href='https://a.example/f?x=1&amp;y=2'/>
    <atom:link href="https://hub.example/" rel="hub"/><link>https://a.example</link>"""
    entry = b"<item><ttl>1</ttl><link rel='hub' href='https://evil.example'/></item>"

    assert asked_by(head + entry) == Asked(
        timedelta(hours=1), "https://hub.example/", "https://a.example/f?x=1&y=2"
    )  # fmt: skip
    assert asked_by(entry) == Asked()
