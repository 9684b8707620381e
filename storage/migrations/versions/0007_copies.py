"""Copies of articles, and who tells them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("articles", sa.Column("imprint", sa.LargeBinary()))
    op.add_column("articles", sa.Column("teller", sa.Text()))
    op.create_index("ix_edition_items_story_id", "edition_items", ["story_id"])
