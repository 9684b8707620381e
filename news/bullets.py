"""Bullets: the publisher's own, word for word; else sentences chosen from the article.

Sentences are chosen as a set, whole or with parts left out: the set that should share most with what an editor
would write, for its length. Nothing is rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from news.article import Bullet, Entry
from news.choosing import Line, best_set, promising
from news.doubt import doubts
from news.highlights import highlights
from news.insisting import READ, Chances, chances, read
from news.passages import MARK, Passage, passages
from news.shortening import SHORTEST, shortened, unpictured
from news.vocabulary import content, length, listed, spans, telling, words
from news.weights import load

MOST = 3
"""Bullets chosen from a text."""
MOST_WORDS = 90
"""Words in all of them together; two letters of an unspaced script count as one."""
MOST_FROM_PUBLISHER = 5

_LOOKED_AT = 20
"""Passages that may become bullets, from the article's beginning."""
_MOST_SENTENCES = 10
"""Those of them that are looked at closely: the most promising."""
_HEADLINE_READ = 1_000
"""Code points of a headline that are looked at."""
_TOLD = 0.8
"""A sentence with this much of its content in the headline says nothing more."""
_LEANING = listed(
    # Openings that need the sentence before them, case-folded (which turns a final sigma into another).
    """
    he she it they his her hers its their theirs him them this that these those such here there both neither
    another others and but or so yet nor also however moreover furthermore meanwhile instead thus therefore then
    nevertheless nonetheless still besides additionally similarly likewise afterwards later
    admits says reveals insists believes denies explains
    él ella ellos ellas su sus esto este esta estos estas eso ese esa esos esas aquello pero y sino además también
    sin embargo mientras así entonces
    er sie es ihr ihre ihrem ihren ihrer sein seine seinem seinen seiner dies diese dieser dieses diesem dabei damit
    dadurch daher deshalb deswegen dort aber und doch jedoch auch außerdem zudem allerdings dennoch danach dann
    il elle ils elles ce cela cette ces son sa ses leur leurs mais et donc aussi cependant toutefois
    ele ela eles elas isso mas
    он она оно они его ее её их это этот эта эти но а и однако также тоже кроме поэтому затем там
    هو هي هم هذا هذه ذلك لكن ولكن كما
    वह वे यह ये इस उस लेकिन और
    egli lui lei essi esse questo questa questi queste anche inoltre tuttavia però
    também porém além disso contudo
    hij zij ze dit deze dat zijn haar hun maar ook echter daarnaast bovendien
    bu bunu bunun buna onun ancak fakat ama ayrıca
    він вона воно вони це цей ця ці його її їх але також проте однак
    jego jej ich jednak także również
    hon hun detta dette
    αυτόσ αυτή αυτό αυτοί αυτέσ όμωσ αλλά επίσησ ωστόσο
    הוא היא הם הן זה זו זאת אך אבל אולם
    او وی آنها این آن اما همچنین
    সে তিনি তারা এই এটি কিন্তু তবে
    그는 그녀는 그의 그들은 이는 이에 이날 그러나 하지만 또한 또 이어 한편
    """
)
_POINTING = listed("it him her them there this that these those so too then")
"""A short sentence that ends with one of these says what only the one before it explains: “People want to buy it.”"""
_BRIEF = 4
"""Words that say something, of such a sentence at most."""
_LEANING_UNSPACED = re.compile(
    r"[他她它这那但该其這該]|此(?!前)|因此|所以|然而|而且|同时|同時|并且|"
    r"同(?:氏|社|署|庁|省|市|県|国|日|年|月|行|大|校|店|病院)(?=[はがもにのでを、])|"
    r"これ|それ|この|その|あの|彼[はがのら女]|しかし|だが|ただし?、|また、|さらに|一方|そのため|なお、"
)
_OWN_VOICE = listed(
    """
    i i'm i've i'll i'd we we're we've we'll we'd let's i’m i’ve i’ll i’d we’re we’ve we’ll we’d let’s my our ours
    ourselves myself me us yo nosotros ich ich's ich’s wir je j'ai j’ai nous я мы eu nós io noi
    """
)
_QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」|『[^』]*』|\"[^\"]*\"|[‘'](?<!\w.)[^’']*[’'](?!\w)")
_ANY_QUOTE = re.compile(r"[“”„«»「」『』\"‘']")
_OPEN_QUOTE = re.compile(r"[‘'](?<!\w.)(?=[^\W\d])")
_CLOSED_QUOTE = re.compile(r"[.,!?][’'](?!\w)")
_QUOTES = re.compile(r"[“”„«»「」『』\"]")


def speaks_for_itself(sentence: Passage) -> bool:
    """Whether a sentence stands without a speaker to ask for: no bare or broken quotation, question or `we`."""
    text = sentence.text
    outside = _QUOTED.sub(" ", text) if _ANY_QUOTE.search(text) else text
    is_broken = _QUOTES.search(outside) or _OPEN_QUOTE.search(outside) or _CLOSED_QUOTE.search(outside)
    if is_broken or text.rstrip("\"'”’»」』)").endswith(("?", "？", "؟")):
        return False
    if outside == text:
        return not _is_own_voice(sentence.words)
    unquoted = length(outside)
    return unquoted >= 2 and unquoted * 4 >= sentence.length and not _is_own_voice(words(outside))


def _is_own_voice(said: Sequence[str]) -> bool:
    """Whether the writers speak of themselves; the US is a country."""
    if _OWN_VOICE.isdisjoint(map(str.lower, said)):
        return False
    return any(word.lower() in _OWN_VOICE and not _is_short_for(word) for word in said)


def _plain(word: str) -> str:
    return word.casefold().replace("’", "'")


def _is_short_for(word: str) -> bool:
    """Whether letters stand for a name: US, IT."""
    return len(word) > 1 and word.isupper()


def _is_balanced(text: str) -> bool:
    return text.count("(") == text.count(")") and text.count("[") == text.count("]")


_LEANING_PHRASE = re.compile(
    r"not only that|of (?:those|them|these)\b|what .{0,30}\bit\b|as well as th(?:is|at)|at the same time|"
    r"for h(?:is|er) part|"
    r"(?:as|when|while|after|before|although|though|if|since|because|once|until|despite|with|in|at|by|for|like|asked) "
    r"(?:he|she|they|it|his|her|their|its)\b[^,]{0,120}, (?:he|she|they|it|his|her|their|its)\b",
    re.I,
)


def leans(text: str) -> bool:
    """Whether the sentence, or the speaker of a quotation that opens it, needs a noun that stands before it."""
    opening = _QUOTED.sub("", text) if _QUOTES.match(text) else text
    if _LEANING_UNSPACED.match(opening) or _LEANING_PHRASE.match(opening):
        return True
    start, end = next(spans(opening[:60]), (0, 0))
    first = opening[start:end]
    return _plain(first).partition("'")[0] in _LEANING and not _is_short_for(first)


def candidates(entry: Entry, sentences: Sequence[Passage], seen: Chances) -> list[Line]:
    """What may become a bullet: sentences near the beginning that stand by themselves, and their shorter forms."""
    title = set(content(entry.headline[:_HEADLINE_READ]))
    is_doubtful = doubts(entry)
    found: list[Line] = []
    standing = (place for place in promising(seen, _LOOKED_AT) if speaks_for_itself(sentences[place]))
    for place in sorted(islice(standing, _MOST_SENTENCES)):
        sentence = sentences[place]
        plain = unpictured(sentence.text)
        said = frozenset(telling(sentence.folded))
        if not said or len(said & title) >= _TOLD * len(said):
            continue
        is_pointing = len(said) <= _BRIEF and _plain(sentence.words[-1]) in _POINTING
        for text in (plain, *shortened(plain)):
            is_whole = text == sentence.text
            size = sentence.length if is_whole else length(text)
            if size >= SHORTEST and _is_balanced(text) and not is_doubtful(text):
                found.append(Line(place, text, size, said, is_pointing or leans(text), is_whole))
    return found


def _from_publisher(entry: Entry) -> list[Bullet]:
    text, bullets = entry.text, dict[str, Bullet]()
    for given in entry.publisher_bullets:
        line = MARK.sub("", given).strip()
        start = text.find(line)
        place = (start, start + len(line)) if start >= 0 else (None, None)
        if line:
            bullets.setdefault(line.casefold(), Bullet(line, "publisher", *place))
    return list(bullets.values())[:MOST_FROM_PUBLISHER]


def _from_highlights(entry: Entry) -> list[Bullet]:
    """What of the publisher's list above the article fits in a digest."""
    is_doubtful = doubts(entry)
    found: list[Bullet] = []
    room = MOST_WORDS
    for each in highlights(entry)[:MOST]:
        room -= length(each.text)
        if room >= 0 and not is_doubtful(each.text):
            found.append(Bullet(each.text, "publisher", each.start, each.end))
    return found


def choose_bullets(entry: Entry) -> tuple[Bullet, ...]:
    """What the article says in a few lines: up to five of the publisher's, else up to three of its sentences.

    A chosen bullet is the sentence `entry.text[start:end]`, whole or with parts left out. None opens with a
    pronoun unless the sentence before it is a bullet too; no two say the same; none has a date that the article
    contradicts; fewer come where fewer say it, and none where the text is no prose.
    """
    if given := _from_publisher(entry) or _from_highlights(entry):
        return tuple(given)
    sentences = passages(entry, READ)
    if not sentences:
        return ()
    weights = load()
    reading = read([sentence.words for sentence in sentences], headline=entry.headline, language=entry.language)
    seen = chances(reading, weights.words, weights.pairs)
    lines = candidates(entry, sentences, seen)
    picked = best_set(lines, seen, weights.sets, most=MOST, most_words=MOST_WORDS)
    where = [sentences[line.sentence] for line in picked]
    return tuple(Bullet(line.text, "extract", at.start, at.end) for line, at in zip(picked, where, strict=True))
