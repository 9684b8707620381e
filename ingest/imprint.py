"""The imprint of a page: what its site is called, and who wrote the article."""

from __future__ import annotations

import re

from ingest.markup import clean

LONGEST = 200
LONGEST_BYLINE = 300
RIGHTS = re.compile(r"\W*(?:copyright|©|\(c\)|all rights reserved)\b|\W*©|https?:|www\.|\W*\Z", re.IGNORECASE)
"""A site that calls itself so has told its rights or its address, and no name."""
NAMED_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?"
)
STAMP = re.compile(
    rf"[\s,;|·•–—-]+(?:{NAMED_DAY}(?:[\s,]+{MONTH})?(?:[\s,]+\d.*)?|(?:\d\d?\s+)?{MONTH}[\s,]+\d.*|(?:january|february|july|september|"
    rf"october|november|december)|(?:first |last )?(?:published|updated|posted)\b.*|\d{{1,4}}[./:-]\d.*)\W*\Z",
    re.IGNORECASE,
)
"""What stands behind a name and is none: `Maren Sol Monday, November`. Names may end in May, June or August."""


def site_name(given: str | None, host: str) -> str | None:
    """The name of a site, else its address."""
    name = clean(given or "")[:LONGEST]
    return host or None if RIGHTS.match(name) else name


def main_label(host: str) -> str:
    """What an address is known by: `vg247` of www.vg247.com."""
    return max(host.removeprefix("www.").split(".")[:-1], key=len, default="")


def plain_byline(author: str | None) -> str | None:
    """Who wrote a page, its names parted by commas, without the day that stands behind them."""
    names = [STAMP.sub("", " " + clean(name)).strip() for name in (author or "")[: 4 * LONGEST_BYLINE].split(";")]
    return ", ".join(filter(None, names))[:LONGEST_BYLINE] or None
