"""Bullets: the publisher's own, word for word; else sentences chosen from the article.

Sentences are chosen as a set: the one that holds most of what the article insists on
(words it repeats, brings early, or puts in its headline) for its length. Nothing is rewritten.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from news.article import Bullet, Entry
from news.passages import MARK, passages
from news.sentences import Sentence
from news.vocabulary import FUNCTION_WORDS, content, length, listed, stem, words

MOST = 3
"""Bullets chosen from a text."""
MOST_WORDS = 90
"""Words in all of them together; two letters of an unspaced script count as one."""
MOST_FROM_PUBLISHER = 5

_LOOKED_AT = 20
"""Passages that may become bullets, from the article's beginning."""
_READ_FOR_COUNTS = 400
_HEADLINE_READ = 1_000
"""Code points of a headline that are looked at."""
_BRIEF = 55
"""Words about a set's length that make brevity count; more makes longer sets."""
_SHORTEST = 6
"""Words of the shortest sentence chosen: a briefer one says too little by itself."""
_SAME = 0.6
"""Two sentences say the same when they share this much of the shorter one's content."""
_TOLD = 0.8
"""A sentence with this much of its content in the headline says nothing more."""
_EARLY = {0: 0.17, 1: 0.13, 2: 0.09, 3: 0.09}
"""What a word gains from the passage that brings it first."""

_LEANING = listed(
    # Openings that need the sentence before them.
    """
    he she it they his her hers its their theirs him them this that these those such here there both neither
    another others and but or so yet nor also however moreover furthermore meanwhile instead thus therefore then
    nevertheless nonetheless still besides additionally similarly likewise afterwards later
    él ella ellos ellas su sus esto este esta estos estas eso ese esa esos esas aquello pero y sino además también
    sin embargo mientras así entonces
    er sie es ihr ihre ihrem ihren ihrer sein seine seinem seinen seiner dies diese dieser dieses diesem dabei damit
    dadurch daher deshalb deswegen dort aber und doch jedoch auch außerdem zudem allerdings dennoch danach dann
    il elle ils elles ce cela cette ces son sa ses leur leurs mais et donc aussi cependant toutefois
    ele ela eles elas isso mas
    он она оно они его ее её их это этот эта эти но а и однако также тоже кроме поэтому затем там
    هو هي هم هذا هذه ذلك لكن ولكن كما
    वह वे यह ये इस उस लेकिन और
    """
)
_LEANING_UNSPACED = re.compile(r"[他她它这那但]|因此|所以|然而|此外|而且|同时|并且")
_OWN_VOICE = listed("i i'm i've we we're we've my our me us yo nosotros ich wir je nous я мы ich's eu nós io noi")
_QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」|『[^』]*』|\"[^\"]*\"|(?<!\w)[‘'][^’']*[’'](?!\w)")
_QUOTES = re.compile(r"[“”„«»「」『』\"]")


def _speaks_for_itself(text: str) -> bool:
    """Whether a sentence stands without a speaker to ask for: no bare or broken quotation, question or `we`."""
    outside = _QUOTED.sub(" ", text)
    if _QUOTES.search(outside) or text.rstrip("\"'”’»」』)").endswith(("?", "？", "؟")):
        return False
    said = [word.casefold().replace("’", "'") for word in words(outside)]
    return length(outside) >= 2 and length(outside) * 4 >= length(text) and not _OWN_VOICE & set(said)


def _leans(text: str) -> bool:
    """Whether the sentence, or the speaker of a quotation that opens it, needs a noun that stands before it."""
    opening = _QUOTED.sub("", text) if _QUOTES.match(text) else text
    first = words(opening[:60])[:1]
    return bool(_LEANING_UNSPACED.match(opening)) or (bool(first) and first[0].casefold().split("'")[0] in _LEANING)


def _values(sentences: Sequence[Sentence], title: set[str]) -> list[dict[str, float]]:
    """For each sentence its stems, each with how much the article insists on it (0 to 0.9)."""
    stems: list[dict[str, bool]] = []
    counts: Counter[str] = Counter()
    first: dict[str, int] = {}
    for place, sentence in enumerate(sentences[:_READ_FOR_COUNTS]):
        folded = [word.casefold().replace("’", "'") for word in words(sentence.text)]
        stems.append({stem(word): word in FUNCTION_WORDS for word in folded})
        counts.update(map(stem, folded))
        for word in stems[-1]:
            first.setdefault(word, place)

    def value(word: str, is_function_word: bool) -> float:
        if is_function_word:
            return 0.15 * min(1.0, 0.5 + 0.1 * counts[word])
        telling = 0.03 + 0.22 * math.log(counts[word]) + _EARLY.get(first[word], 0.0)
        return min(0.9, telling + (0.2 if word in title else 0.0))

    return [{word: value(word, common) for word, common in row.items()} for row in stems[:_LOOKED_AT]]


def _choose(sentences: Sequence[Sentence], headline: str) -> list[int]:
    """Places of the sentences that together say most for their length, in the article's order."""
    title = set(content(headline[:_HEADLINE_READ]))
    values = _values(sentences, title)
    sizes = [length(sentence.text) for sentence in sentences[: len(values)]]
    contents = [set(content(sentence.text)) for sentence in sentences[: len(values)]]
    open_to = {
        i
        for i in range(len(values))
        if sizes[i] >= _SHORTEST
        and _speaks_for_itself(sentences[i].text)
        and contents[i]
        and len(contents[i] & title) < _TOLD * len(contents[i])
    }
    chosen: list[int] = []
    said: set[str] = set()
    total, sum_of_values, best = 0, 0.0, 0.0
    while len(chosen) < MOST:
        ranked: list[tuple[float, int]] = []
        for i in open_to - set(chosen):
            if total + sizes[i] > MOST_WORDS or (_leans(sentences[i].text) and i - 1 not in chosen):
                continue
            if any(_overlap(contents[i], contents[j]) >= _SAME for j in chosen):
                continue
            gain = sum(value for word, value in values[i].items() if word not in said)
            ranked.append((2 * (sum_of_values + gain) / (total + sizes[i] + _BRIEF), -i))
        if not ranked or max(ranked)[0] < best:
            break
        best, place = max(ranked)
        sum_of_values += sum(value for word, value in values[-place].items() if word not in said)
        said |= values[-place].keys()
        total += sizes[-place]
        chosen.append(-place)
    return sorted(chosen)


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / min(len(one), len(other))


def _from_publisher(entry: Entry) -> list[Bullet]:
    text, bullets = entry.text, dict[str, Bullet]()
    for given in entry.publisher_bullets:
        line = MARK.sub("", given).strip()
        start = text.find(line)
        place = (start, start + len(line)) if start >= 0 else (None, None)
        if line:
            bullets.setdefault(line.casefold(), Bullet(line, "publisher", *place))
    return list(bullets.values())[:MOST_FROM_PUBLISHER]


def choose_bullets(entry: Entry) -> tuple[Bullet, ...]:
    """What the article says in a few lines: up to five of the publisher's, else up to three of its sentences.

    A chosen bullet is `entry.text[start:end]` exactly. None opens with a pronoun unless
    the sentence before it is a bullet too; no two say the same; fewer come where fewer
    say it, and none where the text is no prose.
    """
    if given := _from_publisher(entry):
        return tuple(given)
    sentences = passages(entry)
    picked = (sentences[i] for i in _choose(sentences, entry.headline))
    return tuple(Bullet(sentence.text, "extract", sentence.start, sentence.end) for sentence in picked)
