"""Brings the catalogues of `news/messages/catalogues/` up to what `news.messages.texts` says.

    python -m benchmarks.make_catalogues          every catalogue there is
    python -m benchmarks.make_catalogues sv fi    begins these too

What is new is added without a translation, what is gone is left out, and what is there stays word for word.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from news.messages import texts

FOLDER = Path(texts.__file__).parents[1] / "catalogues"
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def english() -> Iterator[tuple[str, str | tuple[str, str]]]:
    """Every text, with the name of its constant."""
    for name, said in vars(texts).items():
        if not name.isupper():
            continue
        if isinstance(said, dict):
            yield from ((f"{name} {key}", text) for key, text in said.items())
        else:
            yield name, said


def renewed(language: str, written: Catalog | None) -> Catalog:
    """A catalogue of all texts, with the translations of one that was written before."""
    new = Catalog(locale=language)
    for name, said in english():
        key = said if isinstance(said, str) else said[0]
        known = written.get(key) if written else None
        is_same = known is not None and known.pluralizable == isinstance(said, tuple)
        new.add(said, known.string if known is not None and is_same else None, auto_comments=[name])
    return new


def is_translated(text: Message) -> bool:
    """Whether all forms of a text are there."""
    return all(text.string) if isinstance(text.string, list | tuple) else bool(text.string)


def main(begun: list[str]) -> None:
    """Writes the catalogues anew, and says how much of each is translated."""
    FOLDER.mkdir(exist_ok=True)
    for language in sorted({*begun, *(path.stem for path in FOLDER.glob("*.po"))}):
        path = FOLDER / f"{language}.po"
        written = read_po(path.open("rb"), locale=language) if path.exists() else None
        new = renewed(language, written)
        with path.open("wb") as out:
            out.write(HEADER.format(language=language, plurals=new.plural_forms).encode())
            write_po(out, new, width=0, omit_header=True, no_location=True)
        print(f"{language}: {sum(map(is_translated, new)) - 1} of {len(new)}")  # the header is one too


if __name__ == "__main__":
    main(sys.argv[1:])
