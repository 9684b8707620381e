"""Corrections: what was sent is edited, once and surely, and the next digest says what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.sender import Telegram
from ingest.door import Door
from ingest.workers import Workers
from jobs.compose import compose
from jobs.correct import OPEN_FOR, edit_messages
from jobs.deliver import deliver
from jobs.file import Shelves
from jobs.refresh import refresh
from news.answers import Accepted, ContentRefused, Uncertain, Unknown
from news.corrections import Correction
from news.feed import Feed
from news.topics import Taxonomy, Topic
from storage import Storage, tables
from storage.corrections import Edit
from tests.jobs.given import IDS, Clock, FakeTelegram, a_reader, instead, morning, news, states
from tests.jobs.site import Item, Site, feed
from tests.sandbox.running import RunningSandbox
from tests.storage.given import had

WAS = "Comet will strike the moon, observatory says"
NOW_SAYS = "Comet will miss the moon, observatory says"
TEXT = "The observatory in the south measured the path of the comet on Monday for the third time. " * 4


class Paper:
    """A feed with one article, whose headline its publisher changes."""

    def __init__(self, storage: Storage, site: Site, door: Door, workers: Workers, clock: Clock, feed: Feed) -> None:
        self.storage, self.site, self.door, self.workers, self.clock, self.feed = (
            storage, site, door, workers, clock, feed,
        )  # fmt: skip
        self.shelves = Shelves(Taxonomy((Topic(slug="science", name="Science", words=("comet",)),)))

    async def says(self, headline: str, text: str = TEXT) -> None:
        """The headline that the feed shows from now on, and a refresh."""
        item = Item(title=headline, text=text, link=self.site.url("/comet"), guid="comet")
        self.site.put("/feed", feed(item))
        self.clock.tick(minutes=30)
        done = await refresh(self.storage, self.door, self.workers, self.shelves, now=self.clock())
        assert not done.accidents


@pytest_asyncio.fixture
async def paper(storage: Storage, site: Site, workers: Workers, clock: Clock) -> AsyncIterator[Paper]:
    followed = await storage.feeds.add(site.url("/feed"), now=clock(), title="The Herald", topic="science")
    async with site.door() as door:
        yield Paper(storage, site, door, workers, clock, followed)


async def read_otherwise_before(storage: Storage) -> None:
    """As an older program leaves its feeds: with prints of its own."""
    [feed] = await storage.feeds.all()
    await storage.feeds.record(replace(feed, known=bytes(64)))


async def test_a_changed_headline_is_put_into_the_message_that_told_it_and_listed_in_the_next_digest(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    for chat_id, look in ((7, "classic"), (8, "rich")):
        await a_reader(storage, chat_id, look=look)
    await paper.says(WAS)
    await morning(storage, telegram, clock)
    sent = {each.chat_id: each.message_id for one in (7, 8) for each in await storage.outbox.of(one)}
    await paper.says(NOW_SAYS)
    clock.tick(seconds=5)
    await deliver(storage, telegram, owner="me", clock=clock)
    edits = [(one.chat_id, one.edits) for one in telegram.sent[2:]]
    await news(storage, "Another comet", now=clock.tick(days=1))
    await morning(storage, telegram, clock)
    await news(storage, "A third comet", now=clock.tick(days=1))
    await morning(storage, telegram, clock)

    assert sorted(edits) == sorted(sent.items())
    for chat_id in (7, 8):
        first, edited, second, third = telegram.to(chat_id)
        assert edited == first.replace(WAS, NOW_SAYS) != first
        assert "Corrections" in second
        assert f"“{WAS}” now reads “{NOW_SAYS}”." in second
        assert "Corrections" not in third
    [_, _, article] = await storage.articles.latest(9, topic="science")
    assert article.headline == NOW_SAYS


async def test_a_post_of_a_channel_is_corrected_and_keeps_its_links(
    sqlite: Storage, telegram: FakeTelegram, clock: Clock, site: Site, workers: Workers
) -> None:
    followed = await sqlite.feeds.add(site.url("/feed"), now=clock(), title="The Herald", topic="science")
    await a_reader(sqlite, -1007, kind="channel")
    async with site.door() as door:
        paper = Paper(sqlite, site, door, workers, clock, followed)
        await paper.says(WAS)
        await morning(sqlite, telegram, clock)
        await paper.says(NOW_SAYS)
    clock.tick(seconds=5)
    await deliver(sqlite, telegram, owner="me", clock=clock)

    post, edited = telegram.to(-1007)
    assert edited == post.replace(WAS, NOW_SAYS) != post
    assert [one.message.keyboard for one in telegram.sent] == [(), ()]
    assert site.url("/comet") in post
    assert "bot.invalid/?start=" in post


async def test_nothing_is_edited_where_only_the_dress_of_a_headline_changed(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_reader(storage)
    await paper.says(WAS)
    await morning(storage, telegram, clock)
    await paper.says(f"LIVE: {WAS.upper()}")

    assert await storage.corrections.since(clock() - timedelta(days=1)) == []
    assert await states(storage) == {"sent": 1}


async def test_what_only_we_read_otherwise_than_before_is_no_correction(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_reader(storage)
    await paper.says(WAS)
    await morning(storage, telegram, clock)
    await read_otherwise_before(storage)
    await paper.says(NOW_SAYS, TEXT + "More.")
    read_anew = await storage.corrections.since(clock() - timedelta(days=1))
    [article] = await storage.articles.latest(9, topic="science")
    await paper.says(WAS)

    assert (read_anew, article.headline, article.text) == ([], NOW_SAYS, TEXT.strip())
    [correction] = await storage.corrections.since(clock() - timedelta(days=1))
    assert (correction.was, correction.headline) == (NOW_SAYS, WAS)


async def test_a_publisher_is_heard_to_take_something_back_however_it_was_read_before(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_reader(storage)
    await paper.says(WAS)
    await morning(storage, telegram, clock)
    await read_otherwise_before(storage)
    await paper.says(f"RETRACTED: {WAS}")

    [correction] = await storage.corrections.since(clock() - timedelta(days=1))
    assert correction.change == "retraction"


async def test_what_a_publisher_takes_back_is_told_no_more_and_said_to_be_taken_back(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_reader(storage)
    await paper.says(WAS)
    await morning(storage, telegram, clock)
    await paper.says(f"Retraction: {WAS}", "The measurement was wrong.")
    clock.tick(days=1)
    await morning(storage, telegram, clock)
    told, next_day, edited = telegram.to(7)

    assert "measured the path" in told
    assert f"Retraction: {WAS}" in edited
    assert "measured the path" not in edited
    assert telegram.sent[-1].edits == 1
    assert f"“{WAS}” was taken back by its publisher." in next_day


async def test_search_finds_an_article_by_what_it_says_now(storage: Storage, clock: Clock, paper: Paper) -> None:
    await a_reader(storage)
    await paper.says(WAS)
    await paper.says(NOW_SAYS)
    hits = [len((await storage.search.find(word, chat_id=7, now=clock())).hits) for word in ("miss", "strike")]

    assert hits == [1, 0]


async def a_corrected_digest(storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper) -> None:
    """A chat was told the article, and its headline was changed."""
    await a_reader(storage)
    await paper.says(WAS)
    await morning(storage, telegram, clock)
    await paper.says(NOW_SAYS)


async def test_an_edit_that_may_have_been_made_is_made_again_without_a_mark(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_corrected_digest(storage, telegram, clock, paper)
    telegram.answers[7] = [Uncertain("the reply was lost"), Accepted(1)]
    await deliver(storage, telegram, owner="me", clock=clock)
    clock.tick(minutes=1)
    await deliver(storage, telegram, owner="me", clock=clock)

    _, once, again = telegram.sent
    assert once == again
    assert await states(storage) == {"sent": 2}


@pytest.mark.parametrize("answer", [Unknown("message can't be edited"), ContentRefused("message is too long")])
async def test_a_message_that_cannot_be_edited_any_more_stays_as_it_was_read(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper, answer: Unknown | ContentRefused
) -> None:
    await a_corrected_digest(storage, telegram, clock, paper)
    telegram.answers[7] = [answer]
    done = await deliver(storage, telegram, owner="me", clock=clock)
    for _ in range(3):
        clock.tick(minutes=1)
        await deliver(storage, telegram, owner="me", clock=clock)
    original, edit = await storage.outbox.of(7)

    assert (original.state, edit.state, edit.reason) == ("sent", "cancelled", answer.reason)
    assert done.alerts == ()
    digest = await storage.digests.latest(7)
    assert digest
    assert await had(storage, 7) == {digest.items[0].story_id}


async def test_an_edit_waits_for_the_digest_that_it_corrects(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_reader(storage)
    await paper.says(WAS)
    await compose(storage, now=clock())
    await paper.says(NOW_SAYS)
    await deliver(storage, telegram, owner="me", clock=clock)
    [original, _] = await storage.outbox.of(7)

    assert [WAS in html for html in telegram.to(7)] == [True, False]
    assert [one.edits for one in telegram.sent] == [None, original.message_id]


async def test_where_the_digest_did_not_arrive_nothing_is_edited(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_reader(storage)
    await paper.says(WAS)
    await compose(storage, now=clock())
    await paper.says(NOW_SAYS)
    telegram.answers[7] = [Unknown("PEER_FLOOD")]
    await deliver(storage, telegram, owner="me", clock=clock)

    assert [each.state for each in await storage.outbox.of(7)] == ["parked", "cancelled"]
    assert [one.edits for one in telegram.sent] == [None]


async def test_no_digest_waits_for_an_edit(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_corrected_digest(storage, telegram, clock, paper)
    telegram.answers[7] = [Uncertain("the reply was lost"), Accepted(None)]
    await deliver(storage, telegram, owner="me", clock=clock)
    await storage.outbox.add(7, telegram.sent[0].message, now=clock())
    await deliver(storage, telegram, owner="me", clock=clock)

    assert [one.edits is None for one in telegram.sent] == [True, False, True]


async def test_edits_that_were_cut_off_go_on_where_they_were_and_none_is_made_twice(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    class PowerCut(Exception):
        """The power went."""

    ids = range(11, 18)
    for chat_id in ids:
        await a_reader(storage, chat_id)
    await paper.says(WAS)
    await morning(storage, telegram, clock)
    corrections, calls = storage.corrections, 0

    async def cut_off(correction: object, edits: Sequence[Edit], up_to: int) -> bool:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise PowerCut
        return await corrections.edit(correction, edits, up_to)  # type: ignore[arg-type]

    async def none() -> list[object]:
        return []

    storage.corrections = instead(corrections, open=none)
    await paper.says(NOW_SAYS)
    storage.corrections = instead(corrections, edit=cut_off)
    with pytest.raises(PowerCut):
        await edit_messages(storage, now=clock(), at_once=2)
    storage.corrections = corrections
    rest = [await edit_messages(storage, now=clock(), at_once=2) for _ in range(2)]
    clock.tick(seconds=5)
    await deliver(storage, telegram, owner="me", clock=clock)

    assert rest == [3, 0]
    assert sorted(one.chat_id for one in telegram.sent if one.edits) == list(ids)


async def test_a_correction_that_trips_us_costs_no_other_and_is_let_go_of_in_the_end(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_corrected_digest(storage, telegram, clock, paper)
    await paper.says("Comet will pass the moon, observatory says")
    corrections = storage.corrections
    async with storage._database.write() as connection:
        anew = update(tables.corrections).values(is_done=False, edited_up_to=0, corrected_at=clock())
        await connection.execute(anew)
    first, _ = await corrections.open()

    async def trips(correction: Correction, *more: Any) -> Any:
        if correction.id == first.id:
            raise ZeroDivisionError
        return await corrections.sent(correction, *more)

    storage.corrections = instead(corrections, sent=trips)
    with pytest.raises(ZeroDivisionError) as stumbled:
        await edit_messages(storage, now=clock())
    looked_at = await corrections.open()
    item = Item(title="Another comet passes", text=TEXT, guid="another")
    paper.site.put("/feed", feed(item))
    clock.tick(minutes=30)
    done = await refresh(storage, paper.door, paper.workers, paper.shelves, now=clock())

    assert stumbled.value.__notes__ == [f"while editing messages for correction {first.id}"]
    assert [each.edited_up_to > 0 for each in looked_at] == [False, True]
    assert (done.answered, done.articles, [type(each) for each in done.accidents]) == (1, 1, [ZeroDivisionError])
    assert await corrections.open() == []


async def test_ten_edits_a_second_fall_due(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    ids = range(7, 19)
    for chat_id in ids:
        await a_reader(storage, chat_id)
    await paper.says(WAS)
    await morning(storage, telegram, clock)
    await paper.says(NOW_SAYS)
    edits = [each for chat_id in ids for each in await storage.outbox.of(chat_id) if each.edits_id]

    due = Counter(each.not_before for each in edits)
    assert due == {clock(): 10, clock() + timedelta(seconds=1): 2}


async def test_two_that_look_for_what_to_edit_at_once_edit_it_once(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_corrected_digest(storage, telegram, clock, paper)
    [correction] = await storage.corrections.open()
    late = await storage.corrections.edit(replace(correction, edited_up_to=0), [], 99)

    assert not late
    assert await states(storage) == {"pending": 1, "sent": 1}


async def test_a_second_correction_takes_the_place_of_the_first_while_that_waits(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_corrected_digest(storage, telegram, clock, paper)
    await paper.says("Comet will pass the moon, observatory says")
    await paper.says("Comet will pass the sun, observatory says")
    await paper.says("Comet will pass the earth, observatory says")  # a ticker
    await deliver(storage, telegram, owner="me", clock=clock)

    assert [one.edits is not None for one in telegram.sent] == [False, True]
    assert "Comet will pass the sun" in telegram.to(7)[-1]


async def test_messages_of_days_ago_stay_as_they_were_read(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_reader(storage)
    await paper.says(WAS)
    await morning(storage, telegram, clock)
    clock.tick(days=3)
    await paper.says(NOW_SAYS)
    await edit_messages(storage, now=clock.tick(seconds=OPEN_FOR.total_seconds()))

    assert await states(storage) == {"sent": 1}
    assert await storage.corrections.open() == []


async def test_telegram_shows_the_corrected_message(
    storage: Storage, sender: Telegram, sandbox: RunningSandbox, clock: Clock, paper: Paper
) -> None:
    chat_id = next(IDS)
    await sandbox.add_user("Reader", id=chat_id)
    await a_reader(storage, chat_id)
    await paper.says(WAS)
    await morning(storage, sender, clock)
    [before] = await sandbox.messages(chat_id)
    await paper.says(NOW_SAYS)
    await deliver(storage, sender, owner="me", clock=clock)
    [after] = await sandbox.messages(chat_id)

    assert after["text"] == before["text"].replace(WAS, NOW_SAYS)
    assert after["message_id"] == before["message_id"]


async def test_a_digest_that_was_drawn_with_the_correction_is_not_edited(
    storage: Storage, telegram: FakeTelegram, clock: Clock, paper: Paper
) -> None:
    await a_corrected_digest(storage, telegram, clock, paper)
    await a_reader(storage, 8)
    await morning(storage, telegram, clock)
    await edit_messages(storage, now=clock.tick(minutes=5))

    assert NOW_SAYS in telegram.to(8)[0]
    assert [each.edits_id for each in await storage.outbox.of(8)] == [None]
