"""Answering a query as a compact matrix, from packs where they hold and from the rows where they do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.compare.files import moment_text
from tracker.compare.query import Query
from tracker.entries.queries import Moment
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Source
from tracker.packed import history as packed
from tracker.packed import matrix, queries, row_queries
from tracker.packed.history import micros
from tracker.packed.queries import Head, Shape


@dataclass(frozen=True, slots=True)
class Matrix:
    """`cells`: by jurisdiction, then by cell; what their arrays hold is said by `matrix.columns`."""

    query: Query
    framework: str
    at: Moment
    head: Head | None
    cells: dict[str, Any]

    def json(self) -> bytes:
        """The answer of the API: see docs/parts/packed-reading.md."""
        query = self.query
        return matrix.encode(
            {
                "framework": self.framework,
                "on": self.at.on,
                "as_of": moment_text(self.at.as_of),
                "source": query.source.value,
                "basis": query.basis.value if query.basis else "either",
                "axis": query.axis,
                "columns": matrix.columns(query.axes, query.source),
                "jurisdictions": self.cells,
            }
        )


async def read(db: AsyncSession, query: Query) -> Matrix:
    """Run the query. Raises Invalid naming the parameter that can't be taken."""
    if _is_current(query) and (found_at_once := await _at_once(db, query)):
        return found_at_once
    shape, head = await queries.shape(db, query.framework, query.jurisdictions, query.as_of)
    keys = _keys(query, shape)
    assert shape is not None
    if head and _is_current(query):
        at = Moment(head.on, head.as_of, head.as_of.date())
        found = await _current(db, query, head, shape, keys)
    else:
        at = await queries.moment(db, query.on, query.as_of)
        found = await _resolved(db, query, at, shape, keys, query.jurisdictions, kept=head is not None)
    unknown = [code for code in query.jurisdictions if code not in found]
    if unknown:
        names = ", ".join(code[:24] for code in unknown[:5])
        message = _("There is no jurisdiction with the code %(codes)s.") % {"codes": names}
        raise Invalid({"jurisdictions": message})
    return Matrix(query, shape.name, at, head, {code: found[code] for code in query.jurisdictions})


async def _at_once(db: AsyncSession, query: Query) -> Matrix | None:
    """The answer from one statement; None where anything is not as usual, and then `read` goes the whole way."""
    known = await queries.cells_known(db, query.framework, query.jurisdictions)
    if known is None:
        return None
    shape, head, rows = known
    try:
        narrowed = matrix.narrowing(tuple(_keys(query, shape)), query.axes)
    except Invalid:
        return None
    texts = {code: text for code, text, _stamp in rows if text is not None}
    if not texts.keys() >= set(query.jurisdictions):
        return None
    at = Moment(head.on, head.as_of, head.as_of.date())
    return Matrix(query, shape.name, at, head, {code: narrowed(texts[code]) for code in query.jurisdictions})


def _is_current(query: Query) -> bool:
    """Whether it asks for what `PackedCells` keeps ready."""
    return not (query.on or query.as_of or query.basis) and query.source is Source.BEST


def _keys(query: Query, shape: Shape | None) -> list[str]:
    faults = {}
    if not query.jurisdictions:
        faults["jurisdictions"] = _("Name the jurisdictions by their codes, separated by commas.")
    narrowing = {"through": query.through, "show": query.show != "all", "principle": query.principle}
    faults |= {
        name: _("The matrix gives every cell as it was reported; leave this parameter out.")
        for name, given in narrowing.items()
        if given
    }
    if shape is None:
        faults["framework"] = _("There is no framework “%(key)s”.") % {"key": query.framework[:80]}
    else:
        strange = [key for key in query.items if key not in shape.items]
        if strange:
            faults["items"] = _("The framework has no item “%(key)s”.") % {"key": strange[0][:60]}
        if query.domains and not set(query.domains) & shape.domains:
            faults["domains"] = _("This framework does not apply by these domains.")
    if faults or shape is None:
        raise Invalid(faults)
    return shape.cells(query.items, query.domains)


Found = dict[str, Any]


async def _current(db: AsyncSession, query: Query, head: Head, shape: Shape, keys: Sequence[str]) -> Found:
    narrowed = matrix.narrowing(tuple(keys), query.axes)
    found, stale = {}, []
    for code, text, _stamp in await queries.cells_of(db, shape.id, query.jurisdictions, head.on):
        if text is None:
            stale.append(code)
        else:
            found[code] = narrowed(text)
    if stale:
        at = Moment(head.on, head.as_of, head.as_of.date())
        found |= await _resolved(db, query, at, shape, keys, stale, kept=True)
    return found


async def _resolved(
    db: AsyncSession,
    query: Query,
    at: Moment,
    shape: Shape,
    keys: Sequence[str],
    codes: Sequence[str],
    *,
    kept: bool,
) -> Found:
    """`kept`: the packed histories can be read; otherwise they are made from the rows."""
    rows = await queries.histories_of(db, shape.id, codes)
    made = {} if kept else await row_queries.histories(db, shape.id, [place for _code, place, _text in rows])
    asked = (query.axes, query.source, query.basis)
    on, as_of = at.on.toordinal(), micros(at.as_of)
    found = {}
    for code, place, text in rows:
        told = packed.decode(text) if kept and text else made.get(place, packed.NOTHING)
        found[code] = matrix.resolved(told, keys, on, as_of, asked)
    return found
