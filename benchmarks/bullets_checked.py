"""Ten thousand made-up articles, and whether every bullet of theirs is in its article.

    python -m benchmarks.bullets_checked [how many, default 10000]

Articles are put together from sentences of the development data and of seven languages, shuffled, cut, glued and
damaged as pages damage them: other spaces, other quotation marks, letters read in the wrong encoding, bylines,
lines of a list. The same count makes the same articles. Ends with status 1 where a bullet breaks a rule.
"""

from __future__ import annotations

import random
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

from benchmarks.bullets import articles
from news.article import Bullet, Entry
from news.bullets import MOST, MOST_WORDS, choose_bullets
from news.sentences import split
from news.shortening import bounds_a_claim
from news.vocabulary import length, listed

_ELSEWHERE = (
    "El embalse de Valdelora se vaciará en primavera. Las obras, según el alcalde, durarán cuatro meses.",
    "Der Stadtrat von Saltby beschloss am Mittwoch kostenlose Busse. Die Opposition stimmte nicht zu, sagte Frau Berg.",
    "La mairie de Belcourt fermera le pont pendant l’hiver. « Personne ne sera oublié », a dit la maire, Anne Roux.",
    "O porto de Vila Serena reabriu na terça-feira. Os barcos, que esperavam há dias, partiram sem demora.",
    "Совет города принял новый бюджет на следующий год. Против, по словам мэра, голосовали двое из девяти.",
    "أعلنت الحكومة اليوم عن خطة جديدة لبناء المدارس. وقال الوزير إن العمل يبدأ في الربيع.",
    "सरकार ने आज नई रेल सेवा की घोषणा की है। पहली गाड़ी सोमवार को चलेगी।",
    "今天北京市政府宣布，新的地铁线路将于明年三月开通。市长说，票价不会上涨。",
)
_FURNITURE = (
    "By Maren Sol",
    "PUBLISHED: 14:11 EST, 25 October 2013.",
    "Read more: how it began",
    "• ",
    "Advertisement",
)


def _as_latin(text: str) -> str:
    return text.encode("utf-8").decode("cp1252", "replace")


_MAY_GO = listed("but however monday tuesday wednesday thursday friday saturday sunday")
DAMAGE: Sequence[Callable[[str], str]] = (
    str,
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: text.replace(" ", "  "),
    lambda text: text.replace(". ", ".\n"),
    lambda text: text.replace(". ", ".\r\n\r\n"),
    lambda text: text.replace("'", "’").replace(' "', " “").replace('"', "”"),
    lambda text: text.replace(", ", " – "),
    lambda text: text.replace(" ", "\u2009"),
    lambda text: text.replace("o", "o\u0301"),
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: text.replace("a", "a\u00ad"),
    lambda text: text.replace(" the ", " the \u200b"),
    lambda text: text.replace(". ", "."),
    lambda text: text[: len(text) * 2 // 3],
    _as_latin,
    str.upper,
    str.title,
)


def made_up(sentences: Sequence[str], of: random.Random) -> Entry:
    """An article of one to sixty sentences that never stood together, damaged in up to two ways."""
    taken = [of.choice(sentences) for _ in range(of.randint(1, 60))]
    for _ in range(of.randint(0, 3)):
        taken.insert(of.randrange(len(taken) + 1), of.choice(_FURNITURE + _ELSEWHERE))
    text = of.choice((" ", "\n", "\n\n", "")).join(taken)
    for _ in range(of.randint(0, 2)):
        text = of.choice(DAMAGE)(text)
    headline = of.choice(("", of.choice(sentences), " ".join(text.split()[:9])))
    cut = of.randrange(len(text) + 1) if of.random() < 0.3 else len(text)
    return Entry(headline=headline, paragraphs=tuple(part for part in (text[:cut], text[cut:]) if part))


def _stands_in(line: str, sentence: str) -> bool:
    """Whether the letters, digits and signs of a line's words stand in the sentence, in their order."""
    left = iter(re.findall(r"\w+|[^\w\s]", sentence.casefold()))
    return all(piece in left for piece in re.findall(r"\w+|[^\w\s]", line.casefold()))


def broken(entry: Entry, bullets: Sequence[Bullet]) -> list[str]:
    """The rules that the bullets of an article break."""
    found = []
    if len(bullets) > MOST or sum(length(each.text) for each in bullets) > MOST_WORDS:
        found.append("too many")
    if len({each.text.casefold() for each in bullets}) < len(bullets):
        found.append("twice the same")
    for each in bullets:
        if each.start is None or each.end is None or not 0 <= each.start < each.end <= len(entry.text):
            found.append("no place")
            continue
        sentence = entry.text[each.start : each.end]
        if not _stands_in(each.text, sentence):
            found.append("not in its article")
        if len(split(sentence)) > 1:
            found.append("of two sentences")
        if each.text not in sentence and _bounds(sentence) != _bounds(each.text):
            found.append("a bound of its claim is lost")
    return found


def _bounds(text: str) -> Counter[str]:
    """The words of a text that bound a claim by themselves: a `but` does not, nor the day something was said."""
    told = re.findall(r"[\w’'-]+", text.casefold())
    return Counter(word for word in told if word not in _MAY_GO and bounds_a_claim(word))


def main(count: int = 10_000) -> None:
    of = random.Random(count)
    sentences = [each.text for article in articles() for each in split(article["article"])]
    rules, bullets, shortened, failed = Counter[str](), 0, 0, 0
    started = time.process_time()
    for _ in range(count):
        entry = made_up(sentences, of)
        made = choose_bullets(entry)
        found = broken(entry, made)
        rules.update(found)
        failed += bool(found)
        bullets += len(made)
        shortened += sum(each.text not in entry.text for each in made)
        if found and failed <= 5:
            print(found, *(f"\n  {each.text}\n  {entry.text[each.start : each.end]}" for each in made))
    spent = time.process_time() - started
    print(f"{count} articles, {bullets} bullets, {shortened} shortened: {failed} articles break a rule {dict(rules)}")
    print(f"{1000 * spent / count:.1f} ms of CPU an article, making and checking it included")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:2]))
