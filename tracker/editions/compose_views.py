"""The composer: begin a briefing from a comparison or a snapshot, begin its next edition, change a draft."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.compare.query import Query, parse
from tracker.crosswalks import queries as crosswalks
from tracker.editions import queries, service
from tracker.editions.assembly import the_snapshot
from tracker.editions.content import Content
from tracker.editions.context import EDITION, OWN, own_edition, own_gathered
from tracker.editions.forms import EditForm, Rows, StartForm, number_of, rows_of, rows_typed
from tracker.editions.models import EditionState
from tracker.editions.queries import Own
from tracker.editions.suggested import Suggestion, suggestions
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.senders import sender_of
from tracker.snapshots import service as snapshots
from tracker.web.errors import error_page
from tracker.web.render import context_of, form_page, go
from tracker.web.requests import (
    actor_of,
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
            return (await the_snapshot(db, given["snapshot"])).comparison.query
    return replace(parse(given), through="")


@get(f"{OWN}/new", name="briefing_new", access=WRITE)
async def new_page(request: Request) -> Response[str]:
    """The form of a new briefing, filled with the comparison that it begins from."""
    query = await _asked(request)
    form = StartForm(
        data={
            "query": replace(query, jurisdictions=()).url(),
            "jurisdictions": ", ".join(query.jurisdictions),
            "parts": Content().parts,
            "locale": context_of(request).locale,
        }
    )
    form.prepare(settings_of(request).locales)
    return form_page(request, "editions/new.html", form)


@post(f"{OWN}/new", name="briefing_new_do", access=WRITE, status_code=200)
async def new_do(request: Request) -> Response[str] | Response[bytes] | Redirect:
    """Freeze the comparison and begin the briefing with its first edition."""
    form, actor = StartForm(await form_data(request)), organisation_of(request)
    form.prepare(settings_of(request).locales)
    if form.validate():
        try:
            query = _query(form)
            service.check(form.basics())
            snapshot_id = await _freeze(request, query)
            async with database_of(request).write(bound_of(request)) as db:
                made = await service.start(
                    db, actor, query=query.parameters(), content=form.basics(), snapshot_id=snapshot_id
                )
            say = _("The first edition is begun. It is a draft that only your organisation sees.")
            return go(request, "edition", say=say, **_named(request, made.briefing_id, made.number))
        except Invalid as invalid:
            form.add_faults(invalid.faults)
        except snapshots.TooManySnapshots as wait:
            return error_page(request, 429, str(wait))
    return form_page(request, "editions/new.html", form)


def _query(form: StartForm) -> Query:
    """Raises Invalid for parameters that can't be taken."""
    given = dict(parse_qsl((form.query.data or "")[:4000])) | {"jurisdictions": form.codes}
    return replace(parse(given), through="", layout=())


async def _freeze(request: Request, query: Query) -> str:
    settings, actor = settings_of(request), organisation_of(request)
    return await snapshots.freeze(
        database_of(request),
        query,
        salt=snapshots.salt_of(settings.secret_key),
        sender=sender_of(settings.secret_key, "briefings", str(actor.organisation_id)),
    )


def _named(request: Request, briefing_id: UUID, number: int) -> dict[str, Any]:
    key = organisation_of(request).organisation_key
    return {"organisation": key, "briefing_id": briefing_id, "edition": number}


@post(f"{OWN}/{{briefing_id:uuid}}/next", name="briefing_next", access=WRITE, status_code=200)
async def next_edition(
    request: Request, briefing_id: FromPath[UUID]
) -> Response[bytes] | Response[str] | Redirect:
    """Begin the next edition: the same question of the record as it is now."""
    actor = organisation_of(request)
    async with database_of(request).read(bound_of(request)) as db:
        briefing, last = await queries.briefing(db, briefing_id), await queries.latest(db, briefing_id)
        if briefing is None or last is None:
            raise NotFound(_("There is no such briefing."))
        content = await queries.content_of(db, last)
        finals = await queries.finals_of(db, briefing.public_id)
    content = replace(content, messages=None, before=finals[0].number if finals else None)
    try:
        snapshot_id = await _freeze(request, parse(briefing.query))
    except snapshots.TooManySnapshots as wait:
        return error_page(request, 429, str(wait))
    async with database_of(request).write(bound_of(request)) as db:
        made = await service.begin(db, actor, briefing, content, snapshot_id)
    say = _("Edition %(n)s is begun, of the record as it is now.") % {"n": made.number}
    return go(request, "edition", say=say, **_named(request, briefing_id, made.number))


async def _prepared(request: Request, found: Own, form: EditForm) -> tuple[EditForm, list[Suggestion]]:
    """The form with its choices, and the key messages that the rules suggest for what is stored."""
    of = await own_gathered(request, found)
    framework = of.snapshot.comparison.framework.name
    async with database_of(request).read() as db:
        finals = [f.number for f in await queries.finals_of(db, found.briefing.public_id)]
        sets = [c for c in await crosswalks.crosswalks(db) if c.source_name == framework]
    lenses = [(f"{c.key}@{c.version}", f"{c.target_title} ({c.version})") for c in sets]
    form.prepare(settings_of(request).locales)
    form.prepare_edition(finals, lenses)
    return form, suggestions(of)


def _edit_page(request: Request, found: Own, form: EditForm, rows: Rows, *, stale: str = "") -> Response[str]:
    return form_page(
        request,
        "editions/edit.html",
        form,
        status=409 if stale else 422 if rows.faulty else 200,
        own=found,
        rows=rows,
        stale=stale,
    )


@get(f"{EDITION}/edit", name="edition_edit", access=WRITE)
async def edit_page(request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]) -> Response[str]:
    """The form of a draft."""
    found = await own_edition(request, briefing_id, edition)
    if found.edition.state is not EditionState.DRAFT:
        raise Conflict(_("This edition is no longer in the state in which this can be done."))
    content = found.content
    values = {name: getattr(content, name) for name in ("question", "parts", "locale", "page_size", "since")}
    values |= {
        "version": str(found.edition.version),
        "lens": content.lens,
        "before": str(content.before or ""),
    }
    form, suggested = await _prepared(request, found, EditForm(data=values))
    return _edit_page(request, found, form, rows_of(content, suggested))


@post(f"{EDITION}/edit", name="edition_edit_do", access=WRITE, status_code=200)
async def edit_do(
    request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]
) -> Response[str] | Redirect:
    """Save a draft, or refuse with every fault beside its field."""
    data, found = await form_data(request), await own_edition(request, briefing_id, edition)
    form, suggested = await _prepared(request, found, EditForm(data))
    rows, stale = rows_typed(data, suggested), ""
    if form.validate() and not rows.faulty:
        try:
            await _save(request, found, rows.content(form.content()), number_of(form.version.data or ""))
            say = _("Saved.")
            return go(request, "edition", say=say, **_named(request, briefing_id, edition))
        except Invalid as invalid:
            form.add_faults(invalid.faults)
        except Conflict as conflict:
            stale = str(conflict)
            now = await own_edition(request, briefing_id, edition)
            form.version.data = str(now.edition.version)
            form.version.raw_data = [form.version.data]
            form.form_errors = [stale]
    elif rows.faulty:
        form.form_errors = [rows.fault or _("One of the texts below can't be taken.")]
    return _edit_page(request, found, form, rows, stale=stale)


async def _save(request: Request, found: Own, content: Content, version: int) -> None:
    """Save, once it is known that the edition can be composed so. Raises Invalid and Conflict."""
    of, actor = found.edition, organisation_of(request)
    await own_gathered(request, replace(found, content=content))
    async with database_of(request).write(bound_of(request)) as db:
        await service.save(
            db, actor, of.briefing_id, of.number, content, version=version, author=actor_of(request).name
        )
