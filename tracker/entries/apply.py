"""One decree, one act of typing: applying an instrument to many cells at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.entries import draft_queries, service
from tracker.entries.content import Cell, Citation, Content
from tracker.entries.models import Draft
from tracker.entries.principles import merged
from tracker.kit.errors import Conflict
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Basis, DraftState, RevisionKind, Scope


@dataclass(frozen=True, slots=True)
class Application:
    """What is said of every ticked cell. None leaves what a cell says as it is."""

    citation: Citation
    commitment: str | None
    practice: str | None
    basis: Basis | None
    scope: Scope | None
    scope_note: str
    valid_from: date | None


async def apply(
    db: AsyncSession,
    actor: OrganisationActor,
    jurisdiction_id: int,
    cells: Sequence[Cell],
    application: Application,
    *,
    submit: bool,
) -> list[Draft]:
    """Save a draft for each cell, all or none, and hand them to a reviewer if asked.

    Each starts from the cell's draft, else from what the organisation last published of it. Raises
    Conflict when one of them waits for its reviewer.
    """
    actor.require(Permission.WRITE_DRAFTS)
    items = {cell.item_id for cell in cells}
    published = await draft_queries.own_latest(db, actor.organisation_id, jurisdiction_id, items)
    drafts = {
        (d.cell.item_id, d.cell.domain): d
        for d in await draft_queries.of_jurisdiction(db, jurisdiction_id, items)
    }
    saved = []
    for cell in cells:
        draft = drafts.get((cell.item_id, cell.domain))
        if draft and draft.state in (DraftState.SUBMITTED, DraftState.NOTIFIED):
            raise Conflict(
                _("%(item)s waits for its reviewer. Untick it, or take it back first.")
                % {"item": draft.item_label}
            )
        before = published.get((cell.item_id, cell.domain))
        start = draft.content if draft else _afresh(before.content) if before else Content()
        content = _with(start, application)
        row = await service.save_draft(db, actor, cell, content, version=draft.version if draft else 0)
        # The first cell registers a new instrument; the others cite the same one.
        application = replace(application, citation=await _registered(db, row, application.citation))
        if submit:
            row = await service.submit(db, actor, row.id, version=row.version)
        saved.append(row)
    return saved


def _afresh(content: Content) -> Content:
    """What was published, as the start of a new change."""
    return replace(content, kind=RevisionKind.CHANGE)


def _with(content: Content, application: Application) -> Content:
    citation = application.citation
    same = [
        c.instrument == citation.instrument and c.locator == citation.locator and c.axis is citation.axis
        for c in content.citations
    ]
    # Cited before, it stays as it is, and says what it said and what is told of it now.
    cited = tuple(
        replace(c, principles=merged(c.principles, citation.principles)) if again else c
        for c, again in zip(content.citations, same, strict=True)
    )
    return replace(
        content,
        commitment=application.commitment or content.commitment,
        practice=application.practice or content.practice,
        basis=application.basis or content.basis,
        scope=application.scope or content.scope,
        scope_note=application.scope_note or content.scope_note,
        valid_from=application.valid_from or content.valid_from,
        citations=cited if any(same) else (*cited, citation),
    )


async def _registered(db: AsyncSession, row: Draft, citation: Citation) -> Citation:
    if isinstance(citation.instrument, UUID):
        return citation
    view = await draft_queries.draft(db, row.id)
    assert view is not None  # it was saved a moment ago in this transaction
    return replace(citation, instrument=view.cited[-1].instrument_id)
