"""`tracker doctor`: is this installation well? Looks, and changes nothing."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.access.permissions import Role
from tracker.db import migrate
from tracker.db.base import select
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.frameworks.models import FrameworkItem
from tracker.jurisdictions.models import Jurisdiction
from tracker.mail.queries import failures
from tracker.search import full_text
from tracker.settings import Settings

Finding = tuple[bool, str]


async def examine(database: Database, settings: Settings) -> list[Finding]:
    """(well, what was looked at) for each check; stops early where the rest can't be looked at."""
    findings: list[Finding] = [(True, f"data folder {settings.data_dir}")]
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
        findings += await _search(db, stands_at)
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


async def _search(db: AsyncSession, stands_at: str) -> list[Finding]:
    if stands_at != migrate.newest():
        return []  # the tables that it looks at may not be there yet
    astray = await full_text.astray(db)
    text = "search finds what is published"
    return [
        (not astray, f"search misses or misstates {astray} texts: run tracker migrate" if astray else text)
    ]
