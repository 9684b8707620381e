"""What digests show and what deliveries carry is kept once, not once a chat.

What a chat has had follows from its digests now. Of the table that knew it before, one thing is not carried
over: stories of digests that were tidied already and that still go on.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 500
COPIED = {"sqlite_autoincrement": True}  # or the copy would give ids out twice

EDITIONS = "INSERT INTO editions (id, key, pushed, topics, footer) SELECT id, 'd' || id, pushed, topics, footer FROM digests"
ITEMS = """
INSERT INTO edition_items
    (edition_id, position, story_id, article_id, topic, source_count, is_update, score, reason)
SELECT digest_id, position, story_id, article_id, topic, source_count, is_update, score, reason FROM digest_items
"""
GIVEN_UP = """
UPDATE digests SET is_given_up = :yes WHERE EXISTS (
    SELECT 1 FROM outbox WHERE outbox.digest_id = digests.id AND outbox.state IN ('parked', 'cancelled')
)
"""
SHOWN = """
SELECT digests.id, digest_items.position FROM digests
JOIN digest_items ON digest_items.digest_id = digests.id AND digest_items.position > digests.pushed
JOIN had ON had.digest_id = digests.id AND had.story_id = digest_items.story_id
ORDER BY digests.id, digest_items.position
"""


def upgrade() -> None:
    op.create_table(
        "editions",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("pushed", sa.Integer(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("footer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("key", name=op.f("uq_editions_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "edition_items",
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("topic", sa.Text()),
        sa.Column("source_count", sa.Integer(), nullable=False),
        sa.Column("is_update", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_edition_items_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "position", name=op.f("pk_edition_items")),
    )
    op.create_index(op.f("ix_edition_items_article_id"), "edition_items", ["article_id"])
    op.create_table(
        "texts",
        sa.Column("id", ID, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_texts")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_texts_fingerprint")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("schedules", table_kwargs=COPIED) as schedules:
        schedules.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("schedules", table_kwargs=COPIED) as schedules:
        schedules.alter_column("failures", server_default=None)
    _share_editions()
    _share_texts()


def _share_editions() -> None:
    op.execute(EDITIONS)
    op.execute(ITEMS)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('editions', 'id'), (SELECT max(id) + 1 FROM editions))")
    with op.batch_alter_table("digests", table_kwargs=COPIED) as digests:
        digests.add_column(sa.Column("edition_id", ID))
        digests.add_column(sa.Column("shown", sa.Text()))
        digests.add_column(sa.Column("is_given_up", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE digests SET edition_id = id")
    op.get_bind().execute(sa.text(GIVEN_UP), {"yes": True})
    shown: dict[int, list[str]] = {}
    for digest_id, position in op.get_bind().execute(sa.text(SHOWN)):
        shown.setdefault(digest_id, []).append(str(position))
    for digest_id, positions in shown.items():
        values = {"id": digest_id, "shown": ".".join(positions)}
        op.get_bind().execute(sa.text("UPDATE digests SET shown = :shown WHERE id = :id"), values)
    with op.batch_alter_table("digests", table_kwargs=COPIED) as digests:
        digests.alter_column("edition_id", existing_type=ID, nullable=False)
        digests.alter_column("is_given_up", existing_type=sa.Boolean(), server_default=None)
        digests.create_foreign_key(op.f("fk_digests_edition_id"), "editions", ["edition_id"], ["id"])
        for name in ("pushed", "topics", "footer"):
            digests.drop_column(name)
    op.create_index(op.f("ix_digests_edition_id_chat_id"), "digests", ["edition_id", "chat_id"])
    op.drop_table("had")
    op.drop_table("digest_items")


def _share_texts() -> None:
    with op.batch_alter_table("outbox", table_kwargs=COPIED) as outbox:
        outbox.add_column(sa.Column("text_id", ID))
    bind, last = op.get_bind(), 0
    add = sa.text(
        "INSERT INTO texts (fingerprint, message) VALUES (:fingerprint, :message) ON CONFLICT (fingerprint) DO NOTHING"
    )
    point = sa.text(
        "UPDATE outbox SET text_id = (SELECT id FROM texts WHERE fingerprint = :fingerprint) WHERE id = :id"
    )
    some = sa.text(f"SELECT id, message FROM outbox WHERE id > :last ORDER BY id LIMIT {BATCH}")
    while rows := bind.execute(some, {"last": last}).all():
        for last, message in rows:
            digest = hashlib.blake2b(message.encode(errors="replace"), digest_size=16).digest()
            bind.execute(add, {"fingerprint": digest, "message": message})
            bind.execute(point, {"fingerprint": digest, "id": last})
    with op.batch_alter_table("outbox", table_kwargs=COPIED) as outbox:
        outbox.alter_column("text_id", existing_type=ID, nullable=False)
        outbox.create_foreign_key(op.f("fk_outbox_text_id"), "texts", ["text_id"], ["id"])
        outbox.drop_column("message")
    op.create_index(op.f("ix_outbox_text_id"), "outbox", ["text_id"])
