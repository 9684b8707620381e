"""/search with its pages, and inline search in any chat."""

from __future__ import annotations

from bot.desk import Desk
from tests.bot.given import Joining
from tests.bot.talking import Clock, Person, an_article, buttons, some_news, until, words
from tests.bot.web import Web


async def many(desk: Desk, clock: Clock, count: int = 12, word: str = "harbour") -> None:
    for at in range(count):
        clock.tick(minutes=1)
        topic = "science" if at % 4 == 0 else "world"
        await an_article(desk, f"The {word} report {at}", f"Ships in the {word} wait. " * (at + 1), topic=topic)


async def test_results_are_ranked_with_the_matching_words_marked(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    found = await reader.say("/search ceasefire")
    assert words(found).startswith("1 result for “ceasefire”\n\n1  Ceasefire talks begin in the capital")
    bold = [entity for entity in found["entities"] if entity["type"] == "bold"]
    marked = [found["text"][each["offset"] : each["offset"] + each["length"]] for each in bold]
    assert marked[-1] == "Ceasefire"
    assert found["reply_to_message"]["text"] == "/search ceasefire"
    assert "people there say." in words(await reader.open(found, "1"))


async def test_results_page_in_place_there_and_back(desk: Desk, reader: Person, clock: Clock) -> None:
    await many(desk, clock)
    first = await reader.say("/search harbour")
    assert words(first).startswith("12 results for “harbour”")
    assert [each for each in buttons(first) if each.isdigit()] == list("12345")
    second = await reader.tap(first, "▶")
    assert [each for each in buttons(second) if each.isdigit()] == ["6", "7", "8", "9", "10"]
    third = await reader.tap(second, "▶")
    assert [each for each in buttons(third) if each.isdigit()] == ["11", "12"]
    assert "▶" not in buttons(third)
    back = await reader.tap(await reader.tap(third, "◀"), "◀")
    assert words(back) == words(first)


async def test_results_may_be_ordered_by_time_and_kept_to_a_topic(desk: Desk, reader: Person, clock: Clock) -> None:
    await many(desk, clock)
    found = await reader.say("/search harbour")
    newest = await reader.tap(found, "Newest first")
    assert "1  The harbour report 11" in words(newest)
    only = await reader.tap(newest, "Only World")
    assert words(only).startswith("9 results for “harbour” · World\n\n1  The harbour report 11")
    assert "Every topic" in buttons(only)
    best = await reader.tap(only, "Best first")
    assert words(best).startswith("9 results")
    assert words(await reader.tap(best, "Every topic")).startswith("12 results")


async def test_a_slip_of_the_finger_gets_a_suggestion_whose_pages_turn(
    desk: Desk, reader: Person, clock: Clock
) -> None:
    await many(desk, clock)
    nothing = await reader.say("/search harbuor")
    assert words(nothing) == "Nothing for “harbuor”. Did you mean harbour?"
    found = await reader.tap(nothing, "harbour")
    assert words(found).startswith("12 results for “harbour”")
    second = await reader.tap(found, "▶")
    assert words(second).startswith("12 results for “harbour”")
    assert "6" in buttons(second)


async def test_a_word_that_everybody_knows_is_not_taken_for_a_slip(desk: Desk, reader: Person) -> None:
    for at in range(3):
        await an_article(desk, f"Spots on the sun, part {at}")
    assert words(await reader.say("/search sports")) == "Nothing for “sports”. Try other words, or fewer."
    assert words(await reader.say("/search spoits")) == "Nothing for “spoits”. Did you mean spots?"


async def test_nothing_found_is_said(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    assert words(await reader.say("/search zzyzx")) == "Nothing for “zzyzx”. Try other words, or fewer."


async def test_a_search_without_words_says_how(desk: Desk, reader: Person) -> None:
    assert words(await reader.say("/search")).startswith("What are you looking for? Send /search and a few words")
    assert words(await reader.say('/search ++ "')).startswith('“++ "” has no words to look for.')


async def test_a_search_survives_every_sign(desk: Desk, reader: Person) -> None:
    await an_article(desk, "Why c++ lives on")
    assert "Why c++ lives on" in words(await reader.say('/search c++ "'))
    for odd in ("NOT AND OR (", "a*b\x00c", "' OR 1=1 --", "😀" * 2000, "“” x", "-lives"):
        assert words(await reader.say(f"/search {odd}"))


async def test_a_search_may_be_a_filter_and_says_where_it_is_none(desk: Desk, reader: Person) -> None:
    for headline in ("Solar power for a village", "Power cut in a solar village"):
        await an_article(desk, headline)
    assert words(await reader.say("/search solar power")).startswith("2 results")
    assert words(await reader.say('/search "solar power"')).startswith("1 result for")
    assert words(await reader.say("/search solar -cut")).startswith("1 result for")
    unclear = words(await reader.say("/search (solar"))
    assert "Looked for as plain words. This bracket has no closing one. ⟦(⟧solar" in unclear
    assert unclear.startswith("2 results")


async def test_lone_signs_among_the_words_of_a_search_are_passed_over(desk: Desk, reader: Person) -> None:
    await an_article(desk, "Solar power for a village")
    for odd in ("solar - power", "solar & power", "😀 solar", "solar ​ power"):
        assert words(await reader.say(f"/search {odd}")).split("\n")[1:3] == ["", "1  Solar power for a village"], odd


async def test_words_may_stand_on_the_next_line(desk: Desk, reader: Person, clock: Clock) -> None:
    await many(desk, clock)
    found = await reader.say("/search\nharbour")
    assert words(await reader.tap(found, "▶")).startswith("12 results")


async def test_buttons_of_a_search_whose_question_is_gone_say_so(desk: Desk, reader: Person, clock: Clock) -> None:
    await many(desk, clock)
    unasked = await reader.say("/help")
    assert (await reader.press(unasked, "results:1:best:")).startswith("This button is from an older message.")


async def test_a_page_past_the_last_is_the_last(desk: Desk, reader: Person, clock: Clock) -> None:
    await many(desk, clock)
    found = await reader.say("/search harbour")
    await reader.press(found, "results:700:best:")
    assert "12" in buttons(await reader.again(found))


async def test_inline_search_shows_cards_and_choosing_one_posts_the_story(
    desk: Desk, joins: Joining, clock: Clock
) -> None:
    ada, ben = await joins("Ada"), await joins("Ben")
    await an_article(desk, "Ferry runs aground", bullets=["All are safe."], url="https://example.org/ferry")
    clock.tick(hours=2)
    found = await ada.telegram.inline(ada.id, "ferry")
    [card] = found["results"]
    assert card["title"] == "Ferry runs aground"
    assert card["description"] == "The Herald · 2 h ago\nAll are safe."
    posted = await ada.telegram.choose(ada.id, ben.chat_id, found["inline_query_id"], card["id"])
    assert words(posted) == "Ferry runs aground\n• All are safe.\nThe Herald · by @sandbox_digest_bot"
    assert any(entity.get("url") == "https://example.org/ferry" for entity in posted["entities"])


async def test_inline_search_finds_a_word_that_was_only_begun(desk: Desk, reader: Person) -> None:
    for headline in ("Ferry runs aground", "Ferns grow back"):
        await an_article(desk, headline)

    async def titles(query: str) -> set[str]:
        return {card["title"] for card in (await reader.telegram.inline(reader.id, query))["results"]}

    assert await titles("fer") == {"Ferry runs aground", "Ferns grow back"}
    assert await titles("ferr") == {"Ferry runs aground"}
    assert await titles("ferr ") == await titles('"ferr"') == await titles("fe") == set()


async def test_empty_words_give_todays_most_told_stories(desk: Desk, reader: Person, clock: Clock) -> None:
    await an_article(desk, "Yesterday's news")
    clock.tick(hours=25)
    told = await an_article(desk, "A bridge opens")
    await desk.storage.articles.add(
        told,
        keys=["other"],
        bullets=[],
        topics=[],
        story_id=told.story_id,
        sketch={},
        source="B",
        feed_id=None,
        now=clock(),
    )
    await an_article(desk, "A late result")
    found = await reader.telegram.inline(reader.id, "")
    assert [card["title"] for card in found["results"]] == ["A bridge opens", "A late result"]


async def test_inline_cards_page_as_they_are_scrolled(desk: Desk, reader: Person, clock: Clock) -> None:
    await many(desk, clock, 13, word="lighthouse")
    first = await reader.telegram.inline(reader.id, "lighthouse")
    assert (len(first["results"]), first["next_offset"]) == (10, "10")
    second = await reader.telegram.inline(reader.id, "lighthouse", offset=first["next_offset"])
    assert (len(second["results"]), second["next_offset"]) == (3, "")
    assert not {card["id"] for card in first["results"]} & {card["id"] for card in second["results"]}


async def test_whoever_asks_inline_is_answered_in_their_language_though_others_asked_the_same(
    desk: Desk, joins: Joining, clock: Clock
) -> None:
    await an_article(desk, "An oystercatcher returns")
    clock.tick(days=2)
    askers = [await joins("Ada", "en"), await joins("Ben", "de"), await joins("Eva", "ja")]
    await askers[2].say("/language français")
    said = []
    for one in askers:
        [card] = (await one.telegram.inline(one.id, "oystercatcher"))["results"]
        said.append(card["description"].split("\n")[0])
    assert [each.split(" ")[-1] for each in said] == ["Nov", "Nov.", "nov."]


async def test_words_without_sense_find_no_card(desk: Desk, reader: Person) -> None:
    await an_article(desk, "An oystercatcher returns")
    for odd in ('c++ "', "😀" * 120, "???", "x" * 256):
        assert (await reader.telegram.inline(reader.id, odd))["results"] == []
    assert (await reader.telegram.inline(reader.id, "oystercatcher", offset="nonsense"))["results"]


async def test_an_address_that_telegram_would_not_take_costs_no_card(desk: Desk, reader: Person) -> None:
    await an_article(desk, "Odd address curlew", url="/relative", image_url="javascript:alert(1)")
    found = await reader.telegram.inline(reader.id, "curlew")
    assert [card["title"] for card in found["results"]] == ["Odd address curlew"]


async def test_what_one_chat_follows_privately_is_seen_by_no_other(desk: Desk, joins: Joining, web: Web) -> None:
    ada, ben = await joins("Ada"), await joins("Ben")
    await ada.say(f"/subscribe {web.put_feed('/secret.xml', 'Inside', 'Merger of the pelicans')}")
    await until(desk.storage.articles.count, 1)
    found = await ada.say("/search pelicans")
    article = buttons(found)["1"].split(":")[1]
    assert words(await ben.say("/search pelicans")) == "Nothing for “pelicans”. Try other words, or fewer."
    assert (await ada.telegram.inline(ada.id, "pelicans"))["results"] == []
    for forged in (f"open:{article}", f"read:{article}:0", f"save:{article}:0", f"related:{article}"):
        theirs = await ben.say("/help")
        assert (await ben.press(theirs, forged)).startswith("This button is from an older message.")
    assert words(await ben.say("/saved")).startswith("Nothing saved yet.")
    assert "Merger" in words(await ada.open(found, "1"))
