"""What Alembic runs: the migrations, on the connection and in the transaction it is handed."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from storage.tables import metadata


def plainly(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Writes our column types into new migrations as what they are underneath: migrations outlive them."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def is_ours(item: Any, name: str | None, *_: Any) -> bool:
    """Whether Alembic has a say in it: the search index comes and goes in parts, see words.py."""
    return not str(name).startswith(("article_search", "ix_article_search"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=plainly,
    include_object=is_ours,
)
with context.begin_transaction():
    context.run_migrations()
