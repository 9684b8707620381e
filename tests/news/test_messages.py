"""Digests and articles as messages: they fit, they lose nothing, and feeds cannot act through them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.article import Article, Bullet, Filing
from news.chat import Subscription
from news.digest import Digest, Footer, Item
from news.feed import Feed
from news.filters import Rehearsal, Term
from news.messages import classic, lists, menus, panels, rich, steps, texts
from news.messages.filters import rehearsed
from news.messages.layout import Tally, View, items_of
from news.messages.looks import drawn
from news.messages.markup import bare, fits, shown, units
from news.messages.message import Message
from news.messages.words import Scene
from sandbox.formatting import kept, parsed_text
from sandbox.rich import parse

NOW = datetime(2024, 11, 2, 7, 0, tzinfo=UTC)
TOPICS = {"world": "World", "science": "Science", "business": "Business"}
SCENE = Scene(zone="Europe/Berlin", now=NOW, topics=TOPICS, bot="demo_bot")
HOSTILE = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("<>&\"'@/#:. \n\u202e\u2066\u200d\x00\ud800👨🏽🇩🇪")),
    max_size=400,
)


def item(position: int, **fields: object) -> Item:
    given_fields = {
        "story_id": position,
        "article_id": position,
        "headline": f"Headline {position}",
        "bullets": (Bullet(f"First point of {position}.", "extract", 0, 5),),
        "topic": ("world", "science", "business")[position % 3],
        "source_count": 1,
        "source": "Web Desk",
        "url": "https://example.org/a",
        "first_seen_at": NOW - timedelta(hours=2),
        **fields,
    }
    return Item(position=position, **given_fields)  # type: ignore[arg-type]


def digest(*items: Item, footer: Footer = Footer(), since: datetime | None = None) -> Digest:  # noqa: B008 - frozen
    topics = tuple(dict.fromkeys(one.topic for one in items if one.topic))
    return Digest(
        chat_id=1,
        number=3,
        composed_at=NOW,
        items=items,
        pushed=7,
        topics=topics,
        footer=footer,
        since=since,
        edition="QW55IGVkaXRpb24h",
    )


def article(text: str = "One.\n\nTwo.", **fields: object) -> Article:
    return Article(
        id=5,
        story_id=5,
        first_seen_at=NOW,
        headline="A headline",
        paragraphs=tuple(text.split("\n\n")),
        topics=(Filing("world", 1.0),),
        **fields,  # type: ignore[arg-type]
    )


@st.composite
def digests(draw: st.DrawFn) -> Digest:
    count = draw(st.integers(1, 30))
    headline, bullet, source = draw(HOSTILE), draw(HOSTILE), draw(HOSTILE)
    bullets = tuple(Bullet(bullet * draw(st.integers(1, 4)), "extract") for _ in range(draw(st.integers(0, 5))))
    url = draw(st.sampled_from([None, "https://example.org/" + "x" * 1900, "tg://user?id=1", 'https://a.b/"<&>']))
    fields = {"headline": headline, "bullets": bullets, "source": source, "url": url, "image_url": url}
    footer = Footer(
        quiet_topics=("world", "sport") * draw(st.integers(0, 4)),
        failing_feeds=tuple((source, NOW) for _ in range(draw(st.integers(0, 40)))),
    )
    return digest(*(item(at, **fields) for at in range(1, count + 1)), footer=footer)


def accepted(message: Message) -> set[str]:
    """The kinds of entities Telegram would see, but for a command of ours; fails where it would refuse the message."""
    for row in message.keyboard:
        assert len(row) <= 8
        assert all(1 <= len((button.data or "x").encode()) <= 64 and button.text for button in row)
    if message.look == "rich":
        assert parse(message.html)
        assert units(message.html) < 32_768
        return set()
    assert fits(message.html)
    text, entities = parsed_text(message.html, "HTML")
    text, entities = kept(text, entities, longest=4096, too_long="message is too long")
    assert text
    written = text.encode("utf-16-le")
    said = [
        (each.type, written[2 * each.offset : 2 * (each.offset + each.length)].decode("utf-16-le")) for each in entities
    ]
    return {kind for kind, words in said if (kind, words) != ("bot_command", "/subscriptions")}


@given(digests())
@settings(max_examples=25, deadline=None)
def test_every_page_of_every_digest_is_accepted_in_both_looks(digest: Digest) -> None:
    for look in (classic, rich):
        for tab in (None, "world"):
            for page in range(len(list(look.Sheet(digest, SCENE, tab).pages()))):
                message = look.digest(digest, SCENE, View(tab, page))
                assert accepted(message) <= {"bold", "italic", "blockquote", "expandable_blockquote", "text_link"}


@given(digests())
@settings(max_examples=40, deadline=None)
def test_no_story_of_a_digest_is_on_no_page(digest: Digest) -> None:
    for look in (classic, rich):
        for tab in (None, "world", "science"):
            paged = [one for page in look.Sheet(digest, SCENE, tab).pages() for one in page]
            assert paged == list(items_of(digest, tab))


@given(HOSTILE, HOSTILE, st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_every_page_of_every_article_is_accepted_in_both_looks(paragraph: str, name: str, times: int) -> None:
    long = article("\n\n".join([paragraph * 5] * times), standfirst=paragraph or None, byline=name, image_credit=name)
    long = replace(long, headline=name or "x", image_url="https://example.org/p.jpg", is_teaser=not paragraph)
    for look in ("classic", "rich"):
        draw = drawn(look)
        for page in range(len(draw.article_pages(long))):
            assert accepted(draw.article(long, SCENE, page=page, is_saved=False)) <= {"bold", "italic", "blockquote"}


def test_the_morning_digest_reads_as_drawn() -> None:
    one = item(1, headline="Ceasefire prospects dwindle", topic="world", source_count=3)
    two = item(2, headline="A probe lands", topic="science", is_update=True)
    message = classic.digest(digest(one, two, footer=Footer(quiet_topics=("business",))), SCENE)
    assert shown(message.html) == (
        "Saturday, 2 November · World, Science\n"
        "2 stories, about 1 minute\n\n"
        "1  Ceasefire prospects dwindle\n"
        "• First point of 1.\n"
        "World · 3 sources · 2 h ago\n\n"
        "2  A probe lands\n"
        "• First point of 2.\n"
        "Science · Web Desk · Update: new since you last read\n\n"
        "Nothing new in Business."
    )
    assert [[button.text for button in row] for row in message.keyboard] == [
        ["1", "2"],
        ["All ·", "World", "Science"],
        ["Settings"],
    ]


def test_of_the_head_of_a_digest_only_the_date_is_bold() -> None:
    assert classic.digest(digest(item(1)), SCENE).html.startswith("<b>Saturday, 2 November</b> · Science")


def test_a_rich_digest_runs_from_right_to_left_where_most_of_its_page_does() -> None:
    for languages, is_rtl in ((("ar", "en", "en"), False), (("en", "he", "ar"), True), (("en", "ar"), False)):
        told = digest(*(item(at, language=each) for at, each in enumerate(languages, 1)))
        assert rich.digest(told, SCENE).is_rtl is is_rtl, languages


def test_a_rich_digest_names_a_topic_once_for_all_its_stories_or_at_each_where_topics_take_turns() -> None:
    some = (item(1, topic="world"), item(2, topic="world"), item(3, topic="science"))
    shelved, in_turns = (shown(rich.digest(digest(*each), SCENE).html) for each in (some, (some[0], some[2], some[1])))
    assert (shelved.count("World"), in_turns.count("World · ")) == (1, 2)


def test_what_a_chat_follows_fits_into_a_message_also_while_none_of_its_feeds_can_be_read() -> None:
    feeds = {
        at: Feed(
            id=at, url=f"https://{at}.example.org", next_due_at=SCENE.now, failing_since=SCENE.now, failures=9,
            problem="Its answer is a page that asks who is there. " * 9, replacement="https://example.org/" + "x" * 90,
        )
        for at in range(1, 101)
    }  # fmt: skip
    followed = [
        Subscription(id=at, chat_id=1, kind="feed", value=str(at), created_at=SCENE.now, title="<&> 🗞 of Orsund " * 9)
        for at in feeds
    ]
    foreseen = {one.id: (99_999, 9_999) for one in followed}
    panel = panels.subscriptions(SCENE, followed, foreseen, feeds=feeds, missed=list(feeds.values()))
    assert accepted(panel) == {"bold"}
    assert "asks who is there" in panel.html


def test_what_is_to_be_unfolded_to_try_the_rich_look_is_folded() -> None:
    assert "<details>" in rich.card(SCENE, ()).html


def test_what_is_related_says_which_tell_the_same_story_and_which_are_only_of_its_topic() -> None:
    others = [replace(article(), id=at, story_id=story, headline=f"Other {at}") for at, story in ((6, 5), (7, 9))]
    said = shown(lists.related(article(), others, SCENE).html).split("\n")
    headings = [line for line in said if line.startswith(("Related", "On the", "1 ", "2 "))]
    assert headings == ["Related to “A headline”", "1  Other 6", "On the same topic", "2  Other 7"]
    alone = shown(lists.related(article(), others[:1], SCENE).html)
    assert "On the same topic" not in alone


def test_help_has_every_command_once_under_what_it_is_for() -> None:
    assert sorted(name for _, names in menus.HELP for name in names) == sorted(texts.COMMANDS)


def test_the_first_story_is_open_and_the_others_unfold() -> None:
    html = classic.digest(digest(item(1), item(2)), SCENE).html
    assert html.index("<blockquote>") < html.index("<blockquote expandable>")
    assert html.count("<blockquote") == 2


def test_without_news_a_digest_is_one_silent_line() -> None:
    quiet = digest(footer=Footer(quiet_topics=("world", "science")), since=NOW - timedelta(hours=24))
    message = rich.digest(quiet, SCENE)
    assert shown(message.html) == "Nothing new in World and Science since yesterday, 08:00."
    assert message.is_silent
    assert message.look == "classic"


def test_more_leads_through_all_pages_and_back_to_the_top() -> None:
    long = digest(*(item(at) for at in range(1, 20)))
    last_row = [classic.digest(long, SCENE, View(None, page)).keyboard[-1][0] for page in range(3)]
    assert [(button.text, button.data) for button in last_row] == [
        ("More ▾", "digest:QW55IGVkaXRpb24h:-:1"),
        ("More ▾", "digest:QW55IGVkaXRpb24h:-:2"),
        ("▴ Top", "digest:QW55IGVkaXRpb24h:-:0"),
    ]


def test_a_page_that_does_not_exist_shows_the_last() -> None:
    long = digest(*(item(at) for at in range(1, 20)))
    assert classic.digest(long, SCENE, View(None, 99)) == classic.digest(long, SCENE, View(None, 2))


def test_an_article_opens_at_the_page_where_the_reader_stopped() -> None:
    long = article("\n\n".join(f"Paragraph {at}. " + "word " * 80 for at in range(40)))
    second = classic.article_pages(long)[1]
    message = classic.article(long, SCENE, offset=second.start + 10, is_saved=True)
    assert "2 of " in message.html
    assert [[button.text for button in row] for row in message.keyboard[1:]] == [
        ["Related", "Saved ✓"],
        ["Follow story", "As a file"],
        ["👍", "👎", "Why"],
    ]


def test_votes_are_marked_for_the_one_who_voted_and_counted_in_a_group() -> None:
    tallies = (Tally(1, 0), Tally(2, 1, is_alone=False))
    rows = [classic.article(article(), SCENE, is_saved=False, votes=each).keyboard[-1] for each in tallies]
    assert [[button.text for button in row] for row in rows] == [["👍 ✓", "👎", "Why"], ["👍 2", "👎 1", "Why"]]


def test_a_teaser_says_why_there_is_no_more() -> None:
    teaser = article("", url="https://example.org/a", is_teaser=True, bullets=(Bullet("A point.", "publisher"),))
    html = classic.article(teaser, SCENE, is_saved=False).html
    assert "A point." in html
    assert texts.ONLY_TEASER in html


def test_the_publishers_list_is_shown_once_beside_the_text_or_in_it() -> None:
    bullets = (Bullet("A point.", "publisher", 2, 10),)
    within = article("• A point.\n\nThe text.", bullets=bullets)
    beside = article("The text.", bullets=bullets, publisher_bullets=("A point.",))
    for told in (within, beside):
        assert rich.article(told, SCENE, is_saved=False).html.count("A point.") == 1


def test_dates_of_known_zone_are_shown_in_the_readers_own() -> None:
    assert SCENE.words.published("2024-11-02T06:59:00", "Europe/Berlin") == "2 Nov 2024, 06:59"
    assert SCENE.words.published("2024-11-02T06:59:00+00:00", "Europe/Berlin") == "2 Nov 2024, 07:59"
    assert SCENE.words.published("2024-11-02", "Europe/Berlin") == "2 Nov 2024"
    assert SCENE.words.published("last week", "Europe/Berlin") is None
    assert SCENE.words.published("0001-01-01T00:00:00+00:00", "Europe/Berlin") is None


def test_days_near_today_are_called_as_people_call_them() -> None:
    def when(hours: float) -> str:
        return SCENE.words.when(NOW + timedelta(hours=hours), "Europe/Berlin", NOW)

    assert [when(hours) for hours in (-24, 0, 24, 48, 24 * 8)] == [
        "yesterday, 08:00",
        "today, 08:00",
        "tomorrow, 08:00",
        "Monday, 08:00",
        "10 Nov, 08:00",
    ]


@pytest.mark.parametrize("is_mute", [True, False])
def test_a_filter_that_meets_nothing_lists_nothing(is_mute: bool) -> None:
    football = Term(("football",), "football")
    nothing = Rehearsal(articles=3, wanted=0, dropped=("A bridge opens",))
    some = Rehearsal(articles=3, wanted=1, kept=("A match",), dropped=("A bridge opens",))

    assert "bridge" not in rehearsed(football, nothing, SCENE.words, is_mute=is_mute)
    assert "bridge" in rehearsed(football, some, SCENE.words, is_mute=is_mute)


def test_a_rich_message_without_its_photos_is_the_same_otherwise() -> None:
    pictured = rich.digest(digest(item(1, image_url="https://example.org/p.jpg", image_credit="AP")), SCENE)
    plainer = rich.without_photos(pictured)
    assert plainer is not None
    assert "<img" in pictured.html
    assert "<img" not in plainer.html
    assert rich.without_photos(plainer) is None


def test_bare_text_has_the_same_words() -> None:
    message = classic.digest(digest(item(1)), SCENE)
    assert shown(bare(message.html)) == shown(message.html)


def test_a_message_survives_the_outbox() -> None:
    message = classic.digest(digest(item(1), item(2)), SCENE)
    assert Message.from_json(message.to_json()) == message


def test_search_marks_what_it_found_and_offers_the_nearest_word_when_it_found_nothing() -> None:
    hit = (article(), (("hopes for a ", False), ("ceasefire", True), (" fade", False)))
    found = lists.results(lists.Query(words="ceasefire"), [hit], 12, SCENE)
    assert "<b>12 results for “ceasefire”</b>" in found.html
    assert "hopes for a <b>ceasefire</b> fade" in found.html
    assert accepted(found) <= {"bold"}
    nothing = lists.results(lists.Query(words="ceasfire"), [], 0, SCENE, suggestion="ceasefire")
    assert shown(nothing.html) == "Nothing for “ceasfire”. Did you mean ceasefire?"
    assert nothing.keyboard[0][0].data == "find:ceasefire"


def test_search_offers_a_topic_only_where_it_leaves_something_out() -> None:
    world, science = article(), replace(article(), id=6, topics=(Filing("science", 1.0),))

    def offered(*hits: Article, total: int) -> list[str]:
        found = lists.results(lists.Query(words="ferry"), [(hit, ()) for hit in hits], total, SCENE)
        return [button.text for button in found.keyboard[-1]]

    assert offered(world, world, total=2) == ["Newest first"]
    assert offered(world, science, total=2) == ["Only World", "Newest first"]
    assert offered(world, world, total=9) == ["Only World", "Newest first"]


@given(HOSTILE)
@settings(deadline=None)
def test_no_panel_lets_a_name_act(name: str) -> None:
    scene = replace(SCENE, topics={"world": name or "x"})
    for message in (panels.topics(scene, ["world"]), steps.ask_topics(scene, []), menus.help(SCENE)):
        accepted(replace(message, keyboard=()))


def test_every_text_is_used() -> None:
    from pathlib import Path

    root, rooms = Path(__file__).parents[2], ("bot", "news", "jobs", "ingest")
    code = "\n".join(path.read_text(encoding="utf-8") for room in rooms for path in (root / room).rglob("*.py"))
    names = [name for name in vars(texts) if name.isupper()]
    assert [name for name in names if f"texts.{name}" not in code] == []


def test_a_page_of_a_digest_says_how_much_of_it_there_is_to_read() -> None:
    stories = digest(*[item(at, headline=f"Story {at}") for at in range(1, 10)])
    assert shown(classic.digest(stories, SCENE).html).split("\n")[1] == "7 of 9 stories, about 1 minute"
    assert shown(classic.digest(stories, SCENE, View(page=1)).html).split("\n")[1] == "2 of 9 stories, about 1 minute"
    assert "<p>7 of 9 stories, about 1 minute</p>" in rich.digest(stories, SCENE).html


def test_a_topic_is_a_heading_in_the_rich_look_only_where_its_stories_stand_together() -> None:
    world, science = item(1, topic="world"), item(2, topic="science")
    together = rich.digest(digest(world, science), SCENE).html
    in_turns = rich.digest(digest(world, science, item(3, topic="world")), SCENE).html
    assert together.count("<h3>") == 2
    assert "<h3>" not in in_turns
    assert in_turns.count("World") == 2


def test_the_head_of_a_digest_says_where_it_has_more_topics_than_it_names() -> None:
    names = ("world", "science", "business", "sport", "culture", "health", "politics")
    head = shown(classic.digest(digest(*[item(at, topic=name) for at, name in enumerate(names, 1)]), SCENE).html)
    assert head.split("\n")[0].endswith("Culture, Health, …")
