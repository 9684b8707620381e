"""The learned weights of the bullets, as `benchmarks/train_bullets.py` wrote them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from news.insisting import Regressions


@dataclass(frozen=True, slots=True)
class Weights:
    """One regression for each number of uses of a word, one for pairs of words, one to rank sets of lines."""

    words: Regressions
    pairs: Regressions
    sets: Regressions


@cache
def load() -> Weights:
    """The weights that ship with the program."""
    given = json.loads(files(__package__).joinpath("tables", "bullets.json").read_text("utf-8"))
    return Weights(Regressions(*given["words"]), Regressions(given["pairs"]), Regressions(given["sets"]))
