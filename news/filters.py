"""Filters: what a reader says they want, parsed, read back, and held against articles.

One grammar for following, muting, alerts and search:

    words "a phrase" prefix*  AND OR NOT  ( )  topic:world feed:"The Gazette" title:word lang:de since:7d

Words side by side are all wanted; NOT binds before AND, AND before OR; `-word` is NOT word. Case,
accents and endings do not count: a word counts by its root, and so do the search indexes in storage/.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Generic, Literal, TypeGuard, TypeVar

from news.messages import texts
from news.vocabulary import endings_begun, stem, weight, words

MOST_TERMS = 32
MOST_DEPTH = 8
SHORTEST_PREFIX = 3
LONGEST_WORD = 40
"""Letters of a word that count."""
LONGEST_TEXT, MOST_WORDS, MOST_TITLE_WORDS = 100_000, 10_000, 500
"""Letters of a text, and words of it and of a headline, that are looked at."""
FIELDS = ("topic", "feed", "title", "lang", "since")
FieldName = Literal["topic", "feed", "lang"]


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several that stand side by side, each folded; the last may be only a beginning."""

    stems: tuple[str, ...]
    shown: str
    """As it was typed."""
    is_prefix: bool = False
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What an article is labelled with: a topic's slug, a feed's title in plain form, or a language's code."""

    name: FieldName
    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class Since:
    """Nothing first seen longer ago than `age`, or before `at`."""

    shown: str
    age: timedelta | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Not:
    part: Filter


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Filter, ...]


Filter = Term | Mark | Since | Not | All | AnyOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a filter would have wanted of the articles there were: how many, and headlines of either kind."""

    articles: int
    wanted: int
    kept: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


class Unclear(Exception):
    """What was typed cannot be read: `text`, filled with `values`, says why; `start` and `end` where."""

    def __init__(self, text: str, start: int, end: int, **values: object) -> None:
        super().__init__(text.format(**values))
        self.text, self.start, self.end, self.values = text, start, end, values


@lru_cache(maxsize=16_384)
def folded(word: str) -> str:
    """A word without case and accents."""
    apart = unicodedata.normalize("NFKD", word.casefold().replace("’", "'"))
    letters = unicodedata.normalize("NFC", "".join(c for c in apart if not ("\u0300" <= c <= "\u036f")))
    return _SIGNS.sub("", letters)[:LONGEST_WORD]


_SIGNS = re.compile(r"[^\w.,'\u0080-\U0010ffff]|\s")
"""What a single sign such as ⑴ may be spelled out with."""


@lru_cache(maxsize=16_384)
def rooted(word: str) -> str:
    """A word without case, accents and ending."""
    return stem(folded(word))


@lru_cache(maxsize=16_384)
def parted(word: str) -> tuple[str, ...]:
    """Roots of a word: two of `O'Neill` and of `l'élection`, one of `don't` and of `city's`."""
    before, apostrophe, after = folded(word).rpartition("'")
    if not apostrophe or after in _ENGLISH_TAILS or not before.strip("'"):
        root = rooted(word)
        return (root,) if root else ()
    return tuple(stem(part) for part in (*before.split("'"), after) if part)


_ENGLISH_TAILS = ("s", "t", "re", "ve", "ll", "d", "m", "")


def cut(text: str, most: int = MOST_WORDS) -> list[str]:
    """The roots of a text's words in order: what filters compare, and what the search indexes hold."""
    return [root for word in words(text[:LONGEST_TEXT])[:most] for root in parted(word)][:most]


@lru_cache(maxsize=4_096)
def openings(prefix: str) -> frozenset[str]:
    """Roots of words that begin so although the root is shorter: `electio` opens `elections`, whose root is `elect`."""
    return frozenset({rooted(prefix), *endings_begun(prefix)})


def plain(name: str) -> str:
    """The name of a topic or a feed as it is compared."""
    return " ".join(map(folded, words(name)))


# Parsing

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<open>\()|(?P<close>\))
      |(?P<minus>-(?=[^\s()-]))
      |(?P<field>[A-Za-z]+):(?=[^\s:/)])
      |"(?P<phrase>[^"]*)(?P<shut>"?)
      |(?P<word>[^\s()"]+)""",
    re.VERBOSE,
)
_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))
_AGE = re.compile(r"(\d{1,3})([hdwm])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "m": timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def parse(typed: str, *, topics: Mapping[str, str]) -> Filter:
    """What was typed, as a filter; Unclear with the place where it cannot be read.

    `topics` gives names by slug; a topic may be called by either.
    """
    parser = _Parser(typed, _tokens(typed), topics)
    wanted = parser.any_of(0)
    if parser.at < len(parser.tokens):
        rest = parser.tokens[parser.at]
        raise Unclear(texts.BRACKET_NOT_OPENED, rest.start, rest.end)
    if _is_open(wanted):
        raise Unclear(texts.ONLY_UNWANTED, 0, len(typed))
    return wanted


def _tokens(typed: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(typed.translate(_QUOTES)):
        kind = str(match.lastgroup)
        if kind == "space":
            continue
        if kind == "shut":
            kind = "phrase"
            if not match["shut"]:
                raise Unclear(texts.QUOTE_NOT_CLOSED, match.start(), len(typed))
        text = match[kind]
        if kind == "word" and text in ("AND", "OR", "NOT"):
            kind = text
        if kind == "field" and text.lower() not in FIELDS:
            near = difflib.get_close_matches(text.lower(), FIELDS, n=1, cutoff=0.7)
            if near:
                raise Unclear(texts.FIELD_UNKNOWN, match.start(), match.end(), word=text, near=near[0])
            kind = "word"
        found.append(_Token(kind, text, match.start(), match.end()))
    return found


@dataclass(slots=True)
class _Parser:
    typed: str
    tokens: Sequence[_Token]
    topics: Mapping[str, str]
    at: int = 0
    terms: int = 0

    def any_of(self, depth: int) -> Filter:
        parts = [self._all(depth)]
        while self._takes("OR"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(dict.fromkeys(parts)))

    def _all(self, depth: int) -> Filter:
        parts = [self._one(depth)]
        while True:
            if self._takes("AND") or (self._peek() not in ("", "OR", "close")):
                parts.append(self._one(depth))
            else:
                return parts[0] if len(parts) == 1 else All(tuple(dict.fromkeys(parts)))

    def _one(self, depth: int, *, in_title: bool = False) -> Filter:
        if self.at == len(self.tokens):
            before = self.tokens[-1] if self.tokens else None
            if before is None:
                raise Unclear(texts.NO_WORD, 0, len(self.typed))
            raise Unclear(texts.MISSING_AFTER, before.start, before.end, word=before.text)
        token = self.tokens[self.at]
        self.at += 1
        match token.kind:
            case "NOT" | "minus":
                part = self._one(depth, in_title=in_title)
                return part.part if isinstance(part, Not) else Not(part)
            case "open":
                return self._bracket(token, depth + 1, in_title)
            case "field":
                return self._field(token, depth)
            case "word" | "phrase":
                return self._term(token, in_title)
        raise Unclear(texts.MISSING_BEFORE, token.start, token.end, word=token.text)

    def _bracket(self, opened: _Token, depth: int, in_title: bool) -> Filter:
        if depth > MOST_DEPTH:
            raise Unclear(texts.TOO_DEEP, opened.start, opened.end, most=MOST_DEPTH)
        inner = self.any_of(depth)
        if not self._takes("close"):
            raise Unclear(texts.BRACKET_NOT_CLOSED, opened.start, opened.end)
        return titled(inner) if in_title else inner

    def _field(self, token: _Token, depth: int) -> Filter:
        name = token.text.lower()
        if name == "title":
            return self._one(depth, in_title=True)
        said = self._peek()
        if said not in ("word", "phrase"):
            raise Unclear(texts.MISSING_AFTER, token.start, token.end, word=f"{name}:")
        value = self.tokens[self.at]
        self.at += 1
        self._count(value)
        if name == "topic":
            return self._topic(value)
        if name == "feed":
            return Mark("feed", plain(value.text), value.text)
        if name == "lang":
            code = value.text.lower()
            if not re.fullmatch(r"[a-z]{2,3}", code):
                raise Unclear(texts.LANGUAGE_UNCLEAR, value.start, value.end)
            return Mark("lang", code, value.text)
        return _since(value)

    def _topic(self, value: _Token) -> Filter:
        known = {plain(slug): slug for slug in self.topics} | {plain(name): slug for slug, name in self.topics.items()}
        wanted = plain(value.text)
        if wanted in known:
            return Mark("topic", known[wanted], self.topics[known[wanted]])
        near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.6)
        if near:
            name = self.topics[known[near[0]]]
            raise Unclear(texts.TOPIC_UNKNOWN_NEAR, value.start, value.end, word=value.text, near=name)
        every = ", ".join(self.topics.values())
        raise Unclear(texts.TOPIC_UNKNOWN, value.start, value.end, word=value.text, topics=every)

    def _term(self, token: _Token, in_title: bool) -> Filter:
        self._count(token)
        is_prefix = token.text.endswith("*")
        term = _term(token.text, is_prefix=is_prefix)
        if term is None:
            raise Unclear(texts.NO_WORD_IN, token.start, token.end, word=token.text)
        if is_prefix and len(term.stems[-1]) < SHORTEST_PREFIX:
            raise Unclear(texts.PREFIX_TOO_SHORT, token.start, token.end, least=SHORTEST_PREFIX)
        return titled(term) if in_title else term

    def _count(self, token: _Token) -> None:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise Unclear(texts.TOO_MANY_TERMS, token.start, token.end, most=MOST_TERMS)

    def _peek(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else ""

    def _takes(self, kind: str) -> bool:
        if self._peek() != kind:
            return False
        self.at += 1
        return True


def _term(typed: str, *, is_prefix: bool = False) -> Term | None:
    """A word or phrase as typed; None where no word is in it."""
    stems = cut(typed)
    if is_prefix and stems:
        stems[-1] = folded(words(typed)[-1]).rpartition("'")[2] or stems[-1]
    return Term(tuple(stems), typed, is_prefix) if stems else None


def sought(typed: str, *, topics: Mapping[str, str]) -> Filter:
    """As `parse`, but of plain words side by side any will do: what somebody searches for."""
    wanted = parse(typed, topics=topics)
    is_plain = isinstance(wanted, All) and all(token.kind == "word" for token in _tokens(typed))
    return AnyOf(wanted.parts) if is_plain and isinstance(wanted, All) else wanted


def is_plain(typed: str) -> bool:
    """Whether there are only words, and nothing that only a filter has."""
    try:
        return all(token.kind == "word" and not token.text.endswith("*") for token in _tokens(typed))
    except Unclear:
        return False


def plainly(typed: str, *, every: bool = False) -> Filter | None:
    """Any (or every) word that is typed, whatever the signs around them; None without a word."""
    found = [term for word in words(typed)[:MOST_TERMS] if (term := _term(word))]
    distinct = tuple({term.stems: term for term in found}.values())
    if len(distinct) < 2:
        return distinct[0] if distinct else None
    return All(distinct) if every else AnyOf(distinct)


def _since(value: _Token) -> Since:
    age = _AGE.fullmatch(value.text.lower())
    if age:
        return Since(value.text, age=int(age[1]) * _UNITS[age[2]])
    try:
        return Since(value.text, at=datetime.strptime(value.text, "%Y-%m-%d").replace(tzinfo=UTC))
    except ValueError:
        raise Unclear(texts.SINCE_UNCLEAR, value.start, value.end) from None


def titled(part: Filter) -> Filter:
    """The part, of the headline alone."""
    match part:
        case Term(stems, shown, is_prefix):
            return Term(stems, shown, is_prefix, in_title=True)
        case Not(inner):
            return Not(titled(inner))
        case All(parts):
            return All(tuple(map(titled, parts)))
        case AnyOf(parts):
            return AnyOf(tuple(map(titled, parts)))
    return part


def _is_open(part: Filter) -> bool:
    """Whether nothing in it says what is wanted, so that it would bring nearly everything."""
    match part:
        case Not() | Since():
            return True
        case All(parts):
            return all(map(_is_open, parts))
        case AnyOf(parts):
            return any(map(_is_open, parts))
    return False


def terms(part: Filter) -> Iterator[Term]:
    """Every word or phrase that is wanted, in order; those after NOT are not."""
    match part:
        case Term():
            yield part
        case All(parts) | AnyOf(parts):
            for each in parts:
                yield from terms(each)


# Holding a filter against an article


class Document:
    """What filters look at in an article, taken apart once."""

    __slots__ = ("_pairs", "body", "first_seen_at", "marks", "prefixed", "stems", "title", "title_stems")

    def __init__(
        self,
        title: Sequence[str],
        body: Sequence[str],
        first_seen_at: datetime,
        marks: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        """`title` and `body`: roots in order; `marks`: (topic, slug), (feed, plain title) and (lang, code)."""
        self.title, self.body, self.first_seen_at, self.marks = title, body, first_seen_at, marks
        self.title_stems = frozenset(title)
        self.stems = self.title_stems.union(body)
        self.prefixed: dict[str, list[str]] = {}
        """Roots by their first letters."""
        for each in self.stems:
            self.prefixed.setdefault(each[:SHORTEST_PREFIX], []).append(each)
        self._pairs: dict[bool, set[tuple[str, str]]] = {}

    def rows(self, *, in_title: bool) -> Sequence[Sequence[str]]:
        """Roots in order; the title and the body do not touch."""
        return (self.title,) if in_title else (self.title, self.body)

    def pairs(self, *, in_title: bool) -> set[tuple[str, str]]:
        """Roots that stand side by side."""
        if in_title not in self._pairs:
            self._pairs[in_title] = {pair for row in self.rows(in_title=in_title) for pair in pairwise(row)}
        return self._pairs[in_title]

    def begins(self, prefix: str) -> bool:
        """Whether a word begins so; `prefix` has three letters at least."""
        near = self.prefixed.get(prefix[:SHORTEST_PREFIX], ())
        return any(each.startswith(prefix) for each in near) or not openings(prefix).isdisjoint(self.stems)


def document(
    headline: str,
    text: str,
    *,
    first_seen_at: datetime,
    topics: Iterable[str] = (),
    feed: str | None = None,
    language: str | None = None,
) -> Document:
    """An article as filters see it."""
    marks = marks_of(topics=topics, feed=feed, language=language)
    return Document(cut(headline, MOST_TITLE_WORDS), cut(text), first_seen_at, marks)


def marks_of(
    *, topics: Iterable[str] = (), feed: str | None = None, language: str | None = None
) -> frozenset[tuple[str, str]]:
    """What an article is labelled with, as `Mark` names it."""
    marks = {("topic", slug) for slug in topics}
    marks |= {("feed", plain(feed))} if feed else set()
    marks |= {("lang", language.replace("_", "-").split("-")[0].lower())} if language else set()
    return frozenset(marks)


def matches(wanted: Filter, article: Document, now: datetime) -> bool:
    """Whether the article is what the filter wants."""
    match wanted:
        case Term():
            return _has(wanted, article)
        case Mark(name, value):
            return (name, value) in article.marks
        case Since(_, age, at):
            return article.first_seen_at >= (now - age if age else at or now)
        case Not(part):
            return not matches(part, article, now)
        case All(parts):
            return all(matches(part, article, now) for part in parts)
        case AnyOf(parts):
            return any(matches(part, article, now) for part in parts)


def _has(term: Term, article: Document) -> bool:
    stems, in_title = term.stems, term.in_title
    if len(stems) == 1 and not term.is_prefix:
        return stems[0] in (article.title_stems if in_title else article.stems)
    if term.is_prefix:
        if not article.begins(stems[-1]):
            return False
        if len(stems) == 1 and not in_title:
            return True
    known = article.pairs(in_title=in_title)
    whole = stems[:-1] if term.is_prefix else stems
    if any(pair not in known for pair in pairwise(whole)):
        return False
    return (len(stems) == 2 and not term.is_prefix) or any(
        _stands(term, row) for row in article.rows(in_title=in_title)
    )


def _stands(term: Term, row: Sequence[str]) -> bool:
    """Whether the words stand side by side somewhere."""
    *before, last = term.stems
    ends = openings(last) if term.is_prefix else (last,)
    for at in range(len(before), len(row)):
        is_last = row[at] in ends or (term.is_prefix and row[at].startswith(last))
        if is_last and [*row[at - len(before) : at]] == before:
            return True
    return False


Key = TypeVar("Key", bound=Hashable)


class Index(Generic[Key]):
    """Many filters held against one article at a time: only those are looked at whose telling word it has."""

    def __init__(self) -> None:
        self._places: dict[Filter, _Place[Key]] = {}
        self._by_anchor: dict[Hashable, list[_Place[Key]]] = {}

    def __len__(self) -> int:
        return sum(len(place.keys) for place in self._places.values())

    def add(self, key: Key, wanted: Filter) -> None:
        """Equal filters share their place, so that what thousands want is asked once."""
        place = self._places.get(wanted)
        if place is None:
            place = self._places[wanted] = _Place(wanted)
            for anchor in _anchors(wanted):
                self._by_anchor.setdefault(anchor, []).append(place)
        place.keys.add(key)

    def remove(self, key: Key, wanted: Filter) -> None:
        """Nothing where there is no such filter of that key."""
        place = self._places.get(wanted)
        if place is None:
            return
        place.keys.discard(key)
        if not place.keys:
            del self._places[wanted]
            for anchor in _anchors(wanted):
                self._by_anchor[anchor].remove(place)
                if not self._by_anchor[anchor]:
                    del self._by_anchor[anchor]

    def matching(self, article: Document, now: datetime) -> set[Key]:
        """Keys of the filters that want the article."""
        present: set[Hashable] = {*article.stems, *article.marks}
        present |= {("prefix", each) for each in article.prefixed}
        found: set[Key] = set()
        for anchor in present & self._by_anchor.keys():
            for place in self._by_anchor[anchor]:
                if place.needed <= article.stems and (place.rest is None or matches(place.rest, article, now)):
                    found |= place.keys
        return found


class _Place(Generic[Key]):
    """A filter and everybody who has it, made ready to be asked once one of its anchors is there."""

    __slots__ = ("keys", "needed", "rest")

    def __init__(self, wanted: Filter) -> None:
        self.keys: set[Key] = set()
        parts = wanted.parts if isinstance(wanted, All) else (wanted,)
        self.needed = frozenset(part.stems[0] for part in parts if _is_word(part))
        """Words without which it cannot match: the quick look before the slow one."""
        rest = tuple(part for part in parts if not _is_word(part))
        if len(parts) == 1 and isinstance(wanted, AnyOf) and all(map(_is_word, wanted.parts)):
            rest = ()  # each of its words is an anchor
        self.rest: Filter | None = All(rest) if rest else None


def _is_word(part: Filter) -> TypeGuard[Term]:
    """Whether it is one word anywhere in the article."""
    return isinstance(part, Term) and len(part.stems) == 1 and not part.is_prefix and not part.in_title


def _anchors(wanted: Filter) -> frozenset[Hashable]:
    """Words and marks of which an article must have one, or the filter cannot match it; as few and rare as can be."""
    match wanted:
        case Term(stems, _, is_prefix):
            if not is_prefix:
                return frozenset([max(stems, key=_rarity)])
            whole = stems[:-1]
            if whole:
                return frozenset([max(whole, key=_rarity)])
            return frozenset([("prefix", stems[-1][:SHORTEST_PREFIX]), *openings(stems[-1])])
        case Mark(name, value):
            return frozenset([(name, value)])
        case AnyOf(parts):
            return frozenset().union(*map(_anchors, parts))
        case All(parts):
            return max(filter(None, map(_anchors, parts)), key=_tellingness, default=frozenset())
    return frozenset()


def _rarity(stemmed: str) -> tuple[float, int, str]:
    return weight(stemmed), len(stemmed), stemmed


def _tellingness(anchors: frozenset[Hashable]) -> float:
    """Low where one of them is common: a mark is on a tenth of the articles, a rare word on few."""
    commonest = min(_telling(each) for each in anchors)
    return commonest / len(anchors)


def _telling(anchor: Hashable) -> float:
    return _rarity(anchor)[0] + len(anchor) / 20 if isinstance(anchor, str) else 0.5
