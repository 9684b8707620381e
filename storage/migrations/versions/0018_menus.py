"""Which menus of commands Telegram has of each bot."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "menus",
        sa.Column("bot_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("fingerprint", sa.LargeBinary(16), nullable=False),
    )
