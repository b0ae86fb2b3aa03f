"""Beginning a briefing from a comparison or a snapshot, its next edition, and changing what a draft compares."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.compare.query import Query, parse
from tracker.crosswalks import queries as crosswalks
from tracker.editions import draft_queries, service
from tracker.editions.assembly import gathered, lost_cells
from tracker.editions.carrying import carry
from tracker.editions.content import MOST_CELLS, Content, Told
from tracker.editions.context import EDITION, OWN, desk_of, own_edition, own_gathered
from tracker.editions.draft_queries import Own
from tracker.editions.forms import StartForm
from tracker.editions.models import EditionState
from tracker.editions.selection import SelectionForm, values_of
from tracker.editions.writing_service import check
from tracker.frameworks import queries as frameworks
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.forms import number_of
from tracker.kit.i18n import gettext as _
from tracker.kit.senders import sender_of
from tracker.snapshots import service as snapshots
from tracker.snapshots.queries import reread
from tracker.web.errors import error_page
from tracker.web.render import context_of, form_page, go
from tracker.web.requests import (
    bound_of,
    database_of,
    form_data,
    organisation_of,
    query_parameters,
    settings_of,
)

WRITE = member(Permission.WRITE_DRAFTS)


async def _asked(request: Request) -> Query:
    """The query of the address: that of the compare page, or that of a snapshot with its moment."""
    given = query_parameters(request)
    if "snapshot" in given:
        async with database_of(request).read() as db:
            return (await reread(db, given["snapshot"])).comparison.query
    return parse(given)


async def lenses_of(db: AsyncSession, framework: str) -> list[tuple[str, str]]:
    """The crosswalks that a comparison by a framework, `key@version`, can be read through, as choices."""
    sets = [c for c in await crosswalks.crosswalks(db) if c.source_name == framework]
    return [(f"{c.key}@{c.version}", f"{c.target_title} ({c.version})") for c in sets]


async def _offer(request: Request, form: SelectionForm) -> None:
    """Fill in what can be chosen of the framework."""
    async with database_of(request).read() as db:
        framework = await frameworks.framework(db, form.framework.data or Query().framework)
        form.offer(framework)
        if isinstance(form, StartForm):
            lenses = await lenses_of(db, f"{framework.key}@{framework.version}") if framework else []
            form.prepare(settings_of(request).locales, lenses)


@get(f"{OWN}/new", name="briefing_new", access=WRITE)
async def new_page(request: Request) -> Response[str]:
    """The form of a new briefing, filled with the comparison that it begins from."""
    query = await _asked(request)
    basics = {"parts": Content().parts, "locale": context_of(request).locale}
    form = StartForm(data=values_of(query) | basics)
    await _offer(request, form)
    through = [str(code) for code, *_label in form.lens.choices or () if query.through in code.split("@")]
    form.lens.data = query.through if "@" in query.through else next(iter(through), "")
    return form_page(request, "editions/new.html", form)


@post(f"{OWN}/new", name="briefing_new_do", access=WRITE, status_code=200)
async def new_do(request: Request) -> Response[str] | Response[bytes] | Redirect:
    """Freeze the comparison and begin the briefing with its first edition."""
    form, actor = StartForm(await form_data(request)), organisation_of(request)
    await _offer(request, form)
    if form.validate():
        try:
            query = form.asked()
            check(form.basics())
            snapshot_id = await _freeze(request, query)
            await _composable(request, form.basics(), snapshot_id)
            async with database_of(request).write(bound_of(request)) as db:
                made = await service.start(
                    db, actor, query=query.parameters(), content=form.basics(), snapshot_id=snapshot_id
                )
            say = _("The first edition is begun. It is a draft that only your organisation sees.")
            return go(request, "edition", say=say, **named(request, made.briefing_id, made.number))
        except Invalid as invalid:
            form.add_faults(invalid.faults)
        except snapshots.TooManySnapshots as wait:
            return error_page(request, 429, str(wait))
    return form_page(request, "editions/new.html", form)


async def _composable(request: Request, content: Content, snapshot_id: str) -> None:
    """Raises Invalid where a first edition could not be composed so, before there is one that nobody can open."""
    told = Told(
        organisation_of(request).organisation_name, 1, "draft", "", clock.today(), snapshot_id, content
    )
    async with database_of(request).read() as db:
        await gathered(db, told, desk_of(request))


async def _freeze(request: Request, query: Query) -> str:
    settings, actor = settings_of(request), organisation_of(request)
    return await snapshots.freeze(
        database_of(request),
        query,
        salt=snapshots.salt_of(settings.secret_key),
        sender=sender_of(settings.secret_key, "briefings", str(actor.organisation_id)),
        most_cells=MOST_CELLS,
        listed=False,  # until an edition of it is final
    )


def named(request: Request, briefing_id: UUID, number: int) -> dict[str, Any]:
    """What the address of an edition is made of."""
    key = organisation_of(request).organisation_key
    return {"organisation": key, "briefing_id": briefing_id, "edition": number}


@post(f"{OWN}/{{briefing_id:uuid}}/next", name="briefing_next", access=WRITE, status_code=200)
async def next_edition(
    request: Request, briefing_id: FromPath[UUID]
) -> Response[bytes] | Response[str] | Redirect:
    """Begin the next edition: the same question of the record as it is now."""
    actor = organisation_of(request)
    async with database_of(request).read(bound_of(request)) as db:
        briefing, last = (
            await draft_queries.briefing(db, briefing_id),
            await draft_queries.latest(db, briefing_id),
        )
        if briefing is None or last is None:
            raise NotFound(_("There is no such briefing."))
    try:
        snapshot_id = await _freeze(request, parse(briefing.query))
    except snapshots.TooManySnapshots as wait:
        return error_page(request, 429, str(wait))
    async with database_of(request).read(bound_of(request)) as db:
        content = await carry(db, desk_of(request), actor.organisation_name, briefing, last, snapshot_id)
    async with database_of(request).write(bound_of(request)) as db:
        await service.hold(db, last)
        made = await service.begin(db, actor, briefing, content, snapshot_id)
    say = _("Edition %(n)s is begun, of the record as it is now.") % {"n": made.number}
    return go(request, "edition", say=say, **named(request, briefing_id, made.number))


async def _draft(request: Request, briefing_id: UUID, number: int) -> Own:
    found = await own_edition(request, briefing_id, number)
    if found.edition.state is not EditionState.DRAFT:
        raise Conflict(_("This edition is no longer in the state in which this can be done."))
    return found


@get(f"{EDITION}/selection", name="edition_selection", access=WRITE)
async def selection_page(
    request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]
) -> Response[str]:
    """The form of what a draft compares."""
    found = await _draft(request, briefing_id, edition)
    async with database_of(request).read() as db:
        query = (await reread(db, found.edition.snapshot_id)).comparison.query
    form = SelectionForm(data=values_of(query) | {"version": str(found.edition.version)})
    await _offer(request, form)
    return form_page(request, "editions/selection.html", form, own=found)


@post(f"{EDITION}/selection", name="edition_selection_do", access=WRITE, status_code=200)
async def selection_do(
    request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]
) -> Response[str] | Response[bytes] | Redirect:
    """Freeze another comparison for a draft."""
    form, found = SelectionForm(await form_data(request)), await _draft(request, briefing_id, edition)
    await _offer(request, form)
    if form.validate():
        try:
            await _select(request, found, form)
            say = _("The comparison is frozen anew for this draft. Read its key messages again.")
            return go(request, "edition", say=say, **named(request, briefing_id, edition))
        except Invalid as invalid:
            form.add_faults(invalid.faults)
        except snapshots.TooManySnapshots as wait:
            return error_page(request, 429, str(wait))
    return form_page(request, "editions/selection.html", form, own=found)


async def _select(request: Request, found: Own, form: SelectionForm) -> None:
    """Raises Invalid for a comparison that can't be frozen, or of which the draft can't be composed."""
    query, of = form.asked(), found.edition
    version = number_of(form.version.data or "")
    if of.version != version:
        raise Invalid({"version": _("Somebody else has changed this edition since you opened it.")})
    snapshot_id = await _freeze(request, query)
    composed = await own_gathered(request, found, snapshot_id=snapshot_id)
    if lost := lost_cells(found.content, composed.snapshot.comparison):
        told = _("A key message in your own words rests on %(cells)s, which would be compared no longer.")
        raise Invalid({"jurisdictions": told % {"cells": ", ".join(lost[:3])}})
    async with database_of(request).write(bound_of(request)) as db:
        await service.reselect(
            db,
            organisation_of(request),
            of.briefing_id,
            of.number,
            query=query.parameters(),
            snapshot_id=snapshot_id,
            version=version,
        )
