"""By what an entry is known again, and by what it must not be."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from news.article import Entry
from news.identity import canonical_url, content_hash, keys, shared

PARAGRAPH = "The river rose by half a metre overnight, and the town moved its sandbags to the old bridge. "
LONG = Entry(
    headline="River rises again",
    paragraphs=(PARAGRAPH * 3, "Officials expect the peak on Friday."),
    guid="tag:river,1",
    url="https://example.org/river?id=7&page=2",
)
WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
URLS = st.builds(
    lambda host, path, fields: (
        f"https://{host}.example/{'/'.join(path)}?{'&'.join(f'q{k}={v}' for k, v in fields.items())}"
    ),
    WORDS,
    st.lists(WORDS, min_size=1, max_size=4),
    st.dictionaries(WORDS, WORDS, min_size=1, max_size=4),
)


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("HTTP://Example.ORG:80/A", "https://example.org/A"),
        ("https://example.org:443/a/", "https://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://www.example.org", "https://example.org"),
        ("https://www.org/a", "https://www.org/a"),
        ("//example.org./a", "https://example.org/a"),
        ("https://reader:secret@example.org/a", "https://example.org/a"),
        ("https://example.org/a/./b/../../c", "https://example.org/c"),
        ("https://example.org/../../a", "https://example.org/a"),
        ("https://example.org/%7euser/%e2%82%ac", "https://example.org/~user/%E2%82%AC"),
        ("https://example.org/~user/€", "https://example.org/~user/%E2%82%AC"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/a;jsessionid=0AF", "https://example.org/a"),
        ("https://example.org/a?b=2&a=1&&b=1", "https://example.org/a?a=1&b=2&b=1"),
        ("https://example.org/a?q=two+words", "https://example.org/a?q=two%20words"),
        ("https://example.org/a?utm_source=x&id=1&fbclid=y&gclid=z&UTM_Medium=rss", "https://example.org/a?id=1"),
        ("https://example.org/a?ref=rss_front&from=feed", "https://example.org/a"),
        ("https://example.org/a?ref=main", "https://example.org/a?ref=main"),
        ("https://example.org/a#part-2", "https://example.org/a"),
        ("https://example.org/#!/a/1", "https://example.org#!/a/1"),
        ("https://Bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://xn--bcher-kva.example/a", "https://xn--bcher-kva.example/a"),
        ("https://a..b/c", "https://a..b/c"),
        ("http://[2001:DB8::1]:80/a", "https://[2001:db8::1]/a"),
        (" \thttps://example.org/a\nb\u00a0", "https://example.org/ab"),
    ],
)
def test_a_page_has_one_canonical_address(spelling: str, canonical: str) -> None:
    assert canonical_url(spelling) == canonical


@pytest.mark.parametrize(
    "text", ["", "mailto:a@example.org", "urn:uuid:1", "/relative", "https://[bad/", "https://a:b/", "https:///a"]
)
def test_what_is_no_web_address_stays_as_it_is(text: str) -> None:
    assert canonical_url(f" {text}\n") == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a?q=%E8", "https://example.org/a?q=%E9"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a/b", "https://example.org/a%2Fb"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://example.org/#/a/1", "https://example.org/#/a/2"),
        ("https://news.example.org/a", "https://example.org/a"),
    ],
)
def test_different_pages_keep_different_addresses(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@given(st.text(max_size=60) | st.text("ht:/w.%2Ee4&=?#@[]:0123;\\", max_size=40).map("http://a".__add__))
@example("http://a/%%34%31")
@example("http://a/\ud800?\ud800")
def test_no_text_breaks_the_canonical_address_and_it_is_its_own(text: str) -> None:
    canonical = canonical_url(text)

    assert canonical_url(canonical) == canonical


@given(URLS, st.randoms(use_true_random=False))
def test_scheme_trackers_order_and_fragment_make_no_other_page(url: str, random: object) -> None:
    base, _, query = url.partition("?")
    fields = [*query.split("&"), "utm_campaign=x", "fbclid=1"]
    random.shuffle(fields)  # type: ignore[attr-defined]

    respelled = f"{base.replace('https://', 'HTTP://www.')}/?{'&'.join(fields)}#top"

    assert canonical_url(respelled) == canonical_url(url)


@given(st.text(max_size=80), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_unicode_form_does_not_change_what_an_entry_says(text: str, form: str) -> None:
    entry = Entry(headline="Plain", paragraphs=(text,))

    respelled = replace(entry, paragraphs=(unicodedata.normalize(form, text),))  # type: ignore[arg-type]

    assert content_hash(respelled) == content_hash(entry)


def test_spaces_case_and_punctuation_do_not_change_what_an_entry_says() -> None:
    entry = Entry(headline="“Enough,” says Ægir", paragraphs=("One. Two – three…", "Straße 5"))
    respelled = Entry(headline='"ENOUGH" says  ægir!', paragraphs=("One,\u00a0two -\u200b three ...\nSTRASSE 5",))

    assert content_hash(respelled) == content_hash(entry)
    assert content_hash(replace(entry, headline="Enough says Odin")) != content_hash(entry)
    assert content_hash(replace(entry, paragraphs=("One. Two – three…", "Straße 6"))) != content_hash(entry)


def test_words_that_move_between_headline_and_text_are_another_entry() -> None:
    assert content_hash(Entry(headline="a b", paragraphs=("c",))) != content_hash(
        Entry(headline="a", paragraphs=("b c",))
    )


@pytest.mark.parametrize(
    "edited",
    [
        replace(LONG, guid="tag:river,2"),
        replace(LONG, guid=None),
        replace(LONG, url="http://www.example.org/river/?page=2&utm_source=feed&id=7#comments"),
        replace(LONG, headline="River falls", paragraphs=("Rewritten.",), guid="new"),
        replace(LONG, headline="RIVER  rises again", paragraphs=LONG.paragraphs, url=None, guid=None),
        replace(LONG, guid="moved", url="https://new.example.org/2026/river-rises"),
        replace(LONG, headline="Renamed", url="https://example.org/renamed"),
    ],
    ids=["new guid", "no guid", "respelled address", "rewritten", "whitespace", "moved site", "renamed"],
)
def test_an_edited_entry_is_known_again(edited: Entry) -> None:
    assert set(keys(edited, 1)) & set(keys(LONG, 1))


def test_a_guid_counts_only_within_its_feed() -> None:
    one = Entry(headline="One", guid="1", url="https://one.example/a")
    other = Entry(headline="Other", guid="1", url="https://other.example/b")

    assert set(keys(one, 1)) & set(keys(replace(one, url=None), 1))
    assert not set(keys(one, 1)) & set(keys(other, 2))
    assert not set(keys(one, None)) & set(keys(other, None))


def test_a_guid_that_a_feed_gives_to_every_entry_makes_no_entry_a_rerun() -> None:
    feed = [Entry(headline=f"Entry {n}", guid="same", url=f"https://example.org/{n}") for n in range(3)]

    known = [set(keys(entry, 1, shared_guids=shared(feed))) for entry in feed]

    assert shared(feed) == {"same"}
    assert not known[0] & known[1]
    assert not known[1] & known[2]


def test_a_link_that_a_feed_gives_to_every_entry_makes_no_entry_a_rerun() -> None:
    feed = [Entry(headline=f"Version {n}", guid=f"v{n}", url="https://example.org/changes") for n in range(3)]

    known = [set(keys(entry, 1, shared_guids=shared(feed))) for entry in feed]

    assert not known[0] & known[1]
    assert not known[1] & known[2]


def test_an_entry_listed_twice_shares_nothing() -> None:
    assert shared([LONG, LONG]) == frozenset()


@pytest.mark.parametrize("url", ["https://example.org/", "https://www.example.org", "javascript:void(0)", None])
def test_a_front_page_or_no_link_at_all_identifies_no_entry(url: str | None) -> None:
    one = Entry(headline="One", guid="1", url=url)
    other = Entry(headline="Other", guid="2", url=url)

    assert not set(keys(one, 1)) & set(keys(other, 1))


def test_entries_at_different_places_of_one_page_are_different() -> None:
    one = Entry(headline="New", guid="1", url="https://example.org/changes#v1")
    other = Entry(headline="New", guid="2", url="https://example.org/changes#v2")

    assert not set(keys(one, 1)) & set(keys(other, 1))


def test_a_weekly_column_under_one_headline_and_teaser_is_not_its_own_rerun() -> None:
    first = Entry(
        headline="Quiz of the week", paragraphs=("Test yourself.",), guid="1", url="https://example.org/quiz/1"
    )

    assert not set(keys(first, 1)) & set(keys(replace(first, guid="2", url="https://example.org/quiz/2"), 1))


@given(
    st.builds(
        Entry,
        headline=st.text(max_size=20),
        paragraphs=st.lists(st.text(max_size=300), max_size=2).map(tuple),
        guid=st.none() | st.text(),
        url=st.none() | st.text() | URLS,
    ),
    st.none() | st.integers() | st.text(),
)
@example(LONG, "\ud800")
def test_every_entry_has_short_plain_keys(entry: Entry, feed: str | int | None) -> None:
    found = keys(entry, feed)

    assert found
    assert all(len(key) <= 40 and key.isascii() and key.isprintable() for key in found)
    assert found == keys(entry, feed)


@pytest.mark.parametrize(
    "url",
    [
        "https://herald.example/news/a-comet_1~2.html",
        "http://www.herald.example/a/",
        "https://www.example/a",
        "https://www.www.example/a",
        "https://herald.example/a/b.c./d..e",
        "https://herald.example/./a/../b",
        "https://herald.example/a//b",
        "https://127.0.0.1/a",
        "https://xn--bcher-kva.example/A",
        "https://a--b.co.example/-/_",
    ],
)
def test_an_address_that_is_plain_already_is_spelled_as_any_other(url: str) -> None:
    assert canonical_url(url) == canonical_url(f"{url}#top")
    assert keys(Entry(headline="A", url=url), 1) == keys(Entry(headline="A", url=f"{url}#top"), 1)
