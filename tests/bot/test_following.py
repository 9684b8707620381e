"""Following topics, feeds and words, and what each brings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk import Desk
from bot.following import is_address
from tests.bot.talking import Person, an_article, buttons, some_news, until, words
from tests.bot.web import Web

FEEDLESS = "<!doctype html><html><head><title>Plain</title></head><body><p>No feed.</p></body></html>"


async def test_a_topic_is_followed_and_unfollowed_by_name(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    said = await reader.say("/subscribe Science")
    expected = "You now follow Science. Last 7 days: 5 articles, 2 match, less than one a day."
    assert words(said) == expected
    assert words(await reader.say("/subscribe science")) == "You already follow Science."
    assert words(await reader.say("/unsubscribe SCIENCE")) == "You no longer follow Science."
    assert words(await reader.say("/unsubscribe science")).startswith("You do not follow “science”.")


async def test_topics_are_followed_by_tapping_them(desk: Desk, reader: Person) -> None:
    panel = await reader.say("/topics")
    panel = await reader.tap(panel, "World")
    panel = await reader.tap(panel, "Science")
    assert [each for each in buttons(panel) if each.endswith("✓")] == ["World ✓", "Science ✓"]
    assert "World ✓" not in buttons(await reader.tap(panel, "World"))


@pytest.mark.parametrize("asked", ['"solar power"', "“solar power”", "«solar power»", "'solar power'"])
async def test_words_in_quotes_are_followed(desk: Desk, reader: Person, asked: str) -> None:
    await an_article(desk, "A village runs on solar power")
    said = await reader.keeps(f"/subscribe {asked}")
    assert words(said).startswith("You now follow “solar power”. Last 7 days: 1 article, 1 matches")
    assert "A village runs" in words(await reader.say("/digest"))
    assert words(await reader.say("/unsubscribe solar power")) == "You no longer follow “solar power”."


async def test_muted_words_stay_out_of_digests_until_they_are_taken_back(desk: Desk, reader: Person) -> None:
    await an_article(desk, "Football final tonight", topic="world")
    await an_article(desk, "A bridge opens", topic="world")
    await reader.say("/subscribe world")
    said = await reader.keeps("/mute football")
    assert words(said) == ("“football” is muted, and your digests leave it out. Last 7 days: 2 articles, 1 kept out.")
    assert words(await reader.say("/mute football")) == "“football” is muted already."
    digest = words(await reader.say("/digest"))
    assert "A bridge opens" in digest
    assert "Football" not in digest
    panel = await reader.say("/subscriptions")
    assert "muted “football” · 1 kept out" in words(panel)
    await reader.tap(panel, "✕ muted")
    assert reader.toasts == ["“football” is no longer muted."]
    assert "Football final" in words(await reader.say("/digest"))


async def test_a_feed_is_followed_by_its_address(desk: Desk, reader: Person, web: Web) -> None:
    address = web.put_feed("/feed.xml", "The Harbour Wire", "Ferry runs aground", "Bridge opens")
    said = await reader.say(f"/subscribe {address}")
    assert words(said).startswith("You now follow feed The Harbour Wire.")
    await until(desk.storage.articles.count, 2)
    assert "feed The Harbour Wire · 2 match" in words(await reader.say("/subscriptions"))
    assert "Ferry runs aground" in words(await reader.say("/digest"))
    assert words(await reader.say(f"/unsubscribe {address}")) == "You no longer follow feed The Harbour Wire."


async def test_a_site_is_followed_by_the_feed_it_names_or_why_not_is_said(desk: Desk, reader: Person, web: Web) -> None:
    web.put_feed("/wires/harbour", "The Harbour Wire", "Ferry runs aground")
    link = '<link rel="alternate" type="application/rss+xml" href="/wires/harbour">'
    web.holds["/"] = "text/html", FEEDLESS.replace("<head>", f"<head>{link}")
    web.holds["/plain"] = "text/html", FEEDLESS
    said = {
        web.at("/"): "You now follow feed The Harbour Wire.",
        web.at("/plain"): "has no feed that I can find.",
        web.at("/missing"): "There is nothing at this address any more.",
        "http://127.0.0.1:1/feed": "This address leads to a private network, so it is not read.",
        "ftp://example.org": "This is not the address of a web page.",
        '"++"': 'There is no word in “++”. ⟦"++"⟧',
        "solar AND": "After “AND” something is missing. solar ⟦AND⟧",
        "NOT solar": "This does not say what to look for. Add a word or a topic.",
        "x" * 300: "That is too long to follow. Use at most 256 characters.",
        "": "What would you like to follow?",
    }
    for asked, sentence in said.items():
        assert sentence in words(await reader.say(f"/subscribe {asked}")), asked


async def test_one_of_the_feeds_that_a_site_lists_is_chosen_with_a_tap(desk: Desk, reader: Person, web: Web) -> None:
    world, science = (web.put_feed(f"/{one}.rss", f"The {one} wire", "Ferry aground") for one in ("World", "Science"))
    lists = f'<a href="{world}">World news</a> <a href="{science}">RSS</a>'
    web.holds["/feeds"] = "text/html", FEEDLESS.replace("<p>", f"<p>{lists}")
    web.holds["/"] = "text/html", FEEDLESS.replace("<p>", '<p><a href="/feeds">Feeds</a>')
    offer = await reader.say(f"/subscribe {web.at('/')}")
    assert words(offer).endswith("lists several feeds. Which would you like?")
    assert list(buttons(offer)) == ["World news", "Science.rss"]
    assert words(await reader.open(offer, "Science")).startswith("You now follow feed The Science wire.")
    assert words(await reader.open(offer, "Science")) == "You already follow feed The Science wire."
    assert (
        await reader.press(offer, "choose:0123456789abcdef") == "I no longer see what you sent for this. Send it again."
    )
    web.holds.clear()
    assert "There is nothing at this address any more." in await reader.press(offer, buttons(offer)["World news"])
    [only] = await desk.storage.subscriptions.of(reader.chat_id)
    assert only.title == "The Science wire"


async def test_subscriptions_show_what_each_brings_and_stop_with_a_tap(desk: Desk, reader: Person) -> None:
    assert words(await reader.say("/subscriptions")).startswith("You follow nothing yet.")
    await some_news(desk)
    await reader.say("/subscribe world")
    await reader.keeps('/subscribe "comet"')
    panel = await reader.say("/subscriptions")
    assert words(panel).split("\n")[1:] == [
        "Of 5 articles in the last 7 days:",
        "World · 2 match, less than one a day",
        "“comet” · 1 matches, less than one a day",
    ]
    panel = await reader.tap(panel, "✕ World")
    assert reader.toasts == ["You no longer follow World."]
    assert list(buttons(panel)) == ["✕ “comet”", "Topics"]
    assert "“comet”" in words(await reader.say("/unsubscribe"))


async def test_subscriptions_say_why_a_feed_brings_nothing_and_offer_what_took_its_place(
    desk: Desk, reader: Person, web: Web
) -> None:
    new = web.put_feed("/new.xml", "The New Wire", "Ferry runs aground")
    old = web.put_feed("/old.xml", "The Old Wire", "Bridge opens")
    quiet = web.put_feed("/quiet.xml", "The Quiet Wire", "Nothing since")
    for address in (old, quiet):
        await reader.say(f"/subscribe {address}")

    async def read() -> list[bool]:
        return [feed.answered_at is not None for feed in await desk.storage.feeds.all()]

    await until(read, [True, True])
    gone, silent = await desk.storage.feeds.all()
    now, later = desk.clock(), desk.clock() + timedelta(days=1)
    await desk.storage.feeds.record(replace(gone, gone_at=now, replacement=new))
    await desk.storage.feeds.record(replace(silent, silent_at=now, brought_at=now, next_due_at=later))
    panel = await reader.say("/subscriptions")

    assert [line.split(" · ")[-1] for line in words(panel).split("\n")[2:]] == [
        f"it seems to have moved to 127.0.0.1:{web.port}/new.xml",
        "nothing new since today, 19:30",
    ]
    assert "gone since today, 19:30 · it seems" in words(panel)
    panel = await reader.tap(panel, "⇢ 127.0.0.1")
    assert reader.toasts == ["You now follow feed The New Wire instead of feed The Old Wire."]
    assert [each for each in buttons(panel) if "Wire" in each] == ["✕ feed The Quiet Wire", "✕ feed The New Wire"]


async def test_what_a_topic_misses_is_named_with_its_reason_and_the_next_try(
    desk: Desk, reader: Person, web: Web
) -> None:
    now, address = desk.clock(), web.put_feed("/post.xml", "The Post", "Bridge opens")
    await desk.storage.feeds.add(address, now=now, topic="science")

    async def read() -> list[bool]:
        return [feed.answered_at is not None for feed in await desk.storage.feeds.all()]

    await until(read, [True])
    [feed] = await desk.storage.feeds.all()
    since, following = now - timedelta(days=2), now + timedelta(hours=3)
    problem = "This site is out of order."
    failing = replace(feed, failing_since=since, problem=problem, failures=3, next_due_at=following)
    await desk.storage.feeds.record(failing)
    await reader.say("/subscribe science")
    panel = words(await reader.say("/subscriptions"))
    assert panel.split("\n")[-1] == (
        "In Science, The Post: not readable since Friday, 19:30. This site is out of order. "
        "The next try is today, 22:30."
    )


async def test_no_more_than_a_hundred_things_are_followed(desk: Desk, reader: Person) -> None:
    await reader.follows(desk)
    for at in range(100):
        await desk.storage.subscriptions.add(reader.chat_id, "words", f"word{at}", desk.clock())
    assert words(await reader.say('/subscribe "one more"')).startswith("You follow 100 things, which is the most.")
    assert len(buttons(await reader.say("/subscriptions"))) == 26


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://example.org/feed", True),
        ("example.org", True),
        ("www.example.org/news?x=1", True),
        ("example.org:8080/feed", True),
        ("bücher.example", True),
        ("solar power.", False),
        ("science", False),
        ("3.5", False),
        ("...", False),
        ("[x", False),
        ('"solar.power"', False),
    ],
)
def test_an_address_is_told_from_words(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one
