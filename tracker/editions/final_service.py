"""From a draft to a final edition: submit, return, discard, make final."""

from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action
from tracker.editions import draft_queries, queries
from tracker.editions.asking_service import FINAL_FILES
from tracker.editions.content import Content
from tracker.editions.models import (
    QUESTION_LENGTH,
    REASON_LENGTH,
    Edition,
    EditionState,
    PublishedEdition,
    PublishedEditionPlace,
    PublishedEditionText,
)
from tracker.editions.service import changed, open_edition
from tracker.editions.writing_service import columns_of
from tracker.jobs import service as jobs
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid
from tracker.kit.i18n import gettext as _
from tracker.privacy.findings import Text, findings, require_confirmed
from tracker.snapshots import queries as snapshots
from tracker.snapshots.service import put_on_list


async def submit(
    db: AsyncSession, actor: OrganisationActor, briefing_id: UUID, number: int, *, version: int
) -> None:
    """Hand an edition to a reviewer."""
    actor.require(Permission.WRITE_DRAFTS)
    edition = await open_edition(db, briefing_id, number, version, EditionState.DRAFT)
    edition.state, edition.submitted_by, edition.return_reason = EditionState.SUBMITTED, actor.user_id, ""
    await changed(db, actor, edition, Action.EDITION_SUBMITTED)


async def send_back(
    db: AsyncSession, actor: OrganisationActor, briefing_id: UUID, number: int, *, version: int, reason: str
) -> None:
    """Make a submitted edition a draft again; whoever submitted it may do so too. Raises Invalid without a reason."""
    actor.require(Permission.WRITE_DRAFTS)
    edition = await open_edition(db, briefing_id, number, version, EditionState.SUBMITTED)
    if edition.submitted_by != actor.user_id:
        actor.require(Permission.REVIEW)
        if not reason.strip():
            raise Invalid({"reason": _("Say what should change.")})
    if len(reason) > REASON_LENGTH:
        raise Invalid({"reason": _("Use at most %(most)s characters.") % {"most": REASON_LENGTH}})
    edition.state, edition.submitted_by, edition.return_reason = EditionState.DRAFT, None, reason.strip()
    await changed(db, actor, edition, Action.EDITION_RETURNED)


async def discard(
    db: AsyncSession, actor: OrganisationActor, briefing_id: UUID, number: int, *, version: int
) -> None:
    """Give an edition up. Its number is not used again."""
    actor.require(Permission.WRITE_DRAFTS)
    edition = await open_edition(db, briefing_id, number, version, EditionState.DRAFT)
    edition.state = EditionState.DISCARDED
    await changed(db, actor, edition, Action.EDITION_DISCARDED)


def texts_to_check(content: Content) -> list[Text]:
    """What making it final would publish of texts that people wrote."""
    messages = [Text(f"message.{n}.text", m.text) for n, m in enumerate(content.messages or (), 1) if m.text]
    advice = [Text(f"recommendation.{n}.text", r.text) for n, r in enumerate(content.recommendations, 1)]
    return [Text("question", content.question), *messages, *advice]


async def make_final(
    db: AsyncSession,
    actor: OrganisationActor,
    briefing_id: UUID,
    number: int,
    *,
    version: int,
    question: str,
    confirmed_hits: frozenset[str] = frozenset(),
) -> PublishedEdition:
    """Publish a submitted edition, for good, and have its files made. `question`: that of its document.

    Raises Forbidden to whoever submitted it, Unconfirmed for signs of personal data, NotFound and Conflict.
    """
    actor.require(Permission.REVIEW)
    edition = await open_edition(db, briefing_id, number, version, EditionState.SUBMITTED)
    if edition.submitted_by == actor.user_id:
        raise Forbidden(_("You submitted this edition, so somebody else has to make it final."))
    content = await draft_queries.content_of(db, edition)
    signs = require_confirmed(findings(texts_to_check(content)), confirmed_hits)
    briefing = await draft_queries.briefing(db, briefing_id)
    assert briefing is not None
    if any(f.number > edition.number for f in await queries.finals_of(db, briefing.public_id)):
        raise Conflict(_("A later edition of this briefing is final already. Begin a new one instead."))
    final = await _publish(db, actor, briefing.public_id, edition, content, question)
    edition.state = EditionState.FINAL
    edition.job_id = await jobs.enqueue(
        db,
        FINAL_FILES,
        {"edition": final.uid.hex},
        key=queries.files_key(final),
        owner=actor.organisation_id,
    )
    await changed(db, actor, edition, Action.EDITION_FINAL, {"briefing": briefing.public_id, **signs})
    return final


async def _publish(
    db: AsyncSession,
    actor: OrganisationActor,
    public_id: str,
    edition: Edition,
    content: Content,
    question: str,
) -> PublishedEdition:
    columns = columns_of(content) | {"parts": ",".join(edition.parts), "question": question[:QUESTION_LENGTH]}
    final = PublishedEdition(
        uid=uuid4(),
        briefing_id=public_id,
        number=edition.number,
        organisation_id=actor.organisation_id,
        snapshot_id=edition.snapshot_id,
        recorded_at=clock.now(),
        **columns,
    )
    db.add(final)
    await db.flush()
    await put_on_list(db, edition.snapshot_id)
    places = await jurisdictions.by_codes(db, await snapshots.codes(db, edition.snapshot_id))
    db.add_all(PublishedEditionPlace(edition_id=final.id, jurisdiction_id=p.id) for p in places.values())
    for t in await draft_queries.texts_of(db, edition.id):
        db.add(
            PublishedEditionText(
                edition_id=final.id,
                organisation_id=actor.organisation_id,
                kind=t.kind,
                position=t.position,
                key=t.key,
                grade=t.grade,
                text=t.text,
            )
        )
    await db.flush()
    return final
