"""What a model makes of a line in another language, held against the line."""

from __future__ import annotations

import pytest

from ingest.language import detect
from news.faithful import doubt
from tests.news.lying import lies, pairs

LINE = "Volkswagen will not close its plant in Emden before 2027, the works council said."
TRUE = "Volkswagen wird sein Werk in Emden nicht vor 2027 schließen, sagte der Betriebsrat."


def test_most_true_translations_are_believed() -> None:
    given = pairs()
    believed = [not doubt(each.line, each.said, each.language, each.reads, detect(each.said)) for each in given]
    assert len(given) > 50
    assert sum(believed) > 0.75 * len(given)


def test_of_thousands_of_planted_lies_none_is_believed() -> None:
    given, told, believed = pairs(), 0, []
    true = {(each.line, each.said) for each in given}
    for pair in given:
        # One in four, of every line and kind; `./run bench translations` tells all of them.
        for kind, lie in list(lies(pair, given))[told % 4 :: 4]:
            if (pair.line, lie) not in true:
                told += 1
                is_believed = doubt(pair.line, lie, pair.language, pair.reads, detect(lie)) is None
                believed += [(kind, pair.line, lie)] if is_believed else []
    assert told > 2_000
    assert believed == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (TRUE.replace("nicht ", ""), "denial"),
        (TRUE.replace("2027", "2028"), "numbers"),
        (TRUE.replace("Emden", "Hannover"), "names"),
        (TRUE.replace(", sagte der Betriebsrat", ""), "says"),
        (TRUE.replace("vor", "nach"), "direction"),
        (TRUE.replace("in Emden", "in Frankreich"), "places"),
        (TRUE.replace("wird sein Werk", "könnte am Montag sein Werk"), "dates"),
        (f"{TRUE} {TRUE}", "numbers"),
        (TRUE.removesuffix(".") + " https://evil.example.", "form"),
        (TRUE.replace("Werk", "<b>Werk</b>"), "form"),
        ("Volkswagen.", "length"),
    ],
)
def test_a_line_that_says_something_else_is_told_by_what_differs(said: str, why: str) -> None:
    assert doubt(LINE, TRUE, "en", "de", "de") is None
    assert doubt(LINE, said, "en", "de", "de") in (why, "length")


def test_a_line_in_another_language_than_the_one_asked_for_is_not_believed() -> None:
    for found in ("nl", "en", None):
        assert doubt(LINE, TRUE, "en", "de", found) == "language"


def test_a_line_with_nothing_to_hold_it_by_is_not_believed() -> None:
    assert doubt("The weather was fine.", "Das Wetter war schön.", "en", "de", "de") == "nothing to hold it by"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Shares of Bosch fell by 4,000 euros.", "Die Aktien von Bosch fielen um 4.000 Euro."),
        ("Bosch sold 4.5 million engines.", "Bosch verkaufte 4,5 Millionen Motoren."),
        ("Bosch has $2bn in Emden.", "Bosch hat in Emden 2 Milliarden Dollar."),
        ("Twenty-three people met in Emden.", "In Emden trafen sich dreiundzwanzig Menschen."),
    ],
)
def test_a_number_is_the_same_however_each_language_writes_it(line: str, said: str) -> None:
    assert doubt(line, said, "en", "de", "de") is None
    assert doubt(said, line, "de", "en", "en") is None
