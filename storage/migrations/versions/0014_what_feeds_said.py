"""What feeds said: by it what says the same is known before it is read; and which of them are heavy."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("feeds", sa.Column("known", sa.LargeBinary()))
    op.add_column("feeds", sa.Column("looked_up_at", sa.DateTime(timezone=True)))
    op.add_column("feeds", sa.Column("is_heavy", sa.Boolean(), nullable=False, server_default=sa.false()))
