"""Article files: a page saved as text, read back into headline, dateline, bullets and paragraphs.

The shape is: headline; a line with byline, date and section, often glued together;
perhaps the publisher's bullets; perhaps the headline again, with the picture's credit;
perhaps a one-sentence standfirst; paragraphs; and furniture of the page anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from ingest.answers import NotAnArticle, TooLarge
from ingest.dateline import find_date
from ingest.encoding import decode
from ingest.furniture import (
    credit_of,
    is_furniture,
    opens_list,
    split_credit,
    split_stuck,
    unglued,
)
from ingest.header import Dateline, Label, as_byline, labelled, read_dateline
from ingest.language import settle
from ingest.lines import Line, is_sentence, paragraphs_of, sentences_in
from news.article import Entry
from news.highlights import opens_highlights

__all__ = ["decode", "read_article"]

MAX_LINES = 20_000
MAX_BULLETS = 40
LONGEST_WORD = 2_000
LONGEST_HEADLINE = 300
LONGEST_BULLET = 300
LEAST_LETTERS = 40
"""Fewer letters than this in a whole file are noise."""


@dataclass(slots=True)
class _Draft:
    headline: str = ""
    dateline: Dateline = field(default_factory=Dateline)
    has_date: bool = False
    bullets: list[str] = field(default_factory=list)
    standfirst: str | None = None
    paragraphs: list[str] = field(default_factory=list)
    credit: str | None = None
    url: str | None = None
    candidates: list[Line] = field(default_factory=list)
    """Lines of the head that may yet turn out to be a byline, unmarked bullets or a standfirst."""
    last_head: Line | None = None
    after_repeat: bool = False


def read_article(text: str) -> Entry:
    """The article in `text`, word for word and without the page around it.

    Raises `NotAnArticle` where there is no headline with at least one paragraph below it.
    """
    if max(text.count("\n"), text.count("\r")) > MAX_LINES:
        raise TooLarge
    lines = paragraphs_of(text)
    letters = sum(sum(map(str.isalpha, line.text)) for line in lines)
    has_word_without_end = any(len(word) > LONGEST_WORD for line in lines for word in line.text.split())
    if (letters < LEAST_LETTERS and not _is_dense(lines)) or has_word_without_end:
        raise NotAnArticle
    draft = _Draft()
    body = _read_head(draft, lines)
    _read_body(draft, body)
    if not draft.headline or not (draft.paragraphs or draft.bullets or draft.standfirst):
        raise NotAnArticle
    byline = draft.dateline.byline
    entry = Entry(
        headline=draft.headline,
        paragraphs=tuple(draft.paragraphs),
        publisher_bullets=tuple(draft.bullets),
        standfirst=draft.standfirst,
        byline=byline,
        published=draft.dateline.published,
        section=draft.dateline.section,
        language=settle(None, "\n".join((draft.headline, draft.standfirst or "", *draft.paragraphs))),
        url=draft.url,
        source=byline,
        image_credit=draft.credit,
    )
    return entry


def _is_dense(lines: Iterable[Line]) -> bool:
    return sum("\u2e80" <= c <= "\ud7ff" for line in lines for c in line.text) >= LEAST_LETTERS // 4


def _read_head(draft: _Draft, lines: list[Line]) -> list[Line]:
    """Fills in all that stands above the body and returns the lines of the body."""
    for index, line in enumerate(lines):
        rest = lines[index + 1 : index + 12]
        if _takes(draft, line, rest):
            draft.last_head = line
            continue
        # Nothing in particular: the headline, or a line whose meaning shows by what follows it.
        if not draft.headline:
            if len(line.text) > LONGEST_HEADLINE:
                draft.headline = _cut_headline(line.text)
                return lines[index:]
            draft.headline, draft.last_head = line.text, line
        elif _may_still_be_head(draft, line, rest):
            draft.candidates.append(line)
        else:
            return _settle_candidates(draft, lines[index:])
    return _settle_candidates(draft, [])


def _takes(draft: _Draft, line: Line, rest: list[Line]) -> bool:
    """Whether `line` was one of the things a head is made of, and is now in `draft`."""
    text = line.text
    label = labelled(text)
    if label and _takes_label(draft, label):
        return True
    if draft.headline and draft.headline.casefold() in text.casefold() and len(text) > 12:
        return _takes_repeat(draft, line)
    if opens_highlights(text) and rest and rest[0].is_bullet:
        return True
    if is_furniture(text):
        return not draft.candidates or len(text) < 60
    credit = credit_of(text)
    if credit:
        draft.credit = draft.credit or credit
        return True
    if line.is_bullet and draft.headline:
        return _takes_bullet(draft, line)
    dateline = read_dateline(text, has_headline=bool(draft.headline)) if not line.is_bullet else None
    if dateline and draft.headline and not draft.bullets:
        if draft.has_date:
            return True
        return _takes_dateline(draft, dateline)
    byline = as_byline(text)
    if byline and draft.headline and not draft.dateline.byline and not draft.bullets:
        draft.dateline.byline = byline
        return True
    crumbs = [crumb.strip() for crumb in re.split("[>›»/]", text) if crumb.strip()]
    is_trail = len(crumbs) > 1 and all(len(crumb.split()) <= 3 for crumb in crumbs)
    is_kicker = not draft.headline and (is_trail or len(text.split()) <= 2) and _is_headline_next(rest)
    if is_kicker:
        draft.dateline.section = draft.dateline.section or crumbs[-1]
    return is_kicker


def _takes_label(draft: _Draft, label: Label) -> bool:
    dateline = draft.dateline
    match label.kind:
        case "headline" if not draft.headline:
            draft.headline = label.value
        case "byline":
            dateline.byline = dateline.byline or label.value
        case "section":
            dateline.section = dateline.section or label.value
        case "source" if label.value.startswith(("http://", "https://")):
            draft.url = draft.url or label.value
        case "source":
            dateline.byline = dateline.byline or label.value
        case "date" if found := find_date(label.value):
            dateline.published = dateline.published or found.published
            draft.has_date = True
        case "standfirst" if draft.headline and not draft.standfirst:
            draft.standfirst = label.value
        case _:
            return False
    return True


def _takes_repeat(draft: _Draft, line: Line) -> bool:
    """The headline again, with what sticks to it: a credit, a dateline, or the standfirst."""
    at = line.text.casefold().find(draft.headline.casefold())
    before, after = line.text[:at].strip(), line.text[at + len(draft.headline) :].strip()
    if before and not credit_of(before):
        return False
    # Short lines between the dateline and the headline's return are bullets that lost their marks.
    if len(draft.candidates) > 1 and not draft.bullets:
        draft.bullets, draft.candidates = [candidate.text for candidate in draft.candidates], []
    draft.after_repeat = True
    if before:
        draft.credit = draft.credit or credit_of(before)
    rest = after.lstrip(" -–—|:·•")
    credit = credit_of(rest)
    dateline = None if draft.has_date else read_dateline(rest, has_headline=True)
    if credit:
        credit, sentence = split_stuck(credit)
        draft.credit = draft.credit or credit
        draft.candidates += [Line(sentence, block=line.block)] if sentence else []
    elif dateline:
        _takes_dateline(draft, dateline)
    elif len(rest.split()) > 3:
        draft.candidates.append(Line(rest, block=line.block))
    elif rest:
        return False
    return True


def _takes_bullet(draft: _Draft, line: Line) -> bool:
    """Bullets above the body are the publisher's, with at most a standfirst before them."""
    if len(line.text) > LONGEST_BULLET or len(draft.candidates) > 1 or len(draft.bullets) >= MAX_BULLETS:
        return False
    if draft.candidates and draft.candidates[0].text.endswith((":", "：")):
        return False
    draft.bullets.append(line.text)
    return True


def _takes_dateline(draft: _Draft, dateline: Dateline) -> bool:
    if len(draft.candidates) == 1 and not dateline.byline:
        # A short line right above the date is who wrote it.
        name = draft.candidates[0].text
        if len(name.split()) <= 5 and not is_sentence(name):
            draft.dateline.byline = draft.dateline.byline or name
            draft.candidates = []
    elif len(draft.candidates) > 1:
        return False
    kept = draft.dateline
    draft.dateline = Dateline(
        byline=kept.byline or dateline.byline,
        published=dateline.published,
        section=kept.section or dateline.section,
    )
    draft.has_date = True
    return True


def _is_headline_next(rest: list[Line]) -> bool:
    """Whether the next line reads as the headline under a kicker, with a dateline below it."""
    if not rest or rest[0].is_bullet or is_sentence(rest[0].text) or not 4 <= len(rest[0].text.split()) <= 30:
        return False
    return any(read_dateline(line.text, has_headline=True) or as_byline(line.text) for line in rest[1:4])


def _may_still_be_head(draft: _Draft, line: Line, rest: list[Line]) -> bool:
    if len(line.text) > LONGEST_BULLET or len(draft.candidates) >= 8 or sentences_in(line.text) > 1:
        return False
    if _is_section(draft, line):
        return True
    # Something that only a head has must follow soon, before any long line.
    for following in rest[: 8 - len(draft.candidates)]:
        text = following.text
        if draft.headline.casefold() in text.casefold() or (
            not draft.has_date and read_dateline(text, has_headline=True)
        ):
            return True
        if following.is_bullet and not draft.bullets and not draft.candidates and not text.endswith((":", "：")):
            return following is rest[0] and not line.text.endswith((":", "："))
        if credit_of(text) and following.block == line.block:
            return True
        if len(text) > LONGEST_BULLET:
            return False
    return False


def _is_section(draft: _Draft, line: Line) -> bool:
    is_beside = draft.last_head is not None and not draft.candidates and not draft.bullets and not draft.after_repeat
    is_short = len(line.text.split()) <= 3 and len(line.text) <= 30 and not is_sentence(line.text)
    return is_beside and is_short and draft.has_date and not draft.dateline.section


def _settle_candidates(draft: _Draft, body: list[Line]) -> list[Line]:
    """Decides what the doubtful lines of the head were; those that were nothing open the body."""
    left = draft.candidates
    if left and not draft.dateline.section and _is_section(_Draft(last_head=left[0], has_date=draft.has_date), left[0]):
        draft.dateline.section = left.pop(0).text
    first = left[0] if left else body[0] if body else None
    after = (*left[1:], *body) if left else body[1:]
    if first and not draft.standfirst and _is_standfirst(draft, first, after):
        line, credit = split_credit(first.text)
        draft.standfirst, draft.credit = line, draft.credit or credit
        return list(after)
    return [*left, *body]


def _is_standfirst(draft: _Draft, line: Line, after: Iterable[Line]) -> bool:
    """One sentence over the body: in the block of the head, or much shorter than what follows."""
    paragraphs = [following for following in after if not is_furniture(following.text)]
    if not paragraphs or line.is_bullet or sentences_in(line.text) > 1 or len(line.text) > LONGEST_BULLET:
        return False
    is_in_head = draft.last_head is not None and line.block == draft.last_head.block
    if is_in_head and paragraphs[0].block != line.block:
        return True
    return (
        len(paragraphs) > 1
        and median(sentences_in(paragraph.text) for paragraph in paragraphs) >= 2
        and len(line.text) * 2 <= median(len(paragraph.text) for paragraph in paragraphs)
    )


def _read_body(draft: _Draft, lines: list[Line]) -> None:
    is_in_list = False
    for line in lines:
        text = unglued(line.text).rstrip()
        credit = credit_of(text)
        if credit:
            draft.credit = draft.credit or credit
            continue
        if opens_list(text):
            is_in_list = True
            continue
        is_repeat = text.casefold() == draft.headline.casefold()
        if is_repeat or is_furniture(text):
            continue
        # Below "Related posts" come headlines; a sentence with an end is the article again.
        if is_in_list and (line.is_bullet or not is_sentence(text) or len(text) < 80):
            continue
        is_in_list = False
        label = labelled(text)
        if label and label.kind == "source" and label.value.startswith("http"):
            draft.url = draft.url or label.value
            continue
        draft.paragraphs.append("• " + text if line.is_bullet else text)


def _cut_headline(text: str) -> str:
    first = re.split(r"(?<=[.!?。！？])\s*", text, maxsplit=1)[0]
    return first if len(first) <= LONGEST_HEADLINE else first[:120].rsplit(" ", 1)[0] + "…"
