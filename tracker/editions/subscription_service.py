"""Asking for new editions that begin by themselves, and for no more of them."""

from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.briefings.own_words import code_of
from tracker.db.session import queue_behind
from tracker.editions import draft_queries
from tracker.editions.content import watched
from tracker.editions.models import Subscription
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.snapshots.queries import reread

MOST_WATCHED = 200


async def subscribe(
    db: AsyncSession,
    actor: OrganisationActor,
    briefing_id: UUID,
    *,
    each_quarter: bool,
    on_change: bool,
    cells: tuple[str, ...] = (),
) -> None:
    """Ask for new editions, or for other ones than before.

    `cells`: what is watched, each as `watched` takes it; nothing for all cells. Raises NotFound, and Invalid where
    nothing is asked for or a cell is not compared.
    """
    actor.require(Permission.WRITE_DRAFTS)
    if await draft_queries.briefing(db, briefing_id) is None:
        raise NotFound(_("There is no such briefing."))
    if not (each_quarter or on_change):
        raise Invalid({"when": _("Choose when a new edition is wanted.")})
    await _check_cells(db, briefing_id, cells)
    await queue_behind(db, f"briefing:{briefing_id}")
    found = await draft_queries.subscription(db, briefing_id)
    if found is None:
        found = Subscription(
            tenant_id=actor.organisation_id,
            id=uuid4(),
            briefing_id=briefing_id,
            cells=[],
            started_at=clock.now(),
        )
    found.each_quarter, found.on_change, found.cells = each_quarter, on_change, list(cells)
    found.started_at, found.started_by = clock.now(), actor.user_id
    found.ended_at, found.ended_by = None, None
    db.add(found)
    await db.flush()
    detail = {"each_quarter": each_quarter, "on_change": on_change, "cells": list(cells)}
    await record_by(db, actor, Action.SUBSCRIPTION_STARTED, f"briefing:{found.briefing_id}", detail)


async def _check_cells(db: AsyncSession, briefing_id: UUID, cells: tuple[str, ...]) -> None:
    last = await draft_queries.latest(db, briefing_id)
    if not cells or last is None:
        return
    if len(cells) > MOST_WATCHED:
        raise Invalid({"cells": _("Name at most %(most)s; leave it empty for all.") % {"most": MOST_WATCHED}})
    compared = [code_of(c) for c in (await reread(db, last.snapshot_id)).comparison.rows()]
    lost = [name for name in cells if not any(watched(code, (name,)) for code in compared)]
    if lost:
        told = _("This briefing compares nothing that is called %(names)s.")
        raise Invalid({"cells": told % {"names": ", ".join(lost[:3])}})


async def end_subscription(db: AsyncSession, actor: OrganisationActor, briefing_id: UUID) -> None:
    """Ask for no more editions. Raises NotFound, and Conflict where it has ended."""
    actor.require(Permission.WRITE_DRAFTS)
    found = await draft_queries.subscription(db, briefing_id)
    if found is None:
        raise NotFound(_("There is no such subscription."))
    if found.ended_at:
        raise Conflict(_("It has ended already."))
    found.ended_at, found.ended_by = clock.now(), actor.user_id
    await db.flush()
    await record_by(db, actor, Action.SUBSCRIPTION_ENDED, f"briefing:{found.briefing_id}")
