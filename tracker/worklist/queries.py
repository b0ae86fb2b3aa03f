"""Gathering what waits for an organisation."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.corrections import queries as corrections
from tracker.corrections.followed_queries import to_correct
from tracker.editions import draft_queries as editions
from tracker.editions.content import EditionLine
from tracker.entries import draft_queries
from tracker.entries import queries as entries
from tracker.entries.draft_queries import DraftView
from tracker.entries.models import PublishedRevision
from tracker.entries.queries import Told
from tracker.entries.standing import Standing, contested
from tracker.instruments.cited_queries import RestingCell, cells_resting_on_repealed
from tracker.kit import clock
from tracker.kit.vocabulary import Axis
from tracker.notices import queries as notices
from tracker.notices.queries import NoticeView


@dataclass(frozen=True, slots=True)
class WorkList:
    """What waits, by kind. A list is empty where the member's role has no part in it."""

    returned: list[DraftView]
    to_review: list[DraftView]
    new_editions: list[EditionLine]
    editions: list[EditionLine]
    replies_due: list[NoticeView]
    ready: list[NoticeView]
    reports: list[corrections.Waiting]
    to_correct: list[corrections.ReportLine]
    contested: list[Told]
    stale: list[Told]
    repealed: list[RestingCell]
    search_notes: list[Told]

    @property
    def total(self) -> int:
        return sum(len(getattr(self, name)) for name in self.__dataclass_fields__)


async def work(db: AsyncSession, actor: OrganisationActor) -> WorkList:
    """Everything that needs a member of the organisation, as far as the member's role can do something about it."""
    return share(await gather(db, actor.organisation_id), actor)


async def gather(db: AsyncSession, organisation_id: UUID) -> WorkList:
    """Everything that waits for the session's organisation, whoever of it; `ready` has all open notices it sent."""
    received = await notices.received(db, organisation_id)
    sent = await notices.sent(db, organisation_id)
    standing = await _own_standing(db, organisation_id)
    names = {t.uid: t for t in await _told(db, [v.uid for v, _others in standing])}
    today = clock.today()
    return WorkList(
        returned=await draft_queries.returned(db),
        to_review=await draft_queries.submitted(db),
        new_editions=[*await editions.returned(db), *await editions.begun_by_themselves(db)],
        editions=await editions.submitted(db),
        replies_due=[n for n in received if not n.reply and not n.taken_back],
        ready=[n for n in sent if not n.closed_at],
        reports=await corrections.waiting(db),
        to_correct=await to_correct(db, organisation_id),
        contested=[names[v.uid] for v, voices in standing if contested(voices)],
        stale=[names[v.uid] for v, _voices in standing if v.stale(today)],
        repealed=await cells_resting_on_repealed(db, organisation_id),
        search_notes=[names[v.uid] for v, _voices in standing if _lacks_search_note(v)],
    )


def share(waits: WorkList, actor: OrganisationActor) -> WorkList:
    """What of it needs this member: whoever submitted something does not review it."""
    reviews, writes = actor.may(Permission.REVIEW), actor.may(Permission.WRITE_DRAFTS)
    return WorkList(
        returned=waits.returned if writes else [],
        to_review=[d for d in waits.to_review if reviews and d.submitted_by != actor.user_id],
        new_editions=waits.new_editions if writes else [],
        editions=[e for e in waits.editions if reviews and e.submitted_by != actor.user_id],
        replies_due=waits.replies_due if reviews else [],
        ready=_ready(waits.ready, actor) if reviews else [],
        reports=waits.reports if reviews else [],
        to_correct=waits.to_correct if writes else [],
        contested=waits.contested,
        stale=waits.stale if writes else [],
        repealed=waits.repealed if writes else [],
        search_notes=waits.search_notes if writes else [],
    )


def _ready(sent: list[NoticeView], actor: OrganisationActor) -> list[NoticeView]:
    """One open notice of each draft whose stewards have all replied or let the period pass, save the actor's own."""
    waiting = {n.draft_id for n in sent if not n.reply and n.due_at > clock.now()}
    ready = [n for n in sent if n.draft_id not in waiting and n.submitted_by != actor.user_id]
    return list({n.draft_id: n for n in ready}.values())


def _lacks_search_note(voice: Standing) -> bool:
    return any(voice.on(axis).code == "0" and voice.claimed(axis) for axis in Axis)


async def _own_standing(db: AsyncSession, organisation_id: UUID) -> list[tuple[Standing, list[Standing]]]:
    """The organisation's revisions that hold now, each with all voices of its cell."""
    cells = await entries.cells_of(db, organisation_id)
    if not cells:
        return []
    at = await entries.moment(db, clock.today())
    found = await entries.standing(
        db,
        at,
        jurisdictions={j for j, _item in cells},
        items={item for _j, item in cells},
    )
    by_cell: dict[tuple[int, int, str], list[Standing]] = {}
    for voice in found:
        by_cell.setdefault((voice.jurisdiction_id, voice.item_id, voice.domain.value), []).append(voice)
    own = await _told(db, [v.uid for v in found], organisation_id)
    mine = {t.uid for t in own}
    return [(v, voices) for voices in by_cell.values() for v in voices if v.uid in mine]


async def _told(db: AsyncSession, uids: list[UUID], organisation_id: UUID | None = None) -> list[Told]:
    where: list[Any] = [col(PublishedRevision.uid).in_(uids)]
    if organisation_id:
        where.append(col(PublishedRevision.organisation_id) == organisation_id)
    return await entries.tell(db, *where) if uids else []
