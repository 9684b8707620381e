"""Bullets: the publisher's own, or whole sentences of the article."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.article import Bullet, Entry
from news.bullets import MOST, MOST_WORDS, choose_bullets
from news.insisting import chances, read
from news.passages import passages
from news.sentences import split
from news.vocabulary import content, length, words
from news.weights import load

FERRY = (
    "The ferry Halvard ran aground in thick fog on Thursday with 214 people aboard, the coastguard said.",
    "Fishing boats carried all 214 people from the ferry Halvard to the harbour of Orsund within five hours.",
    "The accident board will read the ferry's voyage recorder to learn why the Halvard left the channel.",
)


def entry(*paragraphs: str, headline: str = "", standfirst: str | None = None) -> Entry:
    return Entry(headline=headline, paragraphs=paragraphs, standfirst=standfirst)


def chosen(*paragraphs: str, headline: str = "") -> list[str]:
    return [bullet.text for bullet in choose_bullets(entry(*paragraphs, headline=headline))]


def test_the_publishers_bullets_are_kept_word_for_word() -> None:
    given_lines = ("  • First — as written.", "-5 degrees were measured.", "* " + FERRY[0], "", "First — as written.")
    made = choose_bullets(Entry(headline="x", paragraphs=FERRY, publisher_bullets=given_lines))

    assert made == (
        Bullet("First — as written.", "publisher"),
        Bullet("-5 degrees were measured.", "publisher"),
        Bullet(FERRY[0], "publisher", 0, len(FERRY[0])),
    )


def test_at_most_five_of_the_publishers_bullets_are_kept() -> None:
    lines = tuple(f"Line {n}" for n in range(9))
    assert [b.text for b in choose_bullets(Entry(headline="x", publisher_bullets=lines))] == list(lines[:5])


def test_without_the_publishers_the_articles_own_sentences_are_chosen() -> None:
    assert chosen(*FERRY, "Nobody slept.", headline="Ferry Halvard runs aground") == list(FERRY)


@pytest.mark.parametrize(
    "furniture",
    [
        "By Maren Sol and Jonas Eide",
        "By. Maren Sol.",
        "Coast Courier correspondent.",
        "PUBLISHED: 14:11 EST, 25 October 2013.",
        "Last updated at 2:18 PM on 30th December 2011.",
        "Image Credits: Orsund Coastguard sent these pictures today.",
        "(Photo by Maren Sol for the Coast Courier.)",
        "Read more: how the Halvard was floated off the shoal.",
        "Stranded: The ferry Halvard on the Skarv shoal on Thursday.",
        "VIDEO Scroll down to see the ferry Halvard on the shoal.",
        "Lea también: el transbordador Halvard encalla en la niebla.",
        "Читайте также: паром Халвард сел на мель в густом тумане.",
        "All rights reserved by the Coast Courier of Orsund.",
        "THE FERRY HALVARD RAN AGROUND IN THICK FOG.",
        "The ferry Halvard ran aground in the thick…",
        "Halvard 3 Orsund 2 Lysoy 7 Skarv 1.",
        "ferry ferry ferry ferry ferry ferry.",
        "Maren Sol, left, watches the ferry Halvard from the quay.",
        "Maren Sol (left) watches the ferry Halvard with Jonas Eide (right).",
        "Here is what the harbour master wrote in full: .",
        "The ferry leaves the quay • The ferry on the shoal • More pictures of the ferry.",
        "Halvard | 214 aboard | 3 boats | No one hurt.",
        "The Halvard's sister ship is described at https://ferries.example/halvard today.",
        "Questions about the Halvard go to desk@courier.example at any hour.",
        "Posted in Ships and Shoals on Friday, 20 November.",
        "Summary : The ferry Halvard has been floated off the shoal.",
        "The ferry Halvard at its quay in Orsund in a file photo (file).",
        "Sign in, and our newsletter brings you the ferry's story every week.",
        "Puedes seguir a EL CORREO en Facebook o recibir nuestra newsletter semanal.",
        "Dieser Artikel erschien zuerst im Kurier von Orsund.",
        "Sie können den Newsletter des Kuriers jederzeit abbestellen.",
        "Если вы нашли опечатку, выделите слово и нажмите две клавиши.",
        "للمزيد من أخبار العبارة هالفارد اضغط هنا.",
        "ताजा खबरों के लिए हमारे व्हाट्सएप चैनल से जुड़ें।",
        "扫描二维码关注我们的微信公众号。",
        "ORSUND, 20 नवंबर (भाषा)।",
    ],
)
def test_the_pages_furniture_never_becomes_a_bullet(furniture: str) -> None:
    assert furniture not in {passage.text for passage in passages(entry(furniture, *FERRY, furniture))}


@pytest.mark.parametrize(
    "line",
    [
        "The ferry Halvard lies on the Skarv shoal. (Wire/Maren Sol)",
        "The ferry Halvard lies on the Skarv shoal. Photograph: Maren Sol/Wire",
        "Das Schiff Halvard liegt auf der Untiefe. Foto: Maren Sol",
        "El transbordador Halvard en la niebla de Orsund. (Foto: Maren Sol)",
        "渡轮哈尔瓦德号停在奥松德港口的浅滩上。（图片来源：快报）",
    ],
)
def test_a_line_that_ends_with_a_credit_is_a_caption(line: str) -> None:
    assert [passage.text for passage in passages(entry(line, FERRY[0]))] == [FERRY[0]]


def test_an_agency_behind_the_last_sentence_makes_no_caption() -> None:
    assert [passage.text for passage in passages(entry(FERRY[0] + " (Wire)"))] == [FERRY[0]]


@pytest.mark.parametrize(
    "fragment",
    [
        ", the master of the ferry, left the bridge at midnight.",
        "have found the recorder of the ferry on the shoal.",
        ": Sol, Eide, Melby, Ortiz and the harbour master.",
        "The board was told that the ferry had a.",
        "The board spoke to the master of the ferry and.",
        "The master said the shoal was `` not on the chart of the strait .",
    ],
)
def test_a_piece_of_a_sentence_is_no_bullet(fragment: str) -> None:
    assert passages(entry(fragment)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "iPhone owners aboard the ferry called the coastguard first.",
        "al-Sisi spoke of the ferry in Orsund on Thursday.",
        "The master was `` not told of the shoal '' , the board said .",
        "Nobody aboard the ferry was afraid that they would die.",
    ],
)
def test_a_whole_sentence_may_begin_small_or_end_short(sentence: str) -> None:
    assert [passage.text for passage in passages(entry(sentence))] == [sentence]


@pytest.mark.parametrize(
    "dateline",
    [
        "Orsund – ",
        "11/20/26 06:03 PM ET EST ",
        "November 20, 2026 06:59 AM",
        "Published: 20 Nov 2026 at 18:03 | ",
        "20.11.2026, 18:03 Uhr ",
        "FERRY RUNS AGROUND IN FOG ",
        "[Orsund=Wire] ",
        "新华社奥松德11月20日电（记者张三）",
        "ORSUND, 20 Nov -- ",
        "Orsund (Wire) -- ",
        "(Wire) ",
        "(Wire) -- ",
        "ORSUND, Nov. 20 (Wire) — ",
        "• ",
        "Orsund, 20. November – ",
        "ORSUND, 20 nov (Wire).- ",
        "(서울=연합뉴스) 김민수 기자 = ",
        "القاهرة - رويترز - ",
        "Orsund, Nov 20 (PTI) ",
        "मुंबई, 12 जुलाई (भाषा) ",
        "NEW ORSUND--(BUSINESS WIRE)--",
        "By Maren Sol20 November 2026 | 18:03",
        "4:40 p.m. ",
        "18:03 Uhr: ",
        "NEW ORSUND: ",
        "18:03 – ",
        "18:03 ",
        "👉 ",
    ],
)
def test_a_dateline_is_cut_and_the_rest_keeps_its_place(dateline: str) -> None:
    (passage,) = passages(entry(dateline + FERRY[0]))

    assert passage.text == FERRY[0]
    assert (passage.start, passage.end) == (len(dateline), len(dateline) + len(FERRY[0]))


@pytest.mark.parametrize(
    "text",
    [
        "The board – which met on Friday – found that NASA had sent the wrong pictures of the strait.",
        "FIRE crews from Orsund and the coastguard went to the ferry on Friday.",
        "A BOMB - ATTACK drill was held aboard the ferry on Friday.",
        "A 39 - year - old woman was carried from the ferry by fishermen.",
        "12:30 Siege in Orsund brachten die Mannschaft der Fähre nach vorn.",
        "10.50 Euro kostet die Fahrt mit der Fähre nach Orsund ab Januar.",
        "The board met on Friday, November 20 (All Saints) in the town hall of Orsund.",
        "20 November 2026 was the day on which the ferry ran aground, the board said.",
        "On 20 November 2026, Master Jonas Eide left the bridge at midnight.",
        "Halvard – Orsund's oldest ferry – was built in 1971.",
    ],
)
def test_a_dash_a_date_or_a_shouted_word_inside_a_sentence_is_no_dateline(text: str) -> None:
    assert [p.text for p in passages(entry(text))] == [text]


def test_who_speaks_in_a_transcript_is_no_place() -> None:
    lines = (
        "MELBY: The ferry ran aground at noon in thick fog.",
        "EIDE: All are safe, and the ferry will sail in May.",
    )
    assert passages(entry(*lines)) == []


def test_a_standfirst_needs_no_full_stop_but_a_stray_line_does() -> None:
    found = passages(entry("A line that ends nowhere and says little", standfirst="A night crossing ended on a shoal"))
    assert [p.text for p in found] == ["A night crossing ended on a shoal"]


def test_a_pronoun_opens_a_bullet_only_behind_the_sentence_it_leans_on() -> None:
    alone = chosen(
        "Why did nobody look at the radar of the ferry?", "He had been told about the faulty light on the shoal."
    )
    behind = chosen(
        "Jonas Eide had been harbour master of Orsund for years.", "He had been told about the faulty light."
    )

    assert alone == []
    assert behind == [
        "Jonas Eide had been harbour master of Orsund for years.",
        "He had been told about the faulty light.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "“We saw the deck lights of the ferry stop moving.”",
        "“We saw the deck lights from the quay of Orsund harbour.",
        "The strait has more shoals than the chart, according to Mr Eide.'",
        '"Build the wall of Saltby by all means," she said.',
        "I saw the deck lights of the ferry from the quay.",
        "Why was the ferry Halvard outside the marked channel?",
        "这不是船长第一次在这里遇到大雾和浅滩。",
        "As they sailed through the fog of the strait, they had no radar.",
    ],
)
def test_a_quotation_without_speaker_a_question_or_an_own_voice_is_no_bullet(sentence: str) -> None:
    assert chosen(sentence) == []


@pytest.mark.parametrize(
    "own", ["We'll see", "I’ll ask what happened", "Let’s look", "We'd like to hear", "Our boats go"]
)
def test_writers_who_speak_of_themselves_make_no_bullet(own: str) -> None:
    assert chosen(f"{own} what the coastguard found on the shoal of Skarv.") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The US coastguard sent two cutters to the ferry in the strait.",
        "IT firms on the quay of Orsund lost power for six hours.",
        "WHO officials in the US asked for the ferry's list of passengers.",
    ],
)
def test_letters_that_stand_for_a_name_are_no_pronoun(sentence: str) -> None:
    assert chosen(sentence) == [sentence]


@pytest.mark.parametrize(
    "leaning",
    [
        "Hij werd door de vissers naar de haven van Orsund gebracht.",
        "Ancak yolcuların feribotta beş saat beklemesi gerekti.",
        "Він розповів про слабке світло маяка біля порту.",
        "Questo ha costretto i passeggeri ad aspettare cinque ore.",
        "이날 승객들은 항구에서 다섯 시간을 기다려야 했다.",
        "同社は国内の二つの港で渡し船の運航を停止する。",
        "该渡轮的船长在周四被海岸警卫队带走调查。",
        "Αυτός είχε μιλήσει για το αδύναμο φως του φάρου.",
    ],
)
def test_a_line_that_leans_on_another_does_not_come_alone_in_any_language(leaning: str) -> None:
    assert passages(entry(leaning))
    assert chosen(leaning) == []


def test_a_line_without_its_subject_comes_only_behind_another() -> None:
    assert chosen("Admits that the light at the shoal of Skarv was dim for eight days.") == []


def test_a_brief_line_that_points_back_comes_only_behind_what_it_points_to() -> None:
    ask = "Who pays for the ferry is not yet known to the harbour of Orsund?"
    assert chosen(ask, "The mood was quite different there.") == []
    assert chosen(FERRY[0], "The mood was quite different there.")[-1] == "The mood was quite different there."


def test_a_quotation_with_its_speaker_may_be_a_bullet() -> None:
    said = "“We saw the deck lights stop moving,” said the fisherman Anders Melby."
    assert chosen(said) == [said]


def test_a_sentence_loses_the_brackets_that_speak_of_a_picture_and_keeps_its_place() -> None:
    text = "The ferry Halvard (pictured left) ran aground in thick fog, the coastguard said."
    (bullet,) = choose_bullets(entry(text))
    assert bullet.text == "The ferry Halvard ran aground in thick fog, the coastguard said."
    assert (bullet.start, bullet.end) == (0, len(text))


def test_words_of_the_headline_draw_a_bullet_to_them() -> None:
    one = "The harbour of Orsund was closed to all ships by the coastguard."
    two = "The council of Lysoy was asked to build a school for the island."
    other = "Prices of herring rose again in the markets of the north coast."
    scores = [look(one, two, other, headline=headline) for headline in ("", "Lysoy wants school")]
    assert scores[0] < scores[1]


def look(*sentences: str, headline: str) -> float:
    """The chance that `school` is repeated."""
    reading = read([words(each) for each in sentences], headline=headline, language="en")
    seen = chances(reading, load().words, load().pairs)
    return float(seen.of_words[reading.stems["school"], 0])


def test_a_live_blog_of_thirty_thousand_words_gives_bullets_from_its_beginning() -> None:
    blog = [f"{n}:15pm The ferry {n} left the harbour of Orsund with {n} people aboard." for n in range(2_500)]
    made = choose_bullets(entry(*FERRY, *blog))
    assert 1 <= len(made) <= MOST
    assert all(b.start is not None and b.start < 10_000 for b in made)


def test_a_page_in_two_languages_gives_whole_sentences_of_either() -> None:
    german = "Die Fähre Halvard lief am Donnerstag im Nebel auf Grund, sagte die Küstenwache."
    made = chosen(FERRY[0], german)
    assert made
    assert set(made) <= {FERRY[0], german}


def test_no_two_bullets_say_the_same_and_none_repeats_the_headline() -> None:
    again = "The ferry Halvard was aground on the Skarv shoal on Thursday."
    insisting = ("Who marked the Skarv shoal?",) * 9
    assert len(chosen(FERRY[0], again, *insisting)) == 1
    assert (
        chosen("The ferry Halvard ran aground in thick fog.", headline="Ferry Halvard runs aground in thick fog") == []
    )


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (
            "El embalse de Valdelora se vaciará en primavera. Las obras durarán cuatro meses.",
            "El embalse de Valdelora se vaciará en primavera.",
        ),
        (
            "Der Stadtrat beschloss am Mittwoch kostenlose Busse. Er tagte lange.",
            "Der Stadtrat beschloss am Mittwoch kostenlose Busse.",
        ),
        ("Совет города принял новый бюджет на следующий год.", "Совет города принял новый бюджет на следующий год."),
        ("أعلنت الحكومة اليوم عن خطة جديدة لبناء المدارس.", "أعلنت الحكومة اليوم عن خطة جديدة لبناء المدارس."),
        ("सरकार ने आज नई रेल सेवा की घोषणा की है।", "सरकार ने आज नई रेल सेवा की घोषणा की है।"),
        ("今天北京市政府宣布，新的地铁线路将于明年三月开通。", "今天北京市政府宣布，新的地铁线路将于明年三月开通。"),
    ],
    ids=["es", "de", "ru", "ar", "hi", "zh"],
)
def test_bullets_come_in_every_language(text: str, first: str) -> None:
    assert chosen(text)[0] == first


@pytest.mark.parametrize(
    "nonsense", ["", "word", "word " * 5000, "word. " * 500, "Leeds 2 Wigan 1\n" * 50, "?" * 1000, "1 2 3 4 5 6 7."]
)
def test_text_that_is_no_prose_gives_no_bullets(nonsense: str) -> None:
    assert chosen(nonsense) == []


SENTENCES = st.sampled_from(
    [
        *FERRY,
        "He left.",
        "“Broken quote here.",
        "By Maren Sol",
        "ORSUND, 3 May -- The wind rose in the strait on Sunday.",
        "雨が降った。",
    ]
)


def stands_in(line: str, sentence: str) -> bool:
    """Whether the line has words of the sentence, in their order, and nothing else."""
    left = iter(re.findall(r"\w+", sentence.casefold()))
    return all(word in left for word in re.findall(r"\w+", line.casefold()))


@given(st.lists(st.lists(SENTENCES | st.text(max_size=40), max_size=6).map(" ".join), max_size=8), st.text(max_size=40))
def test_a_chosen_bullet_is_one_sentence_of_the_text_or_less_and_all_keep_to_the_budget(
    paragraphs: list[str], headline: str
) -> None:
    article = entry(*paragraphs, headline=headline)
    made = choose_bullets(article)

    assert all(stands_in(b.text, article.text[b.start : b.end]) for b in made)
    assert all(split(article.text[b.start : b.end])[1:] == [] for b in made)
    assert [b.start for b in made] == sorted({b.start for b in made})  # type: ignore[type-var]
    assert len(made) <= MOST
    assert sum(length(b.text) for b in made) <= MOST_WORDS
    assert made == choose_bullets(article)


@pytest.mark.parametrize(
    "hostile",
    ["a" * 10**6, ". " * 500_000, '"' * 10**6, "' " * 500_000, "(A" * 500_000, "A, " * 300_000, "雨。" * 300_000],
)
def test_a_megabyte_of_nonsense_is_refused_without_harm(hostile: str) -> None:
    assert chosen(hostile, headline=hostile) == []


BOUNDING = re.compile(
    r"\b(?:said|says|according|allege[sd]?|claim(?:s|ed)?|reported|believes?d?|not|no|never|if|unless|may|might|could|"
    r"about|would|suggests?|announced|denie[sd]|warned|expected|likely|without)\b|n['’]t\b|\d+|"
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion)\b",
    re.I,
)


def test_real_articles_give_sentences_of_theirs_without_a_word_lost_that_bounds_a_claim() -> None:
    for row in rows()[:120]:
        article = entry(row["article"])
        for bullet in choose_bullets(article):
            sentence = article.text[bullet.start : bullet.end]
            assert stands_in(bullet.text, sentence)
            assert len(BOUNDING.findall(bullet.text)) == len(BOUNDING.findall(sentence)), (bullet.text, sentence)


def test_chosen_bullets_hold_more_of_the_editors_words_than_the_first_three_sentences() -> None:
    ours = lead = 0.0
    for row in rows()[:60]:
        article, gold = entry(row["article"]), Counter(content(" ".join(row["highlights"])))
        ours += shared([b.text for b in choose_bullets(article)], gold)
        lead += shared([p.text for p in passages(article)[:3]], gold)
    assert ours > lead


def rows() -> list[dict[str, Any]]:
    """The development articles; skips where they are not."""
    data = Path(__file__).parents[2] / ".." / "shared" / "data" / "bullets" / "cnndm-dev.jsonl.gz"
    if not data.exists():
        pytest.skip(f"the development data is not here: {data.name}")
    with gzip.open(data, "rt") as lines:
        return [json.loads(line) for line in lines]


def shared(lines: list[str], gold: Counter[str]) -> float:
    """F-measure of the content words that lines share with the editors'."""
    mine = Counter(content(" ".join(lines)))
    return 2 * (mine & gold).total() / (mine.total() + gold.total())
