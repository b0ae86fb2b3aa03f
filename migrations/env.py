"""Alembic's entry: runs the migrations on the connection that `tracker.db.migrate` hands over."""

from typing import Any

import sqlmodel
from alembic import context
from alembic.autogenerate.api import AutogenContext

from tracker.db import registry
from tracker.db.base import UtcDateTime, metadata
from tracker.db.search_index import has_a_model

registry.load()


def render_item(kind: str, thing: Any, autogen: AutogenContext) -> str | bool:
    """Write our column types as plain SQLAlchemy, so that a migration depends on nothing that may change."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, sqlmodel.sql.sqltypes.AutoString):
        return f"sa.String(length={thing.length})" if thing.length else "sa.String()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=render_item,
    compare_type=True,
    include_name=has_a_model,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
