"""A source's name in its headlines: not shown twice, and no reason for a story."""

from __future__ import annotations

import pytest

from news.article import Entry
from news.mastheads import without_masthead
from news.sketches import likeness, sketch


@pytest.mark.parametrize(
    ("headline", "source", "bare"),
    [
        ("Ferry aground | The Harbour Post", "The Harbour Post", "Ferry aground"),
        ("Ferry aground - World - Harbour Post", "World | Harbour Post", "Ferry aground"),
        ("The Harbour Post: Ferry aground", "The Harbour Post", "Ferry aground"),
        ("Post | Ferry aground", "Post", "Ferry aground"),
        ("Só quem se ama… — Diário do Porto", "Diário do Porto", "Só quem se ama…"),
        ("渡轮在大雾中搁浅_港口新闻", "港口新闻", "渡轮在大雾中搁浅"),
        ("渡轮在大雾中搁浅-港口新闻", "港口新闻", "渡轮在大雾中搁浅"),
        ("Ferry aground – Lysoy", "The Harbour Post", "Ferry aground – Lysoy"),
        ("Lysoy: ferry aground", "Lysoy", "Lysoy: ferry aground"),
        ("The Harbour Post", "The Harbour Post", "The Harbour Post"),
        ("Opinion | Post", "Post", "Opinion | Post"),
        ("Ferry aground - at last", None, "Ferry aground - at last"),
    ],
)
def test_a_headline_goes_without_the_name_of_its_source(headline: str, source: str | None, bare: str) -> None:
    assert without_masthead(headline, source) == bare


@pytest.mark.parametrize("name", ["Lysoyavisen", "Lysoy Harbour Tidings"])
def test_a_name_in_every_headline_makes_no_story_of_what_a_feed_tells(name: str) -> None:
    ferry = sketch(Entry(headline=f"{name} Ferry runs aground in fog", source=f"{name} – News"))
    school = sketch(Entry(headline=f"{name} New school opens its doors", source=f"{name} – News"))

    assert likeness(ferry, school) < 0.1
