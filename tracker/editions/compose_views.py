"""The composer: a draft's question, parts, key messages and recommendations."""

from dataclasses import replace
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.briefings.own_words import code_of
from tracker.editions import queries, service
from tracker.editions.begin_views import lenses_of, named
from tracker.editions.content import Content
from tracker.editions.context import EDITION, notes_of, own_edition, own_gathered
from tracker.editions.draft_queries import Own
from tracker.editions.forms import EditForm
from tracker.editions.models import EditionState
from tracker.editions.notes import Notes
from tracker.editions.rows import Rows, rows_of, rows_typed
from tracker.kit.errors import Conflict, Invalid
from tracker.kit.forms import number_of
from tracker.kit.i18n import gettext as _
from tracker.web.render import form_page, go
from tracker.web.requests import actor_of, bound_of, database_of, form_data, organisation_of, settings_of

WRITE = member(Permission.WRITE_DRAFTS)
MOST_LISTED = 400  # cells; the codes of more would drown the form


async def _prepared(request: Request, found: Own, form: EditForm) -> Notes:
    """Fill in the form's choices; what the rules suggest for what is stored, with all that is told beside it."""
    of = await own_gathered(request, found)
    async with database_of(request).read() as db:
        finals = [f.number for f in await queries.finals_of(db, found.briefing.public_id)]
        lenses = await lenses_of(db, of.snapshot.comparison.framework.name)
    form.prepare(settings_of(request).locales, lenses)
    form.prepare_edition(finals)
    return await notes_of(request, found, of)


def _edit_page(
    request: Request, found: Own, form: EditForm, rows: Rows, notes: Notes, *, stale: str = ""
) -> Response[str]:
    compared = notes.compared
    cells = compared.rows() if len(compared.cells) <= MOST_LISTED else ()
    rows.tell(notes, found.edition.number, found.content.messages or ())
    return form_page(
        request,
        "editions/edit.html",
        form,
        status=409 if stale else 422 if rows.faulty else 200,
        own=found,
        rows=rows,
        stale=stale,
        cells=[(code_of(cell), cell) for cell in cells],
        axes=compared.query.axes,
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
    form = EditForm(data=values)
    notes = await _prepared(request, found, form)
    return _edit_page(request, found, form, rows_of(content, notes.offered), notes)


@post(f"{EDITION}/edit", name="edition_edit_do", access=WRITE, status_code=200)
async def edit_do(
    request: Request, briefing_id: FromPath[UUID], edition: FromPath[int]
) -> Response[str] | Redirect:
    """Save a draft, or refuse with every fault beside its field."""
    data, found = await form_data(request), await own_edition(request, briefing_id, edition)
    form = EditForm(data)
    notes = await _prepared(request, found, form)
    rows, stale = rows_typed(data, notes.offered, notes.cells, notes.words_before), ""
    if form.validate() and not rows.faulty:
        try:
            version = number_of(form.version.data or "")
            await _save(request, found, rows, form.content(), notes, version)
            say = _("Saved.")
            return go(request, "edition", say=say, **named(request, briefing_id, edition))
        except Invalid as invalid:
            form.add_faults(invalid.faults)
        except Conflict as conflict:
            stale = str(conflict)
            now = await own_edition(request, briefing_id, edition)
            form.version.data = str(now.edition.version)
            form.version.raw_data = [form.version.data]
            form.form_errors = [stale]
            # A text of the edition before may have been redacted meanwhile: then it is not offered again.
            notes = await _prepared(request, found, form)
            rows = rows_typed(data, notes.offered, notes.cells, notes.words_before)
    return _edit_page(request, found, form, rows, notes, stale=stale)


async def _save(
    request: Request, found: Own, rows: Rows, settings: Content, notes: Notes, version: int
) -> None:
    """Save, once it is known that the edition can be composed so. Raises Invalid and Conflict."""
    of, actor, content = found.edition, organisation_of(request), rows.content(settings)
    await own_gathered(request, replace(found, content=content))
    async with database_of(request).write(bound_of(request)) as db:
        if notes.earlier and any(row.take for row in rows.messages):
            await service.hold(db, notes.earlier.edition)
        await service.save(
            db, actor, of.briefing_id, of.number, content, version=version, author=actor_of(request).name
        )
