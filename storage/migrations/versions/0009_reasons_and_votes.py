"""Why a digest tells what it tells, the votes that weigh it, and the address that an article is found by.

Digests of before say what brought a story and how good it was, but not what that was made of.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

from news.identity import canonical_url

revision = "0009"
down_revision = "0008"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 2_000
ADDRESSES = "SELECT id, url FROM articles WHERE id > :last AND url IS NOT NULL ORDER BY id LIMIT :batch"
FIND = "UPDATE articles SET address = :address WHERE id = :id"


def upgrade() -> None:
    op.add_column("edition_items", sa.Column("fit", sa.Float()))
    op.add_column("edition_items", sa.Column("freshness", sa.Float()))
    op.add_column("editions", sa.Column("asked", sa.Text()))
    op.add_column("edition_items", sa.Column("weight", sa.Float(), nullable=False, server_default="1"))
    op.add_column("editions", sa.Column("missed", sa.Text()))
    op.add_column("editions", sa.Column("weights", sa.Text()))
    op.create_table(
        "votes",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value_hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("vote", sa.Integer(), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_votes_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(
            "chat_id", "person_id", "story_id", "kind", "value_hash", name=op.f("pk_votes")
        ),
    )
    op.create_index(op.f("ix_votes_person_id"), "votes", ["person_id"])
    op.add_column("articles", sa.Column("address", sa.LargeBinary(length=16)))
    connection, last = op.get_bind(), 0
    while rows := connection.execute(sa.text(ADDRESSES), {"last": last, "batch": BATCH}).all():
        found = [{"id": article_id, "address": _address(url)} for article_id, url in rows]
        connection.execute(sa.text(FIND), found)
        last = rows[-1].id
    op.create_index(op.f("ix_articles_address"), "articles", ["address"])


def _address(url: str) -> bytes:
    return hashlib.blake2b(canonical_url(url).encode(errors="replace"), digest_size=16).digest()
