"""The rows of a release's tables from the record, at one moment. The same record gives the same rows."""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.compare.comparison import Comparison
from tracker.compare.files import cell_path, long_rows
from tracker.compare.queries import compare
from tracker.compare.query import Query
from tracker.crosswalks import queries as crosswalks
from tracker.entries.queries import Moment
from tracker.entries.standing import heard
from tracker.frameworks import queries as frameworks
from tracker.frameworks.queries import Framework
from tracker.instruments import queries as instruments
from tracker.instruments.reading import Asked, register_csv
from tracker.kit import clock
from tracker.kit.vocabulary import Axis, Domain, Source, word
from tracker.opendata import queries, schema, sssom
from tracker.opendata.schema import Resource
from tracker.opendata.spool import Rows, Spool
from tracker.opendata.wide import prefixed

# Jurisdictions that are read at once: bounds the memory, and the length of a statement.
AT_ONCE = 100
WRITTEN_AT_ONCE = 2_000
LOCALE = "en"
Progress = Callable[[list[Any], str], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Tables:
    """The rows of each resource by its name, without their headers. `explained`: voices that were withdrawn or corrected."""

    at: Moment
    rows: dict[str, Rows]
    withdrawn: frozenset[tuple[str, ...]]
    corrected: frozenset[tuple[str, ...]]


def plain(items: list[Any], label: str) -> Iterable[Any]:
    """No progress is told."""
    return items


async def build(
    db: AsyncSession,
    at: Moment,
    base_url: str,
    folder: Path,
    *,
    progress: Progress = plain,
    only: Collection[str] | None = None,
) -> Tables:
    """All tables at a moment; the large ones lie in `folder`. `only`: adoption and citations of these jurisdictions alone."""
    large = {name: Spool(folder) for name in ("adoption", "citations", "adoption-wide")}
    rows: dict[str, Rows] = {**large}
    spoken = await queries.spoken_of(db, at.as_of)
    work = [
        (name, chosen[start : start + AT_ONCE])
        for name, codes in sorted(spoken.items())
        for chosen in [sorted(c for c in codes if only is None or c in only)]
        for start in range(0, len(chosen), AT_ONCE)
    ]
    for name, codes in progress(work, "Adoption"):
        query = Query(tuple(codes), name, on=at.on, as_of=at.as_of, source=Source.ALL)
        _take(large, await compare(db, query), base_url)
    rows["instruments"] = await _instruments(db, at, base_url)
    rows["frameworks"] = await _frameworks(db)
    rows["crosswalks"] = sssom.rows(
        [
            (line, await crosswalks.mappings(db, line.id))
            for line in await crosswalks.crosswalks(db)
            if line.state == "published"
        ],
        base_url,
    )
    gone = await queries.gone(db, at.as_of)
    rows["tombstones"] = [_tombstone(g, base_url) for g in gone if g.withdrawn_at]
    rows["codebook"] = codebook()
    return Tables(
        at,
        {resource.name: rows[resource.name] for resource in schema.TABLES},
        frozenset(g.voice for g in gone if g.withdrawn_at),
        frozenset(g.voice for g in gone if not g.withdrawn_at),
    )


def read_csv(text: str, delimiter: str = ",") -> list[list[str]]:
    """The rows below the header."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[1:]


def _take(rows: dict[str, Spool], comparison: Comparison, base_url: str) -> None:
    # Its links say no moment, though one is read: else every row would differ from the release before.
    undated = replace(comparison, query=replace(comparison.query, on=None, as_of=None))
    rows["adoption"].extend(long_rows(undated, base_url, LOCALE))
    rows["citations"].extend(_citations(comparison, base_url))
    rows["adoption-wide"].extend(_wide(comparison))


def _citations(comparison: Comparison, base_url: str) -> Iterator[list[str]]:
    for cell in comparison.rows():
        key = [
            cell.place.code,
            comparison.framework.key,
            comparison.framework.version,
            cell.item.key,
            cell.domain.value,
        ]
        url = base_url + cell_path(comparison, cell, LOCALE)
        for voice in cell.voices:
            for e in voice.evidence:
                yield [
                    str(voice.uid),
                    str(e.position),
                    *key,
                    voice.organisation_key,
                    e.axis.value,
                    e.instrument_key or str(e.instrument_id),
                    e.locator or "none",
                    e.quote or "none",
                    (e.quote_language or "unknown") if e.quote else "none",
                    e.translation or "none",
                    " ".join(s.principle.value for s in e.principles) or "none",
                    _moment(voice.recorded_at),
                    url,
                ]


def _wide(comparison: Comparison) -> Iterator[list[str]]:
    """A row for each jurisdiction and item; the best voice, as the compare page reads it by default."""
    best = {
        key: replace(cell, voices=tuple(heard(cell.voices, Source.BEST)))
        for key, cell in comparison.cells.items()
    }
    for place in comparison.places:
        for item in comparison.items:
            row = [
                place.code,
                place.name + (" (fictional)" if place.fictional else ""),
                comparison.framework.key,
                comparison.framework.version,
                item.key,
                item.text,
            ]
            for domain in (*(d for d in Domain if d is not Domain.ALL), Domain.ALL):
                cell = best.get((place.id, item.id, domain))
                row += [cell.value(axis).code if cell else "none" for axis in Axis]
            yield row


async def _instruments(db: AsyncSession, at: Moment, base_url: str) -> Rows:
    # All that are in the register now: reference data may be recorded after the last entry that cites it.
    found = await instruments.register(db, sa.true(), max(at.as_of, clock.now()))
    found.sort(key=lambda known: (known.jurisdiction_code, known.key or str(known.id)))
    return read_csv(register_csv(found, Asked(at.on, at.as_of), base_url, LOCALE))


async def _frameworks(db: AsyncSession) -> Rows:
    lines = sorted(await frameworks.frameworks(db), key=lambda line: (line.key, line.version))
    found: list[list[str]] = []
    for line in lines:
        framework = await frameworks.framework(db, f"{line.key}@{line.version}")
        if framework:
            found += _items(framework)
    return found


def _items(framework: Framework) -> list[list[str]]:
    keys = {item.id: item.key for item in framework.items}
    head = [
        framework.key,
        framework.version,
        framework.title,
        framework.publisher,
        str(framework.year),
        framework.licence or "unknown",
        framework.verbatim_allowed or "unknown",
    ]
    return [
        [
            *head,
            item.key,
            keys[item.parent_id] if item.parent_id else "none",
            item.kind or "none",
            item.source_number or "none",
            item.text,
            item.short_label or "none",
            " ".join(d.value for d in item.domains),
            item.bindingness or "none",
            item.wording or "none",
            item.provenance or "none",
            item.source_url or "none",
        ]
        for item in framework.items
    ]


def _tombstone(gone: queries.Gone, base_url: str) -> list[str]:
    assert gone.withdrawn_at
    framework = f"{gone.framework}@{gone.version}"
    url = f"{base_url}/{LOCALE}/jurisdictions/{gone.jurisdiction}/{framework}/{gone.item}/{gone.domain}"
    return [
        str(gone.uid),
        *gone.voice,
        _moment(gone.recorded_at),
        _moment(gone.withdrawn_at),
        gone.reason or "none",
        url,
    ]


def codebook() -> Rows:
    """A row for each column, and one for each code that it may hold."""
    found = []
    for resource in (*schema.TABLES[:-1], schema.CODEBOOK):
        for field in resource.fields:
            kind = "code" if field.codes else field.kind
            found.append([resource.name, field.name, "*", kind, field.about])
            found += [
                [resource.name, field.name, code, "code", _meaning(field, code)] for code in field.codes
            ]
    return found


def _meaning(field: schema.Field, code: str) -> str:
    if code == "none":
        return "There is nothing to tell here; see the column"
    if field.group in ("commitment", "practice"):
        level = code in schema.LEVEL_CODES
        group = field.group if level else "missing"
        return f"{word(group, code)}. {word(f'meaning.{group}', code)}"
    if field.name.endswith("_verification"):
        return word("verification", code)
    return word(field.group, code) if field.group else code


def _moment(value: Any) -> str:
    text: str = value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return text


def pieces_of(resource: Resource, rows: Rows) -> Iterator[bytes]:
    """The file of a table: UTF-8, a header, "\\r\\n" line ends (SSSOM: tabs and "\\n", below its own head)."""
    if resource is schema.CROSSWALKS:
        yield sssom.text(resource, rows)
        return
    yield _lines([resource.columns])
    # The wide file is for spreadsheets, the others for programs, which take a text as it is.
    told = ([prefixed(t) for t in row] for row in rows) if resource is schema.WIDE else iter(rows)
    while some := list(islice(told, WRITTEN_AT_ONCE)):
        yield _lines(some)


def text_of(resource: Resource, rows: Rows) -> bytes:
    """The whole file at once."""
    return b"".join(pieces_of(resource, rows))


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
