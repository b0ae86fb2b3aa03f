"""Beginning editions, and changing drafts."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.db.base import select
from tracker.db.session import queue_behind
from tracker.editions import draft_queries
from tracker.editions.content import Chosen, Content
from tracker.editions.models import (
    ID_LENGTH,
    Briefing,
    Edition,
    EditionFile,
    EditionState,
    Trigger,
)
from tracker.editions.writing_service import check, columns_of, keep_texts, write_anew
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _

MOST_BRIEFINGS = 500


async def start(
    db: AsyncSession,
    actor: OrganisationActor,
    *,
    query: Mapping[str, str],
    content: Content,
    snapshot_id: str,
) -> Edition:
    """Begin a briefing with its first edition. `query`: the comparison's parameters. Raises Invalid."""
    actor.require(Permission.WRITE_DRAFTS)
    await queue_behind(db, f"briefings:{actor.organisation_id}")
    held = await db.scalar(select(sa.func.count()).select_from(Briefing))
    if (held or 0) >= MOST_BRIEFINGS:
        raise Invalid(
            {"question": _("Your organisation has %(n)s briefings, the most there may be.") % {"n": held}}
        )
    briefing = Briefing(
        tenant_id=actor.organisation_id,
        id=uuid4(),
        public_id=_public_id(),
        query=without_moment(query),
        created_at=clock.now(),
        created_by=actor.user_id,
    )
    db.add(briefing)
    await db.flush()
    return await begin(db, actor, briefing, content, snapshot_id)


def _public_id() -> str:
    return base64.b32encode(uuid4().bytes).decode().lower()[:ID_LENGTH]


async def begin(
    db: AsyncSession,
    actor: OrganisationActor,
    briefing: Briefing,
    content: Content,
    snapshot_id: str,
    *,
    trigger: Trigger = Trigger.HAND,
    trigger_key: str = "",
    changes: tuple[str, ...] = (),
) -> Edition:
    """Begin the next edition of a briefing. Raises Invalid, and IntegrityError for a `trigger_key` that had its turn."""
    actor.require(Permission.WRITE_DRAFTS)
    check(content)
    await queue_behind(db, f"briefing:{briefing.id}")
    numbers = select(sa.func.max(Edition.number)).where(col(Edition.briefing_id) == briefing.id)
    number = (await db.scalar(numbers) or 0) + 1
    made = Edition(
        tenant_id=actor.organisation_id,
        id=uuid4(),
        briefing_id=briefing.id,
        number=number,
        trigger=trigger,
        trigger_key=trigger_key or f"hand:{number}",
        changes=list(changes),
        snapshot_id=snapshot_id,
        created_at=clock.now(),
        created_by=actor.user_id,
        **columns_of(content),
    )
    db.add(made)
    await db.flush()
    await keep_texts(db, actor, made, content)
    detail = {"trigger": trigger.value, "snapshot": snapshot_id}
    await _record(db, actor, Action.EDITION_BEGUN, made, detail)
    return made


async def hold(db: AsyncSession, before: Edition) -> None:
    """Keep an edition as it was read, whose texts go on in another one, until that is written.

    Raises Conflict where it has changed since: a text of it may have been redacted.
    """
    statement = select(Edition.version).where(col(Edition.id) == before.id).with_for_update()
    if await db.scalar(statement) != before.version:
        raise Conflict(_("The edition before has changed in this moment. Try again."))


async def save(
    db: AsyncSession,
    actor: OrganisationActor,
    briefing_id: UUID,
    number: int,
    content: Content,
    *,
    version: int,
    author: str,
) -> Edition:
    """Change a draft. A message whose text is new, here and in the edition before, gets the actor as its author.

    Raises NotFound, Invalid, and Conflict when it changed since the form was opened or is no draft.
    """
    actor.require(Permission.WRITE_DRAFTS)
    check(content)
    edition = await open_edition(db, briefing_id, number, version, EditionState.DRAFT)
    earlier = await draft_queries.before(db, edition)
    stored = [await draft_queries.content_of(db, e) for e in (earlier, edition) if e is not None]
    before = {(m.key, m.text): m for of in stored for m in of.messages or ()}
    if content.messages is not None:
        signed = tuple(_signed(m, before.get((m.key, m.text)), actor, author) for m in content.messages)
        content = replace(content, messages=signed)
    await write_anew(db, actor, edition, content)
    await changed(db, actor, edition, Action.EDITION_CHANGED)
    return edition


def _signed(m: Chosen, before: Chosen | None, actor: OrganisationActor, author: str) -> Chosen:
    if not m.text:
        return Chosen(m.key)
    return before or Chosen(m.key, m.text, author[:120], actor.user_id)


async def reselect(
    db: AsyncSession,
    actor: OrganisationActor,
    briefing_id: UUID,
    number: int,
    *,
    query: Mapping[str, str],
    snapshot_id: str,
    version: int,
) -> Edition:
    """Have a draft, and the editions after it, compare something else. Raises NotFound and Conflict."""
    actor.require(Permission.WRITE_DRAFTS)
    edition = await open_edition(db, briefing_id, number, version, EditionState.DRAFT)
    briefing = await draft_queries.briefing(db, briefing_id)
    if briefing is None:
        raise NotFound(_("There is no such briefing."))
    briefing.query, edition.snapshot_id = without_moment(query), snapshot_id
    await changed(db, actor, edition, Action.EDITION_CHANGED, {"snapshot": snapshot_id})
    return edition


def without_moment(query: Mapping[str, str]) -> dict[str, str]:
    """What is asked again from edition to edition."""
    return {k: v for k, v in query.items() if k not in ("on", "as_of")}


async def open_edition(
    db: AsyncSession, briefing_id: UUID, number: int, version: int, *states: EditionState
) -> Edition:
    """The edition, locked, when it is in one of the states and as it was when the form was opened."""
    statement = (
        select(Edition)
        .where(col(Edition.briefing_id) == briefing_id, col(Edition.number) == number)
        .with_for_update()
    )
    found: Edition | None = (await db.execute(statement)).scalar_one_or_none()
    if found is None:
        raise NotFound(_("There is no such edition."))
    if found.state not in states:
        raise Conflict(_("This edition is no longer in the state in which this can be done."))
    if found.version != version:
        raise Conflict(_("Somebody else has changed this edition since you opened it."))
    return found


async def changed(
    db: AsyncSession,
    actor: OrganisationActor,
    edition: Edition,
    action: Action,
    detail: dict[str, Any] | None = None,
) -> None:
    edition.version += 1
    edition.changed_by = actor.user_id
    await db.flush()
    if action is not Action.EDITION_CHANGED:  # its files still say what it says
        files = sa.update(EditionFile).where(
            col(EditionFile.edition_id) == edition.id, col(EditionFile.version) == edition.version - 1
        )
        await db.execute(files.values(version=edition.version))
    await _record(db, actor, action, edition, detail)


async def _record(
    db: AsyncSession,
    actor: OrganisationActor,
    action: Action,
    edition: Edition,
    detail: dict[str, Any] | None = None,
) -> None:
    await record_by(db, actor, action, f"edition:{edition.id}", {"number": edition.number} | (detail or {}))
