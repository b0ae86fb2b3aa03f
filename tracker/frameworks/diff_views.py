"""What changed between two versions of a framework; and for the operator, telling what continues what."""

from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import PUBLIC, member
from tracker.access.permissions import Permission
from tracker.frameworks import diff_file, diff_queries, lineage_service
from tracker.frameworks.diff import Change, Diff, suggestions
from tracker.frameworks.diff_queries import Versions
from tracker.frameworks.tree import codes_of
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import ngettext
from tracker.web.render import go, page
from tracker.web.requests import bound_of, database_of, form_data, organisation_of, query_parameters

LINEAGE = "/{locale:str}/o/{organisation:str}/frameworks/{key:str}/continues"
MOST_SHOWN = 1000
# As many as a form may well have; more is told by a file.
MOST_ASKED = 200
PREFIX = "continues:"


async def _diff(request: Request, key: str) -> tuple[Versions, Diff | None]:
    """Raises NotFound, and Invalid for versions that are not there. None while there is only one version."""
    given = query_parameters(request)
    async with database_of(request).read() as db:
        versions = await diff_queries.chosen(db, key, given.get("from", ""), given.get("to", ""))
        if not versions.old:
            return versions, None
        return versions, await diff_queries.diff(db, key, versions.old, versions.new)


@get("/{locale:str}/frameworks/{key:str}/diff", name="framework_diff", access=PUBLIC)
async def diff_page(request: Request, key: FromPath[str]) -> Response[str]:
    """What became of each item from one version to another."""
    given, faults = query_parameters(request), {}
    versions, diff = Versions(key, [], "", ""), None
    try:
        versions, diff = await _diff(request, key)
    except Invalid as invalid:
        faults = invalid.faults
        async with database_of(request).read() as db:
            known = (await diff_queries.chosen(db, key, "", "")).known
        versions = Versions(key, known, given.get("from", ""), given.get("to", ""))
    every = given.get("show") == "all"
    lines = [line for line in diff.lines if every or line.changes != (Change.UNCHANGED,)] if diff else []
    return page(
        request,
        "frameworks/diff.html",
        status=422 if faults else 200,
        faults=faults,
        versions=versions,
        diff=diff,
        counts=diff.counts if diff else {},
        every=every,
        lines=lines[:MOST_SHOWN],
        lines_in_all=len(lines),
    )


@get("/{locale:str}/frameworks/{key:str}/diff.csv", name="framework_diff_csv", access=PUBLIC)
async def diff_csv(request: Request, key: FromPath[str]) -> Response[str]:
    """The same as CSV, unchanged items too."""
    versions, diff = await _diff(request, key)
    name = f"{key}-{versions.old}-to-{versions.new}.csv" if diff else f"{key}-{versions.new}.csv"
    return Response(
        diff_file.write(diff),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


@get(LINEAGE, name="framework_lineage", access=member(Permission.OPERATE))
async def lineage_page(request: Request, key: FromPath[str]) -> Response[str]:
    """The form in which the operator says what each item of the newer version continues."""
    versions, diff = await _diff(request, key)
    if diff is None:
        raise NotFound(_("There is only one version of this framework."))
    return _lineage_page(request, versions, diff)


def _lineage_page(
    request: Request,
    versions: Versions,
    diff: Diff,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> Response[str]:
    """`typed`: what was sent, by field; `faults`: by the key of the new item."""
    guesses = suggestions(diff) if typed is None else {}
    told: dict[str, list[str]] = {}
    for old_key, new_key in sorted(diff.told):
        told.setdefault(new_key, []).append(old_key)
    asked = [i for line in diff.lines if line.changes != (Change.UNCHANGED,) for i in line.new]
    values = {item.key: ", ".join(told.get(item.key, ())) or guesses.get(item.key, "") for item in asked}
    return page(
        request,
        "frameworks/lineage.html",
        status=422 if faults else 200,
        versions=versions,
        diff=diff,
        asked=asked[:MOST_ASKED],
        asked_in_all=len(asked),
        gone=[line.old[0] for line in diff.lines if line.changes == (Change.GONE,)],
        values=values if typed is None else typed,
        guesses=guesses,
        kept={item.key for item in diff.old.items},
        faults=faults or {},
    )


@post(LINEAGE, name="framework_lineage_do", access=member(Permission.OPERATE), status_code=200)
async def lineage_do(request: Request, key: FromPath[str]) -> Response[str] | Redirect:
    """Store what was said of the items on the form."""
    data = await form_data(request)
    versions, diff = await _diff(request, key)
    if diff is None:
        raise NotFound(_("There is only one version of this framework."))
    typed = {name.removeprefix(PREFIX): data.first(name).strip() for name in data if name.startswith(PREFIX)}
    if data.first("other").strip():
        typed[data.first("other").strip()] = data.first("other_continues").strip()
    try:
        async with database_of(request).write(bound_of(request)) as db:
            number = await lineage_service.state(
                db,
                organisation_of(request),
                diff.old.name,
                diff.new.name,
                {name: codes_of(text) for name, text in typed.items()},
            )
    except Invalid as invalid:
        return _lineage_page(request, versions, diff, typed, invalid.faults)
    say = ngettext("%(n)s statement changed.", "%(n)s statements changed.", number) % {"n": number}
    return go(
        request,
        "framework_diff",
        key=key,
        query=urlencode({"from": versions.old, "to": versions.new}),
        say=say,
    )
