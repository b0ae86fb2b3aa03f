"""Every handler for every persona: the answer follows from the access it declares, and from nothing else."""

import httpx
import pytest
from litestar import Litestar, get
from litestar.handlers import HTTPRouteHandler

from tests import personas
from tests.personas import Persona, Visitor
from tests.web.paths import ORGANISATION, Call, Things, calls
from tracker import app as app_module
from tracker.access.guard import PUBLIC, SIGNED_IN, Access, Undeclared, Who, member, require_declared, token
from tracker.access.permissions import GRANTS, Permission
from tracker.access.tokens import Scope
from tracker.app import App, create_app
from tracker.db.session import Database
from tracker.settings import Settings

# What a page or a form may answer once the caller may call it. 409: a stale form; 404: no such draft.
SERVED = {200, 303, 404, 409, 422}
EVERYBODY = [*personas.PERSONAS, None]

# Said a second time on purpose: whoever opens a route to more people changes two lines. The rest is for anyone.
SIGNED_IN_ONLY = {"sign_out", "account", "change_password", "workspaces"}
SIGNED_IN_ONLY |= {"mail_choices", "choose_mail"}
NEEDS = {
    Permission.READ_DRAFTS: {
        "own_briefings",
        "edition",
        "edition_preview",
        "edition_file",
        "workspace",
        "open_jurisdiction",
        "grid",
        "entry",
        "review",
        "review_draft",
        "own_instruments",
        "own_instrument",
        "own_attachment",
        "notices",
        "notice",
        "work",
        "export_csv",
        "export_xlsx",
        "criteria",
        "saved_sets",
        "criterion",
        "criterion_value",
    },
    Permission.WRITE_DRAFTS: {
        "entry_do",
        "take_back",
        "discard",
        "apply",
        "apply_do",
        "move",
        "move_do",
        "add_instrument",
        "add_instrument_do",
        "own_instrument_do",
        "own_instrument_delete",
        "attach",
        "attachment_do",
        "confirm",
        "import",
        "import_do",
        "import_preview",
        "import_apply",
        "add_criterion",
        "add_criterion_do",
        "criterion_do",
        "criterion_move",
        "saved_sets_do",
        "saved_set",
        "saved_set_do",
        "saved_set_delete",
        "criterion_archive",
        "criterion_value_do",
        "briefing_new",
        "briefing_new_do",
        "briefing_next",
        "edition_edit",
        "edition_edit_do",
        "edition_files",
        "edition_files_stop",
        "edition_selection",
        "edition_selection_do",
        "edition_submit",
        "edition_return",
        "edition_discard",
        "edition_subscription",
    },
    Permission.REVIEW: {
        "edition_final",
        "publish_many",
        "publish",
        "return_draft",
        "withdraw",
        "withdraw_do",
        "instrument_events",
        "instrument_events_do",
        "instrument_event_retract",
        "notify",
        "notice_reply",
        "review_revision",
        "review_revision_do",
        "answer_correction",
        "answer_correction_do",
        "criterion_publish",
        "criterion_publish_do",
        "criterion_withdraw",
        "criterion_withdraw_do",
    },
    Permission.ADMINISTER: {
        "redact",
        "redact_do",
        "mail_log",
        "log",
        "log_csv",
        "tokens",
        "tokens_do",
        "members",
        "invite",
        "invitation_revoke",
        "member",
        "member_do",
        "organisation_settings",
        "organisation_settings_do",
        "token_revoke",
        "token_revoke_do",
    },
    Permission.OPERATE: {
        "organisations",
        "organisations_do",
        "admitted",
        "admitted_state",
        "admitted_invite",
        "admitted_invite_do",
        "mandate_give",
        "mandate_end",
        "mandate_end_do",
        "framework_import",
        "framework_import_do",
        "framework_lineage",
        "framework_lineage_do",
        "framework_import_preview",
        "framework_import_apply",
        "crosswalk_import",
        "crosswalk_import_look",
        "crosswalk_import_do",
        "crosswalk_sets",
        "workbench",
        "workbench_item",
        "crosswalk_start",
        "crosswalk_start_do",
        "crosswalk_about",
        "crosswalk_about_do",
        "crosswalk_discard",
        "crosswalk_supersede",
        "crosswalk_copy",
        "crosswalk_copy_do",
        "mapping_new",
        "mapping_new_do",
        "mapping",
        "mapping_do",
        "mapping_remove",
        "no_counterpart",
        "no_counterpart_do",
        "no_counterpart_remove",
        "crosswalk_review",
        "crosswalk_review_do",
        "crosswalk_publish",
        "redact_crosswalk",
        "redact_crosswalk_do",
        "crosswalk_publish_do",
        "crosswalk_differences",
    },
}
# Programs only, by the scope of their token; tests/api tries them with tokens.
SCOPES: dict[Scope, set[str]] = {
    Scope.READ_DRAFTS: {"api_drafts", "api_draft"},
    Scope.WRITE_DRAFTS: {"api_draft_put", "api_draft_delete"},
    Scope.SUBMIT: {"api_draft_submit"},
    Scope.IMPORT: {"api_framework_import", "api_crosswalk_import"},
}


def access_of(handler: HTTPRouteHandler) -> object:
    return handler.opt.get("access")


def test_every_handler_declares_access(shared_app: App) -> None:
    handlers = [
        handler
        for route in shared_app.litestar.routes
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler) and handler.http_methods != {"OPTIONS"}
    ]
    assert len(handlers) >= len(app_module.ROUTES)
    assert [str(h) for h in handlers if not isinstance(access_of(h), Access)] == []


def test_every_handler_declares_what_it_should() -> None:
    for handler in app_module.ROUTES:
        needed = next((p for p, names in NEEDS.items() if handler.name in names), None)
        scope = next((s for s, names in SCOPES.items() if handler.name in names), None)
        if scope:
            assert access_of(handler) == token(scope), handler.name
            continue
        wanted = member(needed) if needed else SIGNED_IN if handler.name in SIGNED_IN_ONLY else PUBLIC
        assert access_of(handler) == wanted, handler.name


def test_the_organisation_of_a_path_is_always_guarded(shared_app: App) -> None:
    """A path below /o/{organisation} that declares less than membership would be open to outsiders."""
    for route in shared_app.litestar.routes:
        for handler in getattr(route, "route_handlers", []):
            access = access_of(handler)
            if isinstance(access, Access):
                guarded = access.who in (Who.ORGANISATION, Who.TOKEN)
                assert guarded == ("{organisation:" in route.path), route.path
                assert guarded == (access.permission is not None), route.path


@get("/{locale:str}/bare", name="bare")
async def bare() -> None:
    """A handler whose author forgot who may call it."""


def test_an_undeclared_route_stops_the_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Undeclared, match=r"GET.*/bare"):
        require_declared(Litestar([bare]).routes)
    monkeypatch.setattr(app_module, "ROUTES", [*app_module.ROUTES, bare])
    with pytest.raises(Undeclared, match="/bare"):
        create_app(settings, Database(None))  # type: ignore[arg-type]


@pytest.fixture
def database(database_with_things: Database) -> Database:
    return database_with_things


async def _send(
    app: App, settings: Settings, database: Database, persona: Persona | None, call: Call, path: str
) -> httpx.Response:
    """The call with a fresh session: one of the calls is signing out."""
    if persona is None:
        person = personas.visitor(app, settings)
    else:
        person = await personas.signed_in(app, settings, database, persona)
    async with person:
        if call.method == "GET":
            return await person.get(path)
        if call.access.who is Who.TOKEN:
            return await person.request(call.method, path)
        return await person.submit(path)


def _fault(call: Call, persona: Persona | None, answer: httpx.Response, unknown: httpx.Response) -> str:
    """What is wrong with an answer; "" if it is as declared. `unknown`: that of no organisation."""
    status, access = answer.status_code, call.access
    if access.who is Who.ANYONE:
        return "" if status in SERVED else "should be served to anyone"
    if access.who is Who.TOKEN:
        return "" if status == 401 else "should take tokens only, and no session"
    if persona is None:
        there = answer.headers.get("location", "")
        return "" if status == 303 and there.startswith("/en/sign-in") else "should lead to the sign-in page"
    if access.who is Who.SIGNED_IN:
        return "" if status in SERVED else "should be served to whoever is signed in"
    if persona.organisation != ORGANISATION:
        same = (status, answer.content, answer.headers) == (404, unknown.content, unknown.headers)
        return "" if same else "should look like an organisation that does not exist"
    if access.permission not in GRANTS[persona.role]:
        return "" if status == 403 else "should be forbidden"
    return "" if status in SERVED and answer.content != unknown.content else "should be served to the role"


@pytest.mark.parametrize("persona", EVERYBODY, ids=lambda p: p.name if p else "anonymous")
async def test_every_handler_answers_as_declared(
    app: App, settings: Settings, database: Database, things: Things, persona: Persona | None
) -> None:
    found = calls(app, things)
    faults = []
    for call in found:
        answer = await _send(app, settings, database, persona, call, call.path)
        unknown = answer
        if call.access.who is Who.ORGANISATION:
            unknown = await _send(app, settings, database, persona, call, call.elsewhere())
        fault = _fault(call, persona, answer, unknown)
        if fault:
            faults.append(f"{call}: {answer.status_code}, {fault}")
    assert faults == []
    assert len(found) == len(app_module.ROUTES)


@pytest.mark.parametrize("persona", [personas.ADMIN], ids=["admin"])
async def test_every_page_is_there_for_who_may_see_it(
    app: App, settings: Settings, database: Database, things: Things, persona: Persona
) -> None:
    """With names of things that exist, no page says 404."""
    for call in calls(app, things):
        if call.method == "GET":
            answer = await _send(app, settings, database, persona, call, call.path)
            assert answer.headers.get("content-type", "").count("charset") <= 1, call.name
            wanted = {401} if call.access.who is Who.TOKEN else {200, 303}
            needy = {"briefing", "briefing_pdf", "briefing_docx", "briefing_json", "briefing_zip"}
            needy |= {
                "compare_csv",
                "compare_json",
                "compare_xlsx",
                "compare_time",
                "compare_changes",
                "api_compare",
            }
            if call.name in needy:  # they need a query
                wanted |= {422}
            if call.name in ("api_matrix", "api_search"):  # so do they
                wanted |= {422}
            if call.name == "crosswalk_compare":  # the seed's crosswalks are drafts, which it does not show
                wanted = {404}
            if call.name in (
                "data_release",
                "data_short",
                "data_file",
                "api_release",
            ):  # tests/opendata makes releases
                wanted = {404}
            if call.access.who is Who.ORGANISATION and call.access.permission not in GRANTS[persona.role]:
                wanted = {403}  # the operator's own pages
            assert answer.status_code in wanted, f"{call}: {answer.status_code}"


async def test_strangers_learn_nothing_from_where_they_are_sent(client: Visitor) -> None:
    there = await client.get("/en/o/health-xaa")
    nowhere = await client.get("/en/o/health-xxx")
    assert there.status_code == nowhere.status_code == 303
    assert there.headers["location"].replace("xaa", "xxx") == nowhere.headers["location"]


@pytest.mark.parametrize("path", ["/xx", "/xx/compare", "/de/sign-in", "/EN", "/%C3%A9n"])
async def test_unknown_languages_are_unknown_pages(client: Visitor, path: str) -> None:
    assert (await client.get(path)).status_code == 404
