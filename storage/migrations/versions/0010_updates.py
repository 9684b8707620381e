"""What a digest told of a story, what is new when it comes back, and where its sources' figures differ.

Stories that were told before count as told with whatever comes: they stay away, as they did.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("edition_items", sa.Column("newest_id", Id))
    op.add_column("edition_items", sa.Column("bullets", sa.Text()))
    op.add_column("edition_items", sa.Column("spread", sa.Text()))
    op.add_column("outbox", sa.Column("edits_id", Id))
    only = sa.text("edits_id IS NOT NULL")
    op.create_index("ix_outbox_edits_id", "outbox", ["edits_id"], sqlite_where=only, postgresql_where=only)
    op.create_table(
        "corrections",
        sa.Column("id", Id, primary_key=True),
        sa.Column("article_id", Id, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("change", sa.String(16), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("edited_up_to", Id, nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sqlite_autoincrement=True,
    )
