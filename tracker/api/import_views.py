"""Importing frameworks and crosswalks by program, with a token of an operator's organisation.

The body is the file itself. All of it is taken in, or nothing; a dry run does the same and keeps nothing. What comes
in is a framework's version, or a crosswalk's draft: reviewing and publishing stay with people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, post

from tracker.access.guard import NotTaken, token
from tracker.access.tokens import Scope
from tracker.api.answers import ROOT, answer
from tracker.crosswalk_files import formats
from tracker.crosswalk_files.looking import take
from tracker.crosswalk_files.service import Report
from tracker.frameworks import files, import_service, service
from tracker.frameworks.plan import Plan
from tracker.frameworks.tree import Fault, Unreadable
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.web.problem import problem
from tracker.web.requests import bound_of, database_of, organisation_of, query_parameters

OWN = f"{ROOT}/organisations/{{organisation:str}}"
PRIVATE = {"cache-control": "private, no-store"}
MOST_FAULTS = 1000
TRUTHS = ("true", "false")
# What each format is sent as; a client that knows no better says octet-stream.
TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "case": "application/json",
    "sssom": "text/tab-separated-values",
}
ANY_TYPE = "application/octet-stream"


def types_of(formats_taken: tuple[str, ...]) -> tuple[str, ...]:
    """The media types as which files of these formats are sent."""
    return (*(TYPES[kind] for kind in formats_taken), ANY_TYPE)


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: str
    dry_run: bool
    given: Mapping[str, str]


def _asked(request: Request, formats_taken: tuple[str, ...], texts: tuple[str, ...]) -> _Asked:
    """The parameters. Raises Invalid by parameter, NotTaken (415) where the body is sent as something else."""
    given = query_parameters(request)
    sent = request.content_type[0]
    kind = given.get("format") or next((k for k in formats_taken if TYPES[k] == sent), "")
    dry_run = given.get("dry_run") or "false"
    faults = {name: _("There is no such parameter.") for name in given.keys() - {"format", "dry_run", *texts}}
    if given.get("format") and kind not in formats_taken:
        faults["format"] = _not_known(kind, formats_taken)
    if dry_run not in TRUTHS:
        faults["dry_run"] = _not_known(dry_run, TRUTHS)
    faults |= {
        name: _("Use at most %(most)s characters.") % {"most": 160}
        for name in texts
        if len(given.get(name, "")) > 160
    }
    if faults:
        raise Invalid(faults)
    if not kind or sent not in (TYPES[kind], ANY_TYPE):
        allowed = ", ".join(TYPES[k] for k in ((kind,) if kind else formats_taken))
        raise NotTaken(_("Send the file as %(types)s.") % {"types": allowed})
    return _Asked(kind, dry_run == "true", {name: given.get(name, "").strip() for name in texts})


def _not_known(text: str, allowed: tuple[str, ...]) -> str:
    told = {"text": text[:60], "allowed": ", ".join(allowed)}
    return _("“%(text)s” is not known here; it can be %(allowed)s.") % told


def _refused(faults: tuple[Fault, ...], detail: str = "") -> Response[bytes]:
    """422 with every fault: the row as the file counts it ("whole file" where it is of none), the field, the message."""
    errors = [
        {"where": fault.where or "whole file", "field": fault.field or "none", "message": fault.text}
        for fault in faults[:MOST_FAULTS]
    ]
    text = _("%(n)s faults; nothing was stored.") % {"n": len(faults)}
    return problem(422, f"{text} {detail}".strip(), errors=errors, faults=len(faults))


@post(
    f"{OWN}/frameworks/import",
    name="api_framework_import",
    access=token(Scope.IMPORT),
    status_code=200,
    request_max_body_size=files.MOST_BYTES,
)
async def import_framework(request: Request) -> Response[bytes]:
    """Import a framework's version from a file, all of it or nothing; as a dry run, say what that would do."""
    asked = _asked(request, files.IMPORTS, ("as_version", "licence"))
    actor, database, bound = organisation_of(request), database_of(request), bound_of(request)
    try:
        file = await import_service.read(await request.body(), asked.kind, **asked.given)
    except Unreadable as refusal:
        return _refused(refusal.faults)
    if asked.dry_run:
        async with database.read(bound) as db:
            plan = await service.plan_import(db, file)
    else:
        async with database.write(bound) as db:
            plan = await service.import_framework(db, file, tenant=actor.organisation_id, actor=actor.by)
    if plan.faults:
        return _refused(plan.faults, plan.frozen)
    return answer(_plan_told(plan, asked), PRIVATE)


def _plan_told(plan: Plan, asked: _Asked) -> dict[str, Any]:
    key, _at, version = plan.name.partition("@")
    return {
        "dry_run": asked.dry_run,
        "framework": key,
        "framework_version": version,
        "new_version": plan.new_version,
        "added": [fields["key"] for fields in plan.new],
        "changed": [{"item": item, "fields": sorted(fields)} for item, fields in plan.changed.items()],
        "changed_head": sorted(plan.changed_head),
        "same": plan.same,
        "notes": list(plan.notes),
    }


@post(
    f"{OWN}/crosswalks/import",
    name="api_crosswalk_import",
    access=token(Scope.IMPORT),
    status_code=200,
    request_max_body_size=files.MOST_BYTES,
)
async def import_crosswalk(request: Request) -> Response[bytes]:
    """Import mappings into drafts of crosswalks, all of a file or nothing; as a dry run, say what that would do."""
    asked = _asked(request, formats.FORMATS, ("key", "version"))
    actor, database, bound = organisation_of(request), database_of(request), bound_of(request)
    key, version, really = asked.given["key"], asked.given["version"], not asked.dry_run
    data = await request.body()
    try:
        taken = await take(database, bound, actor, data, asked.kind, really=really, key=key, version=version)
    except Unreadable as refusal:
        return _refused(refusal.faults)
    told = {
        "dry_run": asked.dry_run,
        "sets": [_report_told(report) for report in taken.reports],
        "notes": list(taken.notes),
    }
    return answer(told, PRIVATE)


def _report_told(report: Report) -> dict[str, Any]:
    key, _at, version = report.name.partition("@")
    plan = report.plan
    return {
        "crosswalk": key,
        "crosswalk_version": version,
        "title": report.title or "none",
        "source": report.source,
        "target": report.target,
        "begun": report.begun or "none",
        "added": len(plan.added),
        "changed": len(plan.changed),
        "removed": len(plan.removed),
        "same": plan.same,
        "reviews_left": report.reviews,
    }
