"""The search index in parts, of words as filters compare them.

Articles that are there already are indexed afterwards, the newest first and some at a time: see
`Search.catch_up`. Until then they are found only as far as that has come.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

WORDS = """
CREATE FUNCTION article_words(headline text, body text, marks text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000
RETURN array_to_tsvector(array_remove(
    string_to_array(headline || replace(' ' || headline, ' ', ' =') || ' ' || body || ' ' || marks, ' '), ''
))
"""
PARTED = """
CREATE TABLE {family} (
    id BIGINT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    headline TEXT NOT NULL,
    body TEXT NOT NULL,
    marks TEXT NOT NULL,
    seen_at BIGINT NOT NULL
) PARTITION BY RANGE (id)
"""
FOUND_BY = "CREATE INDEX ix_{family}_words ON {family} USING gin (article_words(headline, body, marks))"


def upgrade() -> None:
    op.create_table(
        "unindexed",
        sa.Column("below", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("below", name=op.f("pk_unindexed")),
    )
    op.execute("INSERT INTO unindexed (below) SELECT max(id) + 1 FROM articles HAVING count(*) > 0")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA secure_delete=ON")  # it holds words that only some chats may see
        op.execute("DROP TRIGGER IF EXISTS article_indexed")
        op.execute("DROP TRIGGER IF EXISTS article_unindexed")
        op.execute("DROP TABLE article_search")
        op.execute("DROP VIEW article_texts")
        return
    op.execute("DROP TABLE article_search")
    op.execute(WORDS)
    for family in ("article_search", "article_search_private"):
        op.execute(PARTED.format(family=family))
        op.execute(FOUND_BY.format(family=family))
