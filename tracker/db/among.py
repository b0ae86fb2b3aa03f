"""Choosing rows by thousands of ids: one parameter instead of one for each, which would be the most of the work."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession


def among(db: AsyncSession, column: Any, ids: Collection[int]) -> sa.ColumnElement[bool]:
    """Whether a column of integers has one of these values."""
    if db.get_bind().dialect.name == "postgresql":
        array = sa.bindparam(None, list(ids), type_=postgresql.ARRAY(sa.BigInteger))
        return sa.type_coerce(column, sa.BigInteger) == sa.any_(array)
    text = sa.literal(f"[{','.join(map(str, ids))}]")
    each = sa.func.json_each(text).table_valued("value")
    return sa.type_coerce(column, sa.Integer).in_(sa.select(each.c.value))
