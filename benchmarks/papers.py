"""Feeds as newspapers make them: made up, and of the size and the markup of real ones."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from html import escape

SYLLABLES = "ka lo mi ren tas vo shu del pra gim bor ne lia zet hun".split()  # noqa: SIM905
WORDS = """the council said on monday that works would go on after a vote although costs grew and many people asked
whether it could be paid for when summer comes because nobody had counted what was spent in the harbour""".split()  # noqa: SIM905
BEGAN = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def paper(number: int, version: int = 0) -> bytes:
    """Feed `number`: 20 to 40 entries, at each version one more at its head; every third in Atom, the others in RSS."""
    count = 20 + number * 7 % 21
    entries = range(count + version, version, -1)
    return (_atom(number, entries) if number % 3 == 2 else _rss(number, entries)).encode()


def _said(number: int, at: int) -> tuple[str, str, str]:
    """Headline, summary and text of an entry, in HTML."""
    chance = random.Random(f"{number} {at}")
    names = ["".join(chance.choices(SYLLABLES, k=3)).title() for _ in range(6)]

    def sentence() -> str:
        said = [*chance.sample(names, 2), *chance.choices(WORDS, k=chance.randint(9, 20))]
        chance.shuffle(said)
        return " ".join(said).capitalize() + "."

    paragraphs = [" ".join(sentence() for _ in range(chance.randint(2, 4))) for _ in range(chance.randint(4, 8))]
    picture = f'<figure><img src="https://paper{number}.example/{at}.jpg" alt="{names[1]}" width="640"></figure>'
    linked = paragraphs[0].replace(names[0], f'<a href="https://paper{number}.example/{at}?a=1&b=2">{names[0]}</a>', 1)
    text = picture + "".join(f"<p>{each}</p>" for each in (linked, *paragraphs[1:]))
    return f"{names[0]} & {names[1]}: {sentence()[:60]}", sentence(), text


def _rss(number: int, entries: range) -> str:
    items = []
    for at in entries:
        headline, summary, text = _said(number, at)
        moment = BEGAN + timedelta(minutes=37 * at)
        items.append(
            f"<item><title>{escape(headline)}</title><link>https://paper{number}.example/news/{at}</link>"
            f"<dc:creator><![CDATA[Jana Dvorak]]></dc:creator><pubDate>{moment:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
            f"<category><![CDATA[Harbour]]></category><guid isPermaLink='false'>{number}-{at}</guid>"
            f"<description><![CDATA[{summary}]]></description><content:encoded><![CDATA[{text}]]></content:encoded>"
            f"<media:content url='https://paper{number}.example/{at}.jpg' medium='image'/></item>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content='
        '"http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
        f' xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Paper {number}</title><language>en</language>'
        f"<link>https://paper{number}.example/</link><description>News</description>{''.join(items)}</channel></rss>"
    )


def _atom(number: int, entries: range) -> str:
    items = []
    for at in entries:
        headline, summary, text = _said(number, at)
        moment = BEGAN + timedelta(minutes=37 * at)
        items.append(
            f'<entry><title type="html">{escape(escape(headline))}</title><id>urn:{number}:{at}</id>'
            f'<link rel="alternate" href="https://paper{number}.example/news/{at}"/>'
            "<author><name>Jana Dvorak</name></author>"
            f"<published>{moment.isoformat()}</published><updated>{moment.isoformat()}</updated>"
            f'<summary>{escape(summary)}</summary><content type="html">{escape(text)}</content></entry>'
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f'<title>Paper {number}</title><id>urn:{number}</id><link href="https://paper{number}.example/"/>'
        f"<updated>{BEGAN.isoformat()}</updated>{''.join(items)}</feed>"
    )
