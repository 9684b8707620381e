"""Shorter forms of a sentence: parts are left out, nothing is reworded, and a claim stays the claim it was.

A part may go that adds to a claim without bounding it: what stands between brackets, commas or dashes, an
opening `Meanwhile,`, a closing `, which …`, `also`, the day on which something was said. A part that attributes,
denies, hedges, conditions, counts or dates stays, and so do restrictive clauses and all that stands in quotation
marks. The rules are those of English; a sentence in another language is left whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, pairwise

from news.vocabulary import length, listed

SHORTEST = 6
"""Words of the shortest form."""
_MOST_PARTS, _MOST_LEFT_OUT, _MOST_FORMS = 6, 3, 24

_BOUNDING = listed(
    # Words that bound what is said, or say who says it: a part that holds one stays.
    """
    not no nor neither never none nobody nothing nowhere cannot without hardly barely scarcely rarely seldom except
    unless if whether until till provided providing assuming otherwise lest pending only but although though despite
    however instead rather least most unlike
    may might can could would should must shall ought about around roughly nearly almost approximately some
    perhaps possibly probably likely unlikely apparently seemingly allegedly reportedly supposedly purportedly
    potentially potential possible alleged suspected supposed so-called ostensibly presumably maybe
    per according accordingly source sources considered understood regarded guilty
    said saying tell tells told telling think thinks thought thinking heard found want wants wanted wrote writes
    denies denied testifies testified replies replied shown admitted admitting acquitted anonymity anonymously
    bar barring excluding excluded exclusive apart aside save depending depends subject given granted theoretically
    adjusted adjusting weighted measured compared relative judging average averaged annualised annualized terms
    novel fiction fictional film movie story legend myth rumour rumor tale dream joke satire parody hoax drill
    rehearsal simulated simulation mock imagined imaginary hypothetical hypothetically
    """
) | {
    root + ending
    for root in listed(
        """
        say claim alleg report believ suggest announc confirm accus argu warn insist admit estimat expect suspect
        tweet add cit quot describ call stat show indicat reveal explain not predict fear vow pledg promis threaten
        ask respond declar conced contend maintain assert conclud appear charg convict clear rul learn understand
        recall acknowledg hint speculat dismiss disput reject question demand hop plan find hear deny seem testify
        """
    )
    for ending in ("", "e", "s", "es", "ed", "ing", "ings")
}
_BOUNDING_PHRASE = re.compile(
    r"n['’]t\b|\bno[nt]?-|\b(?:more|less|fewer|other|rather) than\b|\b(?:up to|at least|at most|as long as|in case)\b",
    re.I,
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|"
    r"billion|half|third|quarter|twice|january|february|march|april|june|july|august|september|october|november|december|"
    r"mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?)s?\b",
    re.I,
)
"""A part that counts or dates stays."""
_WORDS = re.compile(r"[\w'’-]+")
_ENGLISH = listed("the a and of to with that from has were which said was his her their for is an by")
_VERBS = listed(
    """
    is are was were be been has have had will did does do said says told tells made makes took takes went goes came
    comes got gets gave gives left leaves found became becomes began begins won lost led leads held holds kept ran
    runs met sent spent stood fell rose broke brought built bought caught cut drew drove fought flew hit knew lay
    paid put read rode saw sold sat shot spoke stole struck taught thought threw woke wore wrote died killed faces
    plays works lives remains wants needs looks seems plans uses helps starts opens closes moves turns writes sings
    joins returns features includes provides offers costs owns heads serves stars sits stands seeks intends believes
    hopes expects thinks argues admits insists claims describes shows knows feels finds brings sells buys builds runs
    rules calls asks tells gives takes goes meets hit set beat let put shut cost
    may might can could would should must shall cannot
    """
)
_SUBORDINATING = listed(
    """
    if when while as after before since because although though despite in on at for from with by during under over
    until unless once where whether given following like unlike to of among amid through
    """
)

_QUOTED = re.compile(
    r"“[^”]*(?:”|$)|„[^“”]*(?:[“”]|$)|«[^»]*(?:»|$)|\"[^\"]*(?:\"|$)|"
    r"[‘'](?<!\w.)(?:[^’']|[’'](?=\w))*(?:[’']|$)"
)
_QUOTE = re.compile(r"[“„«\"‘']")
_BRACKETS = re.compile(r"\s*\([^()]{1,120}\)(?!\w)")
_PICTURED = re.compile(
    r"\s*\((?:(?:also|both|pictured|seen|shown|above|below|left|right|centre|center|file|inset|main|top|bottom|circled|"
    r"together|here|in|with|and|far|the|middle)[ ,]*)+\)(?!\w)",
    re.I,
)
_DASH = re.compile(r"\s+(?:--|[–—-])\s+")
_COMMA = re.compile(r",\s+")
_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|"
    r"yesterday)(?: (?:morning|afternoon|evening|night))?"
)
_CONNECTIVE = re.compile(
    r"(?:meanwhile|moreover|furthermore|additionally|in addition|also|indeed|in fact|of course|for example|"
    r"for instance|as a result|in turn|in the meantime|at the same time|more recently|in other words|ultimately|"
    r"incidentally|sadly|tragically|unfortunately|fortunately|remarkably|interestingly|"
    r"(?:after|following|speaking|addressing|having|ahead of|as (?:the|he|she|they|it|his|her|their))\b"
    r"[^,]{2,110}|"
    r"(?:at|during) (?:a|the|an|his|her|their)\b[^,]{0,40}\b(?:conference|briefing|hearing|meeting|rally|ceremony|"
    r"visit|speech|interview|trip|tour|debate|game|match)\b[^,]{0,40}),\s+",
    re.I,
)
_TIME = re.compile(
    r"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|years?|months?|"
    r"decades?|centur(?:y|ies)|ago|times?|age|war|last|next)\b",
    re.I,
)
"""An opening part with one of these says when: without it a tale of long ago would read as news."""
_LEANS_ON_OPENING = re.compile(
    r"(?:he|she|it|they|we|his|her|hers|its|their|him|them|this|that|these|those|both|so|then|and|or)\b|\w+ing\b", re.I
)
_THERE = re.compile(r"\bthere\b(?! (?:is|are|was|were|has|have|had|will|may|could|would)\b)", re.I)
"""Points back at a place the opening may have named."""
_ASIDE = re.compile(
    r"(?:who|whose|which|where|including|especially|particularly|along with|together with|also known as|pictured|"
    r"left|right|centre|aged|formerly|based|born|located|now|then|[a-z]{3,}(?:ing|ed)|"
    r"(?:the|a|an|his|her|their|its|one of|of|from)(?=\W)|(?:in|at)(?= [A-Z]))\b"
)
_RELATIVE = re.compile(r"(?:who|which|whose|where)\b(?!.*\b(?:who|which|whose|where|that)\b)")
_PARTICIPLE = re.compile(r"[a-z]+(?:ing|ed)\b")
_TAIL = re.compile(
    r"(?:who|whose|which|where|including|such as|after|before|following|while|with|along with|together with|because|"
    r"when|amid|as (?=he|she|they|it|the)|[a-z]{3,}ing|(?:the|a|an)(?=\s)|"
    r"and (?=he|she|they|it|his|her|their|the|a|an))\b"
)
_LONG_TAIL = re.compile(r"(?:who|whose|which|where|after|while|because|before|following|[a-z]{3,}ing)\b")
"""Tails that may hold commas of their own."""
_WHEN = re.compile(r"(?:when|after|before|following|with|as|because)\b")
_YET_TO_COME = re.compile(
    r"\b(?:will|would|shall|should|may|might|can|could|must|is to|are to|due to|going to)\b|['’]ll\b"
)
"""Of what is yet to come a closing part may be the condition."""
_BACK_IN_THE_CLAIM = re.compile(
    r"(?:for|to|with|in|on|at|by|from|after|before|during|as|until|since|against|into|over|when|while|and|[a-z]+ing)\b"
)
"""Behind a comma of a closing part: the part may have ended, and the claim goes on."""
_SPEAKING = listed("said says told tells added warned insisted announced confirmed denied claimed argued")
"""Behind `Eide, the harbour master,` these ask who is speaking: the part stays."""
_SPEAKER = re.compile(r"\b(?:said|says|told|added|according to) (?:[A-Z][\w.'’-]*\s?){1,4}\Z")
_OPENS_A_PART = re.compile(
    r"(?:and|or|but|nor|yet|so|the|a|an|his|her|their|its|our|my|your|this|that|these|those|who|which|whose|where|when|"
    r"while|as|after|before|since|because|although|though|despite|in|on|at|for|from|with|by|during|under|over|until|"
    r"unless|once|whether|if|like|to|of|among|amid|through|into|he|she|it|they|we|you|not|also|both|all|some|many|"
    r"most|including|such|than|then|now|even|just|only|\w+ing|\w+ly)\b"
)
_DETERMINER = re.compile(r"(?:the|a|an|one)\s", re.I)
_SAID_ON_A_DAY = re.compile(
    rf"\b(?:said|says|told \w+|announced|reported|confirmed|added|heard|warned|ruled|declared)(?P<day> (?:on )?"
    rf"(?:late |early )?{_DAY})(?=[.,]|\Z| (?:that|in|at|by|he|she|they|it|the|a|an|there|his|her|their)\b)"
)
"""The day on which something was said; the day on which it happened stays."""
_ALSO = re.compile(
    # What stands before is asked last: a pattern that begins with a plain letter is found many times sooner.
    r" also(?<=[a-z] also)(?<!but also)(?= [a-z])(?! as\b)|"
    r", (?<=\w, )(?:however|meanwhile|too|in fact|indeed),(?= [a-z])"
)
_MAY_HAVE_PARTS = re.compile(r"[,(]|--|[–—] | - | also |day\b|\ABut|\AAnd")
_BUT = re.compile(r"(?:But|And) (?!(?:if|when|not|neither|nor|while|as|for|so|then|first)\b)")
_STOP_TWICE = re.compile(r"(?<!\.)\.\.(?!\.)")
_CONTRARY = re.compile(r"\b(?:not|no|never|nor|neither|none|nobody|nothing|only|few|without|cannot)\b|n['’]t\b", re.I)


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.casefold())


def bounds_a_claim(part: str) -> bool:
    """Whether a part of a sentence attributes, denies, hedges, conditions, counts or dates what the sentence says."""
    return bool(_NUMBER.search(part)) or qualifies(part)


def qualifies(part: str) -> bool:
    """Whether a part of a sentence attributes, denies, hedges or conditions what the sentence says."""
    if _BOUNDING_PHRASE.search(part):
        return True
    return any(word in _BOUNDING or ("-" in word and word.partition("-")[0] in _BOUNDING) for word in _words(part))


def is_english(text: str) -> bool:
    """Whether the little words of a sentence are English."""
    return " the " in text or len(_ENGLISH.intersection(_words(text))) > 1


def _is_verb(word: str) -> bool:
    return word in _VERBS or (word.endswith("ed") and len(word) > 4)


def _has_verb(text: str) -> bool:
    return any(map(_is_verb, _words(text)))


def _first(text: str) -> str:
    return (_words(text[:40]) or [""])[0]


class _Sentence:
    """A sentence with its quotations, which stay whole, and the commas and dashes outside them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.body = len(text.rstrip(".!\"'”’ "))
        """Where the stop begins."""
        self.quoted = [match.span() for match in _QUOTED.finditer(text)] if _QUOTE.search(text) else []
        self.commas = [match.span() for match in _COMMA.finditer(text, 0, self.body) if self.is_open(*match.span())]
        self.is_dashed = any(dash in text for dash in (" - ", "--", "–", "—"))
        self.is_led = _first(text) in _SUBORDINATING
        """What stands before the first comma leans on what follows."""

    def is_open(self, start: int, end: int) -> bool:
        return not any(start < close and begin < end for begin, close in self.quoted)

    def parts(self) -> list[tuple[int, int]]:
        """Spans that may go, each with the punctuation that goes with it, in order."""
        return self.but_for(bounds_a_claim, (*self.brackets(), *self.opening(), *self.asides(), *self.tails()))

    def parts_by_choice(self) -> list[tuple[int, int]]:
        """Those, and what counts, dates or names beside the claim."""
        found = (*self.brackets(), *self.opening(), *self.asides(), *self.named(), *self.tails())
        return self.but_for(qualifies, found)

    def but_for(self, bounds: Callable[[str], bool], found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """What says little, and of the spans found those that bound nothing."""
        free = set(self.little())
        for span in found:
            part = self.text[slice(*span)]
            if not bounds(part) and _first(part) not in ("or", "but"):
                free.add(span)
        return sorted(span for span in free if self.is_open(*span))

    def little(self) -> Iterator[tuple[int, int]]:
        """Words that say nothing by themselves, and the day on which something was said."""
        text = self.text
        if self.commas or " also " in text:
            yield from (match.span() for match in _ALSO.finditer(text))
        if "day" in text:
            yield from (match.span("day") for match in _SAID_ON_A_DAY.finditer(text))
        if but := _BUT.match(text):
            yield but.span()

    def brackets(self) -> Iterator[tuple[int, int]]:
        for match in _BRACKETS.finditer(self.text) if "(" in self.text else ():
            if _first(match.group()) not in _SUBORDINATING:
                yield match.span()
        dashes = [match for match in _DASH.finditer(self.text) if self.is_open(*match.span())] if self.is_dashed else []
        if (
            len(dashes) == 2
            and self.text[dashes[1].end() :][:1].islower()
            and _first(dashes[0].string[dashes[0].end() :]) != "and"
        ):
            yield dashes[0].start(), dashes[1].end() - 1
        elif len(dashes) == 1 and _has_verb(self.text[: dashes[0].start()]):
            yield dashes[0].start(), self.body

    def opening(self) -> Iterator[tuple[int, int]]:
        opening = _CONNECTIVE.match(self.text)
        if opening and self.commas and opening.end() == self.commas[0][1] and not _TIME.search(opening.group()):
            rest, rest_end = self.text[opening.end() :], self.commas[1][0] if len(self.commas) > 1 else self.body
            claim = self.text[opening.end() : rest_end]
            leans = _LEANS_ON_OPENING.match(rest) or _THERE.search(rest)
            if length(claim) >= 5 and _has_verb(claim) and not leans:
                yield 0, opening.end()

    def asides(self) -> Iterator[tuple[int, int]]:
        """What stands between two commas, when the verb of the sentence follows the second."""
        for nth, (comma, inside) in enumerate(self.commas):
            if (self.is_led and nth == 0) or not _ASIDE.match(self.text, inside):
                continue
            # Only a relative clause may hold commas of its own: the verb behind another part's may be the part's.
            reach = 3 if _RELATIVE.match(self.text, inside) else 1
            for close, after in self.commas[nth + 1 : nth + 1 + reach]:
                inner, following = self.text[inside:close], _first(self.text[after:])
                if re.match(r"(?:of|from|in|at)\b", inner) and length(inner) > 6:
                    break
                if _PARTICIPLE.match(inner) and _has_verb(inner.partition(" ")[2]):
                    continue
                if _PARTICIPLE.match(inner) and self.text[:comma].endswith(("ed", "ing")):  # beaten, robbed, left
                    break
                if _DETERMINER.match(inner) and following in _SPEAKING:
                    break
                if _is_verb(following) or (_RELATIVE.match(inner) and _goes_on_with(self.text[after:])):
                    # Behind `Eide, 53` the second comma closes what the first of them opened.
                    is_closing = nth > 0 and not self.text[self.commas[nth - 1][1]].isupper()
                    yield comma, close if is_closing else after - 1
                    break

    def named(self) -> Iterator[tuple[int, int]]:
        """Behind the noun that a sentence opens with, and before its verb: a name, an age, what somebody is."""
        if len(self.commas) < 2 or self.is_led:
            return
        (comma, inside), (close, after) = self.commas[:2]
        head, inner = self.text[:comma], self.text[inside:close]
        told = inner if inner[:1].isupper() else inner.partition(" ")[2]  # built in 1962
        is_one = not _has_verb(head) and not _has_verb(told) and not re.search(r"\b(?:and|or)\b", head + inner)
        goes_on = _goes_on_with if inner[:1].isupper() else lambda rest: _is_verb(_first(rest))
        if is_one and _first(inner) not in _SUBORDINATING and goes_on(self.text[after:]):
            yield comma, after - 1

    def tails(self) -> Iterator[tuple[int, int]]:
        """What follows a comma to the end, when a whole claim stands before it."""
        for nth, (comma, inside) in enumerate(self.commas):
            head, tail = self.text[:comma], self.text[inside : self.body]
            if (self.is_led and nth == 0) or not _TAIL.match(tail):
                continue
            if not _has_verb(head) and not _RELATIVE.match(tail):
                continue
            is_last = nth + 1 == len(self.commas)
            before = self.text[self.commas[nth - 1][1] if nth else 0 : comma]
            later = [self.text[after : self.body] for _, after in self.commas[nth + 1 :]]
            is_aside = any(_is_verb(_first(rest)) or _BACK_IN_THE_CLAIM.match(rest) for rest in later)
            if not (is_last or _LONG_TAIL.match(tail)) or is_aside or _goes_on(before, tail, nth):
                continue
            if _RELATIVE.match(before):
                continue
            if (_DETERMINER.match(tail) and _SPEAKER.search(head)) or (tail.startswith("as ") and " as " in head):
                continue
            if _WHEN.match(tail) and _YET_TO_COME.search(head):
                continue
            if not (_CONTRARY.search(head) and re.match(r"because|when|after|before|while|with", tail)):
                yield comma, self.body


def _goes_on_with(rest: str) -> bool:
    """Whether a verb follows a relative clause: a lower-case word that opens no other part."""
    word = re.match(r"[a-z]+(?= )", rest)
    return word is not None and not _OPENS_A_PART.match(rest)


def _goes_on(before: str, tail: str, nth: int) -> bool:
    """Whether what follows the `nth` comma may be one more of a list, which must stay whole."""
    if _DETERMINER.match(tail):
        return bool(re.search(r"\b(?:and|or)\b", tail)) or _has_verb(tail) or bool(nth and _DETERMINER.match(before))
    if re.match(r"\w+ing\b", tail):
        is_list = re.match(r"\w+ing,? (?:and|or)\b", tail) or re.search(r"ing\b(?:\s\S+){0,3}$", before)
        return length(tail) < 4 or bool(is_list)
    if tail.startswith("and "):
        return nth > 0 or not _has_verb(tail)
    return bool(re.match(r"\w+(?: \w+)?,? (?:and|or)\b", tail))


def without(text: str, parts: tuple[tuple[int, int], ...]) -> str:
    """The text without these spans (in order, apart from each other), beginning with a capital."""
    kept, place = "", 0
    for start, end in parts:
        kept, place = kept + text[place:start], end
    kept = re.sub(r"\s+([,.;])", r"\1", kept + text[place:]).strip()
    kept = _STOP_TWICE.sub(".", kept)  # Ltd.
    return kept[:1].upper() + kept[1:]


def unpictured(text: str) -> str:
    """A sentence without the brackets that speak of a picture, which the reader of a bullet does not see."""
    return _PICTURED.sub("", text).strip() if "(" in text else text


def parts_by_choice(text: str) -> list[tuple[int, int]]:
    """Spans that whoever tells a sentence anew may leave out, in order; they may overlap. The text is English."""
    return _Sentence(text).parts_by_choice() if _MAY_HAVE_PARTS.search(text) else []


def shortened(text: str) -> list[str]:
    """The shorter forms of a sentence, each without one part or up to three; none where it has no such part."""
    if not _MAY_HAVE_PARTS.search(text) or not is_english(text):
        return []
    parts = _Sentence(text).parts()[:_MOST_PARTS]
    forms: dict[str, None] = {}
    for size in range(1, min(_MOST_LEFT_OUT, len(parts)) + 1):
        for chosen in combinations(parts, size):
            if all(one[1] <= other[0] for one, other in pairwise(chosen)):
                form = without(text, chosen)
                if length(form) >= SHORTEST and _has_verb(form):
                    forms[form] = None
    return list(forms)[:_MOST_FORMS]
