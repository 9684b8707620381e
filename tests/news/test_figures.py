"""Different figures for the same thing are shown as such; for anything else nothing is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from news.figures import Counted, Spread, counts, spread

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def source(name: str, *sentences: str, language: str = "en", hours: float = 0) -> Counted:
    return Counted(name, NOW + timedelta(hours=hours), counts(sentences, language))


SAME = [
    ("en", "At least 64 people were killed in strikes on Gaza.", "Strikes on Gaza killed 68 people.", "people"),
    ("en", "64 Dead After Strikes on Gaza", "Medics counted 68 dead in Gaza after the strikes.", "dead"),
    ("en", "All 64 passengers aboard the ferry are safe.", "The ferry had 68 passengers aboard.", "passengers"),
    ("de", "Beim Angriff auf die Stadt starben 64 Menschen.", "68 Menschen starben bei dem Angriff auf die Stadt.",
     "Menschen"),
    ("de", "Nach dem Beben in der Provinz gibt es 64 Tote.", "68 Tote nach dem Beben in der Provinz", "Tote"),
    ("es", "Al menos 64 personas murieron en Gaza tras los ataques.", "En los ataques a Gaza murieron 68 personas.",
     "personas"),
    ("es", "El terremoto dejó 64 heridos en Puebla.", "Hay 68 heridos en Puebla por el terremoto.", "heridos"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "shown", "other", "noun"), SAME)
def test_two_numbers_of_the_same_are_shown_from_the_lowest_to_the_highest(
    language: str, shown: str, other: str, noun: str
) -> None:
    mine, theirs = source("A", shown, language=language), source("B", other, language=language)

    assert spread(mine, [theirs], language) == Spread(64, 68, noun)


KILLED = "64 people were killed in strikes on Gaza."
STARBEN = "64 Menschen starben beim Angriff auf die Stadt."
MUERTOS = "64 muertos en los ataques contra Gaza."
NEARLY_THE_SAME = [
    ("en", KILLED, "68 people were injured in strikes on Gaza."),  # another fate
    ("en", KILLED, "68 children were killed in strikes on Gaza."),  # another noun
    ("en", KILLED, "Strikes on Gaza killed 12 people."),  # a part, surely
    ("en", KILLED, "In Rafah 60 people were killed in strikes."),  # elsewhere
    ("en", KILLED, "60 people were killed in strikes on Gaza City alone."),
    ("en", KILLED, "More than 60 people were killed in strikes on Gaza."),
    ("en", KILLED, "Between 60 and 70 people were killed in strikes on Gaza."),
    ("en", KILLED, "In 2024, 68 people were killed in strikes on Gaza."),
    ("en", KILLED, "Strikes on Gaza killed 68 people last week."),
    ("en", "64 percent of voters backed the plan.", "68 voters backed the plan."),
    ("en", "The storm was 64 miles off the coast.", "The storm was 68 miles off the coast."),
    ("en", "The dam was finished in 1964.", "The dam was finished in 1968."),
    ("en", "The 64-year-old minister resigned.", "The 68-year-old minister resigned."),
    ("en", "The repair costs $64 million.", "The repair costs $68 million."),
    ("en", "A share of the bank lost 64 euros.", "A share of the bank lost 68 euros."),
    ("en", "A fire in Orsund destroyed 1,786 homes.", "A fire in Orsund destroyed 1,800 homes."),
    ("de", STARBEN, "68 Menschen starben bei einem Unfall."),
    ("de", STARBEN, "68 Menschen wurden beim Angriff auf die Stadt verletzt."),
    ("de", "64 Tote beim Beben in der Provinz", "Rund 70 Tote beim Beben in der Provinz"),
    ("es", "64 personas murieron en Gaza.", "68 personas fueron heridas en Gaza."),
    ("es", MUERTOS, "Más de 60 muertos en los ataques contra Gaza."),
    ("es", MUERTOS, "68 muertos en un ataque contra Rafah."),
]


@pytest.mark.parametrize(("language", "shown", "other"), NEARLY_THE_SAME)
def test_nothing_is_said_of_what_may_not_be_the_same(language: str, shown: str, other: str) -> None:
    mine, theirs = source("A", shown, language=language), source("B", other, language=language)

    assert spread(mine, [theirs], language) is None
    assert spread(theirs, [mine], language) is None


def killed(number: int) -> str:
    return KILLED.replace("64", str(number))


def test_a_newer_figure_takes_the_place_of_an_older_one() -> None:
    early, late = source("A", killed(64)), source("B", killed(68), hours=4)

    assert spread(early, [late], "en") is spread(late, [early], "en") is None


def test_of_one_source_the_last_word_counts() -> None:
    mine = source("A", killed(64))
    theirs = [source("B", killed(68), hours=-1), source("B", killed(64))]

    assert spread(mine, theirs, "en") is None
    assert spread(mine, [source("A", killed(68))], "en") is None


def test_a_source_that_gives_two_numbers_itself_is_not_asked() -> None:
    mine, theirs = source("A", killed(64)), source("B", killed(68), killed(61))

    assert spread(mine, [theirs], "en") is None
    assert spread(theirs, [mine], "en") is None


def test_of_many_sources_the_lowest_and_the_highest_are_named() -> None:
    mine = source("A", killed(64))
    others = [source(name, killed(value)) for name, value in (("B", 61), ("C", 64), ("D", 70))]

    assert spread(mine, others, "en") == Spread(61, 70, "people")
