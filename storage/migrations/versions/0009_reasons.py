"""Why a digest tells what it tells; and the address that an article is found by.

Digests of before say what brought a story and how good it was, but not what that was made of.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

from news.identity import canonical_url

revision = "0009"
down_revision = "0008"

BATCH = 2_000
ADDRESSES = "SELECT id, url FROM articles WHERE id > :last AND url IS NOT NULL ORDER BY id LIMIT :batch"
FIND = "UPDATE articles SET address = :address WHERE id = :id"


def upgrade() -> None:
    op.add_column("edition_items", sa.Column("fit", sa.Float()))
    op.add_column("edition_items", sa.Column("freshness", sa.Float()))
    op.add_column("editions", sa.Column("asked", sa.Text()))
    op.add_column("editions", sa.Column("missed", sa.Text()))
    op.add_column("articles", sa.Column("address", sa.LargeBinary(length=16)))
    connection, last = op.get_bind(), 0
    while rows := connection.execute(sa.text(ADDRESSES), {"last": last, "batch": BATCH}).all():
        found = [{"id": article_id, "address": _address(url)} for article_id, url in rows]
        connection.execute(sa.text(FIND), found)
        last = rows[-1].id
    op.create_index(op.f("ix_articles_address"), "articles", ["address"])


def _address(url: str) -> bytes:
    return hashlib.blake2b(canonical_url(url).encode(errors="replace"), digest_size=16).digest()
