"""Snippets: the words around what was looked for, with the matches marked."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import islice

from news.filters import Term
from news.roots import LONGEST_TEXT, openings, parted
from news.vocabulary import spans

SNIPPET_WORDS = 12
MOST_LOOKED_AT = 3_000
"""Words of a text in which the first match is looked for."""
MOSTLY_ENOUGH = 150
"""Words in which it mostly is."""

PIECE = re.compile(r"\S{1,24}")
"""A word with its signs; some of them where none are parted by spaces."""

Snippet = tuple[tuple[str, bool], ...]
"""Runs of text, each with whether it is a match."""
Span = tuple[int, int]


def snippet(text: str, terms: Collection[Term]) -> Snippet:
    """About a dozen words around the first match, or from the beginning."""
    for most in (MOSTLY_ENOUGH, MOST_LOOKED_AT):
        places = list(islice(spans(text[:LONGEST_TEXT]), most))
        matches = _matches([parted(text[start:end]) for start, end in places], terms)
        if matches and matches[0][0] + 4 * SNIPPET_WORDS < len(places):
            break
    gaps = [match.span() for match in PIECE.finditer(text[: _reach(text, places, matches)])]
    first = next((at for at, (_, end) in enumerate(gaps) if matches and end > places[matches[0][0]][0]), 0)
    begin = max(0, min(first - SNIPPET_WORDS // 3, len(gaps) - SNIPPET_WORDS))
    shown = gaps[begin : begin + SNIPPET_WORDS]
    if not shown:
        return ()
    runs: list[tuple[str, bool]] = [("… ", False)] if begin else []
    at, end = shown[0][0], shown[-1][1]
    for first_word, last_word in matches:
        start, stop = max(places[first_word][0], at), min(places[last_word][1], end)
        if start < stop:
            runs += [(text[at:start], False)] if at < start else []
            runs.append((text[start:stop], True))
            at = stop
    runs += [(text[at:end], False)] if at < end else []
    if text[end:].strip():
        runs.append((" …", False))
    return tuple((_spaced(run), is_match) for run, is_match in runs)


def _reach(text: str, places: Sequence[Span], matches: Sequence[Span]) -> int:
    """How far a snippet can reach into the text: some words behind the first match."""
    last = min(len(places), (matches[0][0] if matches else 0) + 4 * SNIPPET_WORDS)
    return places[last - 1][1] + 1 if 0 < last < len(places) else len(text)


def _spaced(run: str) -> str:
    """A run with the spaces at its ends kept, one for however many."""
    middle = " ".join(run.split())
    return (" " if run[:1].isspace() else "") + middle + (" " if middle and run[-1:].isspace() else "")


def _matches(roots: Sequence[tuple[str, ...]], terms: Collection[Term]) -> list[Span]:
    """First and last word of every match, in order, none within another."""
    by_first: dict[str, list[Term]] = {}
    beginnings = [term for term in terms if term.is_prefix and len(term.stems) == 1]
    for term in terms:
        for each in openings(term.stems[0]) if term in beginnings else term.stems[:1]:
            by_first.setdefault(each, []).append(term)
    prefixes = tuple(term.stems[0] for term in beginnings)
    found: list[Span] = []
    for at, word in enumerate(roots):
        if found and at <= found[-1][1]:
            continue
        ends = [
            last for each in word for term in by_first.get(each, ()) if (last := _ends(roots, at, term)) is not None
        ]
        if prefixes and any(each.startswith(prefixes) for each in word):
            ends.append(at)
        if ends:
            found.append((at, max(ends)))
    return found


def _ends(roots: Sequence[tuple[str, ...]], at: int, term: Term) -> int | None:
    """The word with which the term ends that begins in word `at`; None where it does not go on so."""
    row = [(root, place) for place in range(at, min(len(roots), at + len(term.stems))) for root in roots[place]]
    *before, last = term.stems
    for start in range(len(roots[at])):
        run = row[start : start + len(term.stems)]
        if len(run) == len(term.stems) and [root for root, _ in run[:-1]] == before:
            root = run[-1][0]
            if root == last or (term.is_prefix and (root.startswith(last) or root in openings(last))):
                return run[-1][1]
    return None
