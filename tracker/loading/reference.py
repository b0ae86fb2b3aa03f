"""`tracker load reference`: jurisdictions, frameworks, crosswalk drafts and real instruments. Idempotent."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.crosswalk_files import queries as crosswalk_files
from tracker.crosswalk_files import sssom_read
from tracker.crosswalk_files.values import SetContent, split
from tracker.crosswalks.models import Crosswalk, MappingSide
from tracker.crosswalks.models import Mapping as MappingRow
from tracker.db.base import Table, select
from tracker.db.session import Database
from tracker.frameworks import pinned_queries
from tracker.frameworks.models import FrameworkItem, FrameworkVersion
from tracker.instruments.models import PublishedInstrument
from tracker.jurisdictions import iso
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.kit.errors import Conflict
from tracker.kit.vocabulary import InstrumentKind, JurisdictionKind
from tracker.loading import seed

Say = Callable[[str], None]


async def load(database: Database, say: Say) -> None:
    """Add what is missing and bring the rest up to date, in one transaction."""
    async with database.write() as db:
        say(f"jurisdictions: {await _jurisdictions(db)}")
        say(f"frameworks: {await _frameworks(db)}")
        say(f"framework items: {await _items(db)}")
        say(f"instruments: {await _instruments(db)}")
        say(f"crosswalk drafts: {await _crosswalks(db)}")


async def _existing(db: AsyncSession, table: type[Table], *names: str) -> dict[Any, Any]:
    """All rows of a table by the named columns; a single name gives plain keys."""
    found = (await db.execute(select(table))).scalars().all()
    if len(names) == 1:
        return {getattr(row, names[0]): row for row in found}
    return {tuple(getattr(row, n) for n in names): row for row in found}


def _refresh(row: Table, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


async def _jurisdictions(db: AsyncSession) -> str:
    existing = await _existing(db, Jurisdiction, "code")
    groups = {row["code"]: row for row in seed.rows("country-groups")}
    before = len(existing)
    waiting = [*iso.countries(), *iso.subdivisions()]
    while waiting:  # one level of the tree a round, so that every parent has its id
        ready = [p for p in waiting if not p.parent or getattr(existing.get(p.parent), "id", None)]
        if not ready:
            raise ValueError(f"no parent for {waiting[0].code}")
        for place in ready:
            _place(db, existing, place, groups.get(place.code))
        await db.flush()
        taken = {p.code for p in ready}
        waiting = [p for p in waiting if p.code not in taken]
    return f"{len(existing)}, {len(existing) - before} of them new"


def _place(db: AsyncSession, existing: dict[str, Any], place: iso.IsoPlace, group: seed.Row | None) -> None:
    parent = existing.get(place.parent) if place.parent else None
    fields = {
        "kind": JurisdictionKind(place.kind),
        "name": place.name,
        "parent_id": parent.id if parent else None,
        "path": f"{parent.path}{parent.id}/" if parent else "/",
    }
    if group:
        fields |= {
            "region": group["region"],
            "subregion": group["subregion"],
            "un_member": group["un_member"] == "yes",
            "income_group": group["income_group"],
        }
    elif parent:
        fields |= {"region": parent.region, "subregion": parent.subregion}
    if place.code in existing:
        _refresh(existing[place.code], fields)
    else:
        existing[place.code] = Jurisdiction(code=place.code, **fields)  # type: ignore[arg-type]
        db.add(existing[place.code])


async def _frameworks(db: AsyncSession) -> str:
    existing = await _existing(db, FrameworkVersion, "key", "version")
    before = len(existing)
    for row in seed.rows("frameworks"):
        fields: dict[str, Any] = {name: row[name] for name in row if name not in ("key", "version")}
        fields["year"] = int(row["year"])
        fields["applies_by_domain"] = row["applies_by_domain"] == "yes"
        key = (row["key"], row["version"])
        if key in existing:
            _refresh(existing[key], fields)
        else:
            existing[key] = FrameworkVersion(key=key[0], version=key[1], **fields)
            db.add(existing[key])
    await db.flush()
    return f"{len(existing)}, {len(existing) - before} of them new"


async def _items(db: AsyncSession) -> str:
    versions = await _existing(db, FrameworkVersion, "key", "version")
    existing = await _existing(db, FrameworkItem, "framework_version_id", "key")
    before = len(existing)
    pinned = {v.id for v in versions.values() if (await pinned_queries.pins(db, v.id)).any}
    for position, row in enumerate(seed.rows("framework-items"), start=1):
        version = versions[row["framework"], row["version"]]
        parent = existing[version.id, row["parent"]] if row["parent"] else None
        names = [
            "source_number",
            "kind",
            "text",
            "short_label",
            "theme",
            "wording",
            "provenance",
            "source_url",
        ]
        fields: dict[str, Any] = {name: row[name] for name in names}
        fields |= {"position": position, "parent_id": parent.id if parent else None}
        key = (version.id, row["key"])
        if key in existing:
            _check_fixed(existing[key], fields, pinned)
            _refresh(existing[key], fields)
        else:
            existing[key] = FrameworkItem(framework_version_id=version.id, key=row["key"], **fields)
            db.add(existing[key])
            await db.flush()
    return f"{len(existing)}, {len(existing) - before} of them new"


def _check_fixed(row: Any, fields: Mapping[str, Any], pinned: set[int]) -> None:
    """What published entries and crosswalks refer to keeps its meaning, as with an import of a file. Raises Conflict."""
    changed = [n for n in ("text", "wording", "kind", "parent_id") if getattr(row, n) != fields[n]]
    if changed and row.framework_version_id in pinned:
        raise Conflict(
            f"{row.key}: {', '.join(changed)} differs from what published entries or crosswalks refer to; "
            "give the framework another version"
        )


async def _instruments(db: AsyncSession) -> str:
    held = set((await db.execute(select(PublishedInstrument.key))).scalars())
    places = await _existing(db, Jurisdiction, "code")
    new = [row for row in seed.rows("instruments-us-states") if row["key"] not in held]
    for row in new:
        db.add(
            PublishedInstrument(
                id=uuid4(),
                key=row["key"],
                jurisdiction_id=places[row["jurisdiction"]].id,
                kind=InstrumentKind(row["kind"]),
                title=row["citation"],
                citation=row["citation"],
                language="en",
                in_force_on=seed.day(row["effective_from"]),
                url=row["source_url"],
                note=". ".join(part for part in (row["duty"], row["recurrence"].capitalize()) if part),
                provenance=row["provenance"],
                recorded_at=clock.now(),
            )
        )
    await db.flush()
    return f"{len(new)} new"


async def _crosswalks(db: AsyncSession) -> str:
    """The draft mappings, split into a set per pair of framework versions. A set that is there is left alone."""
    file = sssom_read.read((seed.SEED / "crosswalk-draft.sssom.tsv").read_bytes())
    contents, found = split(file, await crosswalk_files.index(db, file.keys))
    for fault in (*file.faults, *found):
        raise ValueError(str(fault))
    held = set((await db.execute(select(Crosswalk.key))).scalars())
    new = [content for content in contents if content.head.key not in held]
    for content in new:
        await _crosswalk(db, content)
    return f"{len(contents)} sets, {len(new)} of them new, {len(file.named)} mappings"


async def _crosswalk(db: AsyncSession, content: SetContent) -> None:
    source = await crosswalk_files.side(db, content.source)
    target = await crosswalk_files.side(db, content.target)
    assert source is not None
    assert target is not None
    versions = [name.partition("@")[2] for name in (content.source, content.target)]
    crosswalk = Crosswalk(
        key=content.head.key,
        version=content.head.version,
        title=f"{source.title} ({versions[0]}) to {target.title} ({versions[1]})",
        source_version_id=source.id,
        target_version_id=target.id,
        licence=content.head.licence,
        comment=content.head.comment,
        created_at=clock.now(),
    )
    db.add(crosswalk)
    await db.flush()
    for said in content.said:
        mapping = MappingRow(
            crosswalk_id=crosswalk.id,
            relation=said.relation,
            rationale=said.rationale,
            justification=said.justification,
            confidence=said.confidence,
        )
        db.add(mapping)
        await db.flush()
        sides = [("source", source.ids[key]) for key in said.sources]
        sides += [("target", target.ids[key]) for key in said.targets]
        db.add_all([MappingSide(mapping_id=mapping.id, item_id=item, side=side) for side, item in sides])
    await db.flush()
