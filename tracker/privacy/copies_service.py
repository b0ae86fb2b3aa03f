"""The private copies of a redacted text: an organisation's own, and those that the service made for others."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.audit.models import AuditEvent
from tracker.crosswalks.models import Crosswalk
from tracker.db.base import Kind, Private, free_texts, select, tables_of
from tracker.db.session import Bound, rebind
from tracker.editions.models import Edition, EditionText
from tracker.entries.models import Draft, DraftCitation, DraftPrinciple
from tracker.notices.models import Notice
from tracker.privacy.place_queries import OF_SETS, of_set

# The log can't be changed, and holds no free text.
TABLES_LEFT: tuple[type[Private], ...] = (AuditEvent,)
# What a notice repeats of an instrument itself; locator and quote are its author's words.
_OF_INSTRUMENT = ("title", "citation", "issuer", "url")


def private_tables() -> list[Any]:
    """Every private table in which a copy of a text may stand."""
    return [t for t in tables_of(Kind.PRIVATE) if t not in TABLES_LEFT]


async def redact_own(db: AsyncSession, text: str, tombstone: str) -> int:
    """Overwrite the text in all private rows of the session's organisation; the number of rows that held it.

    A form that somebody opened before would bring the text back, so what has a version gets a new one.
    """
    changed = 0
    for table in private_tables():
        if table.passing__:
            await db.execute(sa.delete(table))
            continue
        for name in free_texts(table):
            values: dict[str, object] = {name: tombstone}
            if "version" in table.model_fields:
                values["version"] = table.version + 1
            if table is DraftCitation or table is DraftPrinciple:
                await _new_versions(db, table, getattr(table, name) == text)
            if table is EditionText:
                held = select(EditionText.edition_id).where(getattr(table, name) == text)
                new = sa.update(Edition).where(col(Edition.id).in_(held))
                await db.execute(new.values(version=col(Edition.version) + 1))
            done = await db.execute(sa.update(table).where(getattr(table, name) == text).values(**values))
            changed += done.rowcount  # type: ignore[attr-defined]
        changed += await _redact_json(db, table, text, tombstone)
    return changed


async def _new_versions(db: AsyncSession, table: Any, holds: Any) -> None:
    """Raise the versions of the drafts whose citations, or what these say on a principle, hold the text."""
    drafts = select(DraftCitation.draft_id)
    if table is DraftPrinciple:
        drafts = drafts.join(DraftPrinciple, col(DraftPrinciple.citation_id) == DraftCitation.id)
    drafts = drafts.where(holds)
    await db.execute(sa.update(Draft).where(col(Draft.id).in_(drafts)).values(version=col(Draft.version) + 1))


async def redact_draft_sets(db: AsyncSession, text: str, tombstone: str) -> int:
    """Overwrite the text in draft crosswalks, which may have begun as copies; the number of rows that held it.

    An edit as any other: it raises the version, so that no open form brings the text back, and voids the review.
    """
    changed = 0
    drafts = select(Crosswalk.id).where(col(Crosswalk.state) == "draft")
    for table in OF_SETS:
        voided: dict[str, object] = {"reviewer": "", "reviewer_id": None, "reviewed_on": None}
        edited = (
            {"edit_number": table.edit_number + 1}
            if table is Crosswalk
            else {"version": table.version + 1} | voided
        )
        for name in free_texts(table):
            new = {name: tombstone} | edited if name != "reviewer" else edited
            held = sa.update(table).where(getattr(table, name) == text, of_set(table).in_(drafts))
            changed += (await db.execute(held.values(**new))).rowcount  # type: ignore[attr-defined]
    return changed


def json_fields(table: type[Private]) -> list[str]:
    """The attributes of a table that hold JSON."""
    return [a.key for a in sa.inspect(table).column_attrs if isinstance(a.columns[0].type, sa.JSON)]


async def _redact_json(db: AsyncSession, table: Any, text: str, tombstone: str) -> int:
    changed = 0
    for name in json_fields(table):
        tenant = db.info["bound"].tenant
        # What it reads as the second party is not its own to change.
        rows = await db.execute(select(table).where(col(table.tenant_id) == tenant))
        for row in rows.scalars():
            before = getattr(row, name)
            after = replaced(before, text, tombstone)
            if after != before:
                setattr(row, name, after)
                changed += 1
    await db.flush()
    return changed


def replaced(value: Any, text: str, tombstone: str) -> Any:
    """The JSON value with every string that is exactly `text` replaced."""
    if isinstance(value, dict):
        return {key: replaced(held, text, tombstone) for key, held in value.items()}
    if isinstance(value, list):
        return [replaced(held, text, tombstone) for held in value]
    return tombstone if value == text and isinstance(value, str) else value


async def redact_cited(db: AsyncSession, instruments: Collection[UUID], text: str, tombstone: str) -> None:
    """Overwrite the text of published instruments in what the service copied of them for other organisations.

    Notices repeat the instruments that an assessment cites. Only there, and only of these instruments: the words of
    other organisations are their own, even where they are the same.
    """
    wanted = {str(i) for i in instruments}

    async def redact_notices(session: AsyncSession) -> int:
        tenant = session.info["bound"].tenant
        changed = 0
        rows = await session.execute(select(Notice).where(col(Notice.tenant_id) == tenant))
        for notice in rows.scalars():
            cited = [
                replaced(c, text, tombstone) if _repeats(c, wanted, text) else c
                for c in notice.copy_["citations"]
            ]
            if cited != notice.copy_["citations"]:
                notice.copy_ = notice.copy_ | {"citations": cited}
                changed += 1
        for table in private_tables():
            if table.passing__:
                await _forget(session, table, text)
        await session.flush()
        return changed

    await everywhere(db, redact_notices)


def _repeats(cited: Mapping[str, Any], wanted: Collection[str], text: str) -> bool:
    """Whether a notice's citation is of one of the instruments. Old ones do not name it: their own words tell."""
    if "instrument" in cited:
        return cited["instrument"] in wanted
    return text in (cited.get(name) for name in _OF_INSTRUMENT)


async def _forget(db: AsyncSession, table: Any, text: str) -> None:
    """Delete the passing rows that show the text, such as an import's preview that names the instrument."""
    for name in json_fields(table):
        for row in (await db.execute(select(table))).scalars():
            if replaced(getattr(row, name), text, "") != getattr(row, name):
                await db.delete(row)


Work = Callable[..., Awaitable[int]]


async def here(db: AsyncSession, work: Work, *arguments: object) -> int:
    """Do the work for the session's organisation."""
    return await work(db, *arguments)


async def everywhere(db: AsyncSession, work: Work, *arguments: object) -> int:
    """Do the work for every organisation, each behind its own wall, in this one transaction.

    Returns the number for the session's organisation alone: that of the others is theirs to know.
    """
    own: Bound = db.info["bound"]
    told = 0
    for tenant in (await db.execute(select(col(Organisation.id)).order_by(Organisation.key))).scalars().all():
        await rebind(db, Bound(tenant=tenant))
        done = await work(db, *arguments)
        told = done if tenant == own.tenant else told
    await rebind(db, own)
    return told
