"""The organisation's grid as a file, and the way back: upload, look, apply."""

import asyncio
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.compare.query import DEFAULT_FRAMEWORK
from tracker.entries.context import framework_named, mandated_place
from tracker.exchange import grid, queries, service, sheets
from tracker.exchange.columns import Fault
from tracker.exchange.models import ImportPreview
from tracker.exchange.plan import MOST_FAULTS, MOST_SHOWN, Verdict
from tracker.exchange.reading import Unreadable
from tracker.frameworks.queries import Framework
from tracker.kit.errors import Conflict, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import ngettext
from tracker.web.render import go, page
from tracker.web.requests import bound_of, database_of, organisation_of, upload_of
from tracker.web.uploads import ENVELOPE, Upload

PLACE = "/{locale:str}/o/{organisation:str}/jurisdictions/{code:str}"
IMPORT = "/{locale:str}/o/{organisation:str}/import"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Grid = tuple[Framework, list[list[str]], list[tuple[str, str, str]]]


async def _grid(request: Request) -> Grid:
    async with database_of(request).read(bound_of(request)) as db:
        where = await mandated_place(db, request)
        framework = await framework_named(db, request.query_params.get("framework", DEFAULT_FRAMEWORK))
        organisation_id = organisation_of(request).organisation_id
        places = {where.place.code: where.place.id}
        rows = [row async for row in grid.rows(db, organisation_id, places, framework)]
        above = [int(part) for part in where.place.path.split("/") if part]
        citable = await queries.citable(db, [where.place.id, *above])
    return framework, rows, citable


def _file(request: Request, framework: Framework, body: bytes, kind: str, ending: str) -> Response[bytes]:
    key, code = request.path_params["organisation"], request.path_params["code"]
    name = f"{key}-{code}-{framework.key}-{framework.version}.{ending}"
    return Response(body, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


@get(f"{PLACE}/export.csv", name="export_csv", access=member(Permission.READ_DRAFTS))
async def export_csv(request: Request) -> Response[bytes]:
    """The grid as CSV: what the drafts say, else what is published."""
    framework, rows, _citable = await _grid(request)
    return _file(request, framework, grid.as_csv(rows), "text/csv", "csv")


@get(f"{PLACE}/export.xlsx", name="export_xlsx", access=member(Permission.READ_DRAFTS))
async def export_xlsx(request: Request) -> Response[bytes]:
    """The grid as a workbook, with lists to choose from, instructions and the codebook."""
    framework, rows, citable = await _grid(request)
    body = await asyncio.to_thread(_workbook, rows, framework, citable)
    return _file(request, framework, body, XLSX_TYPE, "xlsx")


def _workbook(rows: list[list[str]], framework: Framework, citable: list[tuple[str, str, str]]) -> bytes:
    from tracker.exchange import workbook  # its library takes a third of a second to import

    return workbook.build(rows, framework, citable)


@get(IMPORT, name="import", access=member(Permission.WRITE_DRAFTS))
async def import_page(request: Request) -> Response[str]:
    """The form that takes a file."""
    return _import_page(request)


def _import_page(
    request: Request, faults: list[Fault] | None = None, *, number: int = 0, filename: str = ""
) -> Response[str]:
    return page(
        request,
        "exchange/import.html",
        status=422 if faults else 200,
        faults=faults or [],
        number=number or len(faults or []),
        most=MOST_FAULTS,
        filename=filename,
        form_errors=faults or [],
    )


@post(
    IMPORT,
    name="import_do",
    access=member(Permission.WRITE_DRAFTS),
    status_code=200,
    largest_file=sheets.LARGEST_FILE,
    request_max_body_size=sheets.LARGEST_FILE + ENVELOPE,
)
async def upload(request: Request) -> Response[str] | Redirect:
    """Look at a file: a report of its faults, or a preview of what it would change. Nothing is written to drafts."""
    found = upload_of(request, "file")
    if found is None or not found.size:
        return _import_page(request, [Fault(0, "", _("Choose a file that is not empty."))])
    if found.too_large:
        return _import_page(request, [Fault(0, "", _("The file is larger than 10 MB."))], filename=found.name)
    try:
        kept = await _examined(request, found)
    except Unreadable as refusal:
        return _import_page(request, refusal.faults, filename=found.name)
    except service.Faulty as refusal:
        report = refusal.report
        return _import_page(request, report.faults, number=report.faulty, filename=found.name)
    return go(
        request, "import_preview", organisation=organisation_of(request).organisation_key, import_id=kept
    )


async def _examined(request: Request, found: Upload) -> UUID:
    actor, database, bound = organisation_of(request), database_of(request), bound_of(request)
    async with service.turn():
        content = await asyncio.to_thread(lambda: sheets.csv_of(found.path.read_bytes()))
        async with database.read(bound) as db:
            outcome = await service.examine(db, actor, sheets.of_bytes(content))
    if outcome.report.faulty:
        raise service.Faulty(outcome.report)
    async with database.write(bound) as db:
        return await service.keep(db, actor, outcome, filename=found.name, content=content)


async def _preview(request: Request, import_id: UUID) -> ImportPreview:
    async with database_of(request).read(bound_of(request)) as db:
        found = await queries.preview(db, import_id)
    if found is None:
        raise NotFound(_("There is no such import any more. Upload the file again."))
    return found


@get(f"{IMPORT}/{{import_id:uuid}}", name="import_preview", access=member(Permission.WRITE_DRAFTS))
async def preview(request: Request, import_id: FromPath[UUID]) -> Response[str]:
    """What a file that was uploaded would change."""
    return _preview_page(request, await _preview(request, import_id))


def _preview_page(request: Request, found: ImportPreview, *, stale: str = "") -> Response[str]:
    report = found.report
    return page(
        request,
        "exchange/preview.html",
        status=409 if stale else 200,
        found=found,
        report=report,
        pending=report["counts"]["added"] + report["counts"]["changed"],
        verdicts=[verdict.value for verdict in Verdict],
        most=MOST_SHOWN,
        stale=stale,
    )


@post(
    f"{IMPORT}/{{import_id:uuid}}",
    name="import_apply",
    access=member(Permission.WRITE_DRAFTS),
    status_code=200,
)
async def apply(request: Request, import_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Save what was looked at as drafts, all of it or nothing."""
    actor = organisation_of(request)
    found = await _preview(request, import_id)
    try:
        async with service.turn(), database_of(request).write(bound_of(request)) as db:
            outcome = await service.apply_preview(db, actor, import_id)
    except Conflict as conflict:
        return _preview_page(request, found, stale=str(conflict))
    say = ngettext("%(n)s draft saved.", "%(n)s drafts saved.", outcome.changes) % {"n": outcome.changes}
    return go(request, "workspace", organisation=actor.organisation_key, say=say)
