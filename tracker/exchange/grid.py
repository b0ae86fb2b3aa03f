"""The grid to download: one row for each item and domain, filled with the draft, else what is published."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.entries.content import FIELDS
from tracker.exchange import queries
from tracker.exchange.columns import CITATION, COLUMNS, MOST_CITATIONS, marked
from tracker.exchange.known import Instruments, cell_key
from tracker.frameworks.queries import Framework
from tracker.kit.batches import batches

_BLANK = ("",) * (len(FIELDS) + MOST_CITATIONS * len(CITATION))
_INSTRUMENTS_AT = range(len(FIELDS) + 1, len(_BLANK), len(CITATION))


async def rows(
    db: AsyncSession, organisation_id: UUID, places: Mapping[str, int], framework: Framework
) -> AsyncIterator[list[str]]:
    """The rows of these jurisdictions (code to id), in the order of COLUMNS, without the header.

    A cell of which nothing was said has its first five columns only: blank is not a level.
    """
    known = await queries.instruments(db)
    for batch in batches(places.items(), queries.BATCH):
        said = {
            s.key: s.texts async for s in queries.contents(db, organisation_id, [id_ for _code, id_ in batch])
        }
        for code, place in batch:
            for item in framework.items:
                for domain in item.domains:
                    texts = said.get(cell_key(place, item.id, domain), _BLANK)
                    head = [code, framework.key, framework.version, item.key, domain.value]
                    yield [*head, *_named(texts, known)]


def _named(texts: Sequence[str], known: Instruments) -> list[str]:
    """The texts with an instrument's key for its id, where it has one."""
    named = list(texts)
    for at in _INSTRUMENTS_AT:
        named[at] = known.key_of.get(named[at], named[at])
    return named


def as_csv(rows: Iterable[Sequence[str]], *, header: bool = True) -> bytes:
    """Rows as UTF-8 CSV with a byte order mark, so that spreadsheet programs read it as what it is."""
    out = io.StringIO()
    writer: Any = csv.writer(out)
    if header:
        out.write("\ufeff")
        writer.writerow(COLUMNS)
    writer.writerows([marked(text) for text in row] for row in rows)
    return out.getvalue().encode()
