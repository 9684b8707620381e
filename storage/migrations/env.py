"""What Alembic runs: the migrations, on the connection and in the transaction it is handed."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from storage.tables import metadata


def plainly(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Writes our column types into new migrations as what they are underneath: migrations outlive them."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=plainly,
)
with context.begin_transaction():
    context.run_migrations()
