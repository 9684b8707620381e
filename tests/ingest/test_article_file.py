"""Article files as they come: saved from many sites, in many hands."""

import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.answers import NotAnArticle, TooLarge, Unreadable
from ingest.article_file import decode, read_article
from ingest.encoding import MAX_BYTES
from news.article import Entry

SAMPLE = Path(__file__).parents[2] / ".." / "shared" / "seed" / "000_de819b45305895e5.txt"
FIXTURES = Path(__file__).parent / "fixtures"

HEADLINE = "Harbour of Ostrava Opens Again After the Flood"
STANDFIRST = "Ships return to the quay three weeks after the river rose."
BULLETS = (
    "The first barge arrived on Friday morning.",
    "Repairs cost about 12 million crowns.",
    "Two cranes are still out of use.",
)
PARAGRAPHS = (
    "The harbour of Ostrava took its first barge in three weeks on Friday, the port office said. The river had "
    "risen by four metres in October and left mud on every quay. Workers cleared it in two shifts.",
    "Repairs have cost about 12 million crowns so far. The city pays half of it, and the rest comes from a state "
    "fund for flooded towns. Two of the five cranes are still out of use, and parts for them are on order.",
    "Captains had waited downstream since the beginning of the month. Some of them unloaded in Kozle instead and "
    "sent their freight on by rail. The railway added six trains a week for them.",
)
BODY = "\n\n".join(PARAGRAPHS)
MARKED = "".join(f"  • {bullet}\n" for bullet in BULLETS)


def article(
    dateline: str = "Web DeskNovember 2, 2024 06:59 AMworld",
    bullets: str = MARKED,
    repeat: str = f"{HEADLINE}Image Credits: portfoto\n",
    standfirst: str = f"{STANDFIRST}\n",
    body: str = BODY,
    end: str = "\n\nRelated Post",
) -> str:
    return f"{HEADLINE}\n\n{dateline}\n{bullets}{repeat}{standfirst}\n{body}{end}"


def expected(**changes: Any) -> Entry:
    whole: dict[str, Any] = {
        "headline": HEADLINE,
        "paragraphs": PARAGRAPHS,
        "publisher_bullets": BULLETS,
        "standfirst": STANDFIRST,
        "byline": "Web Desk",
        "published": "2024-11-02T06:59:00",
        "section": "world",
        "language": "en",
        "image_credit": "portfoto",
        **changes,
    }
    return Entry(**whole, source=whole["byline"])


def test_the_sample_article_is_read_word_for_word() -> None:
    if not SAMPLE.exists():
        pytest.skip("the sample article is not beside the project")
    lines = SAMPLE.read_text().splitlines()

    entry = read_article(decode(SAMPLE.read_bytes()))

    assert entry.headline == lines[0]
    assert (entry.byline, entry.published, entry.section) == ("Web Desk", "2024-11-02T06:59:00", "world")
    assert entry.publisher_bullets == tuple(line.strip("• ") for line in lines[3:6])
    assert entry.image_credit == "channelnewsasia"
    assert entry.standfirst == lines[7]
    assert entry.paragraphs == tuple(line for line in lines[8:-1] if line)
    assert len(entry.paragraphs) == 6
    assert entry.language == "en"


DATELINES = [
    ("Web DeskNovember 2, 2024 06:59 AMworld", "Web Desk", "2024-11-02T06:59:00", "world"),
    ("Web Desk November 2, 2024 06:59 AM world", "Web Desk", "2024-11-02T06:59:00", "world"),
    ("Web Desk2 November 202406:59world", "Web Desk", "2024-11-02T06:59:00", "world"),
    ("Web DeskNov 2, 2024 6:59 PMWorld", "Web Desk", "2024-11-02T18:59:00", "World"),
    ("November 2, 2024 06:59 AMworld", None, "2024-11-02T06:59:00", "world"),
    ("Web DeskNovember 2, 2024 06:59 AM", "Web Desk", "2024-11-02T06:59:00", None),
    ("November 2, 2024", None, "2024-11-02", None),
    ("By Jana Dvorak | 2 November 2024 | World", "Jana Dvorak", "2024-11-02", "World"),
    ("By Jana Dvorak on Nov 2, 2024 at 6:59 am", "Jana Dvorak", "2024-11-02T06:59:00", None),
    ("By Jana Dvorak and Petr Novak • Saturday, 2 Nov 2024", "Jana Dvorak and Petr Novak", "2024-11-02", None),
    ("World | By Jana Dvorak | 2024-11-02 06:59", "Jana Dvorak", "2024-11-02T06:59:00", "World"),
    ("World — Web Desk — 2024-11-02", "Web Desk", "2024-11-02", "World"),
    ("Web Desk02.11.2024 06:59 UhrWelt", "Web Desk", "2024-11-02T06:59:00", "Welt"),
    ("Web Desk · 02/11/2024 · world", "Web Desk", None, "world"),
    ("Web Desk · 25/11/2024 · world", "Web Desk", "2024-11-25", "world"),
    ("Web DeskNovember 2, 2024 06:59 AMworld, politics", "Web Desk", "2024-11-02T06:59:00", "world, politics"),
    ("Web Desk, November 2, 2024, 06:59 AM ESTworld", "Web Desk", "2024-11-02T06:59:00-05:00", "world"),
    ("Web Desk Nov 2, 2024 06:59 GMT+5:30 world", "Web Desk", "2024-11-02T06:59:00+05:30", "world"),
    ("Web Desk 2024-11-02T06:59:00Z world", "Web Desk", "2024-11-02T06:59:00+00:00", "world"),
    ("Published: November 2, 2024 06:59 AM IST | Updated: November 3, 2024", None, "2024-11-02T06:59:00", None),
    ("Von Jana Dvorak, 2. November 2024, 06:59 Uhr", "Jana Dvorak", "2024-11-02T06:59:00", None),
    ("Por Jana Dvorak, 2 de noviembre de 2024", "Jana Dvorak", "2024-11-02", None),
    ("Par Jana Dvorak - Publié le 2 novembre 2024 à 06h59", "Jana Dvorak", "2024-11-02T06:59:00", None),
    ("2 ноября 2024, 06:59", None, "2024-11-02T06:59:00", None),
    ("2024年11月2日 06:59", None, "2024-11-02T06:59:00", None),
    ("By Jana Dvorak\n2 November 2024\nWorld", "Jana Dvorak", "2024-11-02", "World"),
    ("Web Desk\nNovember 2, 2024 06:59 AM\nworld", "Web Desk", "2024-11-02T06:59:00", "world"),
    ("Web Desk\n\nNovember 2, 2024 06:59 AM\n\nworld\n", "Web Desk", "2024-11-02T06:59:00", "world"),
    ("Author: Web Desk\nDate: 2 November 2024\nSection: world", "Web Desk", "2024-11-02", "world"),
    ("By Jana Dvorak", "Jana Dvorak", None, None),
    ("Web Desk | November 2, 2024 | 3 min read | world", "Web Desk", "2024-11-02", "world"),
]


@pytest.mark.parametrize(("dateline", "byline", "published", "section"), DATELINES)
def test_byline_date_and_section_are_told_apart_however_they_stick_together(
    dateline: str, byline: str | None, published: str | None, section: str | None
) -> None:
    entry = read_article(article(dateline))

    assert entry == expected(byline=byline, published=published, section=section)


@pytest.mark.parametrize("mark", ["*", "-", "•", "–", "·", "▪", "  * ", "\t•\t", "●"])
def test_bullets_below_the_dateline_are_the_publishers_whatever_their_mark(mark: str) -> None:
    entry = read_article(article(bullets="".join(f"{mark} {bullet}\n" for bullet in BULLETS)))

    assert entry == expected()


VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "bullets without marks": (article(bullets="".join(f"{bullet}\n" for bullet in BULLETS)), {}),
    "bullets under their own heading": (
        article(bullets="\nKey points:\n" + "".join(f"- {b}\n" for b in BULLETS)), {}),
    "bullets after the standfirst": (
        f"{HEADLINE}\n\nWeb DeskNovember 2, 2024 06:59 AMworld\n{STANDFIRST}\n"
        + "".join(f"* {bullet}\n" for bullet in BULLETS) + f"\nPhoto: portfoto\n\n{BODY}", {}),
    "bullets apart from everything": (article(bullets="\n\n" + "\n\n".join(f"• {b}" for b in BULLETS) + "\n\n"), {}),
    "no bullets": (article(bullets=""), {"publisher_bullets": ()}),
    "no repeated headline": (article(repeat="Image Credits: portfoto\n"), {}),
    "no credit": (article(repeat=f"{HEADLINE}\n"), {"image_credit": None}),
    "neither": (article(repeat=""), {"image_credit": None}),
    "credit after the standfirst": (article(repeat="", standfirst=f"{STANDFIRST}\nPhoto: portfoto\n"), {}),
    "credit glued to the standfirst": (article(repeat="", standfirst=f"{STANDFIRST}Image Credits: portfoto\n"), {}),
    "credit in brackets": (article(repeat=f"{HEADLINE}\n(Photo: portfoto)\n"), {}),
    "credit by": (article(repeat="Photo by portfoto\n"), {}),
    "credit at the end": (article(repeat="", end="\n\nImage: portfoto\n"), {}),
    "credit before the headline": (article(repeat=f"Image Credits: portfoto {HEADLINE}\n"), {}),
    "repeat in capitals": (article(repeat=f"{HEADLINE.upper()}\nCredit: portfoto\n"), {}),
    "standfirst apart": (article(standfirst=f"\n{STANDFIRST}\n"), {}),
    "no standfirst": (article(standfirst=""), {"standfirst": None}),
    "single newlines": (article(body="\n".join(PARAGRAPHS), end="\nRelated Post"), {}),
    "windows line ends": (article().replace("\n", "\r\n"), {}),
    "old mac line ends": (article().replace("\n", "\r"), {}),
    "byte order mark": ("\ufeff" + article(), {}),
    "null bytes": (article().replace("flood", "flo\0od"), {}),
    "three empty lines": (article().replace("\n\n", "\n\n\n\n"), {}),
    "indented by non-breaking spaces": (article().replace("\n", "\n\u00a0"), {}),
    "furniture around": (
        "Skip to content\n\nAdvertisement\n\n" + article(body=BODY.replace("\n\n", "\n\nADVERTISEMENT\n\n", 1)), {}),
    "furniture within": (article(body=BODY.replace("\n\n", "\n\nAlso read: Rain is Back in the North\n\n", 1)), {}),
    "a related list within": (
        article(body=BODY.replace("\n\n", "\n\nRelated Stories\nRain is Back\nBridge Closed for Repairs\n\n", 1)), {}),
    "furniture under the headline": (article("Share\nWeb DeskNovember 2, 2024 06:59 AMworld\n3 min read"), {}),
    "a list of other articles": (
        article(end="\n\nYou may also like\n\nRain is Back in the North\n\n• Bridge Closed\n\n5 Comments"), {}),
    "much at the end": (
        article(end="\n\nTags: flood, harbour\n\nShare this:\n\nSubscribe to our newsletter\n\nFollow us on X\n\n"
                "Read more\n\n© 2024 The Port Times. All rights reserved."), {}),
    "furniture glued to the end": (article(end="Related Post"), {}),
    "an address at the end": (
        article(end="\n\nSource: https://port.example/a?b=1"), {"url": "https://port.example/a?b=1"}),
    "wrapped paragraphs": (article(body="\n\n".join(textwrap.fill(p, 72) for p in PARAGRAPHS)), {}),
    "wrapped paragraphs without empty lines": (
        article(body="\n".join(textwrap.fill(p, 60) for p in PARAGRAPHS), end="\nRelated Post"), {}),
    "everything wrapped": (
        "\n".join(textwrap.fill(line, 40) for line in article(repeat="Image Credits: portfoto\n").split("\n")), {}),
    "credit and standfirst in one": (
        article(repeat=f"{HEADLINE}Image Credits: portfoto", standfirst=f"{STANDFIRST}\n"), {}),
    "credit and caption as a broadcaster sets them": (
        article(repeat="Image source, portfoto\n\nImage caption, The quay in October\n\n"), {}),
    "a trail of sections": (
        "Home > News > World\n\n" + article("Web DeskNovember 2, 2024 06:59 AM"), {"section": "World"}),
    "a spanish frame": (
        article(repeat=f"{HEADLINE}Créditos de imagen: portfoto\n", end="\n\nPublicaciones relacionadas\n\nOtra"), {}),
    "a kicker": ("WORLD\n" + article("Web DeskNovember 2, 2024 06:59 AM"), {"section": "WORLD"}),
    "a marked headline": ("# " + article(), {}),
    "a labelled headline": ("Title: " + article(), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
def test_an_article_reads_the_same_with(name: str) -> None:
    text, changes = VARIANTS[name]

    assert read_article(decode(text.encode())) == expected(**changes)


def test_a_list_in_the_middle_belongs_to_the_body() -> None:
    reasons = "The office named two reasons:\n\n* mud on the quays\n* two broken cranes"
    body = f"{PARAGRAPHS[0]}\n\n{reasons}\n\n{PARAGRAPHS[1]}"

    entry = read_article(article(bullets="", body=body))

    assert entry.publisher_bullets == ()
    assert entry.paragraphs == (
        PARAGRAPHS[0], "The office named two reasons:", "• mud on the quays", "• two broken cranes", PARAGRAPHS[1]
    )  # fmt: skip


def test_a_paragraph_that_begins_like_furniture_stays() -> None:
    body = (
        f"{BODY}\n\nShare prices of the port fell by two per cent. Read more slowly, its owner said, and you see why."
    )

    assert read_article(article(body=body)).paragraphs[3].startswith("Share prices")


def test_a_date_inside_the_text_is_not_taken_for_the_dateline() -> None:
    entry = read_article(
        f"{HEADLINE}\n\nOn November 2, 2024 the harbour opened again. It was closed in October.\n\n{BODY}"
    )

    assert entry.published is None
    assert len(entry.paragraphs) == 4


def test_no_two_facts_stick_together_when_all_is_on_single_lines() -> None:
    entry = read_article("\n".join([HEADLINE, "By Jana Dvorak", "2 November 2024", "World", *PARAGRAPHS]))

    assert entry == expected(
        byline="Jana Dvorak", published="2024-11-02", section="World", publisher_bullets=(), standfirst=None,
        image_credit=None,
    )  # fmt: skip


SCRIPTS = {
    "arabic": (
        "ميناء المدينة يفتح أبوابه من جديد بعد الفيضان",
        "بقلم سامر حداد\n٢ نوفمبر ٢٠٢٤",
        ["وصلت أول سفينة صباح الجمعة.", "بلغت كلفة الإصلاح اثني عشر مليونا."],
        "استقبل ميناء المدينة أول سفينة منذ ثلاثة أسابيع يوم الجمعة، كما أعلن مكتبه. وكان النهر قد ارتفع أربعة أمتار.",
        ("سامر حداد", "2024-11-02", "ar"),
    ),
    "chinese": (
        "洪水过后港口重新开放",
        "记者：王明\n2024年11月2日 06:59",
        ["第一艘驳船周五早上抵达。", "维修费用约为一千二百万。"],
        "港口办公室表示，港口周五迎来三周以来的第一艘驳船。十月河水上涨四米，每个码头都留下了淤泥。工人们分两班清理。",
        ("王明", "2024-11-02T06:59:00", "zh"),
    ),
    "russian": (
        "Порт снова открылся после наводнения",
        "Автор: Иван Петров\n2 ноября 2024, 06:59 МСК",
        ["Первая баржа пришла утром в пятницу.", "Ремонт стоил около 12 миллионов."],
        "В пятницу порт принял первую баржу за три недели, сообщили в управлении. Река поднялась в октябре.",
        ("Иван Петров", "2024-11-02T06:59:00+03:00", "ru"),
    ),
    "german": (
        "Hafen nach dem Hochwasser wieder geöffnet",
        "Von Jana Dvorak\n2. November 2024, 06:59 Uhr",
        ["Das erste Schiff kam am Freitagmorgen.", "Die Reparatur kostete zwölf Millionen."],
        "Der Hafen hat am Freitag das erste Schiff seit Wochen empfangen, teilte das Amt mit. Der Fluss stieg.",
        ("Jana Dvorak", "2024-11-02T06:59:00", "de"),
    ),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_articles_are_read_in_every_script(script: str) -> None:
    headline, dateline, bullets, paragraph, (byline, published, language) = SCRIPTS[script]
    marked = "\n".join(f"• {bullet}" for bullet in bullets)

    entry = read_article(f"{headline}\n\n{dateline}\n{marked}\n\n{paragraph}\n\n{paragraph}!")

    assert (entry.headline, entry.byline, entry.published, entry.language) == (headline, byline, published, language)
    assert entry.publisher_bullets == tuple(bullets)
    assert entry.paragraphs == (paragraph, paragraph + "!")


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_unicode_is_read_in_all_its_encodings(script: str, encoding: str) -> None:
    if script == "chinese" and encoding in ("utf-16-le", "utf-16-be"):
        pytest.skip("without a mark and without spaces nothing tells the two apart")
    text = "\n".join(SCRIPTS[script][0:2] + SCRIPTS[script][3:4])

    assert decode(text.encode(encoding)).lstrip("\ufeff") == text


@pytest.mark.parametrize(
    ("script", "encoding"), [("russian", "cp1251"), ("russian", "koi8-r"), ("german", "cp1252"), ("german", "latin-1")]
)
def test_older_encodings_are_recognised(script: str, encoding: str) -> None:
    text = "\n".join(SCRIPTS[script][0:2] + SCRIPTS[script][3:4])

    assert decode(text.encode(encoding)) == text


def test_a_broken_byte_costs_one_character_and_not_the_encoding() -> None:
    broken = SCRIPTS["russian"][3].encode()[:-1] + b"\xd0 ok"

    assert decode(broken).startswith(SCRIPTS["russian"][3][:-1])


NOISE = {
    "nothing": b"",
    "spaces": b" \n\t\n ",
    "one line": b"lorem ipsum",
    "a headline alone": HEADLINE.encode(),
    "a headline with furniture": f"{HEADLINE}\n\nAdvertisement\n\nShare".encode(),
    "a megabyte of one word": b"a" * 1_000_000,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "null bytes": b"\0" * 5000,
    "rules": b"-----\n=====\n*****\n",
    "numbers": b"1 2 3\n4 5 6\n7 8 9\n" * 50,
}


@pytest.mark.parametrize("name", NOISE)
def test_a_file_that_is_no_article_is_told_so_in_a_sentence(name: str) -> None:
    with pytest.raises(NotAnArticle, match="This file holds no article"):
        read_article(decode(NOISE[name]))


@pytest.mark.parametrize("line", ["• a\n", "Web Desk\n", "a b. ", "Nov 2, 2024 " * 15 + "\n", "word " * 9 + "\n", ". "])
def test_a_file_made_to_be_slow_is_read_or_answered(line: str) -> None:
    # The time limit of the suite is what this would run into.
    try:
        read_article(decode((f"{HEADLINE}\n\n" + line * (900_000 // len(line))).encode()))
    except Unreadable:
        return


def test_a_file_too_large_for_an_article_is_not_even_looked_at() -> None:
    with pytest.raises(TooLarge):
        decode(b"a " * MAX_BYTES)


def test_one_long_line_is_an_article_under_its_first_sentence() -> None:
    entry = read_article(" ".join(PARAGRAPHS))

    assert entry.headline == PARAGRAPHS[0].split(". ")[0] + "."
    assert entry.paragraphs == (" ".join(PARAGRAPHS),)


@given(st.text(max_size=400) | st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_whatever_a_file_holds_it_is_read_or_answered(data: str | bytes) -> None:
    try:
        entry = read_article(decode(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")))
    except Unreadable:
        return
    assert entry.headline.strip()
    assert entry.text or entry.publisher_bullets


@given(
    st.lists(st.sampled_from([*article().splitlines(), *DATELINES[9][0].splitlines(), "• ", "1/2/2024"]), max_size=25)
)
@settings(max_examples=100, deadline=None)
def test_lines_in_any_order_lose_no_paragraph(lines: list[str]) -> None:
    try:
        entry = read_article("\n\n".join([HEADLINE, *lines]))
    except NotAnArticle:
        return
    assert [p for p in entry.paragraphs if p in PARAGRAPHS] == [line for line in lines if line in PARAGRAPHS]


def test_short_lines_of_a_head_are_not_taken_for_wrapped_text() -> None:
    entry = read_article(
        "Scientists find new species of frog\nScience Desk\n2024-10-30 06:59\nscience\n"
        "Researchers have found a new species of frog in the rainforest. It is smaller than a coin.\n"
        "The animal lives in leaf litter and was found during a survey of the region's wildlife.\n"
    )
    assert (entry.byline, entry.published, entry.section) == ("Science Desk", "2024-10-30T06:59:00", "science")
    assert len(entry.paragraphs) == 2
