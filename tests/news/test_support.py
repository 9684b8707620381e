"""What others say about an article, held against it."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from news.sentences import split
from news.support import Witness

DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "bullets" / "cnndm-dev.jsonl.gz"
TEXT = (
    "Orsund, which lies on the strait, lost power on Monday, police said. "
    "The mayor, Ann Berg, did not order the 340 workers of the old mill to leave. "
    "If the dam breaks, about 2,000 people may have to go. "
    "For its critics, the law is a disaster. "
    "Ferries were ordered to stay in port. "
    "The Foxes beat the Herons 3-1 in the final."
)


@pytest.mark.parametrize(
    "said",
    [
        "Orsund lost power on Monday, police said.",
        "The mayor did not order the 340 workers of the old mill to leave.",
        "Mayor did not order 340 workers of the old mill to leave.",
        "If the dam breaks, about 2,000 people may have to go.",
        "Ferries are ordered to stay in port.",
        "Foxes beat Herons 3-1 in the final.",
    ],
)
def test_a_sentence_of_the_article_with_whole_parts_left_away_is_supported(said: str) -> None:
    place = Witness(TEXT).place_of(said)
    assert place is not None
    assert said.split()[-1].strip(".") in TEXT[slice(*place)]


@pytest.mark.parametrize(
    "said",
    [
        "Orsund lost power on Monday.",  # who said so
        "Orsund lost power on Tuesday, police said.",
        "The mayor ordered the 340 workers of the old mill to leave.",
        "The mayor did not order the 350 workers of the old mill to leave.",
        "The mayor did not order workers of the old mill to leave.",
        "The dam breaks, about 2,000 people may have to go.",
        "If the dam breaks, 2,000 people may have to go.",
        "If the dam breaks, about 2,000 people have to go.",
        "The law is a disaster.",
        "Ferries ordered to stay in port.",  # who orders is turned round
        "The Herons beat the Foxes 3-1 in the final.",
        "The Foxes beat the Herons 1-3 in the final.",
        "The harbour of Orsund burned down on Monday.",
        "Orsund.",
        "",
    ],
)
def test_what_says_more_less_or_other_than_the_article_is_not(said: str) -> None:
    assert Witness(TEXT).place_of(said) is None


NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")
TURNED = {"rose": "fell", "won": "lost", "more": "less", "before": "after", "against": "for", "first": "last"}


def lies(true: str, other: str, names: list[str], dice: random.Random) -> Iterator[str]:
    """What a model might make of a sentence, none of it true."""
    if number := re.search(r"\d+", true):
        yield f"{true[: number.start()]}{int(number[0]) + dice.randrange(1, 9)}{true[number.end() :]}"
    own = list(dict.fromkeys(NAME.findall(true)))
    others = [name for name in names if name.rstrip("s") not in {each.rstrip("s") for each in own}]
    if own and others:
        yield true.replace(own[0], dice.choice(others))
    if len(own) > 1:
        yield true.replace(own[0], "\0").replace(own[1], own[0]).replace("\0", own[1])
    for verb in (" was ", " is ", " were ", " has ", " will "):
        if verb in true:
            yield true.replace(verb, f"{verb}not ", 1)
    for word in (" not ", "n't ", " no ", " never ", " may ", " could ", " might ", " about ", " some ", " if "):
        if word in true:
            yield true.replace(word, " ", 1)
    for word, opposite in TURNED.items():
        if f" {word} " in true:
            yield true.replace(f" {word} ", f" {opposite} ", 1)
    half = other.split()[len(other.split()) // 2 :]
    if other != true and len(half) > 5:
        yield " ".join([*true.split()[: len(true.split()) // 2], *half])


def test_of_a_thousand_planted_lies_none_is_supported() -> None:
    if not DATA.exists():
        pytest.skip("the development data is not beside the checkout")
    dice = random.Random(7)
    told, supported, true = 0, [], 0
    with gzip.open(DATA, "rt") as lines:
        for line in lines:
            text = json.loads(line)["article"]
            witness, names = Witness(text), NAME.findall(text)
            sentences = [each.text for each in split(text) if 8 <= len(each.text.split()) <= 40][:8]
            for sentence in sentences:
                true += witness.place_of(sentence) is not None
                for lie in lies(sentence, dice.choice(sentences), names, dice):
                    if " ".join(lie.split()) not in " ".join(text.split()):
                        told += 1
                        supported += [(sentence, lie)] if witness.place_of(lie) else []
            if told >= 1_000:
                break
    assert told >= 1_000
    assert supported == []
    assert true > 100
