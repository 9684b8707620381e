"""Whether an article supports a sentence that somebody else wrote about it, such as a language model.

A sentence is supported when it is a sentence of the article, or two that follow each other, with parts left
away at their seams: every word it rests on stands there, in the same order; so do its numbers and names; and
it has each negation, condition, limit and attribution that the article has there, and no other. That is
stricter than truth needs. What fails is not called false: it is only not shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from news.sentences import Sentence, split
from news.vocabulary import listed

MOST_SENTENCES = 400
"""Of an article that are looked at; what stands deeper is no headline news."""
LEAST_WORDS = 4
LONGEST = 400
"""Characters of a sentence that is checked at all."""

_TOKEN = re.compile(r"(?P<number>\d+(?:[.,:]\d+)*)|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)|(?P<seam>[,;:()\[\]—–…]| - )")
_inflected = re.compile(r"(?:e?s|e?d|ing|e)$")
"""Endings of number and tense, and no others: an employer is not an employee."""
_FREE = listed(
    "a an the el la los las un una der die das den dem des ein eine einer eines einem einen le les une il lo gli"
)
"""Articles: they may come and go."""
_BE = listed("is are was were be been being am")
"""Of any tense: a summary may say what was as what is."""
_MARKS: dict[str, str] = {
    **dict.fromkeys(
        listed(
            """
            not no never none nobody nothing neither nor without cannot n't hardly barely scarcely unlikely
            false falsely deny denies denied denying refuse refuses refused refusing reject rejects
            rejected fail fails failed failing
            nunca jamás sin ningún ninguna tampoco nicht kein keine keinen keiner nie niemals ohne weder noch
            ne pas jamais sans aucun aucune non mai senza não nunca sem не нет ни никогда без ليس لا لم لن नहीं न
            """
        ),
        "not",
    ),
    **dict.fromkeys(
        listed("if unless whether provided until till si wenn falls sofern sauf à-moins если пока إذا अगर यदि"), "if"
    ),
    **dict.fromkeys(
        listed(
            """
            may might could can would should must will shall likely possibly perhaps probably potentially allegedly
            reportedly apparently suspected alleged expected planned proposed plans plan aims hopes wants intends
            podría podrían quizás könnte könnten soll sollen wird werden vielleicht pourrait pourraient peut-être
            может могут возможно вероятно
            """
        ),
        "perhaps",
    ),
    **dict.fromkeys(
        listed(
            """
            said says say saying told tells tell according claimed claims claim claiming alleges allege alleging
            announced announces stated states insisted insists argued argues warned warns added adds reported reports
            believes believe believed thinks think thought suggested suggests suggest dijo dijeron según afirmó
            sagte sagten laut zufolge erklärte dit selon affirme déclaré disse secondo segundo сказал сказала заявил
            заявила сообщил сообщила قال قالت कहा
            """
        ),
        "says",
    ),
    **dict.fromkeys(
        listed(
            """
            about nearly almost around approximately roughly some more less least most over under only up than
            many few fewer half several all every each both casi unos unas alrededor más menos solo etwa rund fast
            mehr weniger nur alle environ près plus moins seulement около почти более менее только
            """
        ),
        "",  # each stands for itself
    ),
}
_VIEWS = listed("for to in from")
"""What may open the view of somebody: “For its critics, …”."""


@dataclass(frozen=True, slots=True)
class _Word:
    key: str
    """What must be equal: the word without its ending, a number's digits, or a mark's kind."""
    is_free: bool
    mark: str
    """A negation, condition, limit or attribution; empty for other words."""
    after_seam: bool
    """Whether punctuation, or the beginning, stands before it."""


@dataclass(frozen=True, slots=True)
class _Own:
    """One of the article's sentences, taken apart."""

    sentence: Sentence
    words: Sequence[_Word]
    keys: Counter[str]


class Witness:
    """A text whose sentences are taken apart once, to hold what others say against it."""

    def __init__(self, text: str) -> None:
        self._own = [_own(each) for each in split(text)[:MOST_SENTENCES]]

    def place_of(self, said: str) -> tuple[int, int] | None:
        """Where in the text (code points) the sentences stand that support what is said; None where none do."""
        if len(said) > LONGEST or len(split(said)) != 1:
            return None
        words = _words(said)
        wanted = _keys(words)
        if sum(wanted.values()) < LEAST_WORDS:
            return None
        for own in self._own:
            if wanted <= own.keys and _is_part(words, own.words):
                return own.sentence.start, own.sentence.end
        for one, two in pairwise(self._own):
            if wanted <= one.keys + two.keys and _is_part(words, [*one.words, *two.words]):
                return one.sentence.start, two.sentence.end
        return None


def _own(sentence: Sentence) -> _Own:
    words = _words(sentence.text)
    return _Own(sentence, words, _keys(words))


def _keys(words: Sequence[_Word]) -> Counter[str]:
    return Counter(word.key for word in words if not word.is_free)


def _is_part(said: Sequence[_Word], own: Sequence[_Word]) -> bool:
    """Whether `said` is `own` without parts that end at seams, and with all its marks."""
    if Counter(word.mark for word in said if word.mark) != Counter(word.mark for word in own if word.mark):
        return False
    return _aligned([word for word in said if not word.is_free], [word for word in own if not word.is_free])


def _aligned(said: Sequence[_Word], own: Sequence[_Word]) -> bool:
    """Whether each word of `said` stands in `own`, in order, and what lies between them is left away whole.

    A part may be left away when a seam stands before it and another behind it; the beginning and the end are seams.
    """
    may_begin_late = own[0].key not in _VIEWS
    reached = {
        at
        for at, word in enumerate(own)
        if word.key == said[0].key and (at == 0 or (word.after_seam and may_begin_late))
    }
    for word in said[1:]:
        onward: set[int] = set()
        for at in reached:
            if at + 1 < len(own) and own[at + 1].key == word.key:
                onward.add(at + 1)
            if at + 1 < len(own) and own[at + 1].after_seam:
                onward |= {to for to in range(at + 2, len(own)) if own[to].key == word.key and own[to].after_seam}
        reached = onward
        if not reached:
            return False
    return any(at == len(own) - 1 or own[at + 1].after_seam for at in reached)


@lru_cache(maxsize=4096)
def _key(word: str) -> tuple[str, bool, str]:
    """Key, whether it is free, and mark of a word in lower case."""
    plain = word.replace("’", "'")
    if plain.endswith("n't"):
        return "not", False, "not"
    plain = plain.removesuffix("'s").removesuffix("'")
    if plain in _BE:
        return "be", False, ""
    if plain in _MARKS:
        mark = _MARKS[plain] or plain
        return mark if mark in ("says",) else plain, False, mark
    if plain in _FREE:
        return plain, True, ""
    return _inflected.sub("", plain) if len(plain) > 4 and plain.isascii() else plain, False, ""


def _words(sentence: str) -> list[_Word]:
    found: list[_Word] = []
    is_seam = True
    for match in _TOKEN.finditer(sentence):
        if match["seam"]:
            is_seam = True
            continue
        if match["number"]:
            found.append(_Word(match["number"].replace(",", ""), False, "", is_seam))
        else:
            found.append(_Word(*_key(match["word"].casefold()), is_seam))
        if not found[-1].is_free:
            is_seam = False
    return found
