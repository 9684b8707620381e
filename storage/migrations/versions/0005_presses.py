"""The inbox knows a press by itself, whatever number it comes under."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

IS_PRESS = sa.text("press IS NOT NULL")


def upgrade() -> None:
    op.add_column("inbox", sa.Column("press", sa.LargeBinary()))
    op.create_index("ix_inbox_press", "inbox", ["press"], sqlite_where=IS_PRESS, postgresql_where=IS_PRESS)
