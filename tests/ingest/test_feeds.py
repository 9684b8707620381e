"""Feeds of every age and temper."""

import random
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import quick, tolerant
from ingest.answers import CutShort, NotAFeed, TooLarge, Unreadable
from ingest.feeds import ParsedFeed, list_source, read_feed
from ingest.listing import MAX_BYTES, MAX_ENTRIES, Listing
from ingest.prints import READING

READERS: Sequence[Callable[[bytes], Listing]] = (
    lambda feed: quick.parse(feed, "https://courier.example/feed"),
    lambda feed: tolerant.parse(feed, "https://courier.example/feed", None),
)
FIXTURES = Path(__file__).parent / "fixtures"
CORPUS = Path(__file__).parents[2] / ".." / "shared" / "data" / "feeds" / "gofeed-testdata.tar.gz"


def read(name: str, url: str | None = "https://harbour.example/feed.xml") -> ParsedFeed:
    return read_feed((FIXTURES / name).read_bytes(), url=url)


def test_markup_becomes_paragraphs_and_a_cut_text_is_known_for_a_teaser() -> None:
    feed = read("html-inside-a-description.xml")
    entry = feed.entries[0]

    assert (feed.title, feed.site_url, feed.language) == ("Harbour News", "https://harbour.example/", "en")
    assert entry.headline == "Salt & Sand: Two Barges"
    assert entry.paragraphs == (
        "Two barges came on Friday.", "• One with salt.", "• One with sand.", "More will come… […]"
    )  # fmt: skip
    assert (entry.url, entry.guid) == ("https://harbour.example/barges?a=1&b=2", "barges-1")
    assert (entry.byline, entry.section, entry.source) == ("Jana Dvorak", "World", "Harbour News")
    assert entry.image_url == "https://harbour.example/barges.jpg"
    assert entry.published == "2024-11-02T05:59:00+00:00"
    assert entry.is_teaser


def test_relative_links_start_from_where_the_feed_says() -> None:
    entry = read("links-relative-to-xml-base.xml").entries[0]

    assert entry.url == "https://harbour.example/news/2024/crane"
    assert entry.image_url == "https://harbour.example/news/crane.jpg"
    assert entry.headline == "Kran < 30 Tonnen & mehr"
    assert entry.paragraphs[1] == "Der Fluss war im Oktober um vier Meter gestiegen."
    assert entry.standfirst == "Der Kran steht wieder, und die Schiffe kommen zurück."
    assert (entry.section, entry.language, entry.byline) == ("Welt", "de", "Jana Dvorak")


def test_a_feed_that_brings_the_whole_text_is_no_teaser() -> None:
    entry = read("whole-text-beside-a-summary.xml").entries[0]

    assert not entry.is_teaser
    assert len(entry.paragraphs) == 4
    assert entry.standfirst == "Two of five cranes are still out of use."


def test_an_entry_without_a_headline_is_shown_by_its_first_words_and_an_empty_one_not_at_all() -> None:
    entries = read("entries-with-nothing-to-show.xml").entries

    assert [entry.headline for entry in entries] == ["A barge without a headline came in the morning."]
    assert entries[0].url is None
    assert not entries[0].is_teaser


def test_a_feed_that_is_not_well_formed_still_brings_its_news() -> None:
    feed = read("not-well-formed.xml")

    assert [entry.url for entry in feed.entries] == ["https://harbour.example/1", "https://harbour.example/2"]
    assert feed.entries[0].published is None


def test_an_ampersand_that_is_no_entity_stays_wherever_it_stands() -> None:
    text = "<![CDATA[<p>Bread & butter</p>]]>"
    items = f"<item><description>{text}</description><title>Salt & Sand</title></item>"
    feed = f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>"

    [entry] = read_feed(feed.encode(), url=None).entries

    assert (entry.headline, entry.paragraphs) == ("Salt & Sand", ("Bread & butter",))


def test_a_picture_within_a_text_starts_from_where_the_feed_says() -> None:
    text = '<content type="html" xml:base="https://harbour.example/cranes/">&lt;img src="one.jpg"&gt;Cranes.</content>'
    entry = f'<entry><id>urn:1</id><title>Cranes</title><link href="https://harbour.example/1"/>{text}</entry>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{entry}</feed>'

    [read] = read_feed(feed.encode(), url="https://harbour.example/feed").entries

    assert read.image_url == "https://harbour.example/cranes/one.jpg"


BASED = """<?xml version="1.0"?><?xml-stylesheet href="/styles/feed.xsl"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Pelicans</title>{}</feed>"""
BASED_ENTRY = """<entry><id>tag:harbour.example,{at}</id><title type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml"><i>Pelican</i> {at}</div></title><link href="https://harbour.example/{at}"/>
<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One of <em>many</em>.</p></div></summary>
<content type="html" xml:base="https://{place}.harbour.example/">&lt;img src="birds/{at}.png"&gt; It flew.</content>
</entry>"""


@pytest.mark.parametrize("places", [("a", "a"), ("a", "b")])
def test_texts_with_markup_of_their_own_and_with_a_base_of_their_own_are_read(places: Sequence[str]) -> None:
    text = BASED.format("".join(BASED_ENTRY.format(at=at, place=place) for at, place in enumerate(places)))

    address = "https://elsewhere.example/feed"
    feed, listing = read_feed(text.encode(), url=address), list_source(text.encode(), url=address)

    pictures = [f"https://{place}.harbour.example/birds/{at}.png" for at, place in enumerate(places)]
    assert [each.image_url for each in feed.entries] == pictures
    assert {each.summary for each in listing.entries} == {"<p>One of <em>many</em>.</p>"}
    assert [each.headline for each in feed.entries] == ["Pelican 0", "Pelican 1"]


def test_json_feeds_are_feeds() -> None:
    entry = read("json-feed.json").entries[0]

    assert (entry.headline, entry.paragraphs) == ("Barge One", ("It came.",))
    assert (entry.url, entry.byline, entry.section) == ("https://harbour.example/1", "Jana Dvorak", "World")


def test_a_feed_without_entries_is_a_feed() -> None:
    feed = read("channel-without-entries.xml")

    assert (feed.title, feed.entries) == ("Quiet Harbour", ())


ATOM = "<feed xmlns='http://purl.org/atom/ns#' version='0.3'><title>t</title><entry><title>one</title></entry></feed>"
RDF = (
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
    "<channel><title>t</title></channel><item rdf:about='http://x.example/1'><title>one</title></item></rdf:RDF>"
)
OLD = "<rss version='0.91'><channel><title>t</title><item><title>one</title></item></channel></rss>"


@pytest.mark.parametrize("text", [ATOM, RDF, OLD])
def test_older_formats_are_read(text: str) -> None:
    assert [entry.headline for entry in read_feed(text.encode(), url=None).entries] == ["one"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1251", "koi8-r"])
def test_feeds_are_read_in_the_encoding_they_declare(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f"<?xml version='1.0' encoding='{declared}'?>" + OLD.replace("one", "Порт открыт")

    assert read_feed(text.encode(encoding), url=None).entries[0].headline == "Порт открыт"


@pytest.mark.parametrize(
    "data", [b"", b"  ", b"hello", b"<html><body>page</body></html>", b"{}", b"[1]", bytes(range(256))]
)
def test_what_is_no_feed_is_told_so(data: bytes) -> None:
    with pytest.raises(NotAFeed, match="There is no feed here"):
        read_feed(data, url="https://harbour.example/")


def test_a_base_that_is_no_address_leads_nowhere() -> None:
    feed = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://[x"><title>T</title><entry><title>One</title>'
    feed += '<link href="/one"/></entry></feed>'

    assert read_feed(feed.encode(), url="https://harbour.example/").entries[0].headline == "One"


def test_a_number_is_not_taken_for_a_date() -> None:
    undated = "<rss><channel><pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate><item><title>One</title><guid>17</guid>{}"
    dated = undated.format("<dc:date>2026-11-20</dc:date></item></channel></rss>")

    assert read_feed(undated.format("</item></channel></rss>").encode(), url=None).entries[0].published is None
    assert (read_feed(dated.encode(), url=None).entries[0].published or "").startswith("2026-11-20")


def test_a_feed_is_read_up_to_a_limit() -> None:
    items = "".join(f"<item><title>{number}</title></item>" for number in range(MAX_ENTRIES + 500))

    assert len(read_feed(f"<rss><channel>{items}</channel></rss>".encode(), url=None).entries) == MAX_ENTRIES
    with pytest.raises(TooLarge):
        read_feed(b" " * (MAX_BYTES + 1), url=None)


XXE = """<?xml version="1.0"?><!DOCTYPE rss [
<!ENTITY s SYSTEM "file://{secret}"><!ENTITY % p SYSTEM "file://{secret}">%p;]>
<rss version="2.0"><channel><title>t</title><item><title>x &s;</title>
<description>&s;</description></item></channel></rss>"""


def test_an_entity_opens_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")

    feed = read_feed(XXE.format(secret=secret).encode(), url=None)

    assert "hunter2" not in repr(feed)


def test_the_corpus_of_another_reader_brings_nothing_but_feeds_and_answers() -> None:
    if not CORPUS.exists():
        pytest.skip("the feed corpus is not beside the project")
    with tarfile.open(CORPUS) as files:
        members = [member for member in files.getmembers() if member.isfile() and member.name.endswith(".xml")]
        data = [files.extractfile(member).read() for member in members]  # type: ignore[union-attr]
    refused = 0
    for feed in data:
        try:
            read_feed(feed, url="https://harbour.example/feed")
        except NotAFeed:
            refused += 1

    assert len(data) > 500
    assert refused <= 2


SEEDS = [path.read_bytes() for path in sorted(FIXTURES.glob("*.xml"))]


def mutated(seed: int, seeds: Sequence[bytes] = tuple(SEEDS)) -> bytes:
    chance = random.Random(seed)
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 12)):
        if not data:  # nothing is left of a small one: that is what comes, then
            break
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(40)]
            case 2:
                data[at:at] = chance.choice([b"<", b"&", b"]]>", b"<![CDATA[", b"\x00", b"&#0;", b"<!--", b"\xff\xfe"])
            case _:
                data[at:at] = data[: chance.randrange(200)]
    return bytes(data)


@given(st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_a_feed_damaged_on_its_way_is_read_or_answered(seed: int) -> None:
    try:
        feed = read_feed(mutated(seed), url="https://harbour.example/feed")
    except Unreadable:
        return
    assert all(entry.headline for entry in feed.entries)


def test_entries_that_say_what_they_said_are_left_out_and_still_listed() -> None:
    def rss(*items: tuple[str, str], title: str = "The Herald") -> bytes:
        told = "".join(
            f"<item><title>{said}</title><link>https://herald.example/{name}</link></item>" for name, said in items
        )
        return f"<rss><channel><title>{title}</title>{told}</channel></rss>".encode()

    first = read_feed(rss(("a", "One"), ("b", "Two"), ("b", "Three")), url=None)
    known = first.known + b"".join(first.prints)
    again = read_feed(rss(("c", "Four"), ("a", "One")), url=None, known=known)
    edited = read_feed(rss(("a", "One, two")), url=None, known=known)
    renamed = read_feed(rss(("a", "One"), title="The Courier"), url=None, known=known)

    assert [len(each) for each in first.prints] == [8, 0, 0]
    assert ([each.headline for each in again.entries], again.known) == (["Four"], known)
    assert again.listed[1] == first.listed[0]
    assert [len(each.entries) for each in (edited, renamed)] == [1, 1]
    assert (edited.known, renamed.known) == (READING, READING)


def test_what_is_new_beside_known_entries_is_told_in_its_language_at_once() -> None:
    german = "Der Stadtrat hat am Montag beschlossen, dass der Hafen bis zum Herbst erneuert werden soll. " * 4

    def rss(*items: tuple[str, str]) -> bytes:
        told = "".join(
            f"<item><title>{name}</title><link>https://herald.example/{name}</link><description>{text}</description></item>"
            for name, text in items
        )
        return f"<rss><channel><title>Bote</title><language>en</language>{told}</channel></rss>".encode()

    first = read_feed(rss(("a", german)), url=None)
    again = read_feed(rss(("b", german), ("a", german)), url=None, known=b"".join(first.prints))

    assert [(each.language, first.is_told) for each in first.entries] == [("en", False)]
    assert [(each.language, again.is_told) for each in again.entries] == [("de", True)]


def rss(item: str, head: str = "", namespaces: str = "") -> bytes:
    channel = f"<title>The Courier</title><link>https://courier.example/</link>{head}{item}"
    return f'<rss version="2.0" {namespaces}><channel>{channel}</channel></rss>'.encode()


LIES = (
    *(("ISO-8859-1", "utf-8"), ("windows-1251", "utf-8"), ("gb2312", "utf-8"), ("UTF-16", "utf-8")),
    *(("ISO-8859-1", "cp1252"), ("utf-8", "cp1252"), ("utf-16", "utf-16-be")),
)


@pytest.mark.parametrize(("declared", "really"), LIES)
def test_a_feed_that_declares_the_wrong_encoding_is_read_all_the_same(declared: str, really: str) -> None:
    headline = "Größe „zählt“ – für Köln"
    feed = f"<?xml version='1.0' encoding='{declared}'?>" + OLD.replace("one", headline)

    assert read_feed(feed.encode(really), url=None).entries[0].headline == headline


def test_a_text_does_not_end_at_a_name_that_is_htmls_and_not_xmls() -> None:
    [entry] = list_source(rss("<item><title>Caf&eacute; &amp; t&eacute;</title><description>One&nbsp;&mdash; two"
                              "<![CDATA[ &eacute;]]></description></item>"), url=None).entries  # fmt: skip

    assert (entry.title, entry.summary) == ("Café & té", "One\xa0— two &eacute;")


NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
FULL = (
    "<item><title>One</title><link>https://courier.example/1</link><dc:creator>Ann</dc:creator>"
    "<dc:creator>Bea</dc:creator><dc:date>2026-01-05T10:00:00+01:00</dc:date><description>In short</description>"
    "<content:encoded>&lt;p&gt;At length&lt;/p&gt;</content:encoded></item>"
)
RDF_FULL = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    + NAMESPACES
    + "><channel><title>The Courier</title></channel>"
    + FULL
    + "</rdf:RDF>"
)
ATOM_FULL = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Courier</title><entry><title>One</title>'
    '<link href="https://courier.example/1"/><author><name>Ann</name></author><author><name>Bea</name></author>'
    '<published>2026-01-05T10:00:00+01:00</published><summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
    'In short</div></summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>At length</p></div>'
    "</content></entry></feed>"
)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("feed", [rss(FULL, namespaces=NAMESPACES).decode(), RDF_FULL, ATOM_FULL, rss(FULL).decode()])
def test_what_is_kept_is_the_same_whichever_reader_read_it(feed: str, read: Callable[[bytes], Listing]) -> None:
    [entry] = read(feed.encode()).entries

    assert (entry.id, entry.link, entry.title) == (None, "https://courier.example/1", "One")
    assert (entry.summary, entry.content.replace(' xmlns="http://www.w3.org/1999/xhtml"', "")) == (
        "In short", "<p>At length</p>"
    )  # fmt: skip
    assert (entry.authors, entry.published) == (("Ann", "Bea"), "2026-01-05T09:00:00+00:00")


@pytest.mark.parametrize("read", READERS)
def test_a_description_is_a_summary_and_a_content_alone_has_none(read: Callable[[bytes], Listing]) -> None:
    def told(text: str) -> tuple[str, str]:
        other = "<item><title>Other</title><description>Said</description></item>"
        entry, _ = read(rss(f"<item><title>One</title>{text}</item>{other}", namespaces=NAMESPACES)).entries
        return entry.summary, entry.content

    assert told("<description>Told</description>") == ("Told", "")
    assert told("<content:encoded>Told</content:encoded>") == ("", "Told")
    assert told("<media:description>Told</media:description>") == ("Told", "")
    assert told("<description>Told</description><media:description>A crane</media:description>") == ("Told", "")


def test_the_picture_of_a_video_or_an_episode_is_kept() -> None:
    def pictures(item: str) -> tuple[str, ...]:
        return (
            list_source(rss(f"<item><title>One</title>{item}</item>", namespaces=NAMESPACES), url=None)
            .entries[0]
            .images
        )

    video = '<media:content url="https://courier.example/1.swf" type="application/x-shockwave-flash"/>'
    assert pictures(f'<media:group>{video}<media:thumbnail url="https://courier.example/1.jpg"/></media:group>') == (
        "https://courier.example/1.jpg",
    )
    assert pictures('<itunes:image href="https://courier.example/2.jpg"/>') == ("https://courier.example/2.jpg",)
    assert pictures("<image><url>https://courier.example/3.jpg</url></image>") == ("https://courier.example/3.jpg",)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Mon, 05 Jan 2026 10:00:00 +02:00", "2026-01-05T08:00:00+00:00"),
        ("mar., 05 mai 2026 10:00:00 +0200", "2026-05-05T08:00:00+00:00"),
        ("2026년 1월 5일", "2026-01-05"),
        ("January 5, 2026 10:00 AM", "2026-01-05T10:00:00+00:00"),
        ("25/01/2026", "2026-01-25"),
        ("Mon, 5 Jan 2026 8:19 pm CEST", "2026-01-05T18:19:00+00:00"),
        ("2026-01-05T24:00:00+0100", "2026-01-05T23:00:00+00:00"),
        ("Mon, 05 Jan 2026 10:00:60 EST", "2026-01-05T15:01:00+00:00"),
        ("Mon Jan  5 10:00:00 UTC 2026", "2026-01-05T10:00:00+00:00"),
        ("Mon, 05 Jan 2026 10:00:00 +3000", "2026-01-05T10:00:00+00:00"),
        *((said, None) for said in ("yesterday", "2026", "2026-01", "05/01/2026", "Mon, 32 Jan 2026 10:00:00 GMT")),
    ],
)
def test_a_date_is_a_whole_day_that_is_no_guess(said: str, told: str | None) -> None:
    for read in READERS:
        feed = rss(f"<item><title>One</title><pubDate>{said}</pubDate></item>")

        assert read(feed).entries[0].published == told


def test_a_link_is_mended_as_a_browser_would() -> None:
    def link(said: str) -> str | None:
        return list_source(rss(f"<item><title>One</title><link>{said}</link></item>"), url=None).entries[0].link

    assert link("https://courier.example/one two.html") == "https://courier.example/one%20two.html"
    assert link("https://courier.example/one?a=1&amp;amp;b=2") == "https://courier.example/one?a=1&b=2"
    assert link("https://courier.example/\n  one") == "https://courier.example/one"
    assert link("javascript:alert(1)") is None


def test_a_text_that_only_repeats_its_headline_says_nothing() -> None:
    told = (
        "&lt;a href='https://courier.example/1'&gt;Big plant opens&lt;/a&gt;&amp;nbsp; &lt;b&gt;The Gazette&lt;/b&gt;"
    )
    feed = rss(f"<item><title>Big plant opens - The Gazette</title><description>{told}</description></item>")

    assert read_feed(feed, url=None).entries[0].paragraphs == ()


def test_a_json_feed_tells_all_that_its_format_knows() -> None:
    feed = """{"version": "https://jsonfeed.org/version/1.1", "title": "The Courier", "items": [
      {"id": 2, "external_url": "https://other.example/2", "title": "One", "content_text": "2 < 3 & so on.",
       "authors": [{"name": "Ann"}, {"name": "Bea"}], "image": "https://courier.example/2.jpg",
       "date_published": "2026-01-05T10:00:00+01:00", "tags": ["World", 3]}, 7,
      {"id": "https://courier.example/3", "content_html": "<p>At length</p>", "summary": "In short", "title": null}]}"""

    one, other = list_source(feed.encode("utf-8-sig"), url="https://courier.example/feed.json").entries
    read = read_feed(feed.encode(), url=None).entries

    assert (one.id, one.link, one.authors) == ("2", "https://other.example/2", ("Ann", "Bea"))
    assert (one.published, one.images) == ("2026-01-05T09:00:00+00:00", ("https://courier.example/2.jpg",))
    assert read[0].paragraphs == ("2 < 3 & so on.",)
    assert (other.link, other.summary, other.content) == ("https://courier.example/3", "In short", "<p>At length</p>")


def test_an_entry_leads_to_its_page_however_that_is_named() -> None:
    def link(item: str) -> str | None:
        namespace = 'xmlns:atom="http://www.w3.org/2005/Atom"'
        feed = rss(f"<item><title>One</title>{item}</item><item><title>Other</title></item>", namespaces=namespace)
        return list_source(feed, url=None).entries[0].link

    page = "https://courier.example/1"
    assert link(f'<link href="{page}"/>') == page
    assert link(f'<atom:link href="{page}"/>') == page
    several = '<link href="/1.json" type="application/json"/><link href="https://courier.example/1" type="text/html"/>'
    atom = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>One</title>{several}</entry></feed>'
    )
    assert list_source(atom.encode(), url="https://courier.example/feed").entries[0].link == page
    told = atom.replace(several, f"<link>{page}</link><author>Ann Berg</author>")
    [entry] = list_source(told.encode(), url=None).entries
    assert (entry.link, entry.authors) == (page, ("Ann Berg",))


def test_a_text_does_not_end_at_a_comment_or_at_a_byte_of_nothing() -> None:
    text = "<description>Be<!-- a -->fore <![CDATA[<!-- kept -->]]></description>"
    item = f"<item><title>One<!-- two --> three</title>{text}"
    [entry] = list_source(rss(f"{item}</item>"), url=None).entries
    [other] = list_source(rss("<item><title>One\0 two\0</title></item>"), url=None).entries

    assert (entry.title, entry.summary) == ("One three", "Before <!-- kept -->")
    assert other.title == "One two"
    assert list_source(rss("<item><title>One</title></item><!-- " * 50_000), url=None).title == "The Courier"


def test_a_feed_may_say_its_language_as_xml_does() -> None:
    feed = rss("<item><title>Eins</title></item>", namespaces='xml:lang="de-AT"')

    assert list_source(feed, url=None).language == "de-AT"


@pytest.mark.parametrize("title", ["Untitled", "(no title)", "null", "無題", "...", "&amp;nbsp;"])
def test_a_title_that_a_program_made_up_is_none(title: str) -> None:
    feed = rss(f"<item><title>{title}</title><description>The crane fell on Monday.</description></item>")

    assert read_feed(feed, url=None).entries[0].headline == "The crane fell on Monday."
    assert [each.headline for each in read_feed(rss("<item><title>Untitled</title></item>"), url=None).entries] == [
        "Untitled"
    ]


ITEM = "<item><title>One</title><link>https://courier.example/1</link>{}</item>"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" {}><title>The Courier</title><entry><title>One</title>{}</entry></feed>'
)


@pytest.mark.parametrize(
    "feed",
    [
        b"\n\n<?xml version='1.0'?>" + rss(ITEM),
        rss(ITEM.format("<category>Salt & Sand &copy; &hellip; &unknown;</category>")),
        rss(ITEM.format("<category>Salt\x08\x1f</category>")),
        b"<!DOCTYPE rss PUBLIC '-//Netscape//DTD RSS 0.91//EN' 'rss-0.91.dtd'>" + rss(ITEM.format("&eacute;")),
        b"<html xmlns='http://www.w3.org/1999/xhtml'><body>" + rss(ITEM) + b"</body></html>",
        rss(ITEM.format("<a:b>undeclared</a:b>")),
        RDF_FULL.replace("xmlns:rdf", "xmlns:other").encode(),
        b"<?xml version='1.0' encoding='windows-1251'?>" + rss(ITEM.format("<category>A & Я</category>"))
        .decode().encode("cp1251"),
        ATOM.format("xml:base='https://courier.example/'", "<link href='1'/>").encode(),
    ],
)  # fmt: skip
def test_what_is_easily_mended_needs_no_tolerant_reader(feed: bytes) -> None:
    listing = quick.parse(feed, None)

    assert (listing.title, listing.entries[0].title, listing.entries[0].link) == (
        "The Courier", "One", "https://courier.example/1"
    )  # fmt: skip


@pytest.mark.parametrize("broken", ["<b>One<i>", "</description><description>", "<"])
def test_what_is_not_well_formed_is_left_to_the_tolerant_reader(broken: str) -> None:
    feed = rss(ITEM.format(f"<description>{broken}</description></b>"))

    with pytest.raises(quick.Doubtful):
        quick.parse(feed, None)
    assert list_source(feed, url=None).entries[0].link == "https://courier.example/1"


@pytest.mark.parametrize("told", ['<rss version="2.0"><channel><ti', "<rss><channel><title>The Herald</title><item"])
def test_a_feed_that_breaks_off_before_its_first_entry_is_not_taken_for_an_empty_one(told: str) -> None:
    with pytest.raises(CutShort):
        list_source(told.encode(), url=None)


def test_a_feed_that_ends_before_its_entries_still_brings_them() -> None:
    feed = (
        b'<rss xmlns:a="http://a, b"/><channel><title>Herald</title><item><title>Comet</title></item></channel></rss>'
    )

    assert [each.title for each in list_source(feed, url=None).entries] == ["Comet"]


def test_a_text_in_the_files_own_markup_is_kept_as_html_has_it() -> None:
    div = (
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>2 &lt; 3 <svg:svg xmlns:svg="http://www.w3.org/2000/svg"/></p>'
        "</div>"
    )
    atom = ATOM.format("", f'<content type="xhtml">{div}</content>')
    mixed = rss(ITEM.format("<description>&lt;p&gt;Salt<br/> and sand&lt;/p&gt;</description>"))

    assert quick.parse(atom.encode(), None).entries[0].content == "<p>2 &lt; 3 <svg/></p>"
    assert quick.parse(mixed, None).entries[0].summary == "<p>Salt<br/> and sand</p>"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_letters_that_were_encoded_twice_are_put_right(encoding: str) -> None:
    told = "Größe zählt…".encode().decode(encoding)
    feed = rss(f"<item><title>{told}</title></item><item><title>São Paulo, SÃO</title></item>")

    assert [entry.title for entry in list_source(feed, url=None).entries] == ["Größe zählt…", "São Paulo, SÃO"]


@pytest.mark.parametrize("read", READERS)
def test_only_a_picture_is_one(read: Callable[[bytes], Listing]) -> None:
    def pictures(item: str) -> tuple[str, ...]:
        return read(rss(ITEM.format(item), namespaces=NAMESPACES)).entries[0].images

    assert pictures('<enclosure url="https://courier.example/1.mp3"/>') == ()
    assert pictures('<enclosure url="https://courier.example/episode"/>') == ()
    assert pictures('<enclosure url="https://courier.example/1.jpg"/>') == ("https://courier.example/1.jpg",)
    assert pictures('<media:content url="https://courier.example/1"/>') == ("https://courier.example/1",)


@pytest.mark.parametrize("read", READERS)
def test_a_picture_attached_to_an_entry_of_atom_is_kept(read: Callable[[bytes], Listing]) -> None:
    link = '<link rel="enclosure" type="image/png" href="https://courier.example/1.png"/>'
    feed = ATOM.format("", f'<link href="https://courier.example/1"/>{link}')

    [entry] = read(feed.encode()).entries

    assert (entry.link, entry.images) == ("https://courier.example/1", ("https://courier.example/1.png",))


@pytest.mark.parametrize("read", READERS)
def test_addresses_in_texts_start_from_the_nearest_base(read: Callable[[bytes], Listing]) -> None:
    text = "&lt;a href='a'>A&lt;/a> &lt;img src='/b.png'> href='c'"
    feed = ATOM.format(
        'xml:base="https://courier.example/one/"',
        f'<link href="1"/><content type="html" xml:base="/two/">{text}</content>',
    )

    [entry] = read(feed.encode()).entries

    assert entry.link == "https://courier.example/one/1"
    assert "https://courier.example/two/a" in entry.content
    assert "https://courier.example/b.png" in entry.content
    assert entry.content.endswith("href='c'")
