"""Where sentences begin and end, in any language that ends them with a stop."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from news.vocabulary import listed


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` stands at `[start:end]` (code points) of the text it was split from; never empty."""

    text: str
    start: int
    end: int


_WIDE_STOPS = "。！？｡︒"
"""Stops of scripts that put no space behind a sentence."""
STOPS = ".!?…‽؟۔।॥։።။។" + _WIDE_STOPS
_OPENERS = "\"'“”‘«»„‚‹›([{「『【《¿¡—–-"
_END = re.compile(f"([{re.escape(STOPS)}]+)((?<=[{_WIDE_STOPS}])[\"'”’»›)\\]」』】》]*|[\"'”’“»›)\\]」』】》]*)")
_GOES_ON = (",", ";", "،", "，", "、")
"""Signs that no sentence begins with."""
_UNSPACED = "\u2e80"
"""Here begin the scripts whose words are not known by the space behind them."""
_CLOSING = "\"'”’»›)]」』】》 \t\r"
_FEWEST_BROKEN, _NARROWEST_BROKEN, _WIDEST_BROKEN = 3, 30, 120
"""Lines of a text broken for its width at least, and letters of the longest at least and at most."""
_SPACE = re.compile(r"\s*")
_LINE = re.compile(r"[^\n\r\u2028\u2029\f\v]+")
_FIRST_WORD = re.compile(rf"[{re.escape(_OPENERS)}]{{0,4}}(\w+)")
_GLUED_TO = re.compile(
    r"(?!(?:Com|Org|Net|Io|Js|Co|Tv|Info|Ai|Uk|De|Fr|Ru|Gov)\b)[^\W\d_a-zß-öø-ÿа-яё][a-zß-öø-ÿа-яё'’]*[, ]"
)
"""A sentence whose page lost the space before it: hours.No one was hurt."""
_LAST_WORD = re.compile(r"[\w\u0900-\u0963.’'&/-]{0,30}\Z")
_SHORT_NEXT = re.compile(r"\s?[^\W\d_]{1,2}\.")
_SET_APART = re.compile(r"(?<=\b\w) \. ?(?=\w\b)")
"""The stop of an abbreviation as those write it who put spaces around every sign: p . m ."""
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}\.)+[^\W\d_]{1,3}")

_ABBREVIATIONS = listed(
    # A stop behind one of these ends no sentence. In lower case.
    """
    mr mrs ms dr prof rev hon gov govs sen sens rep reps gen gens col lt
    sgt capt cmdr adm maj cpl st ste mt ft messrs mme mlle
    mgr supt det insp const pres vs v viz cf eg ie al ca approx est fig figs no nos vol pp p ed eds dept univ
    max min str tel
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri
    ej sra srta dra ud uds vd vds av avda núm pág págs gral lic ing art arts
    bzw bspw evtl geb gest ggf zzt inkl mio mrd nr sog str usw vgl zzgl ca hl hr fr frl dipl jh
    ee env m mm bd sig dott avv on prov arch
    г гг в вв ул им др проф акад рис см ср напр стр обл просп пл н э
    вул е к ген полк тел мкр кв
    kpt płk ppłk mjr godz ul św tzw im kl dhr mevr drs doç yrd sok cad jl tp ths pgs gs ts rs smt hod nám tzv tlf κ κα
    डॉ प्रो पं श्री रु
    """
)
_OFTEN_LAST = listed(
    """
    jr sr inc corp co ltd bros plc llc esq ave blvd calif fla ill mass mich minn conn colo ariz tenn wis penn okla
    """
)
"""Abbreviations behind which a sentence ends when one of `_SENTENCE_OPENERS` follows."""
_ALSO_LAST_WORDS = listed("no fig st mar sun mon p v art on m in ing est av bd mm ed max min str tel ok")
"""Abbreviations that are words too: no sentence ends there only when a digit or a name follows."""
_SENTENCE_OPENERS = listed(
    "the a an in it he she they we but and on at as this that these those there his her its their for from with "
    "if when while after before however meanwhile i you not no what who"
)
"""Behind an acronym (U.S.) or `Inc.` a sentence begins when one of these follows with a capital."""
_NUMBERED = listed(
    "januar jänner februar märz april mai juni juli august september oktober november dezember jahrhundert "
    "jahrhunderts klasse liga platz runde bundesliga fc lesung weltkrieg weltkriegs januari leden"
)
"""Behind `3.` these make an ordinal (3. Oktober)."""
_UNFINISHED = listed("a an the of with at by from and")
_LETTERED = listed("hepatitis vitamin vitamins plan group type class category schedule section grade level formula")
"""Before a lone capital these make it a name of its own, and no one's initial: hepatitis A."""


def _ends_word(text: str, stop: int, following: str) -> bool:
    """Whether the single full stop at `stop` closes a sentence, given the word that follows it."""
    window = text[max(0, stop - 30) : stop]
    if is_set_apart := window.endswith(" "):
        window = _SET_APART.sub(".", window.rstrip())
    match = _LAST_WORD.search(window.rpartition(" ")[2])
    word = match.group().lstrip("'’-/&.") if match else ""
    lowered = word.casefold()
    if is_set_apart and (lowered.isdigit() or lowered in _UNFINISHED) and following.isdigit():  # 6 . 9, a . 357
        return False
    if _DOTTED.fullmatch(lowered) or (lowered in _OFTEN_LAST and word[0].isupper()):
        return following.casefold() in _SENTENCE_OPENERS
    if len(word) == 1 and word.isupper() and (window[:-1].endswith("°") or _is_lettered(window, following)):
        return True
    if len(word) == 1 and word.isalpha() and (not word.islower() or _SHORT_NEXT.match(text, stop + 1)):  # J. · z. B.
        return False
    if lowered in _ALSO_LAST_WORDS:
        return not (following[:1].isdigit() or (word[0].isupper() and lowered in ("st", "fig", "no")))
    if lowered in _ABBREVIATIONS or lowered.rpartition("-")[2] in _ABBREVIATIONS:
        return False
    return not (lowered.isdigit() and len(lowered) <= 2 and following.casefold() in _NUMBERED)


def _is_lettered(window: str, following: str) -> bool:
    """Whether the lone capital at the end is no initial of a name: `hepatitis A.`, `Group B.`."""
    before = window[:-1].split()
    return bool(before) and before[-1].casefold() in _LETTERED and following[:1].isupper()


def _is_end(text: str, match: re.Match[str], limit: int) -> bool:
    """Whether a sentence ends behind these stops and the quotes that close them."""
    end = match.end()
    if end >= limit:
        return True
    stops = match.group(1)
    space = _SPACE.match(text, end, limit)
    after = space.end() if space else end
    first = _FIRST_WORD.match(text, after, limit)
    following = first.group(1) if first else ""
    if following[:1].islower() or text[after : after + 1] in _GOES_ON:
        return False
    if stops[-1] in _WIDE_STOPS:
        return True
    if after == end:
        is_glued = match.group(2) in ("", "”", "»") and text[match.start() - 3 : match.start()].islower()
        if not (is_glued and _GLUED_TO.match(text, end, limit)):
            return False
    return stops != "." or match.group(2) != "" or _ends_word(text, match.start(), following)


def _lines(text: str) -> list[tuple[int, int]]:
    """Stretches no sentence crosses: lines, joined where one goes on small or was broken for its width."""
    lines: list[tuple[int, int]] = []
    for block in _blocks(text):
        width = _width(text, block)
        before = None
        for start, end in block:
            if before and (text[start:end].lstrip()[:1].islower() or _is_broken(text, before, (start, end), width)):
                lines[-1] = (lines[-1][0], end)
            else:
                lines.append((start, end))
            before = (start, end)
    return lines


def _blocks(text: str) -> Iterator[list[tuple[int, int]]]:
    """Lines with no empty line between them."""
    block: list[tuple[int, int]] = []
    for match in _LINE.finditer(text):
        if block and text.count("\n", block[-1][1], match.start()) > 1:
            yield block
            block = []
        block.append(match.span())
    if block:
        yield block


def _width(text: str, block: Sequence[tuple[int, int]]) -> int:
    """The width at which lines were broken, as in old wires and mails; 0 where they are lines as meant."""
    if len(block) < _FEWEST_BROKEN or max(end - start for start, end in block) > _WIDEST_BROKEN:
        return 0
    width = max(len(text[start:end].strip()) for start, end in block)
    joints = [(line, after) for line, after in pairwise(block) if not _ends_with_stop(text, line)]
    broken = sum(_is_broken(text, line, after, width) for line, after in joints)
    goes_on = any(_goes_on_small(text, after) for _, after in joints)
    return width if width >= _NARROWEST_BROKEN and goes_on and broken * 4 >= len(joints) * 3 else 0


def _is_broken(text: str, line: tuple[int, int], after: tuple[int, int], width: int) -> bool:
    """Whether the first word of the next line would not have fitted behind this line."""
    if not width or _ends_with_stop(text, line):
        return False
    first = text[after[0] : after[1]].split(None, 1)[:1]
    is_word = bool(first) and first[0] < _UNSPACED
    return is_word and len(text[slice(*line)].strip()) + 1 + len(first[0]) > width


def _ends_with_stop(text: str, line: tuple[int, int]) -> bool:
    return text[slice(*line)].rstrip(_CLOSING)[-1:] in STOPS


def _goes_on_small(text: str, line: tuple[int, int]) -> bool:
    first = text[slice(*line)].lstrip()[:1]
    return first.isalpha() and not first.isupper()


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    for line_start, line_end in _lines(text):
        start = line_start
        for match in _END.finditer(text, line_start, line_end):
            if _is_end(text, match, line_end):
                yield start, match.end()
                start = match.end()
        yield start, line_end


def each(text: str) -> Iterator[Sentence]:
    """The sentences of a text, in order, without the space around them.

    None crosses an empty line and none begins with a lower-case letter unless its
    line does. Time grows with the length of the text alone.
    """
    for start, end in _pieces(text):
        piece = text[start:end]
        if words := piece.strip():
            start += len(piece) - len(piece.lstrip())
            yield Sentence(words, start, start + len(words))


def split(text: str) -> list[Sentence]:
    """All sentences of a text, as `each` gives them."""
    return list(each(text))
