"""The operator's pages: organisations are admitted and suspended, mandates given and ended, first admins invited.

They show nothing of another organisation's members or drafts.
"""

from dataclasses import dataclass

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.models import Organisation
from tracker.access.permissions import Permission
from tracker.db.session import Bound
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit import clock
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import MandateKind, OrganisationKind
from tracker.organisations import queries, service
from tracker.organisations.forms import EndForm, MandateForm, OrganisationForm
from tracker.web.render import form_page, go
from tracker.web.requests import bound_of, database_of, form_data, organisation_of

ORGANISATIONS = "/{locale:str}/o/{organisation:str}/organisations"
ONE = f"{ORGANISATIONS}/{{admitted:str}}"
OPERATE = member(Permission.OPERATE)


@dataclass(frozen=True, slots=True)
class Found:
    """An organisation with its mandates."""

    row: Organisation
    mandates: list[queries.Held]

    @property
    def bound(self) -> Bound:
        """What a change of it is written behind: its own wall, so that its own log tells of it."""
        return Bound(tenant=self.row.id)


async def find(request: Request, key: str) -> Found:
    """Raises NotFound."""
    async with database_of(request).read(bound_of(request)) as db:
        row = await queries.organisation_by_key(db, key)
        if row is None:
            raise NotFound(_("There is no such organisation."))
        return Found(row, await queries.mandate_history(db, row.id))


async def _list(request: Request, form: OrganisationForm) -> Response[str]:
    async with database_of(request).read(bound_of(request)) as db:
        found = await queries.admitted(db, clock.today())
    return form_page(request, "organisations/admitted.html", form, found=found)


@get(ORGANISATIONS, name="organisations", access=OPERATE)
async def organisations(request: Request) -> Response[str]:
    """Every organisation, and the form of a new one."""
    return await _list(request, OrganisationForm())


@post(ORGANISATIONS, name="organisations_do", access=OPERATE, status_code=200)
async def admit(request: Request) -> Response[str] | Redirect:
    """Admit an organisation."""
    actor, form = organisation_of(request), OrganisationForm(await form_data(request))
    if not form.validate():
        return await _list(request, form)
    name, key, kind = form.name.data, form.key.data, OrganisationKind(form.kind.data)
    new = service.new_organisation(key=key, name=name, kind=kind)
    try:
        async with database_of(request).write(Bound(tenant=new.id)) as db:
            await service.add_organisation(db, new, by=actor.by)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return await _list(request, form)
    say = _("%(name)s is admitted. Give it its mandates, and invite its first admin.") % {"name": name}
    return go(request, "admitted", organisation=actor.organisation_key, admitted=key, say=say)


def _page(request: Request, found: Found, form: MandateForm) -> Response[str]:
    today = clock.today()
    return form_page(
        request, "organisations/one.html", form, o=found.row, mandates=found.mandates, today=today
    )


@get(ONE, name="admitted", access=OPERATE)
async def admitted(request: Request, admitted: FromPath[str]) -> Response[str]:
    """One organisation: its mandates with their history, and whether it is suspended."""
    return _page(request, await find(request, admitted), MandateForm())


@post(f"{ONE}/mandates", name="mandate_give", access=OPERATE, status_code=200)
async def give(request: Request, admitted: FromPath[str]) -> Response[str] | Redirect:
    """Give a mandate."""
    actor, found = organisation_of(request), await find(request, admitted)
    form = MandateForm(await form_data(request))
    if not form.validate():
        return _page(request, found, form)
    code = form.code.data.strip()
    async with database_of(request).write(found.bound) as db:
        places = await jurisdictions.by_codes(db, {code, code.upper()})
        place = places.get(code) or places.get(code.upper())
        given = place and await service.add_mandate(
            db, found.row, place, MandateKind(form.kind.data), form.valid_from.data, by=actor.by
        )
    if not given:
        held = _("It has this mandate already on that day. End that one first.")
        unknown = _("There is no jurisdiction with the code “%(code)s”.") % {"code": code}
        form.add_faults({"code": held if place else unknown})
        return _page(request, found, form)
    return go(
        request,
        "admitted",
        organisation=actor.organisation_key,
        admitted=admitted,
        say=_("The mandate is given."),
    )


async def _end_page(request: Request, found: Found, mandate_id: int, form: EndForm) -> Response[str]:
    mandate = next((m for m in found.mandates if m.id == mandate_id), None)
    if mandate is None:
        raise NotFound(_("There is no such mandate."))
    return form_page(request, "organisations/end.html", form, o=found.row, mandate=mandate)


@get(f"{ONE}/mandates/{{mandate_id:int}}", name="mandate_end", access=OPERATE)
async def end_page(request: Request, admitted: FromPath[str], mandate_id: FromPath[int]) -> Response[str]:
    """Asks for the last day of a mandate."""
    found = await find(request, admitted)
    return await _end_page(request, found, mandate_id, EndForm(data={"last_day": clock.today()}))


@post(f"{ONE}/mandates/{{mandate_id:int}}", name="mandate_end_do", access=OPERATE, status_code=200)
async def end_do(
    request: Request, admitted: FromPath[str], mandate_id: FromPath[int]
) -> Response[str] | Redirect:
    """End it."""
    actor, found = organisation_of(request), await find(request, admitted)
    form = EndForm(await form_data(request))
    if not form.validate():
        return await _end_page(request, found, mandate_id, form)
    assert form.last_day.data is not None
    try:
        async with database_of(request).write(found.bound) as db:
            await service.end_mandate(db, found.row, mandate_id, form.last_day.data, by=actor.by)
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return await _end_page(request, found, mandate_id, form)
    key = actor.organisation_key
    return go(
        request, "admitted", organisation=key, admitted=admitted, say=_("The mandate’s last day is set.")
    )


@post(f"{ONE}/state", name="admitted_state", access=OPERATE, status_code=303)
async def state(request: Request, admitted: FromPath[str]) -> Redirect:
    """Suspend the organisation, or let it act again: `do` is suspend or resume."""
    actor, do = organisation_of(request), (await form_data(request)).first("do")
    if do not in ("suspend", "resume"):
        raise Conflict(_("Say whether to suspend the organisation, or to let it act again."))
    found = await find(request, admitted)
    async with database_of(request).write(found.bound) as db:
        row = await queries.organisation_by_key(db, admitted)
        assert row is not None
        change = service.suspend if do == "suspend" else service.resume
        await change(db, row, by=actor)
    say = _("The organisation is suspended.") if do == "suspend" else _("The organisation may act again.")
    return go(request, "admitted", organisation=actor.organisation_key, admitted=admitted, say=say)
