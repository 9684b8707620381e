"""Escaping, measuring and splitting, checked against the sandbox's reading of Telegram's rules."""

from hypothesis import given
from hypothesis import strategies as st

from news.messages.markup import (
    Html,
    bold,
    boundary,
    escape,
    fits,
    join,
    link,
    pages,
    quote,
    shorten,
    shown,
    tag,
    units,
)
from sandbox.formatting import kept, parsed_text

HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("<>&\"'@/#$:. \n\u202e\u2066\u200d\ufe0f\u0301\x00\ud800👨🏽🇩🇪מהاب"),
    ),
    max_size=300,
)
ACTIVE = ["@admin", "/forget", "#tag", "$USD", "tg://user?id=1", "https://evil.example", "evil.example", "a@b.example"]


def telegram(html: str) -> tuple[str, list[str]]:
    """The text and the types of entities that Telegram would make of it."""
    text, entities = parsed_text(html, "HTML")
    text, entities = kept(text, entities, longest=4096, too_long="message is too long")
    return text, [entity.type for entity in entities]


@given(HOSTILE)
def test_whatever_a_feed_says_is_shown_and_does_nothing(text: str) -> None:
    html = bold("x", text)
    _, types = telegram(html)
    assert set(types) <= {"bold"}


def test_words_that_telegram_would_make_active_stay_words() -> None:
    for word in ACTIVE:
        _, types = telegram(escape(f"see {word} now"))
        assert types == [], word


def test_sums_of_money_are_left_as_they_are() -> None:
    assert escape("It cost $2.7bn, or US$3m.") == "It cost $2.7bn, or US$3m."
    assert telegram(escape("$1INCH rose"))[0] != "$1INCH rose"  # the one name of money with a digit


@given(HOSTILE, HOSTILE)
def test_escaping_twice_changes_nothing_more(one: str, other: str) -> None:
    html = join((bold(one), quote(other)))
    assert escape(html) is html


@given(HOSTILE)
def test_what_is_shown_is_the_text_without_its_unseen_signs(text: str) -> None:
    seen = shown(escape(text)).replace("\u2060", "")
    assert seen == shown(escape(seen)).replace("\u2060", "")
    assert "<" not in Html(escape(text))


@given(st.text(max_size=3000), st.integers(20, 500))
def test_pages_joined_are_the_text_again_and_none_is_too_long(text: str, limit: int) -> None:
    found = pages(text, limit)
    assert "".join(text[page.start : page.end] for page in found) == text
    assert all(units(text[page.start : page.end]) <= limit for page in found)


def test_pages_end_between_paragraphs_where_they_can() -> None:
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 30 for n in range(20))
    found = pages(text, 600)
    assert all(text[page.end - 2 : page.end] == "\n\n" for page in found[:-1])


def test_no_page_ends_inside_what_a_reader_sees_as_one_sign() -> None:
    for sign in ("👨‍👩‍👧‍👦", "🇩🇪", "e\u0301", "👍🏽"):
        text = sign * 200
        for limit in range(30, 40):
            for page in pages(text, limit):
                assert (page.end - page.start) % len(sign) == 0, (sign, limit)


def test_a_text_of_one_endless_word_still_ends() -> None:
    assert boundary("x" * 10_000, 0, 100) == 100
    assert shorten("x" * 500, 100) == "x" * 99 + "…"


def test_length_is_counted_as_telegram_counts() -> None:
    assert units("a👍") == 3
    assert fits(bold("👍" * 2048))
    assert not fits(bold("👍" * 2049))


def test_a_message_with_too_many_entities_does_not_fit() -> None:
    assert fits(join(bold("x") for _ in range(100)))
    assert not fits(join(bold("x") for _ in range(101)))


def test_only_addresses_of_the_web_become_links() -> None:
    assert link("here", "https://example.org/a?b=1&c=2") == '<a href="https://example.org/a?b=1&amp;c=2">here</a>'
    for address in (None, "", "tg://user?id=1", "javascript:alert(1)", "https://", 'https://x" onclick="', "ftp://a.b"):
        assert link("here", address) == "here", address


def test_a_tag_without_content_is_not_written() -> None:
    assert tag("b") == ""
    assert quote("") == ""
