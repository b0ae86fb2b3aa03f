"""The verbs of editions: begin, change, submit, return, make final, discard; and subscribing to new ones."""

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
from tracker.audit.record import Action, record
from tracker.briefings.options import ALWAYS, PARTS
from tracker.db.base import select
from tracker.db.session import queue_behind
from tracker.editions import queries
from tracker.editions.content import MOST_MESSAGES, MOST_RECOMMENDATIONS, PAGE_SIZES, Chosen, Content
from tracker.editions.models import (
    ID_LENGTH,
    QUESTION_LENGTH,
    TEXT_LENGTH,
    Briefing,
    Edition,
    EditionFile,
    EditionState,
    EditionText,
    Subscription,
    TextKind,
    Trigger,
)
from tracker.jobs import service as jobs
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _

DRAFT_FILES, FINAL_FILES = "editions.draft_files", "editions.final_files"


OPEN = (EditionState.DRAFT, EditionState.SUBMITTED)
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
        query={k: v for k, v in query.items() if k not in ("on", "as_of")},
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
    await _keep_texts(db, actor, made, content)
    detail = {"trigger": trigger.value, "snapshot": snapshot_id}
    await _record(db, actor, Action.EDITION_BEGUN, made, detail)
    return made


def check(content: Content) -> None:
    """Raises Invalid for a content that can't be taken."""
    faults: dict[str, str] = {}
    if len(content.question) > QUESTION_LENGTH:
        faults["question"] = _("Use at most %(most)s characters.") % {"most": QUESTION_LENGTH}
    if not set(content.parts) <= set(PARTS):
        faults["parts"] = _("One of these parts is not known.")
    if content.page_size not in PAGE_SIZES:
        faults["page_size"] = _("This size is not known.")
    if content.messages is not None and not 1 <= len(content.messages) <= MOST_MESSAGES:
        faults["messages"] = _("Choose one to five key messages.")
    texts = [m.text for m in content.messages or ()] + [r.text for r in content.recommendations]
    if any(len(text) > TEXT_LENGTH for text in texts):
        faults["messages"] = _("Use at most %(most)s characters for each text.") % {"most": TEXT_LENGTH}
    if len(content.recommendations) > MOST_RECOMMENDATIONS:
        faults["recommendations"] = _("Give at most %(n)s recommendations.") % {"n": MOST_RECOMMENDATIONS}
    if faults:
        raise Invalid(faults)


def columns_of(content: Content) -> dict[str, Any]:
    """The columns of an edition. Recommendations that are given are shown."""
    kept = {*ALWAYS, "recommendations"} if content.recommendations else {*ALWAYS}
    return {
        "question": content.question,
        "parts": [part for part in PARTS if part in content.parts or part in kept],
        "locale": content.locale,
        "page_size": content.page_size,
        "since": None if content.before else content.since,
        "before": content.before,
        "lens": content.lens,
        "chosen": content.messages is not None,
    }


async def _keep_texts(db: AsyncSession, actor: OrganisationActor, edition: Edition, content: Content) -> None:
    def row(kind: TextKind, position: int, **more: Any) -> EditionText:
        return EditionText(
            tenant_id=actor.organisation_id,
            id=uuid4(),
            edition_id=edition.id,
            kind=kind,
            position=position,
            **more,
        )

    for position, m in enumerate(content.messages or (), 1):
        author: dict[str, Any] = {"author_id": m.author_id, "author": m.author} if m.text else {}
        db.add(row(TextKind.MESSAGE, position, key=m.key, text=m.text, **author))
    for position, r in enumerate(content.recommendations, 1):
        db.add(row(TextKind.RECOMMENDATION, position, grade=r.grade.value, text=r.text))
    await db.flush()


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
    """Change a draft. A message whose text changed gets the actor as its author.

    Raises NotFound, Invalid, and Conflict when it changed since the form was opened or is no draft.
    """
    actor.require(Permission.WRITE_DRAFTS)
    check(content)
    edition = await open_edition(db, briefing_id, number, version, EditionState.DRAFT)
    before = {m.key: m for m in (await queries.content_of(db, edition)).messages or ()}
    if content.messages is not None:
        signed = tuple(_signed(m, before.get(m.key), actor, author) for m in content.messages)
        content = replace(content, messages=signed)
    await db.execute(sa.delete(EditionText).where(col(EditionText.edition_id) == edition.id))
    for name, value in columns_of(content).items():
        setattr(edition, name, value)
    await _keep_texts(db, actor, edition, content)
    await changed(db, actor, edition, Action.EDITION_CHANGED)
    return edition


def _signed(m: Chosen, before: Chosen | None, actor: OrganisationActor, author: str) -> Chosen:
    if not m.text:
        return Chosen(m.key)
    if before and before.text == m.text:
        return before
    return Chosen(m.key, m.text, author[:120], actor.user_id)


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
    await record(
        db,
        action,
        tenant=actor.organisation_id,
        actor=actor.user_id,
        subject=f"edition:{edition.id}",
        detail={"number": edition.number} | (detail or {}),
    )


async def ask_for_files(db: AsyncSession, actor: OrganisationActor, briefing_id: UUID, number: int) -> None:
    """Have the files of an open edition made; again, where that failed. Those of a final one come by themselves."""
    actor.require(Permission.WRITE_DRAFTS)
    edition = await queries.edition(db, briefing_id, number)
    if edition is None:
        raise NotFound(_("There is no such edition."))
    job = await jobs.job(db, edition.job_id) if edition.job_id else None
    if job is not None and job.state == "failed":
        await jobs.retry(db, job.id)
        return
    if job is not None and job.state in ("queued", "running"):
        return
    if edition.state not in OPEN:
        raise Conflict(_("This edition is no longer in the state in which this can be done."))
    about = {"tenant": str(actor.organisation_id), "edition": str(edition.id)}
    edition.job_id = await jobs.enqueue(db, DRAFT_FILES, about)
    await db.flush()


async def subscribe(
    db: AsyncSession, actor: OrganisationActor, briefing_id: UUID, *, each_quarter: bool, on_change: bool
) -> None:
    """Ask for new editions, or for other ones than before. Raises NotFound, and Invalid where nothing is asked for."""
    actor.require(Permission.WRITE_DRAFTS)
    if await queries.briefing(db, briefing_id) is None:
        raise NotFound(_("There is no such briefing."))
    if not (each_quarter or on_change):
        raise Invalid({"when": _("Choose when a new edition is wanted.")})
    await queue_behind(db, f"briefing:{briefing_id}")
    found = await queries.subscription(db, briefing_id)
    if found is None:
        found = Subscription(
            tenant_id=actor.organisation_id, id=uuid4(), briefing_id=briefing_id, started_at=clock.now()
        )
    found.each_quarter, found.on_change = each_quarter, on_change
    found.started_at, found.started_by = clock.now(), actor.user_id
    found.ended_at, found.ended_by = None, None
    db.add(found)
    await db.flush()
    detail = {"each_quarter": each_quarter, "on_change": on_change}
    await _record_subscription(db, actor, Action.SUBSCRIPTION_STARTED, found, detail)


async def end_subscription(db: AsyncSession, actor: OrganisationActor, briefing_id: UUID) -> None:
    """Ask for no more editions. Raises NotFound, and Conflict where it has ended."""
    actor.require(Permission.WRITE_DRAFTS)
    found = await queries.subscription(db, briefing_id)
    if found is None:
        raise NotFound(_("There is no such subscription."))
    if found.ended_at:
        raise Conflict(_("It has ended already."))
    found.ended_at, found.ended_by = clock.now(), actor.user_id
    await db.flush()
    await _record_subscription(db, actor, Action.SUBSCRIPTION_ENDED, found, {})


async def _record_subscription(
    db: AsyncSession, actor: OrganisationActor, action: Action, found: Subscription, detail: dict[str, Any]
) -> None:
    await record(
        db,
        action,
        tenant=actor.organisation_id,
        actor=actor.user_id,
        subject=f"briefing:{found.briefing_id}",
        detail=detail,
    )
