"""An organisation's drafts, read and written by programs with its token.

Nothing is overwritten that the caller has not read: every change names the version it is of (If-Match), or says
that there is none yet (If-None-Match: *). Rules and messages are those of the workspace's form.
"""

import hashlib
import json
from typing import Any

from litestar import Request, Response, delete, get, post, put
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import token
from tracker.access.tokens import Scope
from tracker.api import queries
from tracker.api.answers import ROOT, Listing, answer, envelope, moment, text
from tracker.api.bodies import content_told, entry_form, faults_of, json_object
from tracker.api.paging import paged
from tracker.entries import draft_queries, service
from tracker.entries.context import CellContext, cell_context
from tracker.entries.draft_queries import DraftView
from tracker.entries.forms import EntryForm
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import DraftState
from tracker.web.etag import names, names_strongly
from tracker.web.problem import problem
from tracker.web.render import context_of
from tracker.web.requests import bound_of, database_of, organisation_of, query_parameters

OWN = f"{ROOT}/organisations/{{organisation:str}}/entries"
CELL = f"{OWN}/{{code:str}}/{{framework:str}}/{{item:str}}/{{domain:str}}"
PRIVATE = {"cache-control": "private, no-store"}
Told = dict[str, Any]


def _tag(told: Told) -> str:
    body = json.dumps(told, sort_keys=True).encode()
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def draft_told(organisation: str, framework: str, draft: DraftView) -> Told:
    """A draft. `framework`: key@version. Its tag follows from this, so nothing in it may change by itself."""
    key, _at, version = framework.partition("@")
    return {
        "cell": {
            "organisation": organisation,
            "jurisdiction": draft.jurisdiction_code,
            "framework": key,
            "framework_version": version,
            "item": draft.item_key,
            "domain": draft.cell.domain.value,
        },
        "draft": str(draft.id),
        "version": draft.version,
        "state": draft.state.value,
        "return_reason": text(draft.return_reason),
        "updated_at": moment(draft.updated_at),
        "content": content_told(draft.content),
    }


def _told(request: Request, found: CellContext) -> Told | None:
    if found.draft is None:
        return None
    return draft_told(organisation_of(request).organisation_key, found.framework.name, found.draft)


async def _found(request: Request) -> CellContext:
    async with database_of(request).read(bound_of(request)) as db:
        return await cell_context(db, request)


def _answer(request: Request, told: Told, status: int = 200) -> Response[bytes]:
    return answer(told, PRIVATE | {"etag": _tag(told)}, status)


@get(OWN, name="api_drafts", access=token(Scope.READ_DRAFTS))
async def drafts(request: Request) -> Response[bytes]:
    """The organisation's drafts, in the order of their ids."""
    page = paged(query_parameters(request), (str,))
    key = organisation_of(request).organisation_key
    async with database_of(request).read(bound_of(request)) as db:
        after = page.after[0] if page.after else ""
        found = await draft_queries.after(db, queries.as_uuid(after), limit=page.limit + 1)
        names_of = await queries.frameworks_of(db, {d.cell.item_id for d in found})
    kept, cursor = page.of(found, lambda d: [str(d.id)])
    data = [draft_told(key, names_of[d.cell.item_id], d) for d in kept]
    told, links = envelope(request, Listing([d | {"etag": _tag(d)} for d in data], cursor))
    etag = _tag(told)
    if names(request.headers.get("if-none-match", ""), etag):
        return Response(b"", status_code=304, headers=PRIVATE | {"etag": etag})
    return answer(told, PRIVATE | {"etag": etag} | ({"link": links} if links else {}))


@get(CELL, name="api_draft", access=token(Scope.READ_DRAFTS))
async def draft(request: Request) -> Response[bytes]:
    """The draft of one cell."""
    told = _told(request, await _found(request))
    if told is None:
        raise NotFound(_("There is no draft of this cell."))
    if names(request.headers.get("if-none-match", ""), _tag(told)):
        return Response(b"", status_code=304, headers=PRIVATE | {"etag": _tag(told)})
    return _answer(request, told)


@put(CELL, name="api_draft_put", access=token(Scope.WRITE_DRAFTS), status_code=200)
async def put_draft(request: Request) -> Response[bytes]:
    """Make the draft, or replace what it says."""
    sent = await json_object(request)
    found = await _found(request)
    if refused := _precondition(request, found, sent, new=True):
        return refused
    form = _checked(sent, found)
    version = found.draft.version if found.draft else 0

    async def save(db: AsyncSession) -> None:
        await service.save_draft(db, organisation_of(request), found.cell, form.content(), version=version)

    return await _change(request, found, save, sent, status=200 if found.draft else 201)


@post(f"{CELL}/submit", name="api_draft_submit", access=token(Scope.SUBMIT), status_code=200)
async def submit_draft(request: Request) -> Response[bytes]:
    """Hand the draft to a reviewer, who is a member: a token publishes nothing.

    Without a scope for reading the answer is empty.
    """
    found = await _found(request)
    if refused := _precondition(request, found, None, new=False):
        return refused
    here = _draft_of(found)

    async def submit(db: AsyncSession) -> None:
        await service.submit(db, organisation_of(request), here.id, version=here.version)

    return await _change(request, found, submit, None)


@delete(CELL, name="api_draft_delete", access=token(Scope.WRITE_DRAFTS), status_code=200)
async def delete_draft(request: Request) -> Response[bytes]:
    """Delete the draft. What is published of the entry stays."""
    found = await _found(request)
    if refused := _precondition(request, found, None, new=False):
        return refused
    here = _draft_of(found)

    async def discard(db: AsyncSession) -> None:
        await service.discard(db, organisation_of(request), here.id, version=here.version)

    return await _change(request, found, discard, None, status=204)


def _draft_of(found: CellContext) -> DraftView:
    if found.draft is None:
        raise NotFound(_("There is no draft of this cell."))
    return found.draft


def _checked(sent: Told, found: CellContext) -> EntryForm:
    stored = found.draft or found.published
    form = entry_form(sent, stored.content.citations if stored else ())
    form.prepare(found.instruments, published=found.published is not None)
    if not form.validate():
        raise Invalid(faults_of(form))
    return form


def _precondition(
    request: Request, found: CellContext, sent: Told | None, *, new: bool
) -> Response[bytes] | None:
    """428 where the caller does not say what it has read, 412 where that is not what is stored. `new`: it may be none."""
    match, none_match = (request.headers.get(name, "").strip() for name in ("if-match", "if-none-match"))
    told = _told(request, found)
    if new and none_match == "*" and not match:
        return None if told is None else _stale(request, told, sent)
    if not match or match == "*" or none_match:
        return problem(428, _missing_precondition(new))
    if told is None or not names_strongly(match, _tag(told)):
        return _stale(request, told, sent)
    return None


def _missing_precondition(new: bool) -> str:
    if new:
        return _(
            "Send If-Match with the ETag that you read, or If-None-Match: * where there is no draft yet."
        )
    return _("Send If-Match with the ETag that you read.")


def _reads(request: Request) -> bool:
    """Whether the token may know what a draft says, and whether there is one: to submit is not to read."""
    return Scope.READ_DRAFTS in context_of(request).scopes


def _stale(request: Request, told: Told | None, sent: Told | None) -> Response[bytes]:
    """412 with both texts, what is stored now and what was sent; one answer for all to whoever may not read."""
    if not _reads(request):
        return problem(412, _("This draft is not the one that you name. Nothing was done."), headers=PRIVATE)
    more: Told = {"theirs": told or "none"}
    if sent is not None:
        more["yours"] = sent
    headers = PRIVATE | ({"etag": _tag(told)} if told else {})
    detail = _("This draft is not what you read. Nothing of yours was saved; both texts are here.")
    return problem(412, detail, headers=headers, **more)


async def _change(
    request: Request, found: CellContext, verb: Any, sent: Told | None, *, status: int = 200
) -> Response[bytes]:
    """Do it, and answer what is stored by the same transaction: a later change has a tag of its own."""
    try:
        async with database_of(request).write(bound_of(request)) as db:
            await verb(db)
            now = _told(request, await cell_context(db, request))
    except Conflict as conflict:
        return await _conflict(request, found, sent, str(conflict))
    if now is None or not _reads(request):
        return Response(b"", status_code=204, headers=PRIVATE)
    return _answer(request, now, status)


async def _conflict(request: Request, before: CellContext, sent: Told | None, detail: str) -> Response[bytes]:
    """412 where somebody was quicker; 409 where the draft is what was read, and its state forbids the change."""
    now = await _found(request)
    told = _told(request, now)
    if told is None or told != _told(request, before):
        return _stale(request, told, sent)
    if now.draft and now.draft.state in (DraftState.SUBMITTED, DraftState.NOTIFIED):
        detail = _("This entry is under review. A member can take it back.")
    headers = PRIVATE | ({"etag": _tag(told)} if _reads(request) else {})
    return problem(409, detail, headers=headers, state=told["state"])
