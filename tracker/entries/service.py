"""Writing drafts: save, submit, return, discard. Each change and its audit event are one transaction.

Every function takes a session bound to the actor's organisation, and raises a refusal of
`tracker.kit.errors` before it has changed anything.
"""

from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.db.base import select
from tracker.entries import draft_queries
from tracker.entries.content import CITATION_FIELDS, FIELDS, INSTRUMENT_FIELDS, Cell, Citation, Content
from tracker.entries.models import Draft, DraftCitation, DraftPrinciple
from tracker.entries.principles import PRINCIPLE_FIELDS
from tracker.frameworks.models import FrameworkItem
from tracker.instruments.models import Instrument, PublishedInstrument
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import DraftState, RevisionKind
from tracker.mail import outbox_service as outbox
from tracker.mail.models import MailKind
from tracker.notices import service as notices
from tracker.organisations import queries as organisations
from tracker.privacy.findings import NONE_READ


def stale() -> Conflict:
    return Conflict(_("Somebody has changed this entry since you opened it. Nothing of yours was saved yet."))


async def require_mandate(db: AsyncSession, actor: OrganisationActor, jurisdiction_id: int) -> None:
    """Raises NotFound when the organisation may not speak of the jurisdiction."""
    voice = await organisations.voice_of(db, actor.organisation_id, jurisdiction_id, clock.today())
    if voice is None:
        raise NotFound(_("Your organisation has no mandate for this jurisdiction."))


async def open_draft(db: AsyncSession, cell: Cell, *, lock: bool = False) -> Draft | None:
    """The draft of the cell in the session's organisation, if there is one; locked until the transaction ends."""
    statement = select(Draft).where(
        col(Draft.jurisdiction_id) == cell.jurisdiction_id,
        col(Draft.item_id) == cell.item_id,
        col(Draft.domain) == cell.domain,
    )
    statement = statement.with_for_update() if lock else statement
    return (await db.execute(statement)).scalar_one_or_none()


async def locked_draft(db: AsyncSession, draft_id: UUID, version: int, *states: DraftState) -> Draft:
    """The draft, locked until the transaction ends. Raises NotFound; Conflict for another version or state."""
    draft = (
        await db.execute(select(Draft).where(col(Draft.id) == draft_id).with_for_update())
    ).scalar_one_or_none()
    if draft is None:
        raise NotFound(_("There is no such draft; it may have been published or discarded."))
    if draft.version != version or draft.state not in states:
        raise stale()
    return draft


async def save_draft(
    db: AsyncSession, actor: OrganisationActor, cell: Cell, content: Content, *, version: int
) -> Draft:
    """Create the cell's draft (`version` 0) or replace what it says (the version that was read).

    Raises NotFound without a mandate, Conflict when the draft is not at `version` or is submitted.
    """
    actor.require(Permission.WRITE_DRAFTS)
    await require_mandate(db, actor, cell.jurisdiction_id)
    # Locked before its version is looked at: else two who read the same version would both write.
    draft = await open_draft(db, cell, lock=True)
    if (draft.version if draft else 0) != version:
        raise stale()
    if draft is None:
        draft = await _new_draft(db, actor, cell)
    elif draft.state in (DraftState.SUBMITTED, DraftState.NOTIFIED):
        raise Conflict(_("This entry is under review. Take it back before you change it."))
    for name in FIELDS:
        setattr(draft, name, getattr(content, name))
    draft.corrects_id = await _corrected(db, actor, cell) if content.kind is RevisionKind.CORRECTION else None
    await _touch(db, actor, draft, Action.DRAFT_SAVED)
    await _replace_citations(db, actor, draft, content.citations)
    return draft


async def _new_draft(db: AsyncSession, actor: OrganisationActor, cell: Cell) -> Draft:
    if (
        await db.execute(select(FrameworkItem.id).where(col(FrameworkItem.id) == cell.item_id))
    ).first() is None:
        raise NotFound(_("There is no such item."))
    now = clock.now()
    draft = Draft(
        tenant_id=actor.organisation_id,
        id=uuid4(),
        jurisdiction_id=cell.jurisdiction_id,
        item_id=cell.item_id,
        domain=cell.domain,
        version=0,
        created_at=now,
        created_by=actor.by,
        updated_at=now,
    )
    db.add(draft)
    return draft


async def _corrected(db: AsyncSession, actor: OrganisationActor, cell: Cell) -> int:
    """The revision that a correction replaces: the organisation's latest one of the cell that still counts."""
    published = await draft_queries.own_latest(
        db, actor.organisation_id, cell.jurisdiction_id, [cell.item_id]
    )
    latest = published.get((cell.item_id, cell.domain))
    if latest is None:
        raise Invalid({"kind": _("There is nothing published yet that could be corrected.")})
    return latest.id


async def _touch(db: AsyncSession, actor: OrganisationActor, draft: Draft, action: Action) -> None:
    draft.version += 1
    draft.updated_at, draft.updated_by = clock.now(), actor.by
    try:
        await db.flush()
    except IntegrityError as error:  # another request made the same cell's draft in this moment
        raise stale() from error
    await record_by(
        db,
        actor,
        action,
        f"draft:{draft.id}",
        {"version": draft.version, "state": draft.state.value}
        | ({"token": str(actor.token_id)} if actor.token_id else {}),
    )


async def _replace_citations(
    db: AsyncSession, actor: OrganisationActor, draft: Draft, citations: tuple[Citation, ...]
) -> None:
    await db.execute(sa.delete(DraftCitation).where(col(DraftCitation.draft_id) == draft.id))
    for position, citation in enumerate(citations, start=1):
        own, published = await _instrument_of(db, actor, draft.jurisdiction_id, citation)
        row = DraftCitation(
            tenant_id=actor.organisation_id,
            id=uuid4(),
            draft_id=draft.id,
            position=position,
            own_instrument_id=own,
            instrument_id=published,
            **{name: getattr(citation, name) for name in CITATION_FIELDS},
        )
        db.add(row)
        for stated in citation.principles:
            said = {name: getattr(stated, name) for name in PRINCIPLE_FIELDS}
            db.add(DraftPrinciple(tenant_id=actor.organisation_id, id=uuid4(), citation_id=row.id, **said))
    await db.flush()


async def _instrument_of(
    db: AsyncSession, actor: OrganisationActor, jurisdiction_id: int, citation: Citation
) -> tuple[UUID | None, UUID | None]:
    """(own id, published id), one of them None. A new instrument is added to the organisation's own."""
    if not isinstance(citation.instrument, UUID):
        return await _add_instrument(db, actor, jurisdiction_id, citation), None
    wanted = citation.instrument
    if (await db.execute(select(Instrument.id).where(col(Instrument.id) == wanted))).first():
        return wanted, None
    if (
        await db.execute(select(PublishedInstrument.id).where(col(PublishedInstrument.id) == wanted))
    ).first():
        return None, wanted
    raise Invalid({"citations": _("One of the instruments is not in the register.")})


async def _add_instrument(
    db: AsyncSession, actor: OrganisationActor, jurisdiction_id: int, citation: Citation
) -> UUID:
    instrument = Instrument(
        tenant_id=actor.organisation_id,
        id=uuid4(),
        jurisdiction_id=jurisdiction_id,
        created_at=clock.now(),
        created_by=actor.by,
        **{name: getattr(citation.instrument, name) for name in INSTRUMENT_FIELDS},
    )
    db.add(instrument)
    await db.flush()
    await record_by(db, actor, Action.INSTRUMENT_ADDED, f"instrument:{instrument.id}")
    return instrument.id


async def submit(db: AsyncSession, actor: OrganisationActor, draft_id: UUID, *, version: int) -> Draft:
    """Hand a draft to a reviewer. Raises Invalid when it says nothing, or lacks what its levels must have."""
    actor.require(Permission.WRITE_DRAFTS)
    draft = await locked_draft(db, draft_id, version, DraftState.DRAFT, DraftState.RETURNED)
    _complete_enough(draft)
    draft.state, draft.return_reason = DraftState.SUBMITTED, ""
    draft.submitted_at, draft.submitted_by = clock.now(), actor.by
    await _touch(db, actor, draft, Action.DRAFT_SUBMITTED)
    await outbox.put(db, actor.organisation_id, MailKind.TO_REVIEW, f"draft:{draft.id}", but=actor.user_id)
    return draft


def _complete_enough(draft: Draft) -> None:
    """What can't be published even as a claim: see `tracker.entries.forms` for the same rules beside the fields."""
    levels = (draft.commitment, draft.practice)
    if set(levels) == {"not_assessed"} and not draft.note:
        raise Invalid(
            {"commitment": _("Say a level, or why there is none, on at least one scale; or write a note.")}
        )
    if "0" in levels and not (draft.search_who and draft.search_where and draft.search_when):
        raise Invalid({"search_who": _("Level 0 needs its search note: who looked, where and when.")})
    if "not_applicable" in levels and not draft.not_applicable_reason:
        raise Invalid({"not_applicable_reason": _("“Not applicable” needs a reason, which is published.")})
    if any(level.isdigit() for level in levels) and not (draft.basis and draft.scope):
        raise Invalid({"basis": _("A level needs its basis and its scope.")})


async def take_back(
    db: AsyncSession,
    actor: OrganisationActor,
    draft_id: UUID,
    *,
    version: int,
    reason: str = "",
    confirmed_hits: frozenset[str] = NONE_READ,
) -> Draft:
    """Make a submitted draft editable again; a notified one too, by a reviewer and for a reason that its steward reads.

    Raises for a notified one what `notices.withdraw` raises.
    """
    actor.require(Permission.WRITE_DRAFTS)
    draft = await locked_draft(db, draft_id, version, DraftState.SUBMITTED, DraftState.NOTIFIED)
    if draft.state is DraftState.NOTIFIED:
        await notices.withdraw(db, actor, draft.id, reason, confirmed_hits)
    draft.state, draft.submitted_at, draft.submitted_by = DraftState.DRAFT, None, None
    await _touch(db, actor, draft, Action.DRAFT_TAKEN_BACK)
    return draft


async def return_draft(
    db: AsyncSession, actor: OrganisationActor, draft_id: UUID, *, version: int, reason: str
) -> Draft:
    """Send a submitted draft back with a reason. Raises Invalid without one."""
    actor.require(Permission.REVIEW)
    if not reason.strip():
        raise Invalid({"reason": _("Say what should change, so that the author can mend it.")})
    draft = await locked_draft(db, draft_id, version, DraftState.SUBMITTED)
    draft.state, draft.return_reason = DraftState.RETURNED, reason.strip()
    await _touch(db, actor, draft, Action.DRAFT_RETURNED)
    await outbox.put(db, actor.organisation_id, MailKind.RETURNED, f"draft:{draft.id}", but=actor.user_id)
    return draft


async def discard(db: AsyncSession, actor: OrganisationActor, draft_id: UUID, *, version: int) -> None:
    """Delete a draft that is not submitted. What is published of the entry stays."""
    actor.require(Permission.WRITE_DRAFTS)
    draft = await locked_draft(db, draft_id, version, DraftState.DRAFT, DraftState.RETURNED)
    await _touch(db, actor, draft, Action.DRAFT_DISCARDED)
    await db.delete(draft)
    await db.flush()
