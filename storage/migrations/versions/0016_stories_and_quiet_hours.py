"""Followed stories: the article that one was followed on, and until when. Quiet hours: when what comes at once waits."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COPIED = {"sqlite_autoincrement": True}


def upgrade() -> None:
    bind = op.get_bind()
    is_sqlite = bind.dialect.name == "sqlite"
    last = bind.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'subscriptions'")) if is_sqlite else None
    with op.batch_alter_table("subscriptions", table_kwargs=COPIED) as subscriptions:
        subscriptions.add_column(sa.Column("article_id", Id))
        subscriptions.add_column(sa.Column("ends_at", sa.DateTime(timezone=True)))
        subscriptions.create_foreign_key(
            op.f("fk_subscriptions_article_id"), "articles", ["article_id"], ["id"], ondelete="CASCADE"
        )
    if last is not None:  # the copy knows the ids that are there, and would give out those of before again
        bind.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'subscriptions'"))
        bind.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('subscriptions', :last)"), {"last": last})
    op.add_column("chats", sa.Column("quiet", sa.Text(), nullable=False, server_default="22:00 07:00"))
    only = sa.text("article_id IS NOT NULL")
    op.create_index(
        "ix_subscriptions_article_id", "subscriptions", ["article_id"], sqlite_where=only, postgresql_where=only
    )
