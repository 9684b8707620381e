"""A stream of entries told as stories."""

from datetime import UTC, datetime, timedelta

from news import telling
from news.article import Entry
from news.telling import Teller
from tests.news.test_regrouping import BANK, FERRY

START = datetime(2026, 11, 20, tzinfo=UTC)
FIRST = Entry(headline="Halvard aground", paragraphs=FERRY, language="en")


def test_a_copy_names_the_entry_it_copies_and_tells_its_story() -> None:
    teller = Teller()
    first, bank, copy = teller.tell(FIRST), teller.tell(Entry(headline="", paragraphs=BANK)), teller.tell(FIRST)

    assert (first.copy_of, bank.copy_of, copy.copy_of) == (None, None, first.number)
    assert copy.story == first.story != bank.story


def test_after_a_week_the_same_words_are_a_story_of_their_own() -> None:
    teller = Teller()
    first = teller.tell(FIRST, START)
    assert teller.tell(FIRST, START + timedelta(days=6)).story == first.story
    assert teller.tell(FIRST, START + timedelta(days=20)).story != first.story


def test_entries_come_out_in_order_each_once_and_old_ones_before_the_end() -> None:
    teller, out = Teller(), []
    for day in range(9):
        teller.tell(Entry(headline=f"Event {day} of the unheard kind"), START + timedelta(days=day))
        out += [each.number for each in teller.settled()]
    early = len(out)
    out += [each.number for each in teller.settle_all()]

    assert 0 < early < 9
    assert out == list(range(9))


def test_no_more_than_some_thousands_wait(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(telling, "PENDING", 10)
    teller, waiting = Teller(), 0
    for number in range(95):
        teller.tell(Entry(headline=f"Number {number} was drawn"))
        waiting += 1 - len(list(teller.settled()))
        assert waiting < 10
