"""Alerts: what a chat wants to be told at once, up to where that was looked for, and what is still to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("thread_id", sa.BigInteger()))
    only = sa.text("kind = 'alert'")
    op.create_index("ix_subscriptions_alert", "subscriptions", ["chat_id"], sqlite_where=only, postgresql_where=only)
    op.add_column("digests", sa.Column("is_alert", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table("alerting", sa.Column("up_to", Id, primary_key=True, autoincrement=False))
    op.execute("INSERT INTO alerting (up_to) SELECT coalesce(max(id), 0) FROM articles")
    op.create_table(
        "alert_matches",
        sa.Column("subscription_id", Id, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name=op.f("fk_alert_matches_subscription_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_alert_matches_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscription_id", "article_id", name=op.f("pk_alert_matches")),
    )
    op.create_index(op.f("ix_alert_matches_article_id"), "alert_matches", ["article_id"])
    op.create_index(op.f("ix_alert_matches_due_at"), "alert_matches", ["due_at"])
