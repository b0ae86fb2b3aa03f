"""`tracker doctor`: is this installation well? Looks, and changes nothing."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.access.permissions import Role
from tracker.db import migrate
from tracker.db.base import Kind, select, tables_of
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.frameworks.models import FrameworkItem
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.loading import machine
from tracker.mail.queries import failures
from tracker.packed import service as packed
from tracker.packed.models import FORMAT
from tracker.search import full_text
from tracker.settings import Settings

Finding = tuple[bool, str]
# Clocks of two machines are never quite the same.
ASKEW = timedelta(minutes=1)


async def examine(database: Database, settings: Settings) -> list[Finding]:
    """(well, what was looked at) for each check; stops early where the rest can't be looked at."""
    findings = await asyncio.to_thread(machine.examine, settings)
    if not settings.secure and "127.0.0.1" not in settings.base_url and "localhost" not in settings.base_url:
        findings.append((False, f"{settings.base_url} is not https: cookies could be read on the way"))
    engine = create_engine(settings.database_url)
    try:
        stands_at = await migrate.current(engine)
    except sa.exc.DBAPIError as error:
        return [*findings, (False, f"the database does not answer: {error.orig}")]
    finally:
        await engine.dispose()
    findings.append(
        (stands_at == migrate.newest(), f"schema {stands_at or 'missing'}, newest {migrate.newest()}")
    )
    if stands_at is None:
        return findings
    async with database.read() as db:
        findings += await _integrity(db, settings)
        findings += await _contents(db)
        if stands_at == migrate.newest():  # else the tables that these look at may not be there yet
            findings += [await _clock(db, settings), await _guards(db, settings), await _packs(db)]
            findings += await _search(db)
    return findings + await _mail(database, settings)


async def _mail(database: Database, settings: Settings) -> list[Finding]:
    smtp = settings.smtp
    off = "e-mail is off: no mail server is named"
    findings = [(True, f"e-mail goes out by {smtp.host}:{smtp.port} as {smtp.sender}" if smtp else off)]
    for f in await failures(database):
        text = f"e-mail to members of {f.organisation}: {f.number} not sent in 30 days, the last of {f.latest}: {f.fault}"
        findings.append((False, text))
    return findings


async def _integrity(db: AsyncSession, settings: Settings) -> list[Finding]:
    if settings.is_sqlite:
        answer = (await db.execute(sa.text("PRAGMA quick_check"))).scalar()
        broken = (await db.execute(sa.text("PRAGMA foreign_key_check"))).first()
        return [(answer == "ok", f"SQLite quick_check: {answer}"), (broken is None, "references are whole")]
    superuser = (
        await db.execute(
            sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        )
    ).scalar()
    text = "the database role is bound by row-level security"
    return [(not superuser, text if not superuser else "the database role is above row-level security")]


async def _contents(db: AsyncSession) -> list[Finding]:
    findings = []
    for table, least, what in (
        (Jurisdiction, 5000, "jurisdictions"),
        (FrameworkItem, 106, "framework items"),
    ):
        number = (await db.execute(select(sa.func.count()).select_from(table))).scalar_one()
        hint = "" if number >= least else ": run tracker load reference"
        findings.append((number >= least, f"{number} {what}{hint}"))
    organisations = (await db.execute(select(sa.func.count(col(Organisation.id))))).scalar_one()
    findings.append((True, f"{organisations} organisations, roles {', '.join(Role)}"))
    return findings


async def _clock(db: AsyncSession, settings: Settings) -> Finding:
    """A clock that is behind would put what is published now before what was published last."""
    now, last = clock.now(), (await packed.head_of(db)).recorded_at
    if last > now + ASKEW:
        return (
            False,
            f"the clock says {now:%Y-%m-%d %H:%M}, and the last publication was at {last:%Y-%m-%d %H:%M}",
        )
    if not settings.is_sqlite:
        theirs = (await db.execute(select(sa.func.clock_timestamp()))).scalar_one()
        if abs(theirs - clock.now()) > ASKEW:
            return False, f"the database's clock says {theirs:%Y-%m-%d %H:%M}, ours {now:%Y-%m-%d %H:%M}"
    return True, f"the clock says {now:%Y-%m-%d %H:%M} UTC"


async def _guards(db: AsyncSession, settings: Settings) -> Finding:
    """The triggers that keep what is published, and on PostgreSQL row-level security."""
    kept = [str(t.__tablename__) for t in tables_of(Kind.PUBLISHED)] + ["audit_event"]
    if settings.is_sqlite:
        wanted = {f"{table}_no_{verb}" for table in kept for verb in ("update", "delete")}
        there = await db.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        wanted = {f"{table}_no_change" for table in kept}
        wanted |= {f"row-level security of {t.__tablename__}" for t in tables_of(Kind.PRIVATE)}
        there = await db.execute(
            sa.text(
                "SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O' UNION ALL "
                "SELECT 'row-level security of ' || relname FROM pg_class WHERE relrowsecurity"
            )
        )
    missing = sorted(wanted - set(there.scalars()))
    if missing:
        return False, f"{len(missing)} guards of the record are missing, such as {missing[0]}"
    return True, f"{len(wanted)} guards of the record are in place"


async def _packs(db: AsyncSession) -> Finding:
    made = (await packed.head_of(db)).format
    good = made == FORMAT
    text = f"what is packed for wide readings is of format {made}"
    return good, text if good else f"{text}, this version reads {FORMAT}: run tracker migrate"


async def _search(db: AsyncSession) -> list[Finding]:
    astray = await full_text.astray(db)
    text = "search finds what is published"
    return [
        (not astray, f"search misses or misstates {astray} texts: run tracker migrate" if astray else text)
    ]
