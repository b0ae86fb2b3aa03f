"""The index of words. Triggers keep it (`tracker.db.search_index`): no service writes here."""

from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from tracker.db.base import Kind, Table, text_field


class SearchDocument(Table, table=True):
    """What is searched of one public row. `kind` and `ref` (its key as text) name it; `revision`: that it is part of."""

    kind__: ClassVar[Kind] = Kind.GLOBAL
    __table_args__ = (sa.UniqueConstraint("kind", "ref"), sa.Index(None, "revision"))
    id: int = Field(default=None, primary_key=True)
    kind: str = text_field(16)
    ref: str = text_field(36)
    revision: int | None = None
    head: str = text_field(2000)
    body: str = text_field(2000)
    sort: str = text_field(500)
    place: int
