"""Keepers: who manages a channel from their private chat, and which one what they send is about."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "keepers",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", Id, nullable=False),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_keepers_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "chat_id", name=op.f("pk_keepers")),
    )
    op.create_index(op.f("ix_keepers_chat_id"), "keepers", ["chat_id"])
