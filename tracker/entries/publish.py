"""Publishing: a submitted draft becomes an immutable, public revision; and taking one back."""

from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.access.tokens import made_by
from tracker.audit.record import Action, record_by
from tracker.db.base import select
from tracker.entries import principle_queries
from tracker.entries.content import CITATION_FIELDS, FIELDS, INSTRUMENT_FIELDS
from tracker.entries.evidence import Cited, Support, lacking
from tracker.entries.models import (
    Draft,
    DraftCitation,
    PublishedCitation,
    PublishedPrinciple,
    PublishedRevision,
    PublishedWithdrawal,
)
from tracker.entries.principles import PRINCIPLE_FIELDS, Stated
from tracker.entries.service import locked_draft
from tracker.instruments import publish as attachments
from tracker.instruments.models import Instrument, PublishedInstrument
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, DraftState, Voice
from tracker.notices import service as notices
from tracker.organisations import queries as organisations
from tracker.privacy import queries as privacy
from tracker.privacy.findings import NONE_READ, findings, require_confirmed


async def publish(
    db: AsyncSession,
    actor: OrganisationActor,
    draft_id: UUID,
    *,
    version: int,
    confirmed_hits: frozenset[str] = NONE_READ,
) -> PublishedRevision:
    """Publish a submitted draft, or a notified one whose time has come, and remove it from the workspace.

    `confirmed_hits`: the tokens of the signs of personal data that the publisher has read. Raises Forbidden to
    whoever submitted it, NotFound without a mandate, Conflict when the draft changed or its steward may still
    reply, Unconfirmed (an Invalid) when it has a sign that is not among them.
    """
    actor.require(Permission.REVIEW)
    draft = await locked_draft(db, draft_id, version, DraftState.SUBMITTED, DraftState.NOTIFIED)
    await _require_another(db, actor, draft)
    voice = await _voice(db, actor, draft)
    stewards = await organisations.nearest_stewards(db, draft.jurisdiction_id, clock.today())
    if voice is Voice.INDEPENDENT and stewards:
        await notices.require_ready(db, draft.id, draft.state, stewards)
    closing = await notices.open_notices(db, draft.id)
    # It records the publication, so that a reply made in this moment waits for it: see `notices.reply`.
    revision = await publish_as(db, actor, draft, voice, confirmed_hits=confirmed_hits)
    await notices.close(db, closing, revision)
    return revision


async def notify(
    db: AsyncSession,
    actor: OrganisationActor,
    draft_id: UUID,
    *,
    version: int,
    days: int,
    confirmed_hits: frozenset[str] = NONE_READ,
) -> Draft:
    """Send a frozen copy of a submitted assessment to the jurisdiction's stewards, who may reply for `days` days.

    Raises Forbidden to whoever submitted it, Conflict where there is nobody to notify, and Unconfirmed for a sign of
    personal data that is not among `confirmed_hits`: the copy goes to another organisation.
    """
    actor.require(Permission.REVIEW)
    draft = await locked_draft(db, draft_id, version, DraftState.SUBMITTED)
    await _require_another(db, actor, draft)
    stewards = await organisations.nearest_stewards(db, draft.jurisdiction_id, clock.today())
    if await _voice(db, actor, draft) is not Voice.INDEPENDENT or not stewards:
        raise Conflict(_("There is no steward to notify; this entry can be published as it is."))
    texts = await privacy.draft_texts(db, [draft.id])
    require_confirmed(findings(texts[draft.id]), confirmed_hits)
    await notices.send(db, actor, draft, stewards, days)
    draft.state = DraftState.NOTIFIED
    draft.version += 1
    await db.flush()
    return draft


async def _require_another(db: AsyncSession, actor: OrganisationActor, draft: Draft) -> None:
    """Raises Forbidden to whoever submitted the draft, and to whoever made the token that did."""
    if draft.submitted_by == actor.user_id:
        raise Forbidden(_("You submitted this entry, so somebody else has to publish it or send it on."))
    if actor.user_id and draft.submitted_by and await made_by(db, draft.submitted_by) == actor.user_id:
        raise Forbidden(
            _("A token that you made submitted this entry, so somebody else has to publish it or send it on.")
        )


async def _voice(db: AsyncSession, actor: OrganisationActor, draft: Draft) -> Voice:
    voice = await organisations.voice_of(db, actor.organisation_id, draft.jurisdiction_id, clock.today())
    if voice is None:
        raise NotFound(_("Your organisation has no mandate for this jurisdiction any more."))
    return voice


async def publish_as(
    db: AsyncSession,
    actor: OrganisationActor,
    draft: Draft,
    voice: Voice,
    *,
    confirmed_hits: frozenset[str] = NONE_READ,
) -> PublishedRevision:
    """Copy the draft into the published tables, as `voice`, and delete it.

    Whatever publishes comes through here, so the check for personal data stands here: raises Unconfirmed.
    """
    texts = await privacy.draft_texts(db, [draft.id])
    signs = require_confirmed(findings(texts[draft.id]), confirmed_hits)
    citations = await _published_citations(db, actor, draft)
    revision = PublishedRevision(
        uid=uuid4(),
        organisation_id=actor.organisation_id,
        voice=voice,
        jurisdiction_id=draft.jurisdiction_id,
        item_id=draft.item_id,
        domain=draft.domain,
        corrects_id=draft.corrects_id,
        recorded_at=clock.now(),
        commitment_claimed=_claimed(Axis.COMMITMENT, draft, citations),
        practice_claimed=_claimed(Axis.PRACTICE, draft, citations),
        **{name: getattr(draft, name) for name in FIELDS},
    )
    db.add(revision)
    await db.flush()
    for citation, _instrument, stated in citations:
        citation.revision_id = revision.id
        db.add(citation)
        for said in stated:
            fields = {name: getattr(said, name) for name in PRINCIPLE_FIELDS}
            db.add(PublishedPrinciple(revision_id=revision.id, position=citation.position, **fields))
    subject, draft_id = f"revision:{revision.uid}", str(draft.id)
    await db.delete(draft)
    await db.flush()
    await record_by(
        db,
        actor,
        Action.REVISION_PUBLISHED,
        subject,
        {
            "draft": draft_id,
            "submitted_by": str(draft.submitted_by) if draft.submitted_by else None,
            "personal_data_signs": signs,
        },
    )
    return revision


Cite = tuple[PublishedCitation, PublishedInstrument, tuple[Stated, ...]]


async def _published_citations(db: AsyncSession, actor: OrganisationActor, draft: Draft) -> list[Cite]:
    rows = (
        await db.execute(
            select(DraftCitation)
            .where(col(DraftCitation.draft_id) == draft.id)
            .order_by(col(DraftCitation.position))
        )
    ).scalars()
    stated = await principle_queries.of_drafts(db, [draft.id])
    found = []
    for row in rows.all():
        instrument = await _published_instrument(db, actor, row)
        fields = {name: getattr(row, name) for name in CITATION_FIELDS}
        citation = PublishedCitation(position=row.position, instrument_id=instrument.id, **fields)
        found.append((citation, instrument, stated.get(row.id, ())))
    return found


async def _published_instrument(
    db: AsyncSession, actor: OrganisationActor, citation: DraftCitation
) -> PublishedInstrument:
    """The instrument in the public register; the organisation's own one enters it now, under the same id."""
    if citation.instrument_id is not None:
        return (
            await db.execute(
                select(PublishedInstrument).where(col(PublishedInstrument.id) == citation.instrument_id)
            )
        ).scalar_one()
    own = (
        await db.execute(select(Instrument).where(col(Instrument.id) == citation.own_instrument_id))
    ).scalar_one()
    published = PublishedInstrument(
        id=own.id,
        jurisdiction_id=own.jurisdiction_id,
        organisation_id=actor.organisation_id,
        recorded_at=clock.now(),
        **{name: getattr(own, name) for name in INSTRUMENT_FIELDS},
    )
    db.add(published)
    await db.flush()
    # Other drafts that cite it now cite the public one.
    await db.execute(
        sa.update(DraftCitation)
        .where(col(DraftCitation.own_instrument_id) == own.id)
        .values(own_instrument_id=None, instrument_id=own.id)
    )
    await attachments.follow(db, actor, own.id)
    await db.delete(own)
    await db.flush()
    return published


def _claimed(axis: Axis, draft: Draft, citations: list[Cite]) -> bool:
    support = Support(
        draft.search_who,
        draft.search_where,
        draft.search_when,
        draft.owner,
        draft.budget,
        draft.valid_from,
    )
    cited = [Cited(c.axis, i.kind, i.adopted_on or i.in_force_on, c.locator) for c, i, _stated in citations]
    return bool(lacking(axis, getattr(draft, axis.value), support, cited))


async def withdraw(db: AsyncSession, actor: OrganisationActor, uid: UUID, *, reason: str) -> None:
    """Take a published revision of the organisation back; a tombstone with the reason stays."""
    actor.require(Permission.REVIEW)
    if not reason.strip():
        raise Invalid({"reason": _("Say why it is withdrawn; the reason is published.")})
    revision = (
        await db.execute(
            select(PublishedRevision).where(
                col(PublishedRevision.uid) == uid,
                col(PublishedRevision.organisation_id) == actor.organisation_id,
            )
        )
    ).scalar_one_or_none()
    if revision is None:
        raise NotFound(_("Your organisation has published no such revision."))
    already = await db.execute(
        select(PublishedWithdrawal.revision_id).where(col(PublishedWithdrawal.revision_id) == revision.id)
    )
    if already.first():
        raise Conflict(_("This revision was withdrawn before."))
    db.add(PublishedWithdrawal(revision_id=revision.id, reason=reason.strip(), recorded_at=clock.now()))
    await db.flush()
    await record_by(db, actor, Action.REVISION_WITHDRAWN, f"revision:{uid}")
