"""Why a story is in a digest or not, as a reader is told."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from news.chat import Chat
from tests.bot.talking import Clock, Person, an_article, buttons, some_news, words


async def test_a_number_is_answered_with_what_brought_the_story_and_what_its_place_comes_from(
    desk: Desk, reader: Person, clock: Clock
) -> None:
    await an_article(desk, "Ferry runs aground in the strait", topic="world")
    clock.tick(hours=3, minutes=50)
    await reader.follows(desk, "world")
    digest = await reader.say("/digest")
    said = await reader.say("/why 1")

    assert "3 h ago" in words(digest)
    assert words(said) == (
        "Why this is story 1 of your digest of today, 23:20\n"
        "Ferry runs aground in the strait\n\n"
        "• You follow World, and this is filed there.\n"
        "• One source tells its story.\n"
        "• First seen 3 hours before that digest.\n\n"
        "Score 0.75 = 0.94 for how well it fits × 1.00 for its sources × 0.80 for its age"
    )
    opened = await reader.open(digest, "1")
    assert words(await reader.open(opened, "Why")) == words(said)


async def test_a_reply_to_an_older_digest_means_that_one(desk: Desk, reader: Person, clock: Clock) -> None:
    await an_article(desk, "Ferry runs aground in the strait")
    await reader.follows(desk, "world")
    older = await reader.say("/digest")
    clock.tick(hours=1)
    await an_article(desk, "Ceasefire talks begin in the capital")
    await reader.say("/digest")

    for command, newest in (("/why 1", "Ceasefire talks"), ("/article 1", "Ceasefire talks")):
        assert newest in words(await reader.say(command))
        replied = await reader.say(command, reply_to_message_id=older["message_id"])
        assert "Ferry runs aground" in words(replied)
    missing = await reader.say("/why 9", reply_to_message_id=older["message_id"])
    assert words(missing) == "That digest has no story 9. It has one story."


async def test_a_link_is_known_however_it_is_spelled(desk: Desk, reader: Person) -> None:
    await an_article(desk, "Ferry runs aground", url="https://www.example.org/ferry?id=7&utm_source=rss")
    await reader.follows(desk, "world")
    await reader.say("/digest")

    for link in ("https://example.org/ferry?id=7", "http://www.example.org/ferry/?id=7#top", "example.org/ferry?id=7"):
        assert words(await reader.say(f"/why {link}")).startswith(
            "Why this is story 1 of your digest of today, 19:30"
        ), link
    assert words(await reader.say("/why https://example.org/ferry?id=8")).startswith("I know no article at this")


async def test_what_kept_a_link_out_is_said(desk: Desk, reader: Person, clock: Clock) -> None:
    async def answer(name: str) -> str:
        head, _, reasons = words(await reader.say(f"/why https://example.org/{name}")).partition("\n\n")
        assert head.startswith("Why this is not in your digest of"), head
        return reasons

    await an_article(desk, "Old story", url="https://example.org/old")
    clock.tick(days=5)
    for name, topic, headline in (
        ("ferry", "world", "Ferry runs aground in the strait"),
        ("football", "world", "Football final ends without a winner"),
        ("comet", "science", "Comet returns after eighty years"),
        ("roses", "gardening", "Gardeners fear for early buds"),
    ):
        await an_article(desk, headline, topic=topic, url=f"https://example.org/{name}")
    await reader.follows(desk, "world")
    await reader.keeps("/mute football")
    await reader.say("/digest")
    clock.tick(minutes=1)
    await an_article(desk, "Late story", url="https://example.org/late")
    await desk.storage.subscriptions.add(reader.chat_id, "topic", "science", desk.clock())

    assert await answer("old") == (
        "• It was first seen Sunday, 19:30, and that digest looked back no further than Tuesday, 19:00."
    )
    assert await answer("football") == (
        "• “football” is muted, and that keeps it out. /subscriptions shows what you muted."
    )
    assert "/subscriptions" in (await reader.say("/why https://example.org/football"))["text"]  # can be tapped
    assert await answer("comet") == "• Science would bring it, but you follow that only since today, 19:31."
    assert await answer("roses") == (
        "• It is filed on Gardening, which you do not follow, and none of your feeds or words brings it."
    )
    assert await answer("late") == "• It came in after that digest was made."


async def test_a_digest_asked_for_by_topic_says_so(desk: Desk, reader: Person) -> None:
    await an_article(desk, "Ferry runs aground", url="https://example.org/ferry")
    await an_article(desk, "Comet returns", topic="science")
    await reader.follows(desk, "world")
    await reader.say("/digest science")

    assert "• You asked for Science, and this is filed there." in words(await reader.say("/why 1"))
    assert "• You asked for Science alone" in words(await reader.say("/why https://example.org/ferry"))


async def test_a_story_that_was_told_before_names_the_digest_that_told_it(
    desk: Desk, reader: Person, clock: Clock
) -> None:
    first = await an_article(desk, "Ferry runs aground", url="https://example.org/ferry")
    await reader.follows(desk, "world")
    await reader.say("/digest")
    clock.tick(hours=2)
    await an_article(desk, "Comet returns")
    await desk.storage.articles.add(
        first, story_id=first.story_id, sketch={}, keys=["copy"], bullets=(), topics=first.topics,
        source="The Gazette", feed_id=None, now=clock(),
    )  # fmt: skip
    await reader.say("/digest")
    said = words(await reader.say("/why example.org/ferry"))

    assert said.startswith("Why this is story 1 of your digest of today, 19:30\n")
    assert "• It was told then; a newer digest tells it again only with something new." in said
    assert "• The digest tells it by another article, “Ferry runs aground”." in said
    assert "• The text is a copy of another source’s, so it counts as no source of its own." in said


async def test_an_article_that_only_says_again_what_was_told_says_what_would_bring_its_story_back(
    desk: Desk, reader: Person, clock: Clock
) -> None:
    told = await an_article(desk, "Ferry runs aground", url="https://example.org/ferry")
    await reader.follows(desk, "world")
    await reader.say("/digest")
    clock.tick(hours=1)
    await desk.storage.articles.add(
        replace(told, url="https://example.net/again"), story_id=told.story_id, sketch={}, keys=["again"], bullets=(),
        topics=told.topics, source="The Gazette", feed_id=None, now=clock(),
    )  # fmt: skip
    await reader.say("/digest")
    said = words(await reader.say("/why example.net/again"))

    assert said.startswith("Why this is story 1 of your digest of today, 19:30\n")
    assert "• This article came after that digest. A story that was told comes back only with something new." in said
    assert "tells it by another article" not in said


async def test_a_full_digest_names_the_place_that_a_story_came_to(desk: Desk, reader: Person) -> None:
    for at in range(1, 46):
        await an_article(desk, f"World story {at}", url=f"https://example.org/{at}")
    await reader.follows(desk, "world")
    await reader.say("/digest")

    assert "• 11 stories came before it, so it is behind More." in words(await reader.say("/why 12"))
    missed = words(await reader.say("/why example.org/34"))
    assert "• The digest was full: this came to place 34, and 30 stories fit." in missed
    assert "Score 0.9" in missed
    last = words(await reader.say("/why example.org/45"))
    assert "• The digest was full: at least 40 stories came before this one." in last


async def test_an_article_of_somebody_elses_private_feed_is_not_known(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    await desk.storage.chats.join(Chat(id=99, kind="private", joined_at=desk.clock()))
    feed = await desk.storage.feeds.add("https://private.example/feed", now=desk.clock(), is_shared=False)
    await desk.storage.subscriptions.add(99, "feed", str(feed.id), desk.clock())
    await an_article(desk, "Secret", url="https://private.example/secret", feed_id=feed.id)
    await reader.follows(desk, "world")
    await reader.say("/digest")

    assert words(await reader.say("/why https://private.example/secret")).startswith("I know no article at this")


async def test_what_cannot_be_explained_says_what_to_send(desk: Desk, reader: Person) -> None:
    assert words(await reader.say("/why")).startswith("Which story? Send /why and its number")
    assert words(await reader.say("/why is that")).startswith("Which story? Send /why and its number")
    assert words(await reader.say("/why 1")).startswith("There is no digest here yet.")
    assert await reader.press(await reader.say("/help"), "why:99999") == (
        "This button is from an older message. Send /digest for today's news."
    )


async def test_a_vote_moves_the_next_digest_and_says_what_it_did(desk: Desk, reader: Person, clock: Clock) -> None:
    await an_article(desk, "Comet returns after eighty years", topic="science")
    await reader.follows(desk, "science", "world")
    opened = await reader.open(await reader.say("/digest"), "1")
    opened = await reader.tap(opened, "👍")
    clock.tick(minutes=2)
    await an_article(desk, "Water vapour found on a small planet", topic="science")
    await an_article(desk, "Ferry runs aground in the strait", topic="world")
    digest = words(await reader.say("/digest"))
    said = words(await reader.say("/why 1"))

    assert reader.toasts == ["A little more of Science and The Herald from now on."]
    assert {"👍 ✓", "👎", "Why"} < buttons(opened).keys()
    assert digest.index("Water vapour") < digest.index("Ferry")
    assert "• Your votes asked for a little more of Science and a little more of The Herald." in said
    assert said.endswith("× 1.26 for your votes")


async def test_the_same_vote_again_takes_it_back(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    await reader.follows(desk, "world")
    opened = await reader.open(await reader.say("/digest"), "1")
    up = await reader.tap(opened, "👍")
    down = await reader.tap(up, "👎")
    none = await reader.tap(down, "👎")

    assert [list(buttons(each))[-3:-1] for each in (opened, up, down, none)] == [
        ["👍", "👎"], ["👍 ✓", "👎"], ["👍", "👎 ✓"], ["👍", "👎"],
    ]  # fmt: skip
    assert reader.toasts[1:] == [
        "A little less of World and The Herald from now on.",
        "Taken back: as if you had not voted.",
    ]
    assert await desk.storage.votes.weights([reader.chat_id]) == {}


async def test_weights_are_shown_in_words_and_each_can_be_undone(desk: Desk, reader: Person) -> None:
    await some_news(desk)
    await reader.follows(desk, "world", "business")
    assert words(await reader.say("/weights")).startswith("No votes count here yet.")
    digest = await reader.say("/digest")
    for number in "123":
        opened = await reader.open(digest, number)
        await reader.tap(opened, "👎" if "key rate" in words(opened) else "👍")
    shown = await reader.say("/weights")
    undone = await reader.tap(shown, "✕ Business")
    again = await reader.press(undone, buttons(shown)["✕ Business"])
    forgotten = await reader.tap(undone, "Forget all")

    assert words(shown) == (
        "What your votes ask for\n"
        "• a little more of World\n"
        "• a little more of The Herald\n"
        "• a little less of Business\n"
        "Their stories move up or down in your digests; none is kept out. Tap to undo."
    )
    assert list(buttons(undone)) == ["✕ World", "✕ The Herald", "Forget all"]
    assert again.startswith("This button is from an older message.")
    assert reader.toasts[-3:-2] == ["Business counts as any other again."]
    assert words(forgotten).startswith("No votes count here yet.")


async def test_votes_on_what_cannot_be_seen_or_is_no_vote_change_nothing(desk: Desk, reader: Person) -> None:
    feed = await desk.storage.feeds.add("https://private.example/feed", now=desk.clock(), is_shared=False)
    secret = await an_article(desk, "Secret", feed_id=feed.id)
    known = await an_article(desk, "Known")
    page = await reader.say("/help")
    for data in (f"vote:{secret.id}:0:up", f"vote:{known.id}:0:sideways", "vote:x:y:up", "vote:", "unweigh:AAAA"):
        assert (await reader.press(page, data)).startswith("This button is from an older message."), data
    assert await desk.storage.votes.weights([reader.chat_id]) == {}


async def test_why_an_article_was_left_out_is_asked_of_a_digest_also_in_reply_to_an_alert(
    desk: Desk, reader: Person, clock: Clock
) -> None:
    await reader.follows(desk, "world")
    await some_news(desk)
    await an_article(desk, "The opera opens", topic="culture", url="https://a.example/opera")
    await reader.say("/digest")
    await reader.keeps("/alert volcano")
    clock.tick(minutes=20)
    await an_article(desk, "Volcano wakes", topic="science")
    news = await reader.sees("Alert: “volcano”")
    why = words(await reader.say("/why https://a.example/opera", reply_to_message_id=news["message_id"]))

    assert why.startswith("Why this is not in your digest of today, 19:30\nThe opera opens")
    assert "It is filed on Culture, which you do not follow" in why
