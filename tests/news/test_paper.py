"""An article as a file: all that it says, nothing that acts, nothing that is fetched, under a safe name."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given

from news.article import Article, Bullet, Filing
from news.messages.markup import clean
from news.messages.paper import LONGEST_NAME, name_of, paper
from tests.news.test_messages import HOSTILE, NOW, SCENE

OURS = {
    *("html", "head", "meta", "title", "style", "body", "article", "header", "h1"),
    *("p", "em", "ul", "li", "footer", "a"),
}
FERRY = Article(
    id=7,
    story_id=3,
    first_seen_at=NOW,
    headline="Ferry runs aground",
    standfirst="Nobody was hurt.",
    paragraphs=("The Halvard ran aground in fog.", "Write to @harbour, or see example.org/ferry & more."),
    bullets=(Bullet("All 214 were taken off.", "publisher"),),
    byline="Ada Holm",
    published="2024-11-02T06:59:00+01:00",
    source="The Herald",
    url="https://example.org/ferry?a=1&b=2",
    language="en",
    topics=(Filing("world", 0.9),),
)


class Read(HTMLParser):
    """What a browser sees: the tags, their attributes, and the text of each."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._within: list[str] = []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._within.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._within[-1], data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def test_a_file_holds_the_whole_article_and_links_to_its_source() -> None:
    read = Read(paper(FERRY, SCENE))
    assert [each for each in read.texts if each[0] != "style"] == [
        ("title", "Ferry runs aground"),
        ("h1", "Ferry runs aground"),
        ("p", "Ada Holm · The Herald · 2 Nov 2024, 06:59 · World"),
        ("li", "All 214 were taken off."),
        ("em", "Nobody was hurt."),
        ("p", "The Halvard ran aground in fog."),
        ("p", "Write to @harbour, or see example.org/ferry & more."),
        ("a", "The Herald"),
    ]
    assert [given["href"] for tag, given in read.tags if tag == "a"] == ["https://example.org/ferry?a=1&b=2"]


def test_an_article_of_which_only_a_teaser_is_there_says_so() -> None:
    document = paper(replace(FERRY, is_teaser=True, paragraphs=(), url=None, language=None, published=None), SCENE)
    assert "This site gives only a teaser" in document
    assert "<a " not in document


def test_a_language_of_the_right_to_left_is_read_from_there() -> None:
    assert '<html lang="he" dir="rtl">' in paper(replace(FERRY, language="he"), SCENE)
    assert "<html>" in paper(replace(FERRY, language='en" onload="x'), SCENE)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_whatever_an_article_says_is_shown_and_does_nothing(headline: str, said: str, url: str) -> None:
    hostile = replace(
        FERRY,
        headline=headline,
        standfirst=said,
        paragraphs=(said, f"<script>{said}</script>"),
        bullets=(Bullet(said, "publisher"),),
        byline=f'"><img src=x onerror=a>{said}',
        source=said,
        url=f"https://example.org/{url}",
        language=url,
    )
    document = paper(hostile, SCENE)
    document.encode()
    read = Read(document)
    assert {tag for tag, _ in read.tags} <= OURS
    assert {name for tag, given in read.tags for name in given if tag not in ("meta", "html")} <= {"href"}
    assert all((given["href"] or "").startswith("https://example.org/") for tag, given in read.tags if tag == "a")
    shown = "".join(text for tag, text in read.texts if tag == "p")
    assert clean(f"<script>{said}</script>").replace("\r", "\n") in shown.replace("\r", "\n")


def test_a_link_that_is_none_of_the_web_is_no_link() -> None:
    for url in ("javascript:alert(1)", "tg://user?id=1", 'https://example.org/"onclick="x', "file:///etc/passwd"):
        assert [tag for tag, _ in Read(paper(replace(FERRY, url=url), SCENE)).tags if tag == "a"] == []


@pytest.mark.parametrize(
    ("headline", "name"),
    [
        ("Ferry runs aground: 214 saved!", "Ferry-runs-aground-214-saved.html"),
        ("../../etc/passwd", "etc-passwd.html"),
        ("Паром сел на мель", "Паром-сел-на-мель.html"),
        ("हिन्दी में समाचार", "हिन्दी-में-समाचार.html"),
        ('a"b\r\nContent-Type: x\x00\u202egpj', "a-b-Content-Type-xgpj.html"),
        ("???", "article.html"),
        ("", "article.html"),
        ("CON", "article.html"),
        ("The " + "long " * 40, "The-long-long-long-long-long-long-long-long-long.html"),
        ("船" * 80, "船" * LONGEST_NAME + ".html"),
    ],
)
def test_a_file_is_named_by_words_of_the_headline_alone(headline: str, name: str) -> None:
    assert name_of(replace(FERRY, headline=headline)) == name
