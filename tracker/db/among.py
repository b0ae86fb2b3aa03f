"""Choosing rows by many values: one parameter instead of one for each, which would be the most of the work."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

DIALECTS = ("sqlite", "postgresql")


def among(db: AsyncSession, column: Any, ids: Collection[int]) -> sa.ColumnElement[bool]:
    """Whether a column of integers has one of these values."""
    return _among(dialect_of(db), column, sa.BigInteger(), value=list(ids))


def among_named(dialect: str, column: Any, name: str) -> sa.ColumnElement[bool]:
    """Whether a column of texts has one of those that the parameter `name` gives, a list; for a statement made once."""
    return _among(dialect, column, sa.Text(), name=name)


def dialect_of(db: AsyncSession) -> str:
    return db.get_bind().dialect.name


def _among(dialect: str, column: Any, of: Any, name: str | None = None, value: Any = None) -> Any:
    given = {"unique": True, "value": value} if name is None else {}
    if dialect == "postgresql":
        array = sa.bindparam(name, type_=postgresql.ARRAY(of), **given)
        return sa.type_coerce(column, of) == sa.any_(array)
    each = sa.func.json_each(sa.bindparam(name, type_=sa.JSON(), **given)).table_valued("value")
    return sa.type_coerce(column, of).in_(sa.select(each.c.value))
