"""The projection: rows that follow from the published ones, rewritten whenever those grow. Nothing is only here.

A pack is of one framework version and jurisdiction. Its three parts lie in tables of their own, because a reading
takes one of them and would pay for passing over the others. They hold texts of JSON and CSV that the service writes.
"""

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Table, moment_field

# Raise it when what a pack holds changes: packs of another format are read as if they were not there.
FORMAT = 1


class PackedHead(Table, table=True):
    """One row: when the record changed last, and the days on which time alone will change what holds.

    `edition` rises with every change of a pack or of what is packed, so it tells whether an answer is still the
    same. `days`: a JSON list of ISO days after `recorded_at`, ascending. `format` 0: nothing is packed yet.
    """

    kind__: ClassVar[Kind] = Kind.GLOBAL
    id: int = Field(default=1, primary_key=True)
    format: int = 0
    edition: int = 0
    recorded_at: datetime = moment_field()
    days: str = Field(default="[]", sa_type=sa.Text)


class _Pack(Table):
    framework_version_id: int = Field(primary_key=True, foreign_key="framework_version.id")
    jurisdiction_id: int = Field(primary_key=True, foreign_key="jurisdiction.id")


class PackedCells(_Pack, table=True):
    """What `best` reads on any day from `since` until before `until` (None: for good), as a JSON object by cell.

    `spoken`: how many cells anybody has ever published on.
    """

    kind__: ClassVar[Kind] = Kind.GLOBAL
    since: date
    until: date | None = None
    spoken: int
    cells: str = Field(sa_type=sa.Text)


class PackedHistory(_Pack, table=True):
    """Every revision and what became of it, without any free text: see `tracker.packed.history`."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    history: str = Field(sa_type=sa.Text)


class PackedLines(_Pack, table=True):
    """The long CSV of every voice on the days of `PackedCells`: the one part with free text, so redaction rewrites it."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    lines: str = Field(sa_type=sa.Text)
