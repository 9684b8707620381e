"""The lines of a text file as the paragraphs their writer meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ingest.furniture import credit_of, is_furniture, split_credit

NARROWEST = 30
"""Shorter lines are names, dates and sections, each for itself."""
WIDEST = 130
"""Characters: lines longer than this were not wrapped by hand or by mail programs."""
BULLET = re.compile(r"[\u200e\u200f]?(?:[*•‣▪▫●○◦·∙⁃■□➤►▶✓✔→»]|[-–—](?=\s))\s*(?=\S)")
ENDS = tuple(".!?…。！？।؟։።:;：")
CLOSERS = "\"'”’»›)]）」』】*_"
UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
SENTENCE_END = re.compile(r"(?:(?<![.!?…؟।])[.!?…؟।]+[\"'”’»)\]]*(?=\s+[^\sa-zа-я])|[。！？](?=.))")
ABBREVIATED = re.compile(
    r"(?:\b[A-ZА-Я]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Sen|Rep|Gov|Lt|Col|No|vs|Inc|Co|Ltd|Jr|Sr|Nr|bzw|ca|etc))\.$"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, headline or bullet; `block` counts the runs between empty lines."""

    text: str
    block: int = 0
    is_bullet: bool = False


def paragraphs_of(text: str) -> list[Line]:
    """The lines of `text` without control characters, those wrapped by width joined again."""
    text = UNWANTED.sub("", BREAKS.sub("\n", text))
    parted = re.split(r"\n\s*\n", text)
    blocks = [kept for block in parted if (kept := [" ".join(raw.split()) for raw in block.split("\n") if raw.strip()])]
    width = _width([block[number == 0 :] for number, block in enumerate(blocks)])
    lines: list[Line] = []
    for number, block in enumerate(blocks):
        for above, stripped in zip(("", *block), block, strict=False):
            bullet = BULLET.match(stripped)
            if above and width and _goes_on(above, stripped, width) and not _stands_alone(above, stripped):
                before = lines.pop()
                lines.append(Line(_joined(before.text, stripped), number, before.is_bullet))
            elif bullet:
                lines.append(Line(stripped[bullet.end() :], number, True))
            else:
                lines.append(Line(stripped.lstrip("#").lstrip() or stripped, number))
    return lines


def is_sentence(text: str) -> bool:
    """Whether `text` ends as sentences do."""
    return text.rstrip(CLOSERS).endswith(ENDS)


def sentences_in(text: str) -> int:
    """About how many sentences `text` has; at least one."""
    ends = (match.start() + 1 for match in SENTENCE_END.finditer(text))
    return 1 + sum(not ABBREVIATED.search(text, max(0, end - 8), end) for end in ends)


def _width(runs: list[list[str]]) -> int:
    """The width at which lines were wrapped, or 0 where each line is a paragraph of its own.

    Wrapping is greedy: the first word of a line did not fit on the line before. Where
    that holds for nearly all neighbours, and most do not end a sentence, it is no chance.
    """
    pairs = [pair for run in runs for pair in pairwise(run) if not _stands_alone(*pair)]
    lengths = sorted((len(line) for line, _ in pairs), reverse=True)
    # The longest that two more come near: a single long line was not wrapped.
    width = next((long for long, third in zip(lengths, lengths[2:], strict=False) if long - third <= 12), 0)
    if not NARROWEST <= width <= WIDEST:
        return 0
    wrapped = [pair for pair in pairs if _goes_on(*pair, width)]
    ended = [pair for pair in wrapped if is_sentence(pair[0])]
    is_wrapped = len(wrapped) > 2 and len(wrapped) * 10 >= len(pairs) * 6 and len(ended) * 2 < len(wrapped)
    return width if is_wrapped else 0


def _goes_on(line: str, following: str, width: int) -> bool:
    word = following[:1] if _is_unspaced(following) else following.split(" ", 1)[0]
    # A few characters of grace: some programs break at hyphens or keep a margin.
    return len(line) <= width and len(line) + 1 + len(word) > width - 3


def _stands_alone(line: str, following: str) -> bool:
    """Whether `following` begins something new, however well it would fit."""
    is_ended_bullet = BULLET.match(line) and is_sentence(line)
    is_apart = BULLET.match(following) or credit_of(following) or is_furniture(following)
    return bool(is_ended_bullet or is_apart or credit_of(line) or split_credit(line)[1] or is_furniture(line))


def _joined(line: str, following: str) -> str:
    return line + following if _is_unspaced(line[-1:]) and _is_unspaced(following) else f"{line} {following}"


def _is_unspaced(text: str) -> bool:
    return "\u2e80" <= text[:1] <= "\u9fff" or "\uff00" <= text[:1] <= "\uffef"
