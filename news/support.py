"""Whether an article supports a sentence that somebody else wrote about it, such as a language model.

A sentence is supported when it is one of the article's, word for word and sign for sign, with parts left away that
bound nothing of what it says: see `news.shortening`. Who said so may also be told first. That is far stricter than
truth needs. What fails is not called false: it is only not shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from news.article import Entry
from news.bullets import leans, speaks_for_itself
from news.doubt import doubts
from news.passages import Passage, passages
from news.sentences import STOPS, split
from news.shortening import is_english, parts_by_choice
from news.vocabulary import length

MOST_SENTENCES = 400
"""Of an article that are looked at; what stands deeper is no headline news."""
LEAST_WORDS = 4
LONGEST = 400
"""Characters of a sentence that is checked at all."""

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|(?:[^\W\d_]\.){2,}|per cent\b|[^\W\d_]+(?:['’][^\W\d_]+)*|--|[^\w\s]|\w")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_NUMBERS = "two three four five six seven eight nine ten eleven twelve"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SAME = {
    **dict.fromkeys("“”„‟«»‹›‘’‚'`´", ('"',)),
    **dict.fromkeys(("–", "—", "--", "‐", "‑"), ("-",)),
    **dict.fromkeys(("%", "per cent"), ("percent",)),
    "cannot": ("can", "not"),
    **dict.fromkeys(("can't", "can’t"), ("can", "not")),
    **dict.fromkeys(("won't", "won’t"), ("will", "not")),
    **{word: (str(at),) for at, word in enumerate(_NUMBERS.split(), 2)},
    **{word: (str(10 * at),) for at, word in enumerate(_TENS.split(), 2)},
    **dict.fromkeys(set(STOPS) - set("?？؟"), ()),
}
"""Ways of writing that say the same as others; of the signs that end a sentence only a question's says something."""
_SAYING = "said|says|told reporters|announced|warned|reported|confirmed|added|found"
_WHO = (
    r"(?:the |an? |he\b|she\b|they\b|police\b|officials\b|witnesses\b|residents\b|[^\W\d_a-z])"
    r"(?:(?!(?:is|are|was|were|be|been|being|has|have|had|not|never|who|which|that|when|and|or|but)\b)[^,;]){0,60}?"
)
_SAID_LAST = re.compile(
    rf"(?P<claim>[^;:?\"“”„«»]+?), (?:(?P<who>{_WHO}) (?P<verb>{_SAYING})|(?P<verb2>{_SAYING}) (?P<who2>{_WHO}))"
    r"(?: on [A-Z]\w+day)?\.?"
)
_OF_SEVERAL = re.compile(r", (?:and|but|while|so|yet|or)\b|\b(?:he|she|they|it|who|which) (?:then|also)?$")


@dataclass(frozen=True, slots=True)
class _Token:
    key: str
    """What must be equal."""
    at: int
    is_first: bool = False
    """It opens a sentence, so that its capital says nothing."""

    def is_as(self, said: _Token) -> bool:
        if said.is_first or self.is_first:
            return _small(self.key) == _small(said.key)
        return self.key == said.key


@dataclass(frozen=True, slots=True)
class _Own:
    """One of the article's sentences, in one of the ways that it may be told."""

    text: str
    tokens: Sequence[_Token]
    keys: frozenset[str]
    place: tuple[int, int]
    may_lose: bool
    """Whether it is in a language whose parts we know."""


@dataclass(frozen=True, slots=True)
class Support:
    """Where in the article's text (code points) the sentence stands that supports what is said."""

    start: int
    end: int
    leans_on: int | None
    """Where the sentence before it ends, without which it cannot be told."""


class Witness:
    """An article whose sentences are taken apart once, to hold what others say against it."""

    def __init__(self, entry: Entry) -> None:
        self._is_doubtful = doubts(entry)
        self._own: list[_Own] = []
        self._before: dict[int, int] = {}
        end, knows_parts = 0, is_english(entry.text[:2_000])
        for passage in passages(entry, MOST_SENTENCES):
            self._before[passage.start], end = end, passage.end
            if speaks_for_itself(passage):
                self._own += _told(passage, knows_parts)

    def support(self, said: str) -> Support | None:
        """What supports a sentence; None where nothing does."""
        if len(said) > LONGEST or len(split(said)) != 1 or length(said) < LEAST_WORDS or self._is_doubtful(said):
            return None
        tokens = _tokens(_plain(said))
        keys = {_small(token.key) for token in tokens}
        for own in self._own:
            if keys <= own.keys and _is_part(tokens, own):
                start, end = own.place
                return Support(start, end, self._before[start] if leans(said) else None)
        return None


def _told(passage: Passage, may_lose: bool) -> Iterator[_Own]:
    place = (passage.start, passage.end)
    yield _own(passage.text, place, may_lose)
    if (said := _SAID_LAST.fullmatch(passage.text)) and not _OF_SEVERAL.search(said["claim"]):
        who, verb = said["who"] or said["who2"], said["verb"] or said["verb2"]
        opening = f"{who} {verb}"
        for joint in (" that ", " "):
            told = _own(f"{opening}{joint}{said['claim']}.", place, may_lose)
            after = len(opening + joint)
            tokens = [_Token(each.key, each.at, each.is_first or each.at == after) for each in told.tokens]
            yield replace(told, tokens=tokens)


def _own(text: str, place: tuple[int, int], may_lose: bool) -> _Own:
    text = _plain(text)
    tokens = _tokens(text)
    return _Own(text, tokens, frozenset(_small(token.key) for token in tokens), place, may_lose)


def _is_part(said: Sequence[_Token], own: _Own) -> bool:
    """Whether `said` is `own`, or is it without parts that may go."""
    # Where a part begins, the token behind it.
    behind: dict[int, set[int]] = {}
    if own.may_lose and len(said) < len(own.tokens):
        for start, end in parts_by_choice(own.text):
            first, after = (sum(token.at < place for token in own.tokens) for place in (start, end))
            behind.setdefault(first, set()).add(after)
    reached = _beyond({0}, behind)
    for word in said:
        reached = {at + 1 for at in reached if at < len(own.tokens) and own.tokens[at].is_as(word)}
        if not reached:
            return False
        reached = _beyond(reached, behind)
    return len(own.tokens) in reached


def _beyond(places: set[int], behind: dict[int, set[int]]) -> set[int]:
    """These places, and those that are reached from them by leaving parts away."""
    found, new = set(places), set(places)
    while new:
        new = {to for at in new for to in behind.get(at, ())} - found
        found |= new
    return found


def _small(key: str) -> str:
    return key[:1].lower() + key[1:]


@lru_cache(maxsize=4096)
def _keys(token: str) -> tuple[str, ...]:
    """What a word, a number or a sign says, whichever way it is written."""
    if (same := _SAME.get(_small(token))) is not None:
        return same
    if token[0].isdigit():
        return (token.replace(",", "") if _THOUSANDS.fullmatch(token) else token,)
    token = token.replace("’", "'").replace(".", "")
    return (token[:-3], "not") if token.endswith("n't") and len(token) > 4 else (token,)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    for match in _TOKEN.finditer(text):
        found.extend(_Token(key, match.start(), not found) for key in _keys(match.group()))
    return found


def _plain(text: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text))
