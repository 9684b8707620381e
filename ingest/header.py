"""The line under a headline: who wrote it, when, and for which section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ingest.dateline import find_date
from ingest.furniture import is_furniture
from ingest.lines import is_sentence

LONGEST = 220
PARTS = re.compile(r"\s*[|•·/►»>,;]\s*|\s+[–—-]+\s+|[–—-]+$|^[–—-]+")
BY = re.compile(
    r"(?:(?:written|reported|posted|edited|published|text|story|author|words?)\s+by|by|von|por|par|di|"
    r"av|af|door|yazan|"
    r"автор|текст|autor|auteur|autore|bởi|oleh|بقلم|كتب|מאת|作者|記者|记者|文|기자)(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
WHEN = re.compile(
    r"\b(?:(?:last |first )?(?:published|updated|posted|modified|created|uploaded)(?: on| at)?|"
    r"veröffentlicht(?: am)?|"
    r"aktualisiert(?: am)?|stand|publié(?: le)?|mis à jour(?: le)?|publicado(?: el| em)?|actualizado(?: el)?|"
    r"atualizado(?: em)?|pubblicato(?: il)?|aggiornato(?: il)?|gepubliceerd(?: op)?|bijgewerkt(?: op)?|опубликовано|"
    r"обновлено|оновлено|опубліковано|publikováno|opublikowano|publicerad|publisert|date|datum|on|le|"
    r"el|am|il|op|em)\W*$",
    re.IGNORECASE,
)
NOISE = re.compile(
    r"\d+\s*(?:min(?:ute)?s?\b.*|comments?|views?|shares?|likes?)|(?:updated|last updated|published|"
    r"aktualisiert|mis à jour).*",
    re.IGNORECASE,
)
SECTIONS = frozenset(
    {
        *("world", "politics", "business", "economy", "finance", "markets", "science", "technology", "tech", "health"),
        *("sport", "sports", "culture", "arts", "entertainment", "environment", "climate", "opinion", "lifestyle"),
        *("travel", "education", "local", "national", "international", "news", "europe", "asia", "africa", "us", "uk"),
        *("middle east", "americas", "india", "food", "fashion", "music", "books", "society", "media", "energy"),
        *("welt", "politik", "wirtschaft", "wissen", "wissenschaft", "technik", "gesundheit", "kultur", "umwelt"),
        *("monde", "politique", "économie", "sciences", "santé", "planète", "mundo", "política", "economía", "ciencia"),
        *("deportes", "esportes", "economia", "saúde", "salud", "cultura", "tecnología", "tecnologia", "esteri"),
        *("мир", "политика", "экономика", "наука", "спорт", "культура", "общество", "здоровье", "технологии"),
    }
)
LABELS: dict[str, Literal["headline", "byline", "date", "section", "source", "standfirst"]] = {
    **dict.fromkeys(("title", "headline", "titel", "titre", "título", "titolo", "заголовок", "标题"), "headline"),
    **dict.fromkeys(("author", "authors", "byline", "autor", "auteur", "autore", "автор", "作者"), "byline"),
    **dict.fromkeys(("date", "published", "datum", "fecha", "data", "дата", "日期", "publish date"), "date"),
    **dict.fromkeys(("section", "category", "rubrik", "rubrique", "sección", "рубрика", "ressort"), "section"),
    **dict.fromkeys(("source", "url", "link", "original", "quelle", "fuente", "источник", "来源"), "source"),
    **dict.fromkeys(("summary", "subtitle", "standfirst", "subheadline", "dek"), "standfirst"),
}
LABEL = re.compile(r"(?P<name>[^\W\d_](?:[^\W\d_]| ){1,18}?)\s*[:：]\s*(?P<value>\S.*)")
ADDRESS = re.compile(r"https?://\S{4,2000}")


@dataclass(slots=True)
class Dateline:
    """What the line under a headline says; `published` as in `Entry`."""

    byline: str | None = None
    published: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A line that says what it is: `Author: Web Desk`."""

    kind: Literal["headline", "byline", "date", "section", "source", "standfirst"]
    value: str


def labelled(text: str) -> Label | None:
    """The label of `text`; a web address alone on its line counts as the source."""
    if ADDRESS.fullmatch(text):
        return Label("source", text)
    match = LABEL.fullmatch(text) if len(text) <= 600 else None
    kind = LABELS.get(match["name"].lower()) if match else None
    return Label(kind, match["value"].strip()) if match and kind else None


def as_byline(text: str) -> str | None:
    """The name in a line such as `By Jane Doe`."""
    match = BY.match(text)
    if not match or len(text) > 100 or is_sentence(text):
        return None
    name = text[match.end() :].strip(" ,|·•-–—")
    looks_like_name = name and len(name.split()) <= 8 and (not name[0].isascii() or name[0].isupper())
    return name if looks_like_name else None


def read_dateline(text: str, *, has_headline: bool) -> Dateline | None:
    """Byline, date and section of `text`, glued or apart; None where it is no such line.

    Above the headline only a line that is little more than a date counts.
    """
    if len(text) > LONGEST:
        return None
    found = find_date(text)
    if found is None:
        return None
    before, after = text[: found.start].strip(), text[found.end :].strip()
    is_prose = len(before.split()) > 14 or len(after.split()) > 8 or (is_sentence(text) and len(text.split()) > 8)
    if is_prose or (not has_headline and len(before) + len(after) > 30):
        return None
    above, is_named = _pieces(before), bool(BY.match(before))
    below = _pieces(after)
    names = [name for piece in (*above, *below) if (name := as_byline(piece))]
    above = [piece for piece in above if not as_byline(piece)]
    below = [piece for piece in below if not as_byline(piece)]
    sections = [piece for piece in (*above, *below) if piece.casefold() in SECTIONS]
    byline = names[0] if names else None
    others = [piece for piece in above if piece not in sections]
    if byline is None and others:
        byline, others = ", ".join(others), []
    elif is_named and others:
        byline, others = ", ".join(filter(None, (byline, *others))), []
    rest = [piece for piece in below if piece not in sections]
    if byline is None and rest and (sections or _is_name(rest[0])):
        byline = rest.pop(0)
    section = ", ".join(dict.fromkeys((*sections, *rest))) or None
    return Dateline(byline, found.published, section)


def _pieces(text: str) -> list[str]:
    pieces = [WHEN.sub("", piece).strip(" \t|•·-–—,;:()[]") for piece in PARTS.split(text)]
    return [piece for piece in pieces if piece and not NOISE.fullmatch(piece) and not is_furniture(piece)]


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 3 and all(word[:1].isupper() for word in words) and "and" not in words
