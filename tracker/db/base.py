"""What every table shares: naming, column types, and which kind of table it is."""

import re
from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata


class Kind(StrEnum):
    """Who may read a table's rows. Every table states one; a test looks."""

    PRIVATE = "private"  # only its tenant: has tenant_id, first in its keys
    PUBLISHED = "published"  # anyone; append-only
    GLOBAL = "global"  # shared reference and identity data


class Table(SQLModel):
    """The base of all tables. Tables validate nothing: they are constructed in services only."""

    kind__: ClassVar[Kind]

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite keeps it naive; a naive value is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime can't be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_type(enum: type[Enum]) -> sa.Enum:
    """Stored by value in a plain text column with a check, never as a native database type."""
    return sa.Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [m.value for m in members],
        name=enum.__name__.lower(),
    )


def enum_field(enum: type[Enum], **kwargs: Any) -> Any:
    return Field(sa_type=enum_type(enum), **kwargs)


def moment_field(**kwargs: Any) -> Any:
    return Field(sa_type=UtcDateTime, **kwargs)


def text_field(length: int, **kwargs: Any) -> Any:
    return Field(sa_type=sa.String(length), **kwargs)


def select(*entities: Any) -> Any:
    """`sqlalchemy.select`, untyped: SQLModel types a column as the value it holds, and SQLAlchemy refuses those."""
    return sa.select(*entities)


class Private(Table):
    """A row that belongs to one organisation and that no other may read, change, count or detect.

    `passing__`: its rows are copies of texts for a short while; a redaction deletes them all.
    """

    kind__: ClassVar[Kind] = Kind.PRIVATE
    passing__: ClassVar[bool] = False
    tenant_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    id: UUID = Field(primary_key=True)


FREE_TEXT = 200


def free_texts(table: type[Table]) -> list[str]:
    """The columns in which people write: texts of 200 characters or more. Codes, keys and names are shorter."""
    columns = table.__table__.c  # type: ignore[attr-defined]
    return [
        c.name
        for c in columns
        if isinstance(c.type, sa.String)
        and not isinstance(c.type, sa.Enum)
        and (c.type.length or 0) >= FREE_TEXT
    ]


def tables_of(kind: Kind) -> list[type[Table]]:
    """Every mapped table of a kind, by name."""
    mapped = [m.class_ for m in SQLModel._sa_registry.mappers]
    return sorted((c for c in mapped if c.kind__ is kind), key=lambda c: str(c.__tablename__))
