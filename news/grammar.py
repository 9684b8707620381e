"""The one grammar of following, muting and search:

    words "a phrase" prefix*  AND OR NOT  ( )  topic:world feed:"The Gazette" title:word lang:de since:7d

Words side by side are all wanted; NOT binds before AND, AND before OR; `-word` is NOT word. In lower case `and`,
`or` and `not` are words; `understood` takes those for signs that stand where only a sign makes sense.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from babel import Locale

from news.filters import All, AnyOf, Filter, Mark, Not, Since, Term, titled
from news.messages import texts
from news.roots import cut, folded, plain
from news.vocabulary import words

MOST_TERMS = 32
MOST_DEPTH = 8
SHORTEST_PREFIX = 3
FIELDS = ("topic", "feed", "title", "lang", "since")


class Unclear(Exception):
    """What was typed cannot be read: `text`, filled with `values`, says why; `start` and `end` where."""

    def __init__(self, text: str, start: int, end: int, **values: object) -> None:
        super().__init__(text.format(**values))
        self.text, self.start, self.end, self.values = text, start, end, values


_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<open>\()|(?P<close>\))
      |(?P<minus>[-−]+(?=[^\s)−-]))
      |(?P<field>[A-Za-z]+):(?=[^\s:/)])
      |(?P<apart>(?i:topic|feed|title|lang|since)):(?=\s|\)|$)
      |"(?P<phrase>[^"]*)(?P<shut>"?)
      |(?P<word>[^\s()"]+)""",
    re.VERBOSE,
)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂「」『』〝〞", '"'))
_DENSE = re.compile("[\u2e80-\ud7ff]")
"""Scripts in which two letters are a word."""
_ENDS, _BEGINS = {"word", "phrase", "close"}, {"word", "phrase", "open", "minus", "field", "NOT"}
"""What a sign that joins can stand behind, and before."""
_SIGNS = {"and": "AND", "or": "OR", "not": "NOT", "but": "AND"}
_AGE = re.compile(r"([1-9]\d{0,2})([hdwm])")
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


def understood(typed: str, *, topics: Mapping[str, str]) -> tuple[str, Filter]:
    """What was typed as a person means it, and the filter that is.

    Between what can be joined `or`, `and`, `not` and `but not` are signs, and are written large; unless that makes
    no filter. Unclear as `parse`.
    """
    large = _with_large_signs(typed)
    if large != typed:
        try:
            return large, parse(large, topics=topics)
        except Unclear:
            pass
    return typed, parse(typed, topics=topics)


def lasting(typed: str, *, names: Mapping[str, str], topics: Mapping[str, str]) -> str:
    """What was typed, with the slugs of topics that it calls by one of `names`, which `topics` does not know."""
    known = {plain(each) for pair in topics.items() for each in pair}
    slugs = {plain(name): slug for slug, name in names.items() if plain(name) not in known}
    found, said = _tokens(typed), typed
    for field, value in reversed([*pairwise(found)]):
        if field.kind == "field" and field.text.lower() == "topic" and plain(value.text) in slugs:
            said = f"{said[: value.start]}{slugs[plain(value.text)]}{said[value.end :]}"
    return said


def _with_large_signs(typed: str) -> str:
    """What was typed, as long as before, with its lower-case signs written large."""
    found, large = _tokens(typed), list(typed)
    kinds = [each.text if each.kind == "word" and each.text in _SIGNS else each.kind for each in found]
    kinds = ["", *kinds, "", ""]
    for at, token in enumerate(found, start=1):
        before, kind, *after = kinds[at - 1 : at + 3]
        if kind not in _SIGNS:
            continue
        is_denying = after[0] == "not" and after[1] in _BEGINS
        joins = {"and": after[0] in _BEGINS or is_denying, "or": after[0] in _BEGINS, "but": is_denying}
        if (before in _ENDS and joins.get(kind, after[0] in _BEGINS)) or (before == "AND" and kind == "not"):
            kinds[at] = _SIGNS[kind]
            large[token.start : token.end] = _SIGNS[kind]
    return "".join(large)


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
        text, kind = match[kind], "field" if kind == "apart" else kind
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
            if not plain(value.text):
                raise Unclear(texts.NO_WORD_IN, value.start, value.end, word=value.text)
            return Mark("feed", plain(value.text), value.text)
        if name == "lang":
            code = _language(value.text)
            if code is None:
                raise Unclear(texts.LANGUAGE_UNCLEAR, value.start, value.end)
            return Mark("lang", code, code)
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
        if is_prefix and len(term.stems[-1]) + 2 * len(_DENSE.findall(term.stems[-1])) < SHORTEST_PREFIX:
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


@lru_cache(maxsize=16_384)
def _term(typed: str, *, is_prefix: bool = False) -> Term | None:
    """A word or phrase as typed; None where no word is in it."""
    stems = cut(typed)
    if is_prefix and stems:
        stems[-1] = folded(words(typed)[-1]).rpartition("'")[2] or stems[-1]
    return Term(tuple(stems), typed, is_prefix) if stems else None


@lru_cache(maxsize=256)
def _language(typed: str) -> str | None:
    """The code of a language that is, given as such, with a country, or by its English name."""
    codes = Locale("en").languages
    code = re.split(r"[-_]", typed.lower())[0]
    named = (each for each, name in codes.items() if name.lower() == typed.lower() and len(each) < 4)
    return code if code in codes and len(code) < 4 else next(named, None)


def sought(typed: str, *, topics: Mapping[str, str]) -> Filter:
    """As `parse`, but of plain words side by side any will do: what somebody searches for."""
    if not all(token.kind == "word" for token in _tokens(typed)):
        return understood(typed, topics=topics)[1]
    wanted = parse(typed, topics=topics)
    return AnyOf(wanted.parts) if isinstance(wanted, All) else wanted


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
