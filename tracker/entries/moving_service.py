"""Moving entries on to a later version: drafts of the new cells, all that were chosen or none, told to the log.

What is published of the earlier version stays as it is, pinned to it.
"""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.db.base import select
from tracker.entries import moving_queries, service
from tracker.entries.content import Cell
from tracker.entries.models import EntryMove
from tracker.entries.moving import Choice, Moving, Proposal, Source, by_choice
from tracker.jurisdictions.queries import Place
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid
from tracker.kit.i18n import gettext as _

MOST = 500


async def move(
    db: AsyncSession,
    actor: OrganisationActor,
    place: Place,
    key: str,
    old: str,
    new: str,
    choices: Sequence[Choice],
) -> int:
    """Make the drafts that were chosen, in version `new` of a framework from entries on version `old`.

    Returns how many were made: a cell of which the organisation has said something by now is left alone, so doing
    it twice changes nothing. Raises Invalid for no choice, too many, or two for one cell; Conflict when an entry
    is not as it was shown.
    """
    actor.require(Permission.WRITE_DRAFTS)
    if not choices:
        raise Invalid({"move": _("Choose at least one entry.")})
    if len(choices) > MOST:
        raise Invalid({"move": _("Choose %(most)s at most at once.") % {"most": MOST}})
    moving = await moving_queries.moving(db, actor.organisation_id, place.id, key, old, new)
    made = [(proposal, source) for proposal, source in _chosen(moving, choices) if not proposal.done]
    for proposal, source in made:
        cell = Cell(place.id, proposal.item.id, proposal.domain)
        await service.save_draft(db, actor, cell, source.begun(), version=0)
        await _remember(db, actor, cell, proposal, source)
    if made:
        await record_by(
            db,
            actor,
            Action.ENTRIES_MOVED,
            f"{key}@{new}",
            {"from": f"{key}@{old}", "jurisdiction": place.code, "cells": _cells(made)},
        )
    return len(made)


def _chosen(moving: Moving, choices: Sequence[Choice]) -> list[tuple[Proposal, Source]]:
    """What the choices stand for. Raises Conflict for what is not as it was shown, Invalid for two for one cell."""
    known = by_choice(moving)
    wanted: dict[tuple[str, str], tuple[Proposal, Source]] = {}
    for choice in dict.fromkeys(choices):
        found = known.get((choice.old_key, choice.new_key, choice.domain))
        if found is None or (found[1].mark != choice.mark and not found[0].done):
            raise Conflict(
                _("An entry has changed since this page was opened. Nothing was moved: look again.")
            )
        if (choice.new_key, choice.domain) in wanted:
            raise Invalid({"move": _("Choose one entry for %(item)s.") % {"item": found[0].item.label}})
        wanted[choice.new_key, choice.domain] = found
    return list(wanted.values())


def _cells(made: Sequence[tuple[Proposal, Source]]) -> list[list[str]]:
    """[old item, new item, domain, what became of the item] of each draft."""
    return [[source.item.key, p.item.key, p.domain.value, p.change] for p, source in made]


async def _remember(
    db: AsyncSession, actor: OrganisationActor, cell: Cell, proposal: Proposal, source: Source
) -> None:
    """Keep where the draft came from, so that whoever opens it is told."""
    m = EntryMove
    found = await db.scalar(
        select(m).where(
            col(m.jurisdiction_id) == cell.jurisdiction_id,
            col(m.item_id) == cell.item_id,
            col(m.domain) == cell.domain,
        )
    )
    if found is None:
        found = EntryMove(
            tenant_id=actor.organisation_id,
            id=uuid4(),
            jurisdiction_id=cell.jurisdiction_id,
            item_id=cell.item_id,
            domain=cell.domain,
            old_item_id=source.item.id,
            change=proposal.change,
        )
        db.add(found)
    found.old_item_id, found.change = source.item.id, proposal.change
    found.moved_at, found.moved_by = clock.now(), actor.user_id
    await db.flush()
