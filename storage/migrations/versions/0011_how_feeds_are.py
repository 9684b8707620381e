"""How feeds are: what they answer, when they bring something, what took their place; names that chats give them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

# What a feed brought before this was written down: the newest of its articles.
BROUGHT = "UPDATE feeds SET brought_at = (SELECT max(first_seen_at) FROM articles WHERE feed_id = feeds.id)"


def upgrade() -> None:
    op.add_column("feeds", sa.Column("status", sa.Integer()))
    op.add_column("feeds", sa.Column("brought_at", sa.DateTime(timezone=True)))
    op.add_column("feeds", sa.Column("rhythm", sa.BigInteger()))
    op.add_column("feeds", sa.Column("silent_at", sa.DateTime(timezone=True)))
    op.add_column("feeds", sa.Column("listed", sa.Text()))
    op.add_column("feeds", sa.Column("ttl", sa.BigInteger()))
    op.add_column("feeds", sa.Column("hub", sa.Text()))
    op.add_column("feeds", sa.Column("hub_topic", sa.Text()))
    op.add_column("feeds", sa.Column("hub_due_at", sa.DateTime(timezone=True)))
    op.add_column("feeds", sa.Column("replacement", sa.Text()))
    op.add_column("subscriptions", sa.Column("title", sa.Text()))
    op.add_column("subscriptions", sa.Column("folder", sa.Text()))
    op.execute(BROUGHT)
