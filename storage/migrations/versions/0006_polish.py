"""When a language model was asked to shorten an article."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("articles", sa.Column("polished_at", sa.DateTime(timezone=True)))
    op.create_index("ix_articles_polished_at", "articles", ["polished_at"])
