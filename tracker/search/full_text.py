"""The index of words asked, on both databases: the one place of search that writes SQL as text.

What is found is ordered alike on both: named by all the words, named by words that begin so, the rest; then by kind's
own order. Neither database's score of relevance is used: they differ, and change with what else is in the index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.db.search_index import COLUMNS, SOURCES, WORDS, whole
from tracker.search.words import LEAST, Words

KINDS = tuple(SOURCES)


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of the index that has the words. `total`: how many of its kind have them."""

    kind: str
    ref: str
    total: int


# Each takes :all, :head and :named: the words anywhere, in the head, and in the head as whole words.
_FOUND = {
    "sqlite": """
        SELECT d.*, CASE WHEN d.id IN (SELECT rowid FROM search_fts WHERE search_fts MATCH :named) THEN 0
                         WHEN d.id IN (SELECT rowid FROM search_fts WHERE search_fts MATCH :head) THEN 1
                         ELSE 2 END AS tier
        FROM search_document d WHERE d.id IN (SELECT rowid FROM search_fts WHERE search_fts MATCH :all)
        """,
    "postgresql": f"""
        SELECT d.*, CASE WHEN to_tsvector('simple', search_fold(head)) @@ to_tsquery('simple', :named) THEN 0
                         WHEN to_tsvector('simple', search_fold(head)) @@ to_tsquery('simple', :head) THEN 1
                         ELSE 2 END AS tier
        FROM search_document d WHERE {WORDS} @@ to_tsquery('simple', :all)
        """,  # nosec B608
}
# A passage that was corrected is not told; one that several entries quote alike is told once, where it was quoted last.
_STANDING = """
    d.kind <> 'passage' OR (
      NOT EXISTS (
        SELECT 1 FROM published_revision c WHERE c.corrects_id = d.revision
      ) AND NOT EXISTS (
        SELECT 1 FROM published_citation this
        JOIN published_citation later ON later.instrument_id = this.instrument_id AND later.id > this.id
         AND later.locator = this.locator AND later.quote = this.quote AND later.translation = this.translation
        LEFT JOIN published_withdrawal w ON w.revision_id = later.revision_id
        WHERE this.id = CASE d.kind WHEN 'passage' THEN CAST(d.ref AS INTEGER) END AND w.revision_id IS NULL AND NOT EXISTS (
          SELECT 1 FROM published_revision c WHERE c.corrects_id = later.revision_id
        )
      )
    )
"""


async def hits(db: AsyncSession, words: Words, *, kind: str = "", skip: int = 0, limit: int = 5) -> list[Hit]:
    """For each kind, or one, the rows after the first `skip` that have all the words, in order, `limit` at most."""
    if not words.enough:
        return []
    name = (await db.connection()).dialect.name
    by_bytes = 'd.sort COLLATE "C"' if name == "postgresql" else "d.sort"
    # Nothing of a request is in the text of the statement: only the constants above.
    statement = f"""
        SELECT kind, ref, total FROM (
          SELECT d.kind, d.ref, count(*) OVER (PARTITION BY d.kind) AS total,
                 row_number() OVER (PARTITION BY d.kind ORDER BY d.tier, {by_bytes}, d.place, d.ref) AS number
          FROM ({_FOUND[name]}) d WHERE (:kind = '' OR d.kind = :kind) AND ({_STANDING})
        ) f WHERE number > :skip AND number <= :until ORDER BY kind, number
        """  # nosec B608
    asked = _sqlite(words) if name == "sqlite" else _postgresql(words)
    rows = await db.execute(
        sa.text(statement).bindparams(sa.bindparam("kind", type_=sa.String)),
        asked | {"kind": kind, "skip": skip, "until": skip + limit},
    )
    return [Hit(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the index in the order of the list of all: by kind, then as in `hits`. `key` is its place in it."""

    kind: str
    ref: str
    key: tuple[int, int, str, int, str]


# As much of what it is sorted by as fits into a cursor; what is alike that far is told apart by what comes after.
_SORTED_BY = 60


async def listed(
    db: AsyncSession, words: Words, *, kind: str = "", after: Sequence[Any] | None = None, limit: int
) -> list[Listed]:
    """The rows of every kind, or one, that have all the words: `limit` at most of those after the key."""
    if not words.enough:
        return []
    name = (await db.connection()).dialect.name
    by_bytes = ' COLLATE "C"' if name == "postgresql" else ""
    numbers = " ".join(f"WHEN '{k}' THEN {n}" for n, k in enumerate(KINDS))
    asked: dict[str, Any] = _sqlite(words) if name == "sqlite" else _postgresql(words)
    asked |= {"kind": kind, "limit": limit}
    beyond = ""
    if after is not None:
        beyond = "WHERE (number, tier, sorted, place, named) > (:n, :tier, :sorted, :place, :ref)"
        asked |= dict(zip(("n", "tier", "sorted", "place", "ref"), after, strict=True))
    # As in `hits`, nothing of a request is in the text of the statement.
    statement = f"""
        SELECT * FROM (
          SELECT d.kind, CASE d.kind {numbers} END AS number, d.tier,
                 substr(d.sort, 1, {_SORTED_BY}){by_bytes} AS sorted, d.place, d.ref{by_bytes} AS named
          FROM ({_FOUND[name]}) d WHERE (:kind = '' OR d.kind = :kind) AND ({_STANDING})
        ) f {beyond} ORDER BY number, tier, sorted, place, named LIMIT :limit
        """  # nosec B608
    rows = await db.execute(sa.text(statement).bindparams(sa.bindparam("kind", type_=sa.String)), asked)
    return [
        Listed(row.kind, row.named, (row.number, row.tier, row.sorted, row.place, row.named)) for row in rows
    ]


def _sqlite(words: Words) -> dict[str, str]:
    """Words have letters and digits only, so nothing in them can be taken for the language of FTS5."""
    begun = " AND ".join(f'"{w}"*' if len(w) >= LEAST else f'"{w}"' for w in words.words)
    named = " AND ".join(f'"{w}"' for w in words.words)
    return {"all": begun, "head": f"head : ({begun})", "named": f"head : ({named})"}


def _postgresql(words: Words) -> dict[str, str]:
    begun = " & ".join(f"'{w}':*" if len(w) >= LEAST else f"'{w}'" for w in words.words)
    return {"all": begun, "head": begun, "named": " & ".join(f"'{w}'" for w in words.words)}


def _belongs() -> str:
    return " UNION ALL ".join(whole(kind) for kind in SOURCES)


async def astray(db: AsyncSession) -> int:
    """How many rows of the index are missing, left over, or other than their sources; 0 when it is whole."""
    there, all_of_it = f"SELECT {COLUMNS} FROM search_document", f"SELECT * FROM ({_belongs()}) b"  # nosec B608
    missing = await db.scalar(sa.text(f"SELECT count(*) FROM ({all_of_it} EXCEPT {there}) a"))  # nosec B608
    over = await db.scalar(sa.text(f"SELECT count(*) FROM ({there} EXCEPT {all_of_it}) a"))  # nosec B608
    return max(missing or 0, over or 0)


async def rebuild(db: AsyncSession) -> int:
    """Make the index anew from its sources. Returns how many rows it has."""
    await db.execute(sa.text("DELETE FROM search_document"))
    for kind in SOURCES:
        await db.execute(sa.text(f"INSERT INTO search_document ({COLUMNS}) {whole(kind)}"))  # nosec B608
    if (await db.connection()).dialect.name == "sqlite":
        await db.execute(sa.text("INSERT INTO search_fts(search_fts) VALUES ('rebuild')"))
    return int(await db.scalar(sa.text("SELECT count(*) FROM search_document")) or 0)
