"""Digests on demand, tabs and More, the full article, related, saved."""

from __future__ import annotations

import pytest

from bot.desk import Desk
from tests.bot.talking import LONG, Clock, Person, an_article, buttons, some_news, words


async def test_a_digest_comes_when_asked_for(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    await reader.follows(desk, "world", "business")
    digest = await reader.say("/digest")
    assert words(digest).startswith("Sunday, 22 November · World, Business\n3 stories")
    assert list(buttons(digest)) == ["1", "2", "3", "All ·", "World", "Business", "Settings"]


@pytest.mark.parametrize("asked", ["/digest science", "/digest Science", "/digest@sandbox_digest_bot science"])
async def test_a_digest_may_be_of_one_topic_whatever_is_followed(desk: Desk, reader: Person, asked: str) -> None:
    await some_news(desk)
    await reader.follows(desk, "world")
    digest = await reader.say(asked)
    assert "Water vapour" in words(digest)
    assert "Ferry" not in words(digest)


async def test_a_digest_may_be_as_long_as_there_is_time_for(desk: Desk, reader: Person) -> None:
    for at in range(6):
        await an_article(desk, f"Story {at}", bullets=["word " * 100])
    await reader.follows(desk, "world")
    digest = await reader.say("/digest 1min")
    assert "about 1 minute" in words(digest)


async def test_an_unknown_topic_is_said_with_what_to_send_instead(desk: Desk, reader: Person) -> None:
    said = await reader.say("/digest gardening")
    assert words(said).startswith("I don't know the topic “gardening”. Send /digest alone")


async def test_nothing_new_is_one_line(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    await reader.follows(desk, "world")
    await reader.say("/digest")
    assert words(await reader.say("/digest")) == "Nothing new in World since today, 19:30."


async def test_a_digest_for_nobodys_topics_says_where_to_choose_some(desk: Desk, reader: Person) -> None:
    said = await reader.say("/digest")
    assert words(said) == "You have not chosen any news yet. Send /topics to choose some."
    assert [each["type"] for each in said["entities"]] == ["bot_command"]


async def test_a_digest_may_be_of_a_topic_and_of_as_much_as_there_is_time_for(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    await an_article(desk, "A long night at the border", *LONG, topic="world", bullets=["It took hours. " * 12] * 3)
    await reader.follows(desk, "world", "science")
    asked = words(await reader.say("/digest science 1 min"))
    assert "Water vapour" in asked
    assert "Ferry" not in asked
    for text in ("/digest cooking 3min", "/digest world 3 hours"):
        assert words(await reader.say(text)).startswith("I don't know the topic “"), text


async def test_tabs_and_more_page_the_digest_in_place(desk: Desk, reader: Person) -> None:
    for at in range(9):
        await an_article(desk, f"World story {at}")
    await an_article(desk, "A science story", topic="science")
    await reader.follows(desk, "world", "science")
    digest = await reader.say("/digest")
    assert [each for each in buttons(digest) if each.isdigit()] == list("1234567")
    more = await reader.tap(digest, "More")
    assert [each for each in buttons(more) if each.isdigit()] == ["8", "9", "10"]
    top = await reader.tap(more, "▴ Top")
    assert words(top) == words(digest)
    tab = await reader.tap(top, "Science")
    assert "A science story" in words(tab)
    assert "World story" not in words(tab)
    assert "Science ·" in buttons(tab)


async def test_stories_behind_more_come_in_no_later_digest(desk: Desk, reader: Person) -> None:
    for at in range(9):
        await an_article(desk, f"World story {at}")
    await reader.follows(desk, "world")
    await reader.tap(await reader.say("/digest"), "More")
    assert words(await reader.say("/digest")).startswith("Nothing new in World")


async def test_an_article_opens_by_its_button_and_by_its_number(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    await reader.follows(desk, "world")
    digest = await reader.say("/digest")
    opened = await reader.open(digest, "2")
    assert "people there say." in words(opened)
    assert words(await reader.say("/article 2")) == words(opened)


@pytest.mark.parametrize("asked", ["/article", "/article two", "/article -1"])
async def test_an_article_without_a_number_is_asked_for_one(desk: Desk, reader: Person, asked: str) -> None:
    assert words(await reader.say(asked)).startswith("Which story? Send /article and its number")


async def test_a_number_that_the_digest_does_not_have_is_said(desk: Desk, reader: Person) -> None:
    assert words(await reader.say("/article 1")).startswith("There is no digest here yet.")
    await some_news(desk)
    await reader.follows(desk, "world")
    await reader.say("/digest")
    for number in ("0", "3", "99999999999999999999"):
        said = words(await reader.say(f"/article {number}"))
        assert said.startswith(("Your latest digest has no story", "Which story?"))
    assert words(await reader.say("/article 3")).endswith("It has stories 1 to 2.")
    await reader.say("/digest business")
    assert words(await reader.say("/article 3")) == "Your latest digest has no story 3. It has one story."


async def test_a_quiet_digest_does_not_hide_the_one_before_it(desk: Desk, reader: Person, clock: Clock) -> None:
    await some_news(desk)
    await reader.follows(desk, "world")
    await reader.say("/digest")
    clock.put_to(8)
    await reader.sees("Nothing new in World since yesterday, 19:30.")
    assert "Ferry runs aground" in words(await reader.say("/article 1")) + words(await reader.say("/article 2"))


async def test_a_long_article_is_paged_in_place_and_loses_nothing(desk: Desk, reader: Person) -> None:
    await an_article(desk, "The long report", *LONG)
    await reader.follows(desk, "world")
    page = await reader.open(await reader.say("/digest"), "1")
    seen = words(page)
    while "▶" in buttons(page):
        page = await reader.tap(page, "▶")
        seen += words(page)
    assert all(paragraph.strip() in seen for paragraph in LONG)
    assert "4 of 4" in words(page)
    assert "3 of 4" in words(await reader.tap(page, "◀"))


async def test_an_article_opens_where_its_reader_stopped(desk: Desk, reader: Person) -> None:
    await an_article(desk, "The long report", *LONG)
    await reader.follows(desk, "world")
    digest = await reader.say("/digest")
    page = await reader.tap(await reader.open(digest, "1"), "▶")
    assert "2 of 4" in words(page)
    assert words(await reader.open(digest, "1")) == words(page)
    assert words(await reader.say("/article 1")) == words(page)


async def test_an_article_names_its_original_and_what_is_related(desk: Desk, reader: Person) -> None:
    await an_article(desk, "A ferry runs aground", url="https://example.org/ferry")
    await an_article(desk, "A ferry is towed away")
    await reader.follows(desk, "world")
    opened = await reader.say("/digest")
    opened = await reader.open(opened, "1")
    assert buttons(opened)["Original ↗"] == "https://example.org/ferry"
    related = await reader.open(opened, "Related")
    assert words(related).startswith("Related to “A ferry runs aground”")
    assert "On the same topic\n\n1  A ferry is towed away" in words(related)
    assert "A ferry is towed away" in words(await reader.open(related, "1"))


async def test_an_article_without_relations_says_so(desk: Desk, reader: Person) -> None:
    await an_article(desk, "A ferry runs aground")
    await reader.follows(desk, "world")
    opened = await reader.open(await reader.say("/digest"), "1")
    assert words(await reader.open(opened, "Related")) == "No other article tells of this."


async def test_saving_marks_the_article_on_the_page_that_is_open(desk: Desk, reader: Person) -> None:
    await an_article(desk, "The long report", *LONG)
    await reader.follows(desk, "world")
    page = await reader.tap(await reader.open(await reader.say("/digest"), "1"), "▶")
    saved = await reader.tap(page, "Save")
    assert "Saved ✓" in buttons(saved)
    assert "2 of 4" in words(saved)
    assert "Save" in buttons(await reader.tap(saved, "Saved"))


async def test_saved_articles_are_listed_page_by_page(desk: Desk, reader: Person, clock: Clock) -> None:
    assert words(await reader.say("/saved")) == "Nothing saved yet. Open an article and tap Save."
    for at in range(7):
        article = await an_article(desk, f"Story {at}")
        clock.tick(seconds=1)
        await desk.storage.shelf.save(reader.chat_id, article.id, clock())
    page = await reader.say("/saved")
    assert words(page).startswith("7 saved articles\n\n1  Story 6")
    assert "▶" in buttons(page)
    page = await reader.tap(page, "▶")
    assert words(page).startswith("7 saved articles\n\n6  Story 1")
    assert "▶" not in buttons(page)
    assert "Story 0" in words(await reader.open(page, "7"))
    assert words(await reader.tap(page, "◀")).startswith("7 saved articles\n\n1  Story 6")


async def test_headlines_with_markup_and_every_kind_of_sign_arrive_as_they_are(desk: Desk, reader: Person) -> None:
    headline = '<b>5 > 3 & "7"</b> @admin /forget #tag 👨‍👩‍👧‍👦 مرحبا'
    await an_article(desk, headline, "A <script>alert(1)</script> & tg://user?id=1")
    await reader.follows(desk, "world")
    digest = await reader.say("/digest")
    assert headline in words(digest)
    opened = await reader.open(digest, "1")
    assert "<script>alert(1)</script> & tg://user?id=1" in words(opened)
    ours = {"bold", "blockquote", "expandable_blockquote", "italic"}
    assert {entity["type"] for each in (digest, opened) for entity in each["entities"]} <= ours
