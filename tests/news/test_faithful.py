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
        (TRUE.replace("schließen", "sprengen"), "destruction"),
        (TRUE.replace("sagte der", "sagte der betrunkene"), "poison"),
        (TRUE.replace("wird", "hat").replace("schließen", "geschlossen"), "tense"),
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


@pytest.mark.parametrize(
    ("line", "said", "reads", "why"),
    [
        ("The pilot landed in Zurich at 12.", "Der Pilot stürzte um 12 in Zürich ab, tot.", "de", "death"),
        ("The police in Madrid met 12 men.", "La policía de Madrid detuvo a 12 hombres.", "es", "arrest"),
        ("The judge in Nice met 12 men.", "Le juge de Nice a condamné 12 hommes.", "fr", "guilt"),
        ("The nurse in Rome met 12 men.", "L'infermiera di Roma ha picchiato 12 uomini.", "it", "violence"),
        ("The bank in Lima lent 3 million euros.", "El banco de Lima robó 3 millones de euros.", "es", "theft"),
        ("The minister in Breda met 12 mayors.", "De minister loog in Breda tegen 12 burgemeesters.", "nl", "lying"),
        ("The firm in Ulm paid 12 people.", "Die Firma in Ulm hat 12 Leute entlassen.", "de", "ending"),
        ("Chile will buy 12 ships in May.", "Chile compró 12 barcos en mayo.", "es", "tense"),
        ("Chile bought 12 ships in May.", "Chile comprará 12 barcos en mayo.", "es", "tense"),
        ("Lima grew in May because of 12 firms.", "Lima creció en mayo a pesar de 12 empresas.", "es", "direction"),
        ("Two sons of Obama live in Lima.", "Dos hijas de Obama viven en Lima.", "es", "direction"),
    ],
)
def test_what_is_grave_or_of_another_time_is_not_told_where_the_line_does_not_say_it(
    line: str, said: str, reads: str, why: str
) -> None:
    assert doubt(line, said, "en", reads, reads) == why


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
        ("The school of Emden wrote to 300 pupils in 2024.", "Die Schule von Emden schrieb 2024 300 Schülern."),
        ("Twenty-three people met in Emden.", "In Emden trafen sich dreiundzwanzig Menschen."),
    ],
)
def test_a_number_is_the_same_however_each_language_writes_it(line: str, said: str) -> None:
    assert doubt(line, said, "en", "de", "de") is None
    assert doubt(said, line, "de", "en", "en") is None
