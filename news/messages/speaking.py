"""The languages in which readers are spoken to: English, and one for each catalogue in `catalogues/`.

A catalogue is a gettext file, which the tools of translators read; `benchmarks/make_catalogues.py` brings them up to
what `texts` says. Its keys are the English texts, so a text that is not translated yet is shown in English.
"""

from __future__ import annotations

import gettext
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from news.messages.words import Words

ENGLISH = "en"


@cache
def spoken() -> tuple[str, ...]:
    """The two letters of each language there is, English first."""
    found = (each.name.removesuffix(".po") for each in _catalogues().iterdir() if each.name.endswith(".po"))
    return (ENGLISH, *sorted(found))


@cache
def own_name(tag: str) -> str:
    """“Deutsch”: what those who speak a language call it."""
    name = Locale.parse(tag).get_language_name(tag) or tag
    return name[:1].upper() + name[1:]


def tongue_named(text: str, words: Words) -> str | None:
    """The two letters of a language that we speak, by these, or by its name there, in English or in `words`."""
    typed = text.strip().casefold()
    for tag in spoken():
        names = tag, own_name(tag), words.tongue(tag), Locale(ENGLISH).languages[tag]
        if typed in map(str.casefold, names):
            return tag
    return None


@lru_cache(maxsize=512)  # a language is named by whoever writes to us
def words_in(language: str) -> Words:
    """The words of a language, as Telegram names it (`pt-br`); of English where we do not speak it."""
    tag = language.replace("_", "-").split("-")[0].casefold()
    return _words(tag if tag in spoken() else ENGLISH)


@cache
def _words(tag: str) -> Words:
    if tag == ENGLISH:
        return Words()
    compiled = BytesIO()
    with _catalogues().joinpath(f"{tag}.po").open("rb") as written:
        write_mo(compiled, read_po(written, locale=tag))
    compiled.seek(0)
    return Words(language=tag, catalogue=gettext.GNUTranslations(compiled))


def _catalogues() -> Traversable:
    return files(__package__).joinpath("catalogues")
