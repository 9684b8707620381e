"""Lists of feeds come in and go out."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.answers import NotAList, TooLarge
from ingest.opml import MAX_BYTES, Outline, read_opml, write_opml

FIXTURES = Path(__file__).parent / "fixtures"


def test_feeds_keep_their_names_and_folders_and_come_once() -> None:
    assert read_opml((FIXTURES / "folders-in-folders.opml").read_bytes()) == (
        Outline("https://harbour.example/feed?a=1&b=2", "Salt & Sand", "World"),
        Outline("https://elbe.example/rss", "Elbe", "Rivers"),
        Outline("https://harbour.example/back", "Back", "World"),
        Outline("https://loose.example/feed", "Loose", None),
    )


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"<opml><body/></opml>", b"\xff\xfe\x00", b"<opml><body><outline text='x'/>"]
)
def test_a_file_without_feeds_is_told_so(data: bytes) -> None:
    with pytest.raises(NotAList, match="This file names no feeds"):
        read_opml(data)


def test_a_list_too_large_is_not_read() -> None:
    with pytest.raises(TooLarge):
        read_opml(b" " * (MAX_BYTES + 1))


NAMES = st.text(min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(str.isprintable)


@given(
    st.lists(st.tuples(st.integers(0, 99), NAMES, st.sampled_from(["World", 'A "B" & <C>'])), unique_by=lambda t: t[0])
)
def test_what_is_exported_comes_back_the_same(rows: list[tuple[int, str, str]]) -> None:
    outlines = sorted(
        (
            Outline(f"https://x.example/{number}?a=1&b='2'", name or None, folder)
            for number, name, folder in rows
            if name
        ),
        key=lambda outline: outline.folder or "",
    )
    if not outlines:
        return

    assert read_opml(write_opml(outlines)) == tuple(outlines)


def test_feeds_without_a_folder_or_a_name_are_exported_too() -> None:
    written = write_opml([Outline("https://x.example/")], title="Mine & yours")

    assert read_opml(written) == (Outline("https://x.example/", "https://x.example/", None),)


def test_lists_of_careless_programs_are_read_all_the_same() -> None:
    def only(outline: str, encoding: str = "utf-8") -> Outline:
        head = "<?xml version='1.0' encoding='UTF-8'?><opml version='1.0'><body>"
        [found] = read_opml(f"{head}{outline}</body></opml>".encode(encoding))
        return found

    bare = '<outline text="News & Views"><outline text="A&B" xmlUrl="https://a.example/f?x=1&y=2"/></outline>'
    assert only(bare) == Outline("https://a.example/f?x=1&y=2", "A&B", "News & Views")
    assert only('<outline text="Caf&eacute;" xmlUrl="feed://a.example/f"/>') == Outline("https://a.example/f", "Café")
    assert only('<OUTLINE TEXT="A" TYPE="rss" URL="https://a.example/f"/>').url == "https://a.example/f"
    assert only('<outline text="A" category="/Tech/AI,/News" xmlUrl="https://a.example/f"/>').folder == "AI"
    assert only('<outline text="Новости мира и страны" xmlUrl="https://a.example/f"/>', "cp1251").title == (
        "Новости мира и страны"
    )
