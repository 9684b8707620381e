"""A slot says by its state what became of it; its reason was never written."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.drop_column("slots", "reason")
