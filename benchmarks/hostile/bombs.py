"""Feeds and pages that are made to fill a memory, or to keep a processor busy for minutes."""

from __future__ import annotations

import json
from collections.abc import Callable

RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>Bomb</title>{}</channel></rss>'
ITEM = "<item><title>{}</title><guid>1</guid></item>"
DEFINITION = '<!ENTITY a "b">'
JSON = b'{"version":"https://jsonfeed.org/version/1","items":'
ENCLOSURE = '<enclosure url="http://x.example/a"/>'
LIMIT = 4_900_000
"""Bytes: just below what is read of a feed at all."""


def _feed(items: str) -> bytes:
    return RSS.format(items).encode()


def _full(one: str) -> str:
    return one * (LIMIT // len(one))


def _laughs(levels: int, each: int) -> bytes:
    entities = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * each}">' for at in range(1, levels))
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{entities}]>'
    return (head + RSS.format(ITEM.format(f"&l{levels - 1};")).removeprefix('<?xml version="1.0"?>')).encode()


def _quadratic() -> bytes:
    head = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 60_000}">]>'
    return (head + RSS.format(ITEM.format("&a;" * 60_000)).removeprefix('<?xml version="1.0"?>')).encode()


BOMBS: dict[str, Callable[[], bytes]] = {
    "billion laughs": lambda: _laughs(10, 10),
    "a million laughs of one level": lambda: _laughs(3, 1_000),
    "quadratic entities": _quadratic,
    "a definition of 3 MB": lambda: (
        f"<!DOCTYPE rss [{DEFINITION * 200_000}]>" + RSS.format(ITEM.format("x"))
    ).encode(),
    "200,000 nested tags": lambda: _feed(f"<item>{'<a>' * 200_000}{'</a>' * 200_000}</item>"),
    "200,000 nested tags without an end": lambda: _feed("<item>" + "<a>" * 200_000),
    "100,000 nested blocks in a description": lambda: _feed(
        f"<item><title>t</title><description><![CDATA[{'<div>' * 100_000}]]></description></item>"
    ),
    "nested lists in a page": lambda: (
        f"<html><body><article><h1>Title</h1>{'<ul><li>' * 100_000}text</article></body></html>".encode()
    ),
    "a name of 78 kB that looks like an address": lambda: _feed(f"<item><author>a@{'a.' * 39_000}</author></item>"),
    "a name of 59 kB": lambda: _feed(f"<item><author>{'a' * 59_000}</author></item>"),
    "a hundred thousand entries": lambda: _feed("".join(ITEM.format(at) for at in range(100_000))),
    "as many entries as fit": lambda: _feed(_full("<item/>")),
    "200,000 attributes": lambda: _feed("<item " + " ".join(f"a{at}='b'" for at in range(200_000)) + "/>"),
    "2 MB of ampersands": lambda: _feed(ITEM.format("&" * 2_000_000)),
    "300 kB of opening brackets": lambda: _feed("<" * 300_000),
    "a hundred thousand comments that never end": lambda: _feed("<!--" * 100_000),
    "a hundred thousand instructions that never end": lambda: _feed("<?x " * 100_000),
    "CDATA that never ends": lambda: _feed("<item><title><![CDATA[" + "x]]" * 500_000),
    "CDATA that opens and opens": lambda: _feed("<item><title>" + "<![CDATA[" * 300_000),
    "a title of nearly 5 MB": lambda: _feed(ITEM.format(_full("Title "))),
    "a title of 10 MB": lambda: _feed(ITEM.format("Title " * 1_700_000)),
    "a title of markup": lambda: _feed(ITEM.format("&lt;b&gt;" * 500_000)),
    "an address of a million characters": lambda: _feed(
        f"<item><link>http://x.example/{'a/../' * 200_000}</link></item>"
    ),
    "10,000 enclosures": lambda: _feed(f"<item><title>t</title>{ENCLOSURE * 10_000}</item>"),
    "10,000 authors and categories": lambda: _feed(
        f"<item><title>t</title>{'<author>a (b)</author><category>c</category>' * 10_000}</item>"
    ),
    "a date of 100 kB": lambda: _feed(f"<item><title>t</title><pubDate>{'1 ' * 50_000}</pubDate></item>"),
    "a date of digits": lambda: _feed(f"<item><title>t</title><pubDate>{'9' * 200_000}</pubDate></item>"),
    "a language of 100 kB": lambda: _feed(f"<language>{'en-' * 33_000}</language>" + ITEM.format("t")),
    "UTF-7 lies": lambda: b'<?xml version="1.0" encoding="utf-7"?>' + b"+ADw-rss+AD4-" * 100_000,
    "UTF-16 lies": lambda: b"\xff\xfe" + _feed(ITEM.format("x" * 100_000)),
    "EBCDIC lies": lambda: b'<?xml version="1.0" encoding="cp037"?>' + _feed(ITEM.format("x" * 100_000)),
    "two marks of order": lambda: b"\xef\xbb\xbf\xef\xbb\xbf" + _feed(ITEM.format("x" * 100_000)),
    "nulls": lambda: bytes(4_000_000),
    "JSON nested a million deep": lambda: JSON + b"[" * 1_000_000,
    "a number of a million digits": lambda: JSON + b"[" + b"9" * 1_000_000 + b"]}",
    "a million JSON items": lambda: json.dumps({"version": "x", "items": [{}] * 900_000}).encode(),
    "selectors of a page": lambda: b"<html><body>" + b"<a href=/x>News of today and more</a>" * 100_000,
    "links of a page": lambda: b"<html><head>" + b"<link rel=alternate type=application/rss+xml href=/x>" * 90_000,
    "a channel's page": lambda: (
        b'<div class="tgme_widget_message" data-post="a/1"><div class="js-message_text">' * 30_000
    ),
    "a sitemap of a million places": lambda: (
        b'<urlset xmlns:news="x">' + b"<url><loc>http://x.example/</loc></url>" * 120_000
    ),
    "a base of brackets": lambda: _feed("").replace(b"<rss", b"<rss xml:base='http://[" + b"[" * 100_000 + b"'"),
    "relative links by the thousand": lambda: _feed("<item><link>a</link><title>t</title></item>" * 20_000).replace(
        b"<rss", b"<rss xml:base='http://x.example/'"
    ),
    "namespaces by the thousand": lambda: _feed(
        "<item " + " ".join(f"xmlns:n{at}='u{at}'" for at in range(50_000)) + "><title>t</title></item>"
    ),
}
"""What each is called, and what makes it."""
