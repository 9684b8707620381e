"""What a language model might claim of an article: true lines and lies, as written by hand and as made by rule."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from news.article import Entry
from news.sentences import split

CLAIMS = Path(__file__).with_name("claims.txt")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")
TURNED = {
    "rose": "fell", "fell": "rose", "won": "lost", "more": "less", "before": "after", "against": "for",
    "first": "last", "north": "south", "from": "to", "all": "some", "some": "all", "half": "most", "million": "billion",
    "percent": "points", "early": "late", "was": "is", "is": "was", "had": "has", "his": "her", "her": "his",
    "and": "or", "or": "and", "by": "for", "because": "although", "after": "before", "in": "near", "asked": "told",
    "minister": "former minister", "killed": "wounded", "Monday": "Friday", "Tuesday": "Sunday", "May": "June",
    "may": "will", "could": "will", "will": "may", "must": "may", "at least": "at most", "$": "€", "a few": "few",
}  # fmt: skip
ENDINGS = (("ed", "ing"), ("ing", "ed"), ("ed", "s"), ("s", ""), ("ed", ""))
MAY_GO = ("also", "too", "however,", "meanwhile,", "But")


@dataclass(frozen=True, slots=True)
class Claims:
    """An article, and what is said of it."""

    entry: Entry
    shorter: list[str]
    """True, parts of a sentence left away."""
    reworded: list[str]
    """True, in other words."""
    lies: list[str]


def claims() -> list[Claims]:
    found: list[Claims] = []
    for line in CLAIMS.read_text(encoding="utf-8").splitlines():
        kind, text = line[:1], line[2:]
        if kind == "=":
            found.append(Claims(Entry(headline="", paragraphs=(text,)), [], [], []))
        elif kind != "#":
            {"+": found[-1].shorter, "~": found[-1].reworded, "-": found[-1].lies}[kind].append(text)
    return found


def made(entry: Entry, dice: random.Random, most: int) -> Iterator[tuple[str, str]]:
    """Kinds of lies, and lies, of the first sentences of an article."""
    sentences = [each.text for each in split(entry.text) if 4 <= len(each.text.split()) <= 40][:most]
    names = sorted(set(NAME.findall(entry.text)))
    told = " ".join(entry.text.split())
    for true, after in zip(sentences, [*sentences[1:], *sentences[:1]], strict=True):
        for kind, lie in (*_changed(true, names, dice), *_rearranged(true, after)):
            if lie != true and " ".join(lie.split()) not in told:
                yield kind, lie


def _changed(true: str, names: Sequence[str], dice: random.Random) -> Iterator[tuple[str, str]]:
    for number in re.finditer(r"\d+", true):
        for wrong in (int(number[0]) + dice.randrange(1, 9), int(number[0]) * 10):
            yield "number", f"{true[: number.start()]}{wrong}{true[number.end() :]}"
    for own in dict.fromkeys(NAME.findall(true)):
        for name in names:
            if name != own:
                yield "name", re.sub(rf"\b{own}\b", name, true)
        at = dice.randrange(1, len(own))
        yield "letter", true.replace(own, f"{own[:at]}{'n' if own[at] == 'r' else 'r'}{own[at + 1 :]}", 1)
        yield "letter", true.replace(own, own[:-1] if own[-1] == "s" else f"{own}s", 1)
    for word, other in TURNED.items():
        if re.search(pattern := rf"(?<!\w){re.escape(word)}(?!\w)" if word != "$" else r"\$", true):
            yield "turned", re.sub(pattern, other, true, count=1)
    words = true.split()
    for at, word in enumerate(words):
        yield "not", " ".join([*words[:at], "not", *words[at:]]) if at else f"Not {true}"
        if word not in MAY_GO and word[0] not in "(." and len(words) > 4:
            yield "dropped", " ".join([*words[:at], *words[at + 1 :]])
        for ending, other in ENDINGS:
            if len(word) > 5 and word.endswith(ending):
                changed = word[: -len(ending)] + other
                yield "ending", " ".join([*words[:at], changed, *words[at + 1 :]])


def _rearranged(true: str, after: str) -> Iterator[tuple[str, str]]:
    words, others = true.split(), after.split()
    for at in range(2, len(words) - 2, 3):
        yield "halves", " ".join([*words[:at], *others[len(others) // 2 :]])
        yield "order", " ".join([*words[at:], *words[:at]])
    yield "joined", f"{true.rstrip('.')} because {after[:1].lower()}{after[1:]}"
    yield "joined", f"{true.rstrip('.')}, {after[:1].lower()}{after[1:]}"
    yield "two", f"{true} {after}"
    parts = re.split(r"(?<=[,;]) ", true)
    for at in range(len(parts) - 1):
        yield "sign", " ".join([*parts[:at], parts[at][:-1], *parts[at + 1 :]])
        yield "order", " ".join([*parts[:at], parts[at + 1], parts[at], *parts[at + 2 :]])
    for at in range(2, len(words) - 1):
        if words[at - 1][-1] not in ",;":
            yield "sign", " ".join([*words[: at - 1], f"{words[at - 1]},", *words[at:]])
    yield "question", f"{true.rstrip('.')}?"
