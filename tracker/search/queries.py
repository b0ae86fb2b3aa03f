"""What is found, as it is shown: read from the public tables themselves, so that nothing stale is told."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.db.base import select
from tracker.entries.models import PublishedCitation, PublishedRevision
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.instruments.models import PublishedInstrument
from tracker.jurisdictions.models import Jurisdiction
from tracker.search.full_text import KINDS, Hit, Listed, hits
from tracker.search.words import Words

Reader = Callable[[AsyncSession, list[str]], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind: `total` in all, and those of the page. Each row is one of the four below."""

    kind: str
    total: int
    rows: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class FoundPlace:
    code: str
    name: str
    kind: str
    parent: str
    fictional: bool


@dataclass(frozen=True, slots=True)
class FoundItem:
    """`text` is the wording that the record holds, which `wording` says is the source's title or a paraphrase."""

    key: str
    number: str
    short_label: str
    text: str
    wording: str
    provenance: str
    framework: str
    framework_version: str
    framework_title: str
    publisher: str

    @property
    def label(self) -> str:
        return self.short_label or self.text

    @property
    def framework_name(self) -> str:
        return f"{self.framework}@{self.framework_version}"


@dataclass(frozen=True, slots=True)
class FoundInstrument:
    id: UUID
    title: str
    title_original: str
    language: str
    citation: str
    issuer: str
    kind: str
    place_code: str
    place: str
    fictional: bool


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage of an instrument, with the cell of the entry that quoted it last."""

    id: int
    quote: str
    language: str
    translation: str
    locator: str
    instrument_id: UUID
    instrument: str
    organisation: str
    place_code: str
    place: str
    fictional: bool
    framework: str
    framework_version: str
    item: str
    item_label: str
    domain: str

    @property
    def framework_name(self) -> str:
        return f"{self.framework}@{self.framework_version}"


async def found(
    db: AsyncSession, words: Words, *, kind: str = "", skip: int = 0, limit: int = 5
) -> tuple[Group, ...]:
    """What has all the words, by kind in the order of KINDS; kinds without any are left out."""
    by_kind: dict[str, list[Hit]] = {}
    for hit in await hits(db, words, kind=kind, skip=skip, limit=limit):
        by_kind.setdefault(hit.kind, []).append(hit)
    return tuple([await _group(db, k, by_kind[k]) for k in KINDS if k in by_kind])


async def _group(db: AsyncSession, kind: str, hits: list[Hit]) -> Group:
    rows = await _READERS[kind](db, [h.ref for h in hits])
    return Group(kind, hits[0].total, tuple(rows[h.ref] for h in hits if h.ref in rows))


async def rows_of(db: AsyncSession, lines: Sequence[Listed]) -> list[tuple[str, Any]]:
    """(kind, one of the four above) of each line, in their order."""
    rows = {k: await _READERS[k](db, [line.ref for line in lines if line.kind == k]) for k in KINDS}
    return [(line.kind, rows[line.kind][line.ref]) for line in lines if line.ref in rows[line.kind]]


def _by_ref(rows: Iterable[tuple[Any, Any]], refs: list[str], key: Callable[[str], Any]) -> dict[str, Any]:
    """The rows, given by their key, under the ref that the index has for it."""
    by_key: Mapping[Any, Any] = dict(rows)
    return {ref: by_key[key(ref)] for ref in refs if key(ref) in by_key}


async def _places(db: AsyncSession, refs: list[str]) -> dict[str, Any]:
    ids = [int(ref) for ref in refs]
    j, parent = Jurisdiction, aliased(Jurisdiction)
    rows = await db.execute(
        select(j.id, j.code, j.name, j.kind, parent.name, j.fictional)
        .outerjoin(parent, parent.id == j.parent_id)
        .where(col(j.id).in_(ids))
    )
    return _by_ref(((i, FoundPlace(c, n, k.value, p or "", f)) for i, c, n, k, p, f in rows), refs, int)


async def _items(db: AsyncSession, refs: list[str]) -> dict[str, Any]:
    ids = [int(ref) for ref in refs]
    i, v = FrameworkItem, FrameworkVersion
    rows = await db.execute(
        select(
            *(i.id, i.key, i.source_number, i.short_label, i.text, i.wording, i.provenance),
            *(v.key, v.version, v.title, v.publisher),
        )
        .join(v, col(v.id) == i.framework_version_id)
        .where(col(i.id).in_(ids))
    )
    return _by_ref(((key, FoundItem(*rest)) for key, *rest in rows), refs, int)


async def _instruments(db: AsyncSession, refs: list[str]) -> dict[str, Any]:
    ids = [UUID(ref) for ref in refs]
    p, j = PublishedInstrument, Jurisdiction
    rows = await db.execute(
        select(
            *(p.id, p.title, p.title_original, p.language, p.citation, p.issuer, p.kind),
            *(j.code, j.name, j.fictional),
        )
        .join(j, col(j.id) == p.jurisdiction_id)
        .where(col(p.id).in_(ids))
    )
    return _by_ref(((row[0], FoundInstrument(*row)) for row in rows), refs, UUID)


async def _passages(db: AsyncSession, refs: list[str]) -> dict[str, Any]:
    ids = [int(ref) for ref in refs]
    c, r, p, j = PublishedCitation, PublishedRevision, PublishedInstrument, Jurisdiction
    i, v = FrameworkItem, FrameworkVersion
    rows = await db.execute(
        select(
            *(c.id, c.quote, c.quote_language, c.translation, c.locator, p.id, p.title, Organisation.name),
            *(j.code, j.name, j.fictional, v.key, v.version, i.key, i.short_label, i.text, r.domain),
        )
        .join(r, col(r.id) == c.revision_id)
        .join(p, col(p.id) == c.instrument_id)
        .join(Organisation, col(Organisation.id) == r.organisation_id)
        .join(j, col(j.id) == r.jurisdiction_id)
        .join(i, col(i.id) == r.item_id)
        .join(v, col(v.id) == i.framework_version_id)
        .where(col(c.id).in_(ids))
    )
    made = []
    for *said, short_label, text, domain in rows:
        made.append((said[0], FoundPassage(*said, short_label or text, domain.value)))  # type: ignore[call-arg]
    return _by_ref(made, refs, int)


_READERS: dict[str, Reader] = {
    "jurisdiction": _places,
    "item": _items,
    "instrument": _instruments,
    "passage": _passages,
}
