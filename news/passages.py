"""Passages: the sentences of an article that can stand alone, freed of the page's furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from news.appeals import is_appeal, opens_the_below
from news.article import Entry
from news.datelines import PLACE_BEFORE_COLON, end_of_opening, is_transcript
from news.furniture import is_caption, is_furniture, is_posed
from news.sentences import each
from news.vocabulary import is_spaced, length, listed, words

MARK = re.compile(
    r"\A\s*(?:[•◦▪|→⇒\u2600-\u27bf\u2b00-\u2bff\u25a0-\u25cf\U0001f000-\U0001faff\ufe0f\u200d]\s*|[*·–—-]\s+)*"
)
"""Marks that open a line of a list."""
_READ = 60_000
"""Code points of a text that are looked at; what follows brings nothing new."""
_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।", "॥", "։", "။", "។")
_CLOSERS = "\"'”’“»›)]」』】》"
_FRAGMENT = re.compile(
    r"[\s,.;:!?)\]}”»]|(?!(?:al|el|de|da|di|do|du|le|la|van|von|bin|ibn|ter|ten|den)\b|[^\W\d_]{1,3}[A-Z])[^\W\d_]"
)
"""How the rest of a sentence begins; not a name such as iPhone or al-Sisi."""
_LAST_WORD = re.compile(r"\W*([^\W\d_]+)")
"""Of a sentence read from its end: looked for from its beginning it is found many times later."""
_LAST_WORD_WITHIN = 24
_NEVER_LAST = listed("a an the and or el los las y le les et der das und oder и или")
"""No sentence ends with one of these: something was left out behind it."""
_CLOSED_BY = {"“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", '"': '"'}
_QUOTE = re.compile('[“”„«»「」"]')
_SPACE = re.compile(r"[ \t\r\n\v\f\x85\u2028\u2029]{2,}|[\t\r\n\v\f\x85\u2028\u2029]")
_SHORTEST, _LONGEST = 4, 60
"""Words of a passage; two letters of an unspaced script count as one."""
_WIDEST = 600
"""Code points of a passage: words without end make no line of a digest."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A whole sentence: `text` is what `[start:end]` of the entry's text has, on one line and without its marks."""

    text: str
    start: int
    end: int
    words: tuple[str, ...]
    """As written; scripts without spaces give pairs of letters."""
    length: int
    """Words a reader reads, see `news.vocabulary.length`."""

    @property
    def folded(self) -> list[str]:
        """The words in the form they are compared in."""
        return [word.casefold().replace("’", "'") for word in self.words]


def _is_whole(text: str) -> bool:
    """Whether a sentence has a beginning and an end, and not one that says something is missing."""
    bare = text.rstrip(_CLOSERS)
    if not bare.endswith(_ENDS) or bare.endswith(("...", "…")) or bare[:-1].rstrip().endswith(":"):
        return False
    if (text[:1].islower() or not text[:1].isalnum()) and _FRAGMENT.match(text):
        return False
    last = _LAST_WORD.match(text[: -_LAST_WORD_WITHIN - 1 : -1])
    is_quoted_whole = "``" not in text or text.count("``") == text.count("''")
    return is_quoted_whole and (last is None or last[1][::-1] not in _NEVER_LAST)


def _left_open(told: str, opener: str) -> str:
    """The sign that opened a quotation which is not closed by the end of what is told; empty where none is open."""
    for sign in _QUOTE.findall(told):
        if not opener:
            opener = sign if sign in _CLOSED_BY else ""
        elif sign in _CLOSED_BY[opener]:
            opener = ""
    return opener


def _makes_sense(text: str, found: Sequence[str]) -> bool:
    """Whether a line of these words reads as prose: mostly letters, not one word over and over."""
    numbers = sum(map(str.isdigit, map(itemgetter(0), found)))
    return numbers * 5 < len(found) * 2 and len({*map(str.casefold, found)}) * 2 > len(found) and not text.isupper()


def _on_one_line(text: str) -> str:
    # What the pattern looks for is two spaces, or cannot be printed.
    return text if text.isprintable() and "  " not in text else _SPACE.sub(" ", text)


def _passages(entry: Entry) -> Iterator[Passage]:
    standfirst_end = len(entry.standfirst or "")
    whole = entry.text[:_READ] + "\n"
    line_end, is_first, is_of_a_picture = 0, True, False
    before, opener = 0, ""
    for sentence in each(whole):
        if sentence.start >= line_end:
            before, opener = sentence.start, ""
            line_end = whole.index("\n", sentence.start)
            line = whole[sentence.start : line_end]
            if not is_first and opens_the_below(line):
                return
            is_of_a_picture = is_caption(line)
        elif _QUOTE.search(whole, before, sentence.start):
            opener = _left_open(whole[before : sentence.start], opener)
        before = sentence.start
        if is_of_a_picture or (opener and not _QUOTE.search(sentence.text)):
            continue
        cut = end_of_opening(sentence.text, is_first=is_first)
        if not cut and not sentence.start and (place := PLACE_BEFORE_COLON.match(sentence.text)):
            cut = 0 if is_transcript(whole) else place.end()
        text = MARK.sub("", sentence.text[cut:])
        as_read = text + "." if sentence.end == standfirst_end else text
        if len(text) > _WIDEST or not _is_whole(as_read) or is_furniture(text):
            continue
        found = tuple(words(text))
        size = len(found) if is_spaced(text) else length(text)
        if is_appeal(text, found) or (not is_first and is_posed(found)):
            continue
        if _SHORTEST <= size <= _LONGEST and _makes_sense(text, found):
            is_first = False
            yield Passage(_on_one_line(text), sentence.end - len(text), sentence.end, found, size)


def passages(entry: Entry, most: int | None = None) -> list[Passage]:
    """Whole sentences of `entry.text`, in order and with their places in it; the first `most` where it is given.

    Bylines, datelines, PUBLISHED and UPDATED lines, captions, and the page's
    furniture are left out; so is what a source cut short with an ellipsis, and
    a sentence in the midst of what somebody is quoted as saying.
    """
    return list(islice(_passages(entry), most))
