"""Copies of articles, and who tells them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("articles", sa.Column("imprint", sa.LargeBinary()))
    op.add_column("articles", sa.Column("teller", sa.Text()))
    op.create_index("ix_digest_items_story_id", "digest_items", ["story_id"])
