"""Metrics: what a process did and how the database is, for whoever the operator lets see it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.app import running
from bot.glance import Glance
from bot.metrics import CONTENT_TYPE, exposed
from bot.standing import Standing
from bot.web import serving
from jobs.refresh import Refreshed
from news.answers import Accepted, ChatGone, Uncertain
from news.delivery import Delivery, Settled, settle
from news.messages.message import Message
from storage import Storage, Unavailable
from tests.bot.dying import a_free_port
from tests.bot.given import QUICK, settings_for
from tests.bot.talking import EVENING, Clock, Person, some_news, until
from tests.bot.web import Web
from tests.sandbox.running import RunningSandbox

CHAT = -100222333444


@asynccontextmanager
async def served(storage: Storage, standing: Standing, *, is_asked_for: bool = True) -> AsyncIterator[str]:
    """The address of a process's web server."""
    port, glance = a_free_port(), Glance(storage, lambda: EVENING) if is_asked_for else None
    where: tuple[Any, ...] = ("127.0.0.1", port, storage, standing)
    async with serving(*where, webhook=None, heard=asyncio.Event(), glance=glance, clock=lambda: EVENING):
        yield f"http://127.0.0.1:{port}"


async def asked(url: str) -> tuple[int, str, str]:
    """Status, what kind of text it is, and the text."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, answer.headers["Content-Type"], await answer.text()


def samples(text: str) -> dict[str, float]:
    """Each figure by its name, with the label where it has one."""
    families = list(text_string_to_metric_families(text))
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def sent(**more: Any) -> Delivery:
    return Delivery(id=1, chat_id=CHAT, message=Message(html="A secret headline"), state="sending", **more)


def test_what_was_done_is_counted_and_nobody_is_named() -> None:
    standing = Standing(lambda: EVENING)
    meter, digest = standing.meter, sent(digest_id=5, created_at=EVENING - timedelta(seconds=7))
    for one, answer in (
        (digest, Accepted(1)),
        (replace(digest, doubt=1), Accepted(2)),
        (replace(digest, edits_id=4), Accepted(3)),
        (sent(), Accepted(4)),
        (sent(), Uncertain(f"chat {CHAT} did not answer")),
        (sent(attempt=9, reason="bot was blocked"), ChatGone("bot was blocked")),
    ):
        meter.answered(answer)
        meter.delivered(settle(one, answer, now=EVENING), EVENING)
    meter.delivered(Settled(delivery=replace(digest, state="parked", reason=f"chat {CHAT}")), EVENING)
    meter.refreshed(Refreshed(answered=3, failing=1, articles=20))
    meter.handled("failed")
    text = exposed(standing, None, EVENING).decode()
    told = samples(text)

    assert {name.split()[1]: told[name] for name in told if name.startswith("newsdigest_deliveries_total")} == {
        "sent": 4, "put_off": 0, "doubt": 1, "parked": 1, "cancelled": 1,
    }  # fmt: skip
    assert told["newsdigest_telegram_answers_total accepted"] == 4
    assert told["newsdigest_telegram_answers_total chat_gone"] == 1
    assert told["newsdigest_telegram_answers_total token_refused"] == 0
    assert told["newsdigest_repeats_total"] == 1
    assert told["newsdigest_digest_delay_seconds_count"] == 2
    assert (
        told["newsdigest_digest_delay_seconds_bucket 5.0"],
        told["newsdigest_digest_delay_seconds_bucket 10.0"],
    ) == (0, 2)
    assert (told["newsdigest_refreshes_total answered"], told["newsdigest_refreshes_total failing"]) == (3, 1)
    assert (told["newsdigest_articles_total"], told["newsdigest_updates_total failed"]) == (20, 1)
    assert str(CHAT) not in text
    assert "headline" not in text


async def test_metrics_are_not_there_unless_they_are_asked_for(storage: Storage) -> None:
    standing = Standing(lambda: EVENING)
    async with served(storage, standing, is_asked_for=False) as url:
        refused, nothing = await asked(f"{url}/metrics"), await asked(f"{url}/nothing")
    async with served(storage, standing) as url:
        status, kind, text = await asked(f"{url}/metrics")

    assert refused == nothing
    assert refused[0] == 404
    assert (status, kind) == (200, CONTENT_TYPE)
    assert samples(text)["newsdigest_database_up"] == 1


async def test_figures_of_the_database_are_read_once_for_all_who_ask(storage: Storage) -> None:
    await storage.inbox.take_in([(1, 7, "{}")], EVENING)
    glance = Glance(storage, lambda: EVENING)
    first = await asyncio.gather(*(glance.figures() for _ in range(5)))
    await storage.inbox.take_in([(2, 7, "{}")], EVENING)

    assert {id(each) for each in [*first, await glance.figures()]} == {id(first[0])}
    assert first[0]
    assert first[0].unhandled == 1


class Away:
    async def figures(self, _: Any) -> None:
        raise Unavailable("the disk is full")


async def test_without_the_database_what_was_counted_is_told_all_the_same() -> None:
    standing = Standing(lambda: EVENING)
    standing.meter.handled("handled")
    async with served(Away(), standing) as url:  # type: ignore[arg-type]
        status, _, text = await asked(f"{url}/metrics")
    told = samples(text)

    assert (status, told["newsdigest_database_up"], told["newsdigest_updates_total handled"]) == (200, 0, 1)
    assert "newsdigest_outbox_waiting" not in text


async def test_a_bot_that_read_heard_and_sent_tells_of_all_of_it(
    telegram: RunningSandbox, database_url: str, clock: Clock, reader: Person, web: Web
) -> None:
    port = a_free_port()
    settings = settings_for(telegram, database_url, web_port=port, metrics=True)

    async def figure(name: str) -> float | None:
        return samples((await asked(f"http://127.0.0.1:{port}/metrics"))[2]).get(name)

    async with running(settings, clock=clock, rhythm=QUICK) as desk:
        await reader.say("/help")
        await reader.follows(desk, "world")
        await some_news(desk)
        clock.put_to(8, 2)
        await reader.sees("Ferry runs aground")
        await until(lambda: figure("newsdigest_deliveries_total sent"), 1.0)
        await until(lambda: figure("newsdigest_updates_total handled"), 1.0)
        told = samples((await asked(f"http://127.0.0.1:{port}/metrics"))[2])

    assert told["newsdigest_digests_total"] == 1
    assert (told["newsdigest_digest_delay_seconds_count"], told["newsdigest_digest_delay_seconds_sum"]) == (1, 120)
    assert told["newsdigest_telegram_answers_total accepted"] == 2
    assert (told["newsdigest_leading"], told["newsdigest_hears"], told["newsdigest_may_send"]) == (1, 1, 1)
    assert told["newsdigest_database_bytes"] > 100_000
    assert told["process_resident_memory_bytes"] > 1_000_000
