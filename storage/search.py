"""What somebody looks for, found among the articles they may see."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from news.article import Article
from storage.articles import filed_on, read_articles, visible_to
from storage.engine import Database
from storage.tables import article_search, articles
from storage.words import ENGLISH, INDEXED, Query, fold, matches, parse, tsquery

SNIPPET_WORDS = 12
START, END = "\x02", "\x03"
"""Around a match, until the snippet is cut."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found, and the words around what was found in it: (text, whether it matches)."""

    article: Article
    snippet: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, and how many there are in all."""

    hits: tuple[Hit, ...] = ()
    total: int = 0


class Search:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self,
        query: str,
        *,
        chat_id: int | None,
        limit: int = 5,
        offset: int = 0,
        topic: str | None = None,
        newest_first: bool = False,
    ) -> Found:
        """Articles the chat may see that hold any of the words, those that hold the most and rarest first.

        Words in quotes are looked for together. Without `chat_id`: only what every chat may see.
        """
        parsed = parse(query)
        if not parsed.phrases:
            return Found()
        async with self._database.read() as connection:
            matching = matches(parsed, any_of=True, is_sqlite=self._database.is_sqlite)
            where = [visible_to(chat_id), *([filed_on(topic)] if topic else [])]
            matching = matching.where(*where)
            total = await connection.scalar(select(func.count()).select_from(matching.subquery())) or 0
            ranking = [] if newest_first else [_rank(parsed, self._database.is_sqlite)]
            page = matching.order_by(*ranking, articles.c.id.desc()).limit(limit).offset(offset)
            ids: list[int] = list(await connection.scalars(page))
            found = await read_articles(connection, ids)
            marked = await _mark(connection, found, parsed, self._database.is_sqlite)
            return Found(tuple(Hit(each, snippet(marked[each.id])) for each in found), total)

    async def suggest(self, word: str) -> str | None:
        """The closest word of what every chat may see; None if none is close.

        Looked for in the newest 5,000 headlines and the newest 300 texts.
        """
        newest = select(articles.c.headline).where(visible_to(None)).order_by(articles.c.id.desc())
        told = newest.with_only_columns(articles.c.paragraphs)
        async with self._database.read() as connection:
            texts = list(await connection.scalars(newest.limit(5_000)))
            for paragraphs in await connection.scalars(told.limit(300)):
                texts += paragraphs
        wanted = word.strip().lower()[:64]
        known = {
            each for text in texts for each in re.findall(r"\w{3,}", text.lower()) if abs(len(each) - len(wanted)) <= 2
        }
        # Sorted, so that of two as close the answer is always the same.
        close = difflib.get_close_matches(wanted, sorted(known - {wanted}), n=1, cutoff=0.75)
        return close[0] if close else None


def _rank(query: Query, is_sqlite: bool) -> ColumnElement[Any]:
    """What to order by, best first; the headline weighs more."""
    if is_sqlite:
        return literal_column("bm25(article_search, 4.0, 1.0)")
    weights: ColumnElement[Any] = literal_column("'{0.1, 0.2, 0.25, 1.0}'::float4[]")
    # 1: divided by the logarithm of the length, as bm25 does.
    return func.ts_rank(weights, article_search.c.vector, tsquery(query, any_of=True), 1).desc()


async def _mark(connection: AsyncConnection, found: Sequence[Article], query: Query, is_sqlite: bool) -> dict[int, str]:
    """The text of each article (the headline, where it has none) with START and END around every match."""
    marked: dict[int, str] = {}
    if is_sqlite:
        highlight: ColumnElement[str] = literal_column(f"highlight(article_search, 1, '{START}', '{END}')")
        marking = matches(query, any_of=True, is_sqlite=True).add_columns(highlight)
        rows = await connection.execute(marking.where(article_search.c.rowid.in_([each.id for each in found])))
        marked = {row[0]: row[1] for row in rows}
    else:
        options = f"HighlightAll=true, StartSel={START}, StopSel={END}"
        for each in found:
            plain = fold(each.text[:INDEXED])
            headline = func.ts_headline(ENGLISH, plain, tsquery(query, any_of=True), options)
            marked[each.id] = _transfer(await connection.scalar(select(headline)), each.text)
    return {each.id: marked[each.id] or each.headline for each in found}


def _transfer(marked: str | None, original: str) -> str:
    """The marks of a folded text, set into the original, which is as long or longer."""
    runs, at = [], 0
    for run in re.split(f"([{START}{END}])", marked or ""):
        if run in (START, END):
            runs.append(run)
        else:
            runs.append(original[at : at + len(run)])
            at += len(run)
    return "".join(runs)


def snippet(marked: str) -> tuple[tuple[str, bool], ...]:
    """About a dozen words around the first match, or from the beginning: runs of (text, whether it matches)."""
    words = marked.split()
    first = next((at for at, word in enumerate(words) if START in word), 0)
    start = max(0, min(first - SNIPPET_WORDS // 3, len(words) - SNIPPET_WORDS))
    runs = [("… ", False)] if start else []
    is_match = False
    for run in re.split(f"([{START}{END}])", " ".join(words[start : start + SNIPPET_WORDS])):
        if run in (START, END):
            is_match = run == START
        elif run:
            runs.append((run, is_match))
    if start + SNIPPET_WORDS < len(words):
        runs.append((" …", False))
    return tuple(runs)
