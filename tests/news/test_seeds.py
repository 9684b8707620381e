"""The samples that a first run ingests, condensed by the same decisions as any article."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from news.article import Entry
from news.bullets import choose_bullets
from news.sketches import likeness, sketch
from news.stories import bar
from news.topics import Taxonomy, file_under

SEEDS = Path(__file__).parents[2] / "seeds"
TAXONOMY = Taxonomy.from_mapping(tomllib.loads((SEEDS / "topics.toml").read_text("utf-8")))
STAMPED = re.compile(r"(?P<byline>.+?)(?P<at>[A-Z][a-z]+ \d{1,2}, \d{4} \d\d:\d\d [AP]M)(?P<section>.+)")


def read(path: Path) -> Entry:
    """An article file in the shape of the samples, and no other shape."""
    headline, blank, stamped, *rest = path.read_text("utf-8").split("\n")
    match = STAMPED.fullmatch(stamped)
    assert (blank, bool(match)) == ("", True)
    assert match is not None
    datetime.strptime(match["at"], "%B %d, %Y %I:%M %p").replace(tzinfo=UTC)
    bullets = [line.removeprefix("  • ") for line in rest if line.startswith("  • ")]
    credit, text = rest[len(bullets)], "\n".join(rest[len(bullets) + 1 :]).split("\n\n")
    assert credit.startswith(headline + "Image Credits: ")
    assert text[-1] == "Related Post"
    return Entry(
        headline=headline,
        byline=match["byline"],
        section=match["section"],
        publisher_bullets=tuple(bullets),
        standfirst=text[0],
        paragraphs=tuple(text[1:-1]),
    )


ARTICLES = {path.stem: read(path) for path in sorted((SEEDS / "articles").glob("*.txt"))}


@pytest.mark.parametrize("name", ARTICLES)
def test_each_sample_article_is_long_enough_and_finds_bullets_and_its_topic(name: str) -> None:
    article = ARTICLES[name]
    bare = replace(article, section=None, publisher_bullets=())
    by_section = file_under(article, TAXONOMY)

    assert 230 <= len(article.text.split()) <= 650 or len(article.text) >= 9_000
    assert 2 <= len(choose_bullets(article)) <= 3
    assert choose_bullets(bare)
    assert by_section[0].confidence == 1.0
    assert file_under(bare, TAXONOMY)[0].topic == by_section[0].topic


def test_the_samples_span_the_topics_and_leave_some_bullets_to_be_chosen() -> None:
    assert {file_under(article, TAXONOMY)[0].topic for article in ARTICLES.values()} == {
        t.slug for t in TAXONOMY.topics
    }
    assert 12 <= len(ARTICLES) <= 15
    assert 2 <= sum(not article.publisher_bullets for article in ARTICLES.values()) <= 3
    assert sum(len(article.text) >= 9_000 for article in ARTICLES.values()) == 1


def test_the_tellings_of_one_event_are_alike_and_no_others_are() -> None:
    def event(name: str) -> str:
        return "-".join(name.split("_")[1].split("-")[:2])

    for (one, first), (other, second) in combinations(ARTICLES.items(), 2):
        alike = likeness(sketch(first), sketch(second)) >= bar(sketch(second))
        assert alike == (event(one) == event(other)), (one, other)


def test_the_starter_feeds_are_filed_in_folders_named_for_topics() -> None:
    folders = ElementTree.parse(SEEDS / "feeds.opml").getroot().findall("body/outline")
    urls = [feed.attrib["xmlUrl"] for folder in folders for feed in folder]

    assert {folder.attrib["text"] for folder in folders} == {topic.slug for topic in TAXONOMY.topics}
    assert 25 <= len(urls) == len(set(urls)) <= 40
    assert all(url.startswith("https://") for url in urls)
