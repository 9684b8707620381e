"""The search index: written with the article, in the form that each database knows.

SQLite has an FTS5 table over a view of the articles; PostgreSQL a table of tsvectors. Both see the
same words: letters and digits, without accents and endings.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Entry
from storage.tables import article_search, articles

INDEXED = 100_000
"""Code points of an article that are indexed; the migrations say the same."""
TERMS = 32
"""Words and phrases of a query that are looked at."""

PIECE = re.compile(r'"([^"]*)"|(\S+)')
SIGNS = re.compile(r"[\W_]")
QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))
ENGLISH: ColumnElement[Any] = literal_column("'english'::regconfig")


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for: phrases of one or more plain words."""

    phrases: tuple[str, ...]


def parse(query: str) -> Query:
    """The words and quoted phrases of what somebody typed; what is neither letter nor digit parts them."""
    pieces = PIECE.findall(unicodedata.normalize("NFC", query).translate(QUOTES))
    phrases = (" ".join(SIGNS.sub(" ", phrase or word).split()) for phrase, word in pieces)
    return Query(tuple(dict.fromkeys(filter(None, phrases)))[:TERMS])


def fold(words: str) -> str:
    """Letters and digits without accents and case, everything else a space; as long as `words`.

    PostgreSQL reads `3.5`, `a-b` and `<b>` as more than words; so folded it sees what SQLite sees.
    """
    return "".join(map(_fold, words))


def _fold(character: str) -> str:
    if not character.isalnum():
        return " "
    plain = unicodedata.normalize("NFD", character)[0].casefold()
    return plain if len(plain) == 1 else character


def matches(query: Query, *, any_of: bool, is_sqlite: bool) -> Select[tuple[int]]:
    """SELECT of the ids of articles that match, joined with `articles`."""
    if is_sqlite:
        on = articles.c.id == article_search.c.rowid
        expression = (" OR " if any_of else " AND ").join(f'"{each}"' for each in query.phrases)
        condition = literal_column("article_search").op("MATCH")(expression)
    else:
        on = articles.c.id == article_search.c.id
        condition = article_search.c.vector.op("@@")(tsquery(query, any_of=any_of))
    return select(articles.c.id).select_from(articles.join(article_search, on)).where(condition)


def tsquery(query: Query, *, any_of: bool) -> ColumnElement[Any]:
    joined: ColumnElement[Any] | None = None
    for each in query.phrases:
        phrase = func.phraseto_tsquery(ENGLISH, fold(each))
        joined = phrase if joined is None else joined.op("||" if any_of else "&&")(phrase)
    assert joined is not None
    return joined


async def index(connection: AsyncConnection, article_id: int, entry: Entry) -> None:
    """Makes a stored article findable. SQLite does that by itself, by triggers on the articles."""
    if connection.dialect.name == "postgresql":
        insert = text(
            "INSERT INTO article_search (id, vector) VALUES (:id,"
            " setweight(to_tsvector('english', :headline), 'A')"
            " || setweight(to_tsvector('english', :body), 'C'))"
        )
        words = {"headline": fold(entry.headline[:INDEXED]), "body": fold(entry.text[:INDEXED])}
        await connection.execute(insert, {"id": article_id} | words)
