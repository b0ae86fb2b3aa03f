"""All rows out of one database and into another, whichever of the two engines either has.

Each table is told by its columns and their plain types, so that rows of an older schema can be put back into that
schema, and migrated from there. Reading takes nobody's walls down: private rows are read behind each tenant's in turn,
in one transaction, so the service's own role can do it. Putting back takes the owner's: see `tracker.db.lifted`.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracker.db.base import Kind, UtcDateTime, metadata, tables_of

# What follows from other rows and is made anew, and what must not come back to life: sessions, and counted tries.
LEFT_OUT = frozenset(
    {
        "packed_cells",
        "packed_head",
        "packed_history",
        "packed_lines",
        "record_stamp",
        "search_document",
        "sign_in_attempt",
        "user_session",
    }
)
AT_ONCE = 500
SERVICE = UUID(int=0)  # the tenant of events that belong to no organisation


class Unreadable(ValueError):
    """A row is not what its columns say."""


class Carried(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table: its columns as (name, type) in order, and whether its rows are read tenant by tenant."""

    name: str
    columns: tuple[tuple[str, str], ...]
    private: bool = False


def tables() -> list[Carried]:
    """Every table whose rows are carried, those first that others refer to; `registry.load` comes before."""
    private = {str(t.__tablename__) for t in tables_of(Kind.PRIVATE)}
    return [
        Carried(str(t.name), tuple((str(c.name), type_name(c.type)) for c in t.columns), t.name in private)
        for t in metadata.sorted_tables
        if t.name not in LEFT_OUT
    ]


def type_name(kind: Any) -> str:
    """The plain name of a column's type. Raises TypeError for one that has none here yet."""
    while isinstance(kind, sa.types.TypeDecorator) and not isinstance(kind, UtcDateTime):
        kind = kind.impl_instance
    for name, (plain, _out, _back) in _TYPES.items():
        if isinstance(kind, plain):
            return name
    raise TypeError(f"no way to carry {kind!r}")


def _same(value: Any) -> Any:
    return value


def _exactly(*kinds: type) -> Callable[[Any], Any]:
    def back(value: Any) -> Any:
        if type(value) not in kinds:
            raise ValueError
        return value

    return back


def _moment_back(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _bytes_out(value: bytes) -> str:
    return base64.b64encode(value).decode()


# By name: the column's type, and how a value becomes JSON and comes back. The first that fits is taken.
_TYPES: dict[str, tuple[type[Any], Callable[[Any], Any], Callable[[Any], Any]]] = {
    "flag": (sa.Boolean, _same, _exactly(bool)),
    "number": (sa.Integer, _same, _exactly(int)),
    "real": (sa.Float, _same, _exactly(float, int)),
    "moment": (UtcDateTime, datetime.isoformat, _moment_back),
    "day": (sa.Date, date.isoformat, date.fromisoformat),
    "uuid": (sa.Uuid, str, UUID),
    "bytes": (sa.LargeBinary, _bytes_out, lambda value: base64.b64decode(value, validate=True)),
    "json": (sa.JSON, _same, _same),
    "text": (sa.String, str, _exactly(str)),
}


def _table(carried: Carried) -> Any:
    """The table with plain types: an enum is its text, a packed text is what is stored."""
    # An absent value is SQL's own null, not JSON's: no column holds that.
    plain = {kind: sa.JSON(none_as_null=True) if kind == "json" else of[0]() for kind, of in _TYPES.items()}
    return sa.table(carried.name, *(sa.column(name, plain[kind]) for name, kind in carried.columns))


def lines(connection: Connection, carried: Carried) -> Iterator[bytes]:
    """The rows as lines of JSON arrays, in the order of their keys; nothing of them is held for longer than needed."""
    table = _table(carried)
    outs = [_TYPES[kind][1] for _name, kind in carried.columns]
    keys = [table.c[c.name] for c in metadata.tables[carried.name].primary_key]
    every = sa.select(table).order_by(*keys).execution_options(yield_per=AT_ONCE)
    for statement in _by_tenant(connection, table, every) if carried.private else [every]:
        for row in connection.execute(statement):
            yield (
                msgspec.json.encode([None if v is None else out(v) for v, out in zip(row, outs, strict=True)])
                + b"\n"
            )


def _by_tenant(connection: Connection, table: Any, every: Any) -> Iterator[Any]:
    """The statement for each tenant, behind that tenant's wall."""
    organisations = metadata.tables["organisation"].c.id
    tenants = [SERVICE, *connection.scalars(sa.select(organisations).order_by(organisations))]
    for tenant in tenants:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.set_config("app.tenant", str(tenant), True)))
        # A second party reads some rows too, so the wall alone does not do.
        yield every.where(table.c.tenant_id == tenant)


def compare(connection: Connection, carried: Sequence[Carried]) -> None:
    """Raises Unreadable unless these are the tables, and their columns, of the schema that the database has."""
    look = sa.inspect(connection)
    names = {
        n for n in look.get_table_names() if not n.startswith(("alembic_version", "search_fts"))
    } - LEFT_OUT
    if names != {table.name for table in carried}:
        odd = sorted(names ^ {table.name for table in carried})
        raise Unreadable(f"its tables are not those of its schema: {ascii(odd[0])[:80]}")
    for table in carried:
        kinds = dict(table.columns)
        if set(kinds) != {c["name"] for c in look.get_columns(table.name)} or not set(kinds.values()) <= set(
            _TYPES
        ):
            raise Unreadable(f"{table.name} has other columns in its schema")


def fill(connection: Connection, carried: Carried, found: Iterable[bytes]) -> int:
    """Put the lines in place of what the table has; returns how many. Raises Unreadable with the line's number.

    The tables were compared with the schema before.
    """
    table = _table(carried)
    connection.execute(sa.delete(table))
    rows, done = _rows(carried, found), 0
    while some := list(islice(rows, AT_ONCE)):
        connection.execute(sa.insert(table), some)
        done += len(some)
    _count_on(connection, carried)
    return done


def _rows(carried: Carried, found: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    names = [name for name, _kind in carried.columns]
    backs = [_TYPES[kind][2] for _name, kind in carried.columns]
    for number, line in enumerate(found, start=1):
        try:
            values = msgspec.json.decode(line, type=list[Any])
            read = [None if v is None else back(v) for v, back in zip(values, backs, strict=True)]
        except (ValueError, TypeError, AttributeError, binascii.Error) as error:
            raise Unreadable(f"row {number} of {carried.name} can't be read") from error
        yield dict(zip(names, read, strict=True))


def _count_on(connection: Connection, carried: Carried) -> None:
    """PostgreSQL counts new keys apart from those that are there."""
    if connection.dialect.name != "postgresql":
        return
    for name, kind in carried.columns:
        if kind == "number":
            sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(f'"{carried.name}"', name)))
            if sequence:
                highest = connection.scalar(
                    sa.select(sa.func.max(sa.column(name))).select_from(_table(carried))
                )
                connection.execute(sa.select(sa.func.setval(sequence, highest or 1, highest is not None)))


def holding(connection: Connection, but: Sequence[str] = ()) -> list[str]:
    """The tables that hold rows, other than those that a migration has filled and `but`."""
    made = {"alembic_version", "audit_head", "search_fts", *LEFT_OUT, *but}
    names = sorted(n for n in sa.inspect(connection).get_table_names() if n not in made)
    names = [n for n in names if not n.startswith("search_fts_")]
    return [
        n
        for n in names
        if connection.execute(sa.select(sa.literal(1)).select_from(sa.table(n)).limit(1)).first()
    ]
