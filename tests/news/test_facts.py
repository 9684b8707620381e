"""What is new in a story: a figure, a name, an event; and never a rewording."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from news.article import Article, Bullet, Entry
from news.facts import development, is_news, known, said

TOLD = {
    "en": (
        "The passenger ferry Halvard ran aground in thick fog on Thursday, and all 214 people aboard were taken off by "
        "lifeboats. Eleven were treated for cold at the hospital in Orsund, its manager, Ilse Brandvik, said. About "
        "1,800 people depend on the crossing, which the operator cancelled for Friday."
    ),
    "de": (
        "Die Fähre Halvard ist am Donnerstag in dichtem Nebel auf Grund gelaufen. Alle 214 Menschen an Bord wurden von "
        "Rettungsbooten geholt. Elf wurden im Krankenhaus von Orsund wegen Unterkühlung behandelt, sagte die Leiterin "
        "Ilse Brandvik. Die Reederei strich alle Fahrten am Freitag."
    ),
    "es": (
        "El transbordador Halvard encalló el jueves en medio de una densa niebla. Las 214 personas a bordo fueron "
        "rescatadas por botes salvavidas. Once fueron atendidas por frío en el hospital de Orsund, según su directora, "
        "Ilse Brandvik. La naviera canceló los viajes del viernes."
    ),
}


def had(language: str) -> Entry:
    return Entry(headline="Halvard", paragraphs=(TOLD[language],), language=language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Twelve people were treated, the hospital says."),  # a figure
        ("en", "The transport minister, Ada Lund, asked for a report on the crossing."),  # a name
        ("en", "Divers found a hole below the waterline."),  # an event
        ("de", "Zwölf Menschen wurden im Krankenhaus behandelt."),
        ("de", "Taucher fanden ein Leck unterhalb der Wasserlinie."),
        ("es", "Doce personas fueron atendidas en el hospital."),
        ("es", "La ministra Ada Lund pidió un informe sobre el accidente."),
        ("es", "Los buzos hallaron una grieta bajo la línea de flotación."),
    ],
)
def test_a_figure_a_name_or_an_event_that_was_not_told_is_new(language: str, sentence: str) -> None:
    assert is_news(sentence, known([said(had(language))]), language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "All 214 people on the ferry Halvard were taken off after it ran aground in fog."),
        ("en", "11 passengers were treated for cold in Orsund on Thursday, 19 November 2026."),  # a date is no figure
        ("en", "Some 1,786 people depend on the crossing."),  # told rounded before
        ("en", "On Friday the operator cancelled the crossing, said Ms Brandvik."),
        ("en", "Lifeboats took 214 people off the Halvard at 23:40."),
        ("de", "214 Menschen wurden nach dem Unglück der Fähre von Bord geholt."),
        ("de", "Am Freitag fallen alle Fahrten der Reederei aus."),
        ("es", "Los botes salvavidas rescataron a 214 personas del transbordador."),
        ("es", "La naviera canceló todos los viajes del viernes 20 de noviembre."),
    ],
)
def test_the_same_in_other_words_is_not_new(language: str, sentence: str) -> None:
    assert not is_news(sentence, known([said(had(language))]), language)


def an_article(
    article_id: int, headline: str, *bullets: str, language: str = "en", source: str | None = None
) -> Article:
    return Article(
        id=article_id,
        story_id=5,
        headline=headline,
        bullets=tuple(Bullet(each, "extract") for each in bullets),
        language=language,
        source=source,
        first_seen_at=datetime(2026, 11, 21, tzinfo=UTC),
    )


def test_a_development_has_only_the_new_bullets_of_the_article_that_brings_most() -> None:
    same = "All 214 people aboard were taken off by lifeboats."
    small = an_article(7, "Ferry", same, "Divers found a hole below the waterline.")
    large = an_article(6, "Ferry", "Twelve were treated.", same, "Divers found a hole below the waterline.")
    found = development(5, [small, large], known([said(had("en"))]))

    assert found
    assert [(it.article_id, [bullet.text for bullet in it.bullets]) for it in found.tellings] == [
        (6, ["Twelve were treated.", "Divers found a hole below the waterline."]),
        (7, ["Divers found a hole below the waterline."]),
    ]


def test_an_article_that_repeats_or_is_in_another_language_is_no_development() -> None:
    before = known([said(had("en"))])
    same = an_article(6, "Ferry", "All 214 people aboard were taken off by lifeboats.")
    foreign = an_article(7, "Fähre", "Zwölf Menschen wurden im Krankenhaus behandelt.", language="de")

    assert development(5, [same, foreign], before) is None


def test_what_bullets_of_before_said_was_said() -> None:
    before = known([said(an_article(6, "Ferry", "Divers found a hole below the waterline."))])

    assert development(5, [an_article(7, "Ferry", "Divers found a hole below the waterline.")], before) is None
    assert development(5, [an_article(7, "Ferry", "Twelve were treated.")], before)


def test_a_bare_headline_is_new_by_a_figure_or_by_what_another_source_says_too() -> None:
    before = known([said(had("en"))])
    charged = an_article(7, "Captain of the Halvard charged after ferry grounding", source="Post")
    reworded = an_article(8, "Ship Strikes Rocks in Mist, Everyone Rescued", source="Courier")

    assert development(5, [an_article(7, "Ferry Runs Aground in Fog, All Taken Off")], before) is None
    assert development(5, [reworded, charged], before) is None
    assert development(5, [charged, an_article(9, "Halvard captain charged", source="Wire")], before)
    assert development(5, [charged, an_article(9, "Ferry", "Police charged the captain.", source="Wire")], before)
    assert development(5, [charged, an_article(9, "Halvard captain charged", source="Post")], before) is None
    assert development(5, [an_article(7, "Halvard Ferry Grounding: Thirty Treated")], before)
