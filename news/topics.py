"""Topics: the shelves articles are filed on, and how an article finds its own.

The publisher's section decides first. Else the words of the text do, each weighing less
the more topics claim it; an article whose words point nowhere is filed nowhere.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from news.article import Entry, Filing
from news.leanings import leanings
from news.vocabulary import words

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,31}")
_PARTS = re.compile(r"[/|>,;:»•&]+|\s[-–—]\s")
_JOINTS = re.compile(r"[/|>,;:»•&_-]+")
"""As `_PARTS`, and what joins words in addresses: `world-news`, `US-Politik`."""
_SHORTEST_PREFIX = 3
_READ = 600
"""Words of a text that are looked at."""
_HEADLINE_COUNTS = 3.0
_OPENING, _OPENING_COUNTS = 60, 1.5
"""Words of the text's beginning, and how much each of them counts."""
_MOST_REPEATS = 4
"""Times that one word counts, so that a name said over and over files nothing by itself."""
_TRUST = 6.0
"""Points at which the topics' own words count as much as the leanings of all words."""
_ENOUGH = 2.5
"""Points below which the topics' own words say nothing where no leanings are known."""
_LEAST, _LEAST_UNSPOKEN = 0.34, 0.6
"""The share of all evidence that the best topic must have, and where none of the topics' own words was said."""
_LEAST_OF_LITTLE = 0.95
"""The same of a bare headline whose feed has a topic: of those filed with less one in three is filed wrong."""
_ALSO = 0.6
"""A further topic is filed when it has this much of the best one's share."""
_MOST = 3
_TOLD = 200
"""Characters of a text that may say more of its topics than the publisher's section does."""


class BadTaxonomy(ValueError):
    """The list of topics cannot be used; the argument says in one sentence what to mend."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A named shelf. `sections` are publishers' names for it, and `words` speak for it; all in lower case.

    A word may be a phrase of up to three words; one that ends in `*` stands for all that begin so.
    """

    slug: str
    name: str
    sections: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    """Words that speak for it too, but not for the topic near it."""
    near: str | None = None
    """The slug of the topic that its articles go to where it is not offered itself."""


_Begun = tuple[tuple[int, str, tuple[str, ...]], ...]
"""What begins with a word of a text: a word or prefix with the slugs that claim it (0), and the sizes of phrases."""


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The topics, in the order in which they are offered."""

    topics: tuple[Topic, ...]
    _sections: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _words: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    """Word, phrase or prefix (with its `*`) to the slugs that claim it."""
    _own: Mapping[str, frozenset[str]] = field(init=False, repr=False, compare=False)
    """What of that speaks for the slug alone, and not for the topic near it."""
    _phrases: Mapping[str, Sequence[int]] = field(init=False, repr=False, compare=False)
    """How many words the phrases have that begin with a word."""
    _stems: frozenset[str] = field(init=False, repr=False, compare=False)
    """How the prefixes begin."""
    _by_slug: Mapping[str, Topic] = field(init=False, repr=False, compare=False)
    _begun: Callable[[str], _Begun] = field(init=False, repr=False, compare=False)
    """`_looked_up`, remembered of the words that come again and again."""

    def __post_init__(self) -> None:
        sections: dict[str, str] = {}
        claims: defaultdict[str, list[str]] = defaultdict(list)
        for topic in self.topics:
            for section in {topic.slug, topic.name.casefold(), *topic.sections}:
                if sections.setdefault(section, topic.slug) != topic.slug:
                    raise BadTaxonomy(
                        f'Two topics claim the section "{section}": {sections[section]} and {topic.slug}.'
                    )
            for key in dict.fromkeys(key for word in (*topic.words, *topic.own) for key in _keys(word)):
                claims[key].append(topic.slug)
        object.__setattr__(self, "_by_slug", {topic.slug: topic for topic in self.topics})
        object.__setattr__(self, "_sections", sections)
        object.__setattr__(self, "_words", {key: tuple(slugs) for key, slugs in claims.items()})
        own = {topic.slug: frozenset(key for word in topic.own for key in _keys(word)) for topic in self.topics}
        object.__setattr__(self, "_own", own)
        phrases: defaultdict[str, set[int]] = defaultdict(set)
        for first, _, rest in (key.partition(" ") for key in claims):
            if rest:
                phrases[first].add(len(rest.split()) + 1)
        object.__setattr__(self, "_phrases", {first: sorted(sizes) for first, sizes in phrases.items()})
        object.__setattr__(self, "_stems", frozenset(key[:_SHORTEST_PREFIX] for key in claims if key.endswith("*")))
        object.__setattr__(self, "_begun", lru_cache(maxsize=8_192)(self._looked_up))

    @classmethod
    def from_mapping(cls, raw: Mapping[str, object]) -> Taxonomy:
        """What tomllib reads from a topics file: `[[topic]]` tables of slug, name, sections, words, own, near.

        `words` and `own` are text parted by commas, or tables of such texts by language.
        Raises BadTaxonomy.
        """
        tables = raw.get("topic")
        if not isinstance(tables, list) or not tables:
            raise BadTaxonomy("The topics file needs at least one [[topic]] table.")
        topics = tuple(_topic(number, table) for number, table in enumerate(tables, 1))
        for slug, times in Counter(topic.slug for topic in topics).items():
            if times > 1:
                raise BadTaxonomy(f'Two topics have the slug "{slug}".')
        return cls(topics)

    def named(self, slug: str) -> Topic | None:
        """The topic with a slug."""
        return self._by_slug.get(slug)

    def offered(self, slug: str, among: Collection[str] | None) -> str | None:
        """The topic that stands for this one among those offered: itself, else the one near it, else none."""
        topic = self._by_slug.get(slug)
        if topic is None:
            return None
        if among is None or slug in among:
            return slug
        return topic.near if topic.near in among else None

    def of_section(self, section: str) -> str | None:
        """The slug of the topic that a publisher's section means; of `Sport / Football` the first part known."""
        whole = " ".join(section.casefold().split())
        spaced = " ".join(re.sub("[-_]", " ", whole).split())
        for part in (whole, spaced, *(part.strip(" #") for part in (*_PARTS.split(whole), *_JOINTS.split(whole)))):
            if part in self._sections:
                return self._sections[part]
        return None

    def speaks(self, word: str, slug: str, among: Collection[str] | None) -> bool:
        """Whether a claimed word speaks for the topic where only some topics are offered."""
        return among is None or slug in among or word not in self._own[slug]

    def claims(self, heard: Sequence[str]) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        """Place, word and claiming slugs for each word, phrase or prefix among `heard` (lower case)."""
        for place, word in enumerate(heard):
            for size, key, slugs in self._begun(word):
                if not size:
                    yield place, key, slugs
                    continue
                phrase = " ".join(heard[place : place + size])
                if claiming := self._words.get(phrase):
                    yield place, phrase, claiming

    def _looked_up(self, word: str) -> _Begun:
        found: list[tuple[int, str, tuple[str, ...]]] = []
        if slugs := self._words.get(word):
            found.append((0, word, slugs))
        found += [(size, word, ()) for size in self._phrases.get(word, ())]
        if word[:_SHORTEST_PREFIX] in self._stems:
            prefixes = (word[:cut] + "*" for cut in range(_SHORTEST_PREFIX, min(len(word), 20) + 1))
            found += [(0, prefix, slugs) for prefix in prefixes if (slugs := self._words.get(prefix))]
        return tuple(found)


def _keys(word: str) -> tuple[str, ...]:
    """A word of the taxonomy as `claims` looks it up, cut into words as texts are."""
    parts = words(word)
    if not word.endswith("*"):
        return (" ".join(parts),)
    return (parts[0] + "*",) if len(parts) == 1 else (" ".join(parts), " ".join(parts) + "s")


def _topic(number: int, table: object) -> Topic:
    if not isinstance(table, Mapping):
        raise BadTaxonomy(f"Topic {number} is no table: write [[topic]] above it.")
    slug, name = table.get("slug"), table.get("name")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise BadTaxonomy(f"Topic {number} needs a slug of small letters, digits and hyphens, such as world.")
    if not isinstance(name, str) or not name.strip():
        raise BadTaxonomy(f'Topic "{slug}" needs a name.')
    if unknown := table.keys() - {"slug", "name", "sections", "words", "own", "near"}:
        raise BadTaxonomy(f'Topic "{slug}" has an unknown key: {", ".join(sorted(map(str, unknown)))}.')
    if not isinstance(near := table.get("near"), str | None):
        raise BadTaxonomy(f'The near of topic "{slug}" must be the slug of another topic.')
    sections = table.get("sections", [])
    if not isinstance(sections, list) or not all(isinstance(section, str) for section in sections):
        raise BadTaxonomy(f'The sections of topic "{slug}" must be a list of texts.')
    folded = frozenset(" ".join(section.casefold().split()) for section in sections)
    return Topic(slug, name.strip(), folded, _listed(table, "words", slug), _listed(table, "own", slug), near)


def _listed(table: Mapping[str, object], key: str, slug: str) -> tuple[str, ...]:
    said = table.get(key, "")
    given = list(said.values()) if isinstance(said, Mapping) else [said]
    texts = [text for text in given if isinstance(text, str)]
    if len(texts) < len(given):
        raise BadTaxonomy(f'The {key} of topic "{slug}" must be text parted by commas, or a table of such texts.')
    known = (" ".join(word.casefold().split()) for text in texts for word in text.split(","))
    return tuple(dict.fromkeys(word for word in known if word))


def _points(
    headline: Sequence[str], text: Sequence[str], taxonomy: Taxonomy, among: Collection[str] | None
) -> dict[str, float]:
    """Points of each topic that two different words or more speak for."""
    points: defaultdict[str, float] = defaultdict(float)
    heard_times: Counter[str] = Counter()
    speaking: defaultdict[str, set[str]] = defaultdict(set)
    for heard, is_headline in ((headline, True), (text, False)):
        counted = set[tuple[int, str]]()
        for place, word, slugs in taxonomy.claims(heard):
            heard_times[word] += 1
            if heard_times[word] > _MOST_REPEATS:
                continue
            counts = _HEADLINE_COUNTS if is_headline else _OPENING_COUNTS if place < _OPENING else 1.0
            phrase_counts = 1.5 if " " in word else 1.0
            for slug in slugs:
                if (place, slug) in counted or not taxonomy.speaks(word, slug, among):
                    continue
                counted.add((place, slug))
                speaking[slug].add(word)
                points[slug] += counts * phrase_counts / (len(slugs) ** 2 * heard_times[word] ** 0.5)
    return {slug: score for slug, score in points.items() if len(speaking[slug]) > 1}


def _heard(text: str) -> list[str]:
    return list(map(_folded, words(text)[:_READ]))


@lru_cache(maxsize=8_192)
def _folded(word: str) -> str:
    return word.casefold().replace("’", "'").removesuffix("'s")


def _shares(entry: Entry, taxonomy: Taxonomy, least: float, among: Collection[str] | None = None) -> dict[str, float]:
    """How much of all evidence speaks for each topic: the topics' own words, and what other words lean to.

    Leanings alone are nothing when none is as strong as `least`.
    """
    headline, text = _heard(entry.headline[:1000]), _heard(entry.text[: _READ * 12])
    points = _points(headline, text, taxonomy, among)
    total = sum(points.values())
    leaning: Mapping[str, float] = {}
    if entry.language in (None, "en"):
        said = leanings([*headline, *headline, *text])
        leaning = {slug: share for slug, share in said.items() if taxonomy.named(slug)}
    if not leaning and total < _ENOUGH:
        return {}
    if not points and max(leaning.values(), default=0.0) < least:
        return {}
    trust = total / (total + _TRUST) if leaning else 1.0
    shares: defaultdict[str, float] = defaultdict(float)
    for slug, score in points.items():
        shares[slug] += trust * score / total
    for slug, share in leaning.items():
        shares[slug] += (1 - trust) * share
    return shares


def file_under(
    entry: Entry, taxonomy: Taxonomy, *, fallback: str | None = None, among: Collection[str] | None = None
) -> tuple[Filing, ...]:
    """The topics of an entry, best first, at most three; none rather than a wrong one.

    A section the taxonomy knows comes first with confidence 1, and alone where there is next to no text.
    `fallback` is the topic of the feed, used when neither section nor words decide. `among` offers only some
    of the topics; what belongs on another goes to the one near it, where that is offered.
    """
    filings: dict[str, Filing] = {}
    if (slug := taxonomy.of_section(entry.section or "")) and (offered := taxonomy.offered(slug, among)):
        filings[offered] = Filing(offered, 1.0)
        if len(entry.text) < _TOLD:  # what a lone headline has besides is a play on words: “McDonald's game plan”
            return tuple(filings.values())
    shares: defaultdict[str, float] = defaultdict(float)
    unspoken = _LEAST_OF_LITTLE if fallback and len(entry.text) < _TOLD else _LEAST_UNSPOKEN
    # Who offers few topics wants one of them.
    for slug, share in _shares(entry, taxonomy, _LEAST if among else unspoken, among).items():
        if offered := taxonomy.offered(slug, among):
            shares[offered] += share
    ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    best = ranked[0][1] if ranked else 0.0
    if best >= _LEAST * (sum(shares.values()) if among else 1.0):
        for slug, share in ranked:
            if share >= _ALSO * best:
                filings.setdefault(slug, Filing(slug, round(min(0.95, share), 3)))
    if not filings and fallback is not None and taxonomy.named(fallback):
        filings[fallback] = Filing(fallback, 0.5)
    return tuple(filings.values())[:_MOST]
