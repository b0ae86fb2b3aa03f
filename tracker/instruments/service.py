"""Writing instruments: an organisation's own before publication, and what happened to published ones.

Every function takes a session bound to the actor's organisation, and raises a refusal of
`tracker.kit.errors` before it has changed anything.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.db.base import select
from tracker.entries.content import INSTRUMENT_FIELDS, NewInstrument
from tracker.entries.models import Draft, DraftCitation
from tracker.instruments.models import (
    Attachment,
    Instrument,
    PublishedInstrument,
    PublishedInstrumentEvent,
)
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import DraftState, InstrumentEventKind
from tracker.organisations import queries as organisations
from tracker.privacy.findings import NONE_READ, require_read


async def add(
    db: AsyncSession, actor: OrganisationActor, jurisdiction_id: int, content: NewInstrument
) -> Instrument:
    """Add an instrument to the organisation's own. Raises NotFound without a mandate for the jurisdiction."""
    actor.require(Permission.WRITE_DRAFTS)
    await _require_cover(db, actor, jurisdiction_id)
    instrument = Instrument(
        tenant_id=actor.organisation_id,
        id=uuid4(),
        jurisdiction_id=jurisdiction_id,
        created_at=clock.now(),
        created_by=actor.user_id,
        **{name: getattr(content, name) for name in INSTRUMENT_FIELDS},
    )
    db.add(instrument)
    await db.flush()
    await record_by(db, actor, Action.INSTRUMENT_ADDED, f"instrument:{instrument.id}")
    return instrument


async def change(
    db: AsyncSession, actor: OrganisationActor, instrument_id: UUID, content: NewInstrument, *, version: int
) -> None:
    """Replace what is known of an unpublished instrument. Raises Conflict for another version, and under review."""
    actor.require(Permission.WRITE_DRAFTS)
    instrument = await editable(db, instrument_id)
    if instrument.version != version:
        raise Conflict(_("Somebody has changed this instrument since you opened it. Nothing was saved yet."))
    for name in INSTRUMENT_FIELDS:
        setattr(instrument, name, getattr(content, name))
    instrument.version += 1
    await db.flush()
    await record_by(db, actor, Action.INSTRUMENT_CHANGED, f"instrument:{instrument_id}")


async def delete(db: AsyncSession, actor: OrganisationActor, instrument_id: UUID) -> None:
    """Delete an unpublished instrument. Raises Conflict while a draft cites it or a file is attached to it."""
    actor.require(Permission.WRITE_DRAFTS)
    instrument = await editable(db, instrument_id)
    if await _exists(
        db, select(DraftCitation.id).where(col(DraftCitation.own_instrument_id) == instrument_id)
    ):
        raise Conflict(_("A draft cites this instrument. Take the citation out first."))
    if await _exists(db, select(Attachment.id).where(col(Attachment.own_instrument_id) == instrument_id)):
        raise Conflict(_("Files are attached to this instrument. Delete them first."))
    await db.delete(instrument)
    await db.flush()
    await record_by(db, actor, Action.INSTRUMENT_DELETED, f"instrument:{instrument_id}")


async def editable(db: AsyncSession, instrument_id: UUID) -> Instrument:
    """The organisation's unpublished instrument, locked until the transaction ends.

    Raises NotFound; Conflict while an entry that cites it waits for its reviewer, who must publish what
    was read.
    """
    instrument = (
        await db.execute(select(Instrument).where(col(Instrument.id) == instrument_id).with_for_update())
    ).scalar_one_or_none()
    if instrument is None:
        raise NotFound(_("Your organisation has no such instrument; it may have been published or deleted."))
    under_review = (
        select(Draft.id)
        .join(DraftCitation, col(DraftCitation.draft_id) == Draft.id)
        .where(
            col(DraftCitation.own_instrument_id) == instrument_id,
            col(Draft.state).in_((DraftState.SUBMITTED, DraftState.NOTIFIED)),
        )
    )
    if await _exists(db, under_review):
        raise Conflict(
            _(
                "An entry that cites this instrument waits for its reviewer. Take it back before you change this."
            )
        )
    return instrument


@dataclass(frozen=True, slots=True)
class Happening:
    """What an organisation says happened to a published instrument: see PublishedInstrumentEvent."""

    kind: InstrumentEventKind
    by_instrument_id: UUID | None = None
    effective_on: date | None = None
    note: str = ""
    archived_url: str = ""
    in_force_until: date | None = None


async def record_event(
    db: AsyncSession,
    actor: OrganisationActor,
    instrument_id: UUID,
    what: Happening,
    *,
    confirmed_hits: frozenset[str] = NONE_READ,
) -> PublishedInstrumentEvent:
    """Publish that an instrument was amended, repealed, or is known better.

    Raises NotFound without a mandate, Unconfirmed for a sign of personal data that is not among `confirmed_hits`.
    """
    actor.require(Permission.REVIEW)
    instrument = await published(db, actor, instrument_id)
    await _check(db, instrument, what)
    require_read({"note": what.note, "archived_url": what.archived_url}, confirmed_hits)
    event = PublishedInstrumentEvent(
        instrument_id=instrument_id,
        organisation_id=actor.organisation_id,
        kind=what.kind,
        by_instrument_id=what.by_instrument_id,
        effective_on=what.effective_on,
        note=what.note,
        archived_url=what.archived_url,
        in_force_until=what.in_force_until,
        recorded_at=clock.now(),
    )
    db.add(event)
    await db.flush()
    await record_by(
        db, actor, Action.INSTRUMENT_EVENT_RECORDED, f"instrument:{instrument_id}", {"kind": what.kind.value}
    )
    return event


async def published(db: AsyncSession, actor: OrganisationActor, instrument_id: UUID) -> PublishedInstrument:
    """The published instrument, when a mandate of the organisation covers its jurisdiction; else NotFound."""
    instrument = (
        await db.execute(select(PublishedInstrument).where(col(PublishedInstrument.id) == instrument_id))
    ).scalar_one_or_none()
    if instrument is None:
        raise NotFound(_("There is no such instrument."))
    await _require_cover(db, actor, instrument.jurisdiction_id)
    found: PublishedInstrument = instrument
    return found


async def _check(db: AsyncSession, instrument: PublishedInstrument, what: Happening) -> None:
    faults: dict[str, str] = {}
    if what.kind is InstrumentEventKind.RETRACTED:
        raise ValueError("use retract()")
    if what.kind is InstrumentEventKind.REPEALED and not what.effective_on:
        faults["effective_on"] = _("Say from which day on it is repealed.")
    if what.kind is InstrumentEventKind.DETAILS and not (what.archived_url or what.in_force_until):
        faults["archived_url"] = _("Give the archived link or the last day in force, whichever is known now.")
    if what.in_force_until and instrument.in_force_on and what.in_force_until < instrument.in_force_on:
        faults["in_force_until"] = _("This day lies before the day it came into force.")
    starts = [day for day in (instrument.adopted_on, instrument.in_force_on) if day]
    if what.effective_on and starts and what.effective_on < min(starts):
        faults["effective_on"] = _("This day lies before the instrument's own.")
    if what.by_instrument_id == instrument.id:
        faults["by_instrument"] = _("An instrument can't amend or repeal itself.")
    elif what.by_instrument_id and not await _exists(
        db, select(PublishedInstrument.id).where(col(PublishedInstrument.id) == what.by_instrument_id)
    ):
        faults["by_instrument"] = _("There is no such instrument in the register.")
    if faults:
        raise Invalid(faults)


async def retract(
    db: AsyncSession,
    actor: OrganisationActor,
    instrument_id: UUID,
    event_id: int,
    *,
    note: str,
    confirmed_hits: frozenset[str] = NONE_READ,
) -> None:
    """Take back what the organisation recorded by mistake; both stay to be read.

    Raises Invalid without a reason, Unconfirmed for a sign in it that is not among `confirmed_hits`, NotFound,
    Forbidden for another organisation's, Conflict the second time.
    """
    actor.require(Permission.REVIEW)
    if not note.strip():
        raise Invalid({"reason": _("Say why it is taken back; the reason is published.")})
    await published(db, actor, instrument_id)
    e = PublishedInstrumentEvent
    if event_id >= 2**31:  # more than the column, and one of the databases, can hold
        raise NotFound(_("Nothing of the kind is recorded of this instrument."))
    event = (
        await db.execute(select(e).where(col(e.id) == event_id, col(e.instrument_id) == instrument_id))
    ).scalar_one_or_none()
    if event is None or event.kind is InstrumentEventKind.RETRACTED:
        raise NotFound(_("Nothing of the kind is recorded of this instrument."))
    if event.organisation_id != actor.organisation_id:
        raise Forbidden(_("Another organisation recorded this, so only that one can take it back."))
    require_read({"reason": note.strip()}, confirmed_hits)
    taken_back = PublishedInstrumentEvent(
        instrument_id=instrument_id,
        organisation_id=actor.organisation_id,
        kind=InstrumentEventKind.RETRACTED,
        retracts_id=event_id,
        note=note.strip(),
        recorded_at=clock.now(),
    )
    db.add(taken_back)
    try:
        await db.flush()
    except IntegrityError as error:
        raise Conflict(_("This was taken back before.")) from error
    await record_by(
        db, actor, Action.INSTRUMENT_EVENT_RECORDED, f"instrument:{instrument_id}", {"kind": "retracted"}
    )


async def _require_cover(db: AsyncSession, actor: OrganisationActor, jurisdiction_id: int) -> None:
    if not await organisations.covers(db, actor.organisation_id, jurisdiction_id, clock.today()):
        raise NotFound(_("Your organisation has no mandate for this jurisdiction."))


async def _exists(db: AsyncSession, statement: sa.Select[tuple[object]]) -> bool:
    return (await db.execute(statement.limit(1))).first() is not None
