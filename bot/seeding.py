"""What a new installation starts with: topics, a starter list of feeds, sample articles."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path

import seeds
from bot.settings import Settings
from ingest.article_file import decode, read_article
from ingest.opml import read_opml
from jobs.file import Shelves, file_entry
from news.topics import Taxonomy
from storage import Storage

SEEDS = Path(seeds.__file__).parent


@cache
def taxonomy() -> Taxonomy:
    """The topics, from `seeds/topics.toml`."""
    return Taxonomy.from_mapping(tomllib.loads((SEEDS / "topics.toml").read_text(encoding="utf-8")))


def no_topic(slug: str) -> str:
    """What is said of a topic that there is not."""
    return f"There is no topic “{slug}”; there are {', '.join(topic.slug for topic in taxonomy().topics)}."


async def first_run(storage: Storage, shelves: Shelves, settings: Settings, *, now: datetime) -> int:
    """Puts the topics in place; on an empty database also the starter feeds and sample articles."""
    topics = shelves.taxonomy.topics
    await storage.topics.put([(topic.slug, topic.name, at) for at, topic in enumerate(topics)])
    if settings.seeds == "none" or await storage.feeds.all() or await storage.articles.count():
        return 0
    slugs = {topic.name.casefold(): topic.slug for topic in topics} | {topic.slug: topic.slug for topic in topics}
    for outline in read_opml((SEEDS / "feeds.opml").read_bytes()):
        topic = slugs.get((outline.folder or "").casefold())
        await storage.feeds.add(outline.url, now=now, title=outline.title, topic=topic)
    return await sample_articles(storage, shelves, now=now) if settings.seeds == "all" else 0


async def sample_articles(storage: Storage, shelves: Shelves, *, now: datetime, limit: int | None = None) -> int:
    """Files the sample articles, or the first of them; says how many are new."""
    count = 0
    for path in sorted((SEEDS / "articles").glob("*.txt"))[:limit]:
        article = await file_entry(storage, shelves, read_article(decode(path.read_bytes())), feed=None, now=now)
        count += article is not None
    return count
