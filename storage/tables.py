"""The schema: every table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import Days, Id, Json, Positions, Seconds, Thread, Times, UtcDateTime, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> Column[int]:
    return Column("id", Id, primary_key=True)


def belongs_to(name: str, target: str, **options: Any) -> Column[int]:
    """A key to another table whose rows take these along when they go."""
    return Column(name, Id, ForeignKey(target, ondelete="CASCADE"), **options)


def index_where(condition: str, name: str, *columns: str, unique: bool = False) -> Index:
    """An index of those rows alone of which the condition is true."""
    return Index(name, *columns, unique=unique, sqlite_where=text(condition), postgresql_where=text(condition))


# Ids are never given out twice (sqlite_autoincrement): old buttons and digests still hold them.
feeds = Table(
    "feeds",
    metadata,
    id_column(),
    Column("url", Words, nullable=False),
    Column("url_hash", LargeBinary(16), nullable=False, unique=True),
    Column("title", Words),
    Column("site_url", Words),
    Column("topic", Words),
    Column("is_shared", Boolean, nullable=False),
    Column("next_due_at", UtcDateTime, nullable=False, index=True),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("body_hash", Words),
    Column("interval", Seconds, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since", UtcDateTime),
    Column("problem", Words),
    Column("status", Integer),
    Column("refreshed_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("gone_at", UtcDateTime),
    Column("brought_at", UtcDateTime),
    Column("rhythm", Seconds),
    Column("silent_at", UtcDateTime),
    Column("listed", Text),
    Column("known", LargeBinary),
    Column("looked_up_at", UtcDateTime),
    Column("is_heavy", Boolean, nullable=False, server_default=false()),
    Column("ttl", Seconds),
    Column("hub", Words),
    Column("hub_topic", Words),
    Column("hub_due_at", UtcDateTime),
    Column("replacement", Words),
    sqlite_autoincrement=True,
)

topics = Table(
    "topics",
    metadata,
    Column("slug", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("position", Integer, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    id_column(),
    Column("headline", Words, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False, index=True),
    Column("sources", Json, nullable=False),
    Column("sketch", Json, nullable=False),
    sqlite_autoincrement=True,
)

articles = Table(
    "articles",
    metadata,
    id_column(),
    Column("feed_id", Id, ForeignKey("feeds.id", ondelete="SET NULL"), index=True),
    Column("story_id", Id, ForeignKey("stories.id"), nullable=False, index=True),
    Column("first_seen_at", UtcDateTime, nullable=False, index=True),
    # Every chat may see it. Kept here so that it outlives the feed.
    Column("is_shared", Boolean, nullable=False),
    Column("headline", Words, nullable=False),
    Column("standfirst", Words),
    Column("paragraphs", Json, nullable=False),
    Column("publisher_bullets", Json, nullable=False),
    Column("bullets", Json, nullable=False),
    Column("byline", Words),
    Column("published", Words),
    Column("section", Words),
    Column("language", Words),
    Column("guid", Words),
    Column("url", Words),
    Column("source", Words),
    Column("image_url", Words),
    Column("image_credit", Words),
    Column("is_teaser", Boolean, nullable=False),
    # The fingerprint of its canonical address, by which a reader's link finds it.
    Column("address", LargeBinary(16), index=True),
    # What copies are known by, and who is counted as a source of the story: nobody where it is a copy.
    Column("imprint", LargeBinary),
    Column("teller", Words),
    # What the best article of a story is chosen by.
    Column("bullet_count", Integer, nullable=False),
    Column("text_length", Integer, nullable=False),
    # When a language model was asked to shorten it.
    Column("polished_at", UtcDateTime, index=True),
    sqlite_autoincrement=True,
)

article_topics = Table(
    "article_topics",
    metadata,
    belongs_to("article_id", "articles.id"),
    Column("topic", Words),
    Column("confidence", Float, nullable=False),
    PrimaryKeyConstraint("article_id", "topic"),
    Index(None, "topic", "article_id"),
)

# Lines of articles in other languages, as a model made them, by the line; none where it was not believed.
translations = Table(
    "translations",
    metadata,
    belongs_to("article_id", "articles.id"),
    Column("language", Words),
    Column("lines", Json, nullable=False),
    Column("asks", Integer, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False, index=True),
    PrimaryKeyConstraint("article_id", "language"),
)

seen = Table(
    "seen",
    metadata,
    Column("key_hash", LargeBinary(16), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
)

chats = Table(
    "chats",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("title", Words),
    Column("language", Words, nullable=False),
    Column("zone", Words),
    Column("look", String(16), nullable=False),
    Column("reads", Words),
    # From when until when what comes at once waits; empty where it does not.
    Column("quiet", Times, nullable=False, server_default="22:00 07:00"),
    Column("state", String(16), nullable=False),
    Column("reason", Words),
    Column("awaiting", Words),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    id_column(),
    belongs_to("chat_id", "chats.id", nullable=False),
    Column("kind", String(16), nullable=False),
    Column("value", Words, nullable=False),
    Column("value_hash", LargeBinary(16), nullable=False),
    belongs_to("feed_id", "feeds.id", index=True),
    # Of a followed story: the article that it was followed on, and until when.
    belongs_to("article_id", "articles.id"),
    Column("ends_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    # How the chat calls a feed, and the folder it keeps it in.
    Column("title", Words),
    Column("folder", Words),
    # Of an alert or a story: the thread that it was made in, and is told in. Of a topic: that of its own.
    Column("thread_id", BigInteger),
    UniqueConstraint("chat_id", "kind", "value_hash"),
    index_where("kind = 'alert'", "ix_subscriptions_alert", "chat_id"),
    index_where("article_id IS NOT NULL", "ix_subscriptions_article_id", "article_id"),
    sqlite_autoincrement=True,
)

# Up to which article alerts and followed stories were held against what came in: one row.
alerting = Table("alerting", metadata, Column("up_to", Id, primary_key=True, autoincrement=False))

# What matched an alert, or goes on with a followed story, and is still to be told.
alert_matches = Table(
    "alert_matches",
    metadata,
    belongs_to("subscription_id", "subscriptions.id"),
    belongs_to("article_id", "articles.id", index=True),
    Column("due_at", UtcDateTime, nullable=False, index=True),
    PrimaryKeyConstraint("subscription_id", "article_id"),
)

schedules = Table(
    "schedules",
    metadata,
    id_column(),
    belongs_to("chat_id", "chats.id", nullable=False),
    Column("thread_id", Thread, nullable=False),
    Column("times", Times, nullable=False),
    Column("days", Days, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("paused_until", UtcDateTime),
    Column("next_due_at", UtcDateTime, index=True),
    Column("failures", Integer, nullable=False),  # in a row, to compose
    UniqueConstraint("chat_id", "thread_id"),
    sqlite_autoincrement=True,
)

slots = Table(
    "slots",
    metadata,
    belongs_to("schedule_id", "schedules.id"),
    Column("epoch", Integer),
    Column("local_date", Date),
    Column("ordinal", Integer),
    belongs_to("chat_id", "chats.id", nullable=False, index=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),  # digest or empty
    PrimaryKeyConstraint("schedule_id", "epoch", "local_date", "ordinal"),
)

# What a digest shows, kept once however many chats are shown it.
editions = Table(
    "editions",
    metadata,
    id_column(),
    Column("key", String(16), nullable=False, unique=True),
    Column("pushed", Integer, nullable=False),
    Column("topics", Json, nullable=False),
    Column("footer", Json, nullable=False),
    Column("asked", Words),
    Column("missed", Json),  # this and the next are None where it was composed before they were kept
    Column("weights", Json),
    Column("language", Words),
    sqlite_autoincrement=True,
)

# No keys to stories and articles: an edition outlives them, and shows what is left.
edition_items = Table(
    "edition_items",
    metadata,
    belongs_to("edition_id", "editions.id"),
    Column("position", Integer),
    Column("story_id", Id, nullable=False, index=True),
    Column("article_id", Id, nullable=False, index=True),
    Column("topic", Words),
    Column("source_count", Integer, nullable=False),
    Column("is_update", Boolean, nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", Words, nullable=False),
    # The newest article of the story then: what came after it was not told.
    Column("newest_id", Id),
    # Of an update, what is new in it; else the article's own are shown.
    Column("bullets", Json),
    # From where to where its sources number the same, and what.
    Column("spread", Json),
    Column("fit", Float),
    Column("freshness", Float),
    Column("weight", Float, nullable=False, server_default="1"),
    PrimaryKeyConstraint("edition_id", "position"),
)

digests = Table(
    "digests",
    metadata,
    id_column(),
    belongs_to("chat_id", "chats.id", nullable=False),
    Column("number", Integer, nullable=False),
    Column("edition_id", Id, ForeignKey("editions.id"), nullable=False),
    Column("composed_at", UtcDateTime, nullable=False, index=True),
    Column("since", UtcDateTime),
    Column("shown", Positions),
    # It did not arrive: what it told comes again.
    Column("is_given_up", Boolean, nullable=False),
    Column("is_alert", Boolean, nullable=False, server_default=false()),
    Column("message_id", BigInteger),
    UniqueConstraint("chat_id", "number"),
    Index(None, "edition_id", "chat_id"),
    sqlite_autoincrement=True,
)

# Drawn messages, kept once however many deliveries carry them.
texts = Table(
    "texts",
    metadata,
    id_column(),
    Column("fingerprint", LargeBinary(16), nullable=False, unique=True),
    Column("message", Words, nullable=False),
    sqlite_autoincrement=True,
)

UNFINISHED = "state IN ('pending', 'claimed', 'sending', 'doubt')"

outbox = Table(
    "outbox",
    metadata,
    id_column(),
    belongs_to("chat_id", "chats.id", nullable=False),
    belongs_to("digest_id", "digests.id"),
    Column("part", Integer, nullable=False),
    Column("thread_id", BigInteger),
    Column("text_id", Id, ForeignKey("texts.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("doubt", Integer, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("lease_owner", Words),
    Column("lease_until", UtcDateTime),
    Column("floor_message_id", BigInteger),
    Column("message_id", BigInteger),
    Column("reason", Words),
    Column("is_rerendered", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),  # or when its slot was due
    # The digest whose message it takes the place of. No key: of one that has gone nothing is edited.
    Column("edits_id", Id),
    UniqueConstraint("digest_id", "part"),
    Index("ix_outbox_chat_id", "chat_id", "message_id"),
    index_where("edits_id IS NOT NULL", "ix_outbox_edits_id", "edits_id"),
    index_where("state IN ('claimed', 'sending')", "uq_outbox_in_flight", "chat_id", unique=True),
    index_where(UNFINISHED, "ix_outbox_waiting", "chat_id", "id"),
    index_where(UNFINISHED, "ix_outbox_unfinished", "state", "not_before", "id"),
    sqlite_autoincrement=True,
)

# What publishers changed in articles, and how far messages were edited for it.
corrections = Table(
    "corrections",
    metadata,
    id_column(),
    belongs_to("article_id", "articles.id", nullable=False, index=True),
    Column("change", String(16), nullable=False),
    Column("was", Words, nullable=False),
    Column("headline", Words, nullable=False),
    Column("corrected_at", UtcDateTime, nullable=False, index=True),
    Column("edited_up_to", Id, nullable=False),
    Column("is_done", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

# Updates come before their chats are known: no key to chats. What is finished keeps its number alone.
inbox = Table(
    "inbox",
    metadata,
    Column("update_id", Id, primary_key=True, autoincrement=False),
    Column("chat_key", BigInteger),
    Column("payload", Text),
    Column("received_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # waiting, taken, done or set_aside
    Column("reason", Words),
    Column("press", LargeBinary),  # the fingerprint of the press it is, where it is one
    index_where("press IS NOT NULL", "ix_inbox_press", "press"),
    index_where("state IN ('waiting', 'taken')", "ix_inbox_unfinished", "chat_key", "update_id"),
)

saved = Table(
    "saved",
    metadata,
    belongs_to("chat_id", "chats.id"),
    belongs_to("article_id", "articles.id", index=True),
    Column("saved_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("chat_id", "article_id"),
)

reading_positions = Table(
    "reading_positions",
    metadata,
    belongs_to("chat_id", "chats.id"),
    belongs_to("article_id", "articles.id", index=True),
    Column("offset", Integer, nullable=False),
    Column("read_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("chat_id", "article_id"),
)

# People who manage a channel from their private chats. No key to these: whoever adds the bot may not have opened one.
keepers = Table(
    "keepers",
    metadata,
    Column("person_id", BigInteger),
    belongs_to("chat_id", "chats.id", index=True),
    # What the person sends is about this channel.
    Column("is_chosen", Boolean, nullable=False),
    PrimaryKeyConstraint("person_id", "chat_id"),
)

# No keys to stories: what was learned of one outlives it.
votes = Table(
    "votes",
    metadata,
    belongs_to("chat_id", "chats.id"),
    Column("person_id", BigInteger, index=True),
    Column("story_id", Id),
    Column("kind", String(16)),  # topic or source
    Column("value_hash", LargeBinary(16)),
    Column("value", Words, nullable=False),
    Column("vote", Integer, nullable=False),  # 1 or -1
    Column("voted_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("chat_id", "person_id", "story_id", "kind", "value_hash"),
)

# By what a fingerprint of them all says, the menus of commands that Telegram has of a bot.
menus = Table(
    "menus",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("fingerprint", LargeBinary(16), nullable=False),
)

# Where the search index has still to come, from above. The index itself is made by words.py.
unindexed = Table("unindexed", metadata, Column("below", Id, primary_key=True, autoincrement=False))
