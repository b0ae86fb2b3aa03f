"""One redaction, and the text is nowhere: not in a row of any table, nor in the files of the database and its folder."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.criteria import checklists
from tests.db.test_wall import fill
from tests.editions import made as editions
from tests.services import postgres
from tests.snapshots import frozen
from tests.worlds import World, Worlds
from tracker.corrections import service as corrections
from tracker.corrections.models import PublishedReport
from tracker.criteria import publish as criteria
from tracker.criteria.models import PublishedCriterion
from tracker.db import registry
from tracker.db.base import Kind, free_texts, tables_of
from tracker.db.session import Database
from tracker.editions.models import PublishedEdition
from tracker.entries import service as entries
from tracker.entries.models import Draft, PublishedRevision
from tracker.entries.publish import withdraw
from tracker.exchange import service as exchange
from tracker.instruments import service as instruments
from tracker.instruments.models import PublishedInstrument
from tracker.instruments.store import Store
from tracker.kit.errors import Conflict, NotFound
from tracker.kit.vocabulary import InstrumentEventKind, PublishAs
from tracker.notices.models import Notice
from tracker.privacy import operation, service
from tracker.privacy.copies_service import TABLES_LEFT, json_fields
from tracker.privacy.models import PublishedRedaction
from tracker.reviews import service as reviews

registry.load()
SECRET = "The unit wrote about a resident of the Larkspur house at length."
REASON = "It told of a person"
PUBLISHED = [t for t in tables_of(Kind.PUBLISHED) if free_texts(t) and t is not PublishedRedaction]
PRIVATE = [t for t in tables_of(Kind.PRIVATE) if t not in TABLES_LEFT]


async def _one_of_each(database: Database) -> None:
    """What tests/db/test_wall.py leaves out: a row in every published table, whatever it says."""
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    instrument = await factories.instrument(database, author)
    await factories.attached(database, author, instrument, published_as=PublishAs.FILE)
    cited = factories.content(citations=(replace(factories.CITATION, instrument=instrument),))
    where = await factories.cell(database, item="HTCC-C3")
    revision = await factories.published(database, author, reviewer, where, cited)
    number = await factories.reported(database, revision)
    async with database.write(personas.bound(reviewer)) as db:
        await reviews.confirm(db, reviewer, revision.uid, note="It stands.")
        await corrections.answer(db, reviewer, number, accepted=False, text="It stands.")
        await instruments.record_event(
            db, reviewer, instrument, instruments.Happening(InstrumentEventKind.AMENDED, note="Amended.")
        )
        await withdraw(db, reviewer, revision.uid, reason="Once is enough.")
    _criterion, own = await checklists.published(database, author, reviewer)
    async with database.write(personas.bound(reviewer)) as db:
        await criteria.withdraw(db, reviewer, own.uid, reason="Once is enough.")
    await frozen.freeze(database, jurisdictions="US-TX")
    await editions.final(database, author, reviewer, await editions.begun(database, author), sketched=True)


async def _publish_everywhere(database: Database) -> UUID:
    """A row in every published table, of one organisation, that says the sentence in every text it has."""
    owner = await personas.actor(database, personas.OWNER)
    uid, instrument, mine = uuid4(), uuid4(), owner.organisation_id
    async with database.write(personas.bound(owner)) as db:
        revision = await _copy(db, PublishedRevision, mine, id=None, uid=uid)
        await _copy(db, PublishedInstrument, mine, id=instrument, key=None)
        report = await _copy(db, PublishedReport, mine, number=None, revision_id=revision.id)
        keys = {"id": None, "revision_id": revision.id, "instrument_id": instrument}
        keys |= {"number": report.number, "organisation_id": mine, "position": 1}
        criterion = await _copy(db, PublishedCriterion, None, id=None, uid=uuid4(), organisation_id=mine)
        keys["criterion_row_id"] = criterion.id
        own = {
            "published_attachment": {"id": uuid4()},
            "published_snapshot": {"id": uuid4().hex[:10], "sha256": uuid4().hex},
        }
        edition = await _copy(db, PublishedEdition, mine, id=None, uid=uuid4(), number=99)
        keys["edition_id"] = edition.id
        for table in PUBLISHED:
            if table not in (PublishedRevision, PublishedInstrument, PublishedCriterion, PublishedEdition):
                await _copy(db, table, None, **keys | own.get(str(table.__tablename__), {}))
    return uid


async def _copy(db: Any, table: Any, owner: UUID | None, **changes: Any) -> Any:
    """A row like some row of the table, with other keys, that says the sentence; the tables point at each other."""
    rows = sa.select(table).where(table.organisation_id == owner) if owner else sa.select(table)
    row = (await db.execute(rows.limit(1))).scalars().first()
    assert row is not None, f"no {table.__tablename__} to copy: see _one_of_each"
    told = row.model_dump() | {k: v for k, v in changes.items() if k in table.model_fields}
    told |= {name: SECRET[: table.__table__.c[name].type.length] for name in free_texts(table)}
    made = table(**{k: v for k, v in told.items() if not (v is None and k in ("id", "number"))})
    db.add(made)
    await db.flush()
    return made


async def _write_everywhere(database: Database) -> None:
    """Every private text of the organisation says it too, and so does every string within its JSON."""
    owner = await personas.actor(database, personas.OWNER)
    async with database.write(personas.bound(owner)) as db:
        for table in PRIVATE:
            texts = dict.fromkeys(free_texts(table), SECRET)
            if texts:
                done = await db.execute(sa.update(table).values(**texts))
                assert done.rowcount, f"no {table.__tablename__} of ours: see tests/db/test_wall.py"  # type: ignore[attr-defined]
            for name in json_fields(table):
                own = sa.select(table).where(col(table.tenant_id) == owner.organisation_id)
                for row in (await db.execute(own)).scalars():
                    held, more = getattr(row, name), [{"it": SECRET}]
                    setattr(row, name, [*held, *more] if isinstance(held, list) else {"within": more, **held})


async def _everything(world: World, worlds: Worlds) -> dict[str, list[str]]:
    """Every row of every table as text, by the table; on PostgreSQL as nobody's wall hides it."""
    found = {}
    if world.name == "sqlite":
        async with world.owner.connect() as connection:
            for table in _tables():
                rows = await connection.exec_driver_sql(f"SELECT * FROM {table}")
                found[table] = [str(tuple(row)) for row in rows]
        return found
    name = str(world.owner.url.database)
    with worlds.server.connect(name, postgres.SUPERUSER) as raw:
        for table in _tables():
            found[table] = [str(row[0]) for row in raw.execute(f"SELECT t::text FROM {table} t").fetchall()]  # type: ignore[arg-type]
    return found


def _tables() -> list[str]:
    return [str(t.__tablename__) for kind in Kind for t in tables_of(kind)]


def _files(world: World, *folders: Path) -> list[Path]:
    files = [p for folder in folders for p in folder.rglob("*") if p.is_file()]
    if world.name == "sqlite":
        place = Path(str(world.engine.url.database))
        files += place.parent.glob(f"{place.name}*")
    return files


async def test_the_text_is_nowhere(own_world: World, worlds: Worlds) -> None:
    database = Database(own_world.engine)
    await fill(database)
    await _one_of_each(database)
    uid = await _publish_everywhere(database)
    await _write_everywhere(database)
    holding = {
        t for t, rows in (await _everything(own_world, worlds)).items() if any("Larkspur" in r for r in rows)
    }
    assert holding >= {str(t.__tablename__) for t in PUBLISHED}
    assert holding >= {str(t.__tablename__) for t in PRIVATE if free_texts(t) or json_fields(t)}
    await own_world.engine.dispose()
    lines = await operation.redact(Database(own_world.engine), Store(factories.DATA_DIR), uid, "note", REASON)
    assert len(lines) == 1, lines
    left = {
        t: r for t, rows in (await _everything(own_world, worlds)).items() for r in rows if "Larkspur" in r
    }
    assert left == {}
    for file in _files(own_world, factories.DATA_DIR):
        assert b"Larkspur" not in file.read_bytes(), file


async def test_what_was_copied_for_others_goes_and_their_own_words_stay(database: Database) -> None:
    """An NGO's notice repeats the title of our instrument; it may also say the same words of itself."""
    author, reviewer, admin = [
        await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE, personas.ADMIN)
    ]
    ngo, ngo_reviewer = [await personas.actor(database, p) for p in (personas.NGO, personas.NGO_REVIEWER)]
    instrument = await factories.instrument(database, author, what=replace(factories.DECREE, title=SECRET))
    cited = factories.content(citations=(replace(factories.CITATION, instrument=instrument),))
    where = await factories.cell(database)
    revision = await factories.published(database, author, reviewer, where, cited)
    # an instrument of its own under the same title
    own = await factories.instrument(database, ngo, what=replace(factories.DECREE, title=SECRET))
    both = (*cited.citations, replace(factories.CITATION, instrument=own))
    said = replace(cited, note=SECRET, commitment="1", citations=both)
    theirs = await factories.notified(database, ngo, ngo_reviewer, where, said)
    async with database.write(personas.bound(admin)) as db:
        done = await service.redact(db, admin, revision.uid, "citation.1.instrument.title", reason=REASON)
    assert done.drafts == 0, "what others hold is not counted to us"
    async with database.read(personas.bound(ngo)) as db:
        notice = (await db.execute(sa.select(Notice).where(col(Notice.draft_id) == theirs.id))).scalar_one()
        draft = await db.get(Draft, (ngo.organisation_id, theirs.id))
    assert [c["title"] for c in notice.copy_["citations"]] == [done.tombstone, SECRET]
    assert notice.copy_["note"] == SECRET
    assert draft is not None
    assert draft.note == SECRET


async def test_a_form_opened_before_does_not_bring_it_back(database: Database) -> None:
    author, reviewer, admin = [
        await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE, personas.ADMIN)
    ]
    quoted = factories.content(citations=(replace(factories.CITATION, quote=SECRET),))
    where = await factories.cell(database)
    revision = await factories.published(database, author, reviewer, where, quoted)
    draft = await factories.draft(database, author, where, quoted)
    looked_at = await factories.looked_at_import(database, author)
    async with database.write(personas.bound(admin)) as db:
        await service.redact(db, admin, revision.uid, "citation.1.quote", reason=REASON)
    async with database.write(personas.bound(author)) as db:
        with pytest.raises(Conflict):
            await entries.save_draft(db, author, where, quoted, version=draft.version)
        with pytest.raises(NotFound):
            await exchange.apply_preview(db, author, looked_at)
        await db.rollback()


async def test_an_old_notice_that_names_no_instrument_is_reached_too(database: Database) -> None:
    """It goes by what it repeats of the instrument; what its author says of another one stays."""
    author, reviewer, admin = [
        await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE, personas.ADMIN)
    ]
    ngo, ngo_reviewer = [await personas.actor(database, p) for p in (personas.NGO, personas.NGO_REVIEWER)]
    instrument = await factories.instrument(database, author, what=replace(factories.DECREE, title=SECRET))
    cited = factories.content(citations=(replace(factories.CITATION, instrument=instrument),))
    where = await factories.cell(database)
    revision = await factories.published(database, author, reviewer, where, cited)
    another = replace(factories.CITATION, quote=SECRET)
    said = replace(cited, commitment="1", citations=(*cited.citations, another))
    theirs = await factories.notified(database, ngo, ngo_reviewer, where, said)

    def of_draft() -> Any:
        return sa.select(Notice).where(col(Notice.draft_id) == theirs.id)

    async with database.write(personas.bound(ngo)) as db:
        for notice in (await db.execute(of_draft())).scalars():
            old = [{k: v for k, v in c.items() if k != "instrument"} for c in notice.copy_["citations"]]
            notice.copy_ = notice.copy_ | {"citations": old}
    async with database.write(personas.bound(admin)) as db:
        done = await service.redact(db, admin, revision.uid, "citation.1.instrument.title", reason=REASON)
    async with database.read(personas.bound(ngo)) as db:
        notice = (await db.execute(of_draft())).scalar_one()
    first, second = notice.copy_["citations"]
    assert (first["title"], second["title"]) == (done.tombstone, factories.DECREE.title)
    assert second["quote"] == SECRET
