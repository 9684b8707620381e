"""Stories in the language that a chat reads: which that is, what its digests are shown in, and what a model made."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("chats", sa.Column("reads", sa.Text()))
    op.add_column("editions", sa.Column("language", sa.Text()))
    op.create_table(
        "translations",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_translations_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "language", name=op.f("pk_translations")),
    )
    op.create_index(op.f("ix_translations_asked_at"), "translations", ["asked_at"])
