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
