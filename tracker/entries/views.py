"""The workspace's grid, and the form of one cell."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.compare.query import DEFAULT_FRAMEWORK
from tracker.entries import draft_queries, service
from tracker.entries.conflict import beside
from tracker.entries.content import Content, says_the_same
from tracker.entries.context import CellContext, cell_context, framework_named, mandated_place
from tracker.entries.difference import Changed
from tracker.entries.forms import EntryForm, ReasonForm, entry_values
from tracker.kit.errors import Conflict, Invalid
from tracker.kit.forms import number_of
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, DraftState, word
from tracker.privacy.findings import Finding, Text, findings, read_in, signs_of
from tracker.privacy.queries import content_texts
from tracker.web.render import form_page, go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

# A draft in these states can only be read until it is taken back.
LOCKED = (DraftState.SUBMITTED, DraftState.NOTIFIED)
CELL = "/{locale:str}/o/{organisation:str}/jurisdictions/{code:str}/cells/{framework:str}/{item:str}/{domain:str}"


@get(
    "/{locale:str}/o/{organisation:str}/jurisdictions/{code:str}",
    name="grid",
    access=member(Permission.READ_DRAFTS),
)
async def grid(request: Request) -> Response[str]:
    """Items by domains: what the organisation has published of each cell, and what is under way."""
    async with database_of(request).read(bound_of(request)) as db:
        where = await mandated_place(db, request)
        framework = await framework_named(db, request.query_params.get("framework", DEFAULT_FRAMEWORK))
        ids = [item.id for item in framework.items]
        drafts = await draft_queries.of_jurisdiction(db, where.place.id, ids)
        organisation_id = organisation_of(request).organisation_id
        published = await draft_queries.own_latest(db, organisation_id, where.place.id, ids)
        frameworks = await _frameworks(db)
    return page(
        request,
        "entries/grid.html",
        place=where.place,
        voice=where.voice,
        has_steward=where.has_steward,
        framework=framework,
        frameworks=frameworks,
        drafts={(d.cell.item_id, d.cell.domain): d for d in drafts},
        published=published,
    )


async def _frameworks(db: Any) -> Any:
    from tracker.frameworks import queries

    return await queries.frameworks(db)


def _path(request: Request) -> dict[str, str]:
    names = ("organisation", "code", "framework", "item", "domain")
    return {name: request.path_params[name] for name in names}


@get(CELL, name="entry", access=member(Permission.READ_DRAFTS))
async def entry(request: Request) -> Response[str]:
    """The cell's form, filled from the draft, else from what is published; a submitted draft can only be read."""
    async with database_of(request).read(bound_of(request)) as db:
        found = await cell_context(db, request)
    draft, actor = found.draft, organisation_of(request)
    if not actor.may(Permission.WRITE_DRAFTS) or (draft and draft.state in LOCKED):
        return _read_page(request, found, ReasonForm(data={"version": str(draft.version) if draft else "0"}))
    content = draft.content if draft else found.published.content if found.published else Content()
    form = EntryForm(data=entry_values(content, draft.version if draft else 0))
    if not draft:
        form.kind.data = "change"
    if not form.citations.entries:
        form.citations.append_entry()
    return _entry_page(request, found, form)


def _read_page(
    request: Request, found: CellContext, form: ReasonForm, signs: Sequence[Finding] = ()
) -> Response[str]:
    return form_page(request, "entries/read.html", form, found=found, draft=found.draft, signs=signs)


def _entry_page(
    request: Request,
    found: CellContext,
    form: EntryForm,
    *,
    status: int = 200,
    texts: list[Text] | None = None,
    differs: tuple[Changed, ...] = (),
) -> Response[str]:
    """`texts`: what the check for personal data reads, where it is not what is stored; `differs`: stored beside typed."""
    form.prepare(found.instruments, published=found.published is not None)
    return form_page(
        request,
        "entries/entry.html",
        form,
        status=status,
        found=found,
        draft=found.draft,
        signs=findings(found.texts if texts is None else texts),
        differs=differs,
        levels_hints={axis.value: _level_hints(axis) for axis in Axis},
    )


def _level_hints(axis: Axis) -> dict[str, str]:
    """For each level what it means and its least evidence; for each missing code what it means."""
    hints = {code: word("meaning.missing", code) for code in MISSING_CODES}
    for code in LEVEL_CODES:
        meaning, evidence = word(f"meaning.{axis}", code), word(f"evidence.{axis}", code)
        hints[code] = _("%(meaning)s Least evidence: %(evidence)s.") % {
            "meaning": meaning,
            "evidence": evidence,
        }
    return hints


@post(CELL, name="entry_do", access=member(Permission.WRITE_DRAFTS), status_code=200)
async def save_entry(request: Request) -> Response[str] | Redirect:
    """Save the draft, and submit it if asked; `do` says which button was pressed."""
    data = await form_data(request)
    form, do = EntryForm(data), data.first("do") or "save"
    async with database_of(request).read(bound_of(request)) as db:
        found = await cell_context(db, request)
    form.prepare(found.instruments, published=found.published is not None)
    if do == "add-citation":
        if len(form.citations) < form.citations.max_entries:
            form.citations.append_entry()
        return _entry_page(request, found, form)
    if not form.validate(submitting=do == "submit"):
        return _entry_page(request, found, form)
    try:
        await _save(request, found, form, submit=do == "submit")
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return _entry_page(request, found, form)
    except Conflict as conflict:
        return await _conflict(request, form, str(conflict))
    words = _("Submitted for review.") if do == "submit" else _("Draft saved.")
    if do == "submit":
        path = {name: request.path_params[name] for name in ("organisation", "code")}
        return go(request, "grid", say=words, **path)
    return go(request, "entry", say=words, **_path(request))


async def _save(request: Request, found: CellContext, form: EntryForm, *, submit: bool) -> None:
    actor = organisation_of(request)
    async with database_of(request).write(bound_of(request)) as db:
        draft = await service.save_draft(
            db, actor, found.cell, form.content(), version=number_of(form.version.data or "0")
        )
        if submit:
            await service.submit(db, actor, draft.id, version=draft.version)


async def _conflict(request: Request, form: EntryForm, text: str) -> Response[str] | Redirect:
    """What is stored now: the same (a double click), or something else, which is then shown beside what was typed."""
    typed = form.content()
    async with database_of(request).read(bound_of(request)) as db:
        found = await cell_context(db, request)
        stored = _stored(found)
        cited = [
            c.instrument for c in (*stored.citations, *typed.citations) if isinstance(c.instrument, UUID)
        ]
        own = await draft_queries.own_instruments(db, cited)
    if found.draft and says_the_same(typed, stored, own):
        words = _("This was saved already.")
        return go(request, "entry", say=words, kind="notice", **_path(request))
    form.form_errors = [text]
    if not found.draft or found.draft.state not in LOCKED:
        # Sent again, it knowingly replaces what is shown beside it.
        form.version.data = str(found.draft.version if found.draft else 0)
        form.version.raw_data = [form.version.data]
    differs = beside(stored, typed, own, _cited_names(found))
    texts = content_texts(typed)
    return _entry_page(request, found, form, status=409, texts=texts, differs=differs)


def _stored(found: CellContext) -> Content:
    """The draft; where it is gone, what is published."""
    if found.draft:
        return found.draft.content
    return found.published.content if found.published else Content()


def _cited_names(found: CellContext) -> dict[str, str]:
    """What may be cited, and what the draft cites, by id."""
    cited = found.draft.cited if found.draft else ()
    return {str(c.instrument_id): c.title for c in cited} | dict(found.instruments)


@post(f"{CELL}/take-back", name="take_back", access=member(Permission.WRITE_DRAFTS), status_code=200)
async def take_back(request: Request) -> Response[str] | Redirect:
    """Make a submitted draft editable again; a notified one for a reason that its steward is told."""
    data = await form_data(request)
    form = ReasonForm(data)
    try:
        await _on_draft(
            request,
            partial(service.take_back, reason=form.reason.data or "", confirmed_hits=read_in(data)),
        )
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        async with database_of(request).read(bound_of(request)) as db:
            found = await cell_context(db, request)
        return _read_page(request, found, form, signs_of(invalid))
    return go(request, "entry", say=_("The draft is yours again."), **_path(request))


@post(f"{CELL}/discard", name="discard", access=member(Permission.WRITE_DRAFTS), status_code=303)
async def discard(request: Request) -> Redirect:
    """Delete a draft."""
    await _on_draft(request, service.discard)
    path = {name: request.path_params[name] for name in ("organisation", "code")}
    return go(request, "grid", say=_("The draft is discarded."), **path)


async def _on_draft(request: Request, verb: Any) -> None:
    data = await form_data(request)
    version = number_of(data.first("version"))
    async with database_of(request).read(bound_of(request)) as db:
        found = await cell_context(db, request)
    if found.draft is None:
        raise Conflict(_("There is no draft of this cell any more."))
    async with database_of(request).write(bound_of(request)) as db:
        await verb(db, organisation_of(request), found.draft.id, version=version)
