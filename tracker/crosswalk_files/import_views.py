"""The operator imports a crosswalk: upload, look, apply. What was looked at comes back with the form that applies it."""

import base64
import binascii

from litestar import Request, Response, get, post
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.crosswalk_files import formats
from tracker.crosswalk_files.looking import Taken, take
from tracker.frameworks.tree import Fault, Unreadable
from tracker.kit.errors import Conflict
from tracker.kit.i18n import gettext as _
from tracker.web.render import go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of, upload_of
from tracker.web.uploads import ENVELOPE

PATH = "/{locale:str}/o/{organisation:str}/crosswalks/import"
# About four thousand mappings, two seconds. Looking does all of the import and takes it back, and nobody else writes
# meanwhile. What was looked at comes back in a field of a form, and a form has 2 MB at most.
LARGEST_FILE = 1024 * 1024
MOST_FAULTS = 100


@get(PATH, name="crosswalk_import", access=member(Permission.OPERATE))
async def import_page(request: Request) -> Response[str]:
    """The form that takes a file."""
    return _page(request)


def _page(request: Request, faults: tuple[Fault, ...] = (), filename: str = "") -> Response[str]:
    return page(
        request,
        "crosswalk_files/import.html",
        status=422 if faults else 200,
        faults=faults[:MOST_FAULTS],
        faults_in_all=len(faults),
        filename=filename,
        form_errors=faults,
    )


@post(
    PATH,
    name="crosswalk_import_look",
    access=member(Permission.OPERATE),
    status_code=200,
    largest_file=LARGEST_FILE,
    request_max_body_size=LARGEST_FILE + ENVELOPE,
)
async def look(request: Request) -> Response[str]:
    """What the file would change, or what is wrong with it. Nothing is kept."""
    found = upload_of(request, "file")
    if found is None or not found.size:
        return _page(request, (Fault("", "", _("Choose a file that is not empty.")),))
    if found.too_large:
        text = _("The file is larger than 1 MB. The command “tracker crosswalk import” takes larger ones.")
        return _page(request, (Fault("", "", text),))
    kind = formats.format_of(found.name)
    if not kind:
        text = _("The name must end in .tsv (SSSOM), .csv or .xlsx.")
        return _page(request, (Fault("", "", text),))
    data = found.path.read_bytes()
    try:
        taken = await _take(request, data, kind, really=False)
    except Unreadable as refusal:
        return _page(request, refusal.faults, found.name[:200])
    content = base64.urlsafe_b64encode(data).decode()
    return page(
        request,
        "crosswalk_files/preview.html",
        taken=taken,
        filename=found.name[:200],
        kind=kind,
        content=content,
    )


async def _take(request: Request, data: bytes, kind: str, *, really: bool, basis: str = "") -> Taken:
    actor, bound = organisation_of(request), bound_of(request)
    return await take(database_of(request), bound, actor, data, kind, really=really, basis=basis)


@post(f"{PATH}/apply", name="crosswalk_import_do", access=member(Permission.OPERATE), status_code=200)
async def apply(request: Request) -> Response[str] | Redirect:
    """Take in what was looked at: all of it or nothing."""
    form = await form_data(request)
    kind, filename = form.first("kind"), form.first("filename")[:200]
    try:
        data = base64.urlsafe_b64decode(form.first("content").encode())
    except (binascii.Error, ValueError):
        data = b""
    if not data or kind not in formats.FORMATS:
        return _page(request, (Fault("", "", _("Choose a file that is not empty.")),))
    try:
        taken = await _take(request, data, kind, really=True, basis=form.first("basis") or "none")
    except Conflict as changed:
        return _page(request, (Fault("", "", str(changed)),), filename)
    except Unreadable as refusal:
        return _page(request, refusal.faults, filename)
    done = [report for report in taken.reports if not report.empty] or taken.reports[:1]
    say = "; ".join(
        _("%(name)s: %(added)s added, %(changed)s changed, %(removed)s removed")
        % {
            "name": report.name,
            "added": len(report.plan.added),
            "changed": len(report.plan.changed),
            "removed": len(report.plan.removed),
        }
        for report in done[:5]
    )
    return go(request, "crosswalk", key=done[0].name, say=say + ".")
