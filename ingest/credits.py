"""Credits: the picture of an article, and whose it is said to be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from ingest.furniture import credit_of
from ingest.heads import Figure
from ingest.listing import web_address
from ingest.markup import clean, plain_title

LONGEST = 120
MOST_WORDS = 12
LABEL = re.compile(
    r"(?:(?:photo|photograph|image|picture|bild|foto)s?\s+)?credits?\b\W*(?:by\s+)?|(?:\(c\)|copyright)\W*(?=\w)",
    re.IGNORECASE,
)
"""What stands before a name and says only that it is one."""
RIGHTS = re.compile(r"^\W*(?:(?:19|20)\d\d\W+)?|\W*\ball rights reserved\b.*", re.IGNORECASE)
PIECES = re.compile(r"(?<=[.!?…”\"’»])(?<!\b[A-Z]\.)\s+|\s*[(\[|)\]]\s*")
"""Where the credit at the end of a caption may begin: behind a sentence, in brackets, behind a bar."""
AGENCY = re.compile(
    r"(?:(?:AP|AFP|EPA|PA|dpa|Reuters|REUTERS|Xinhua|Getty|Getty Images|ANSA|EFE|NASA|ESA)(?:\s+(?:Photo|Images))?)"
    r"(?:\s*/\s*\S.{0,60})?|\S.{1,50}\s*/\s*(?:AP|AFP|EPA|PA|dpa|Reuters|REUTERS|Xinhua|Getty Images|ANSA|EFE)",
)
"""A credit that says so by naming an agency, and nothing else."""
SIZE = re.compile(r"[-_](?:\d{2,4}x\d{2,4}|\d{3,4}w?|scaled|large|medium|small)$", re.IGNORECASE)
NESTED = re.compile(r"https?://[^\s/?#&]+([^\s?#&]*)")
LEAST_NAME = 8
"""Characters of a file's name by which a picture is known wherever it lies."""


def plain_credit(told: Any) -> str | None:
    """Whose a picture is, without what says only that this is said; None where nobody is named."""
    text = plain_title(told[: 10 * LONGEST]) if isinstance(told, str) else ""
    text = credit_of(text) or text
    text = clean(RIGHTS.sub("", LABEL.sub("", text, count=1) if LABEL.match(text) else text)).strip(" .|,;()[]")
    is_name = any(map(str.isalpha, text)) and "://" not in text and len(text.split()) <= MOST_WORDS
    return text if is_name and len(text) <= LONGEST else None


def pictured(
    named: str | None, told: Any, nodes: Sequence[Mapping[str, Any]], figures: Sequence[Figure], base: str
) -> tuple[str | None, str | None]:
    """The address of an article's picture, and whose it is.

    `named` is the picture that the page shows to others, `told` what its article says for search engines, `nodes` all
    that is said to these. A picture that says whose it is goes before one that does not.
    """
    objects = list(_objects(told, nodes, base))
    pictures = [(address, credit) for address, credit in objects if address]
    address = web_address(base, named) or next((address for address, _ in pictures), None)
    credited = [(each, credit) for each, credit in pictures if credit]
    same = next(((each, credit) for each, credit in credited if address and is_same(each, address)), None)
    if same or (credited and credited[0] == pictures[0]):
        return same or credited[0]
    around = {credit for each in figures if address and _shows(each, address, base) if (credit := _told_by(each))}
    return address, around.pop() if len(around) == 1 else None


def is_same(one: str, other: str) -> bool:
    """Whether two addresses are of one picture, in whatever size."""
    one, other = _path(one), _path(other)
    return one == other or (_name(one) == _name(other) and len(_name(one)) >= LEAST_NAME)


def _path(address: str) -> str:
    """Without what asks for a size; of an address that names another, that one's."""
    parts = urlsplit(address)
    within = NESTED.search(unquote(parts.query))
    return within[1] if within else unquote(parts.path)


def _name(path: str) -> str:
    """A file's name without its size and kind."""
    return SIZE.sub("", path.rsplit("/", 1)[-1].split(".", 1)[0])


def _objects(told: Any, nodes: Sequence[Mapping[str, Any]], base: str) -> Iterator[tuple[str | None, str | None]]:
    for each in (told if isinstance(told, list) else [told])[:20]:
        if not isinstance(each, Mapping):
            yield web_address(base, each if isinstance(each, str) else None), None
            continue
        known = next((node for node in nodes if "@id" in each and node.get("@id") == each["@id"]), each)
        said = known if len(known) > len(each) else each
        address = web_address(base, _first(said.get("url")) or _first(said.get("contentUrl")))
        yield address, next(filter(None, map(plain_credit, _named(said))), None)


def _named(said: Mapping[str, Any]) -> Iterator[Any]:
    """What a picture says of whose it is, the plainest first."""
    yield _first(said.get("creditText"))
    for name in ("creator", "author", "copyrightHolder"):
        whose = _first(said.get(name))
        yield whose.get("name") if isinstance(whose, Mapping) else whose
    yield _first(said.get("copyrightNotice"))


def _first(told: Any) -> Any:
    return told[0] if isinstance(told, list) and told else told


def _shows(figure: Figure, address: str, base: str) -> bool:
    return any(there and is_same(there, address) for there in (web_address(base, each) for each in figure.addresses))


def _told_by(figure: Figure) -> str | None:
    """Whose the picture of a figure is, by its caption."""
    marked = [figure.credit] if figure.credit else []
    for line in (*marked, *figure.lines):
        for piece in reversed(PIECES.split(line)):
            if credit := credit_of(piece) or (AGENCY.fullmatch(piece) and piece):
                return plain_credit(credit)
    return plain_credit(figure.credit)
