"""Importing by program: with an operator's token that has the scope, all of a file or nothing, told by row and field."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import personas
from tests.api.programs import CROSSWALK_CSV, FRAMEWORK_CSV, IMPORTS, key, program
from tests.api.test_problems import is_problem
from tests.crosswalks import desk
from tests.frameworks import samples
from tests.pages import html
from tests.personas import Visitor
from tracker.access.models import ApiToken
from tracker.access.permissions import Permission
from tracker.access.tokens import Scope, bearer_of
from tracker.app import App
from tracker.audit.models import AuditEvent
from tracker.crosswalks import mapping_service
from tracker.crosswalks import service as crosswalk_service
from tracker.crosswalks.models import Mapping
from tracker.db.session import Bound, Database
from tracker.frameworks import files
from tracker.kit.errors import Forbidden, Invalid
from tracker.settings import Settings

FRAMEWORKS, CROSSWALKS = f"{IMPORTS}/frameworks/import", f"{IMPORTS}/crosswalks/import"
CSV = {"Content-Type": "text/csv"}
CASE = {"Content-Type": "application/json"}
TSV = {"Content-Type": "text/tab-separated-values"}
XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
ANY = {"Content-Type": "application/octet-stream"}


@pytest.fixture
async def importer(app: App, database: Database, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    token = await key(database, settings, Scope.IMPORT, admin=personas.OPERATOR)
    async with program(app, settings, token) as client:
        yield client


async def post(client: httpx.AsyncClient, path: str, content: bytes | str, kind: dict[str, str] = CSV) -> Any:
    body = content.encode() if isinstance(content, str) else content
    return await client.post(path, content=body, headers=kind)


async def made(database: Database) -> tuple[ApiToken, list[AuditEvent]]:
    """The operator's token, and the events of its organisation, the newest last."""
    actor = await personas.actor(database, personas.OPERATOR)
    async with database.read(Bound(tenant=actor.organisation_id)) as db:
        (row,) = (await db.execute(sa.select(ApiToken))).scalars().all()
        events = (await db.execute(sa.select(AuditEvent).order_by(col(AuditEvent.sequence)))).scalars().all()
    return row, list(events)


async def test_a_framework_is_looked_at_then_taken_in(
    importer: httpx.AsyncClient, client: Visitor, database: Database
) -> None:
    looked = await post(importer, f"{FRAMEWORKS}?dry_run=true", FRAMEWORK_CSV)
    assert looked.status_code == 200, looked.text
    assert looked.json()["added"] == ["EG-1", "EG-1-1"]
    assert looked.headers["cache-control"] == "private, no-store"
    assert (await client.get("/api/v1/frameworks/example-guide")).status_code == 404
    done = await post(importer, FRAMEWORKS, FRAMEWORK_CSV)
    assert done.json() == looked.json() | {"dry_run": False}
    told = (await client.get("/api/v1/frameworks/example-guide")).json()
    assert [item["item"] for item in told["items"]] == ["EG-1", "EG-1-1"]
    again = (await post(importer, FRAMEWORKS, FRAMEWORK_CSV)).json()
    assert (again["added"], again["changed"], again["same"]) == ([], [], 2)
    token, events = await made(database)
    of_import = [(e.actor_id, e.subject) for e in events if e.action == "framework.imported"]
    assert [told for told in of_import if told[1] != "example-national-standard@1"] == [  # the demo world's
        (token.id, "example-guide@2024")
    ]


@pytest.mark.parametrize(
    ("write", "kind"),
    [
        (samples.as_csv, CSV),
        (samples.as_case, CASE),
        (samples.as_xlsx, XLSX),
        (samples.as_csv, ANY | {"x-format": "csv"}),
    ],
    ids=["csv", "case", "xlsx", "octet-stream"],
)
async def test_every_format_is_taken(importer: httpx.AsyncClient, write: Any, kind: dict[str, str]) -> None:
    """The same items, as another version than the file states."""
    query = f"as_version=7&dry_run=true&format={kind.get('x-format', '')}"
    answer = await post(importer, f"{FRAMEWORKS}?{query}", write(samples.items()[:60]), kind)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["framework"].startswith("a-large-framework")  # of others' CASE the key is made from the title
    assert told["framework_version"] == "7"
    assert len(told["added"]) == 60


async def test_a_crosswalk_comes_into_a_draft(
    importer: httpx.AsyncClient, client: Visitor, database: Database
) -> None:
    looked = await post(importer, f"{CROSSWALKS}?dry_run=true", CROSSWALK_CSV)
    assert looked.status_code == 200, looked.text
    assert [(s["crosswalk"], s["begun"], s["added"]) for s in looked.json()["sets"]] == [
        ("a-test-set", "new", 1)
    ]
    assert (await client.get("/api/v1/crosswalks/a-test-set")).status_code == 404
    assert (await post(importer, CROSSWALKS, CROSSWALK_CSV)).status_code == 200
    told = (await client.get("/api/v1/crosswalks/a-test-set")).json()
    assert (told["state"], told["reviewed"], len(told["mappings_list"])) == ("draft", 0, 1)
    (again,) = (await post(importer, CROSSWALKS, CROSSWALK_CSV)).json()["sets"]
    assert (again["added"], again["same"]) == (0, 1)
    token, events = await made(database)
    of_set = [e for e in events if e.subject == "a-test-set@1"]
    assert {e.action for e in of_set} >= {"crosswalk.started", "mapping.added", "crosswalk.imported"}
    assert {e.actor_id for e in of_set} == {token.id}


async def test_files_lead_back(importer: httpx.AsyncClient, client: Visitor) -> None:
    """Every format that the API points to is taken again, and changes nothing."""
    for path, name, kinds in (
        (FRAMEWORKS, "frameworks/delta87-justice@2021", {"csv": CSV, "xlsx": XLSX, "case": CASE}),
        (CROSSWALKS, f"crosswalks/{desk.GUIDE}", {"csv": CSV, "xlsx": XLSX, "sssom": TSV}),
    ):
        addresses = (await client.get(f"/api/v1/{name}")).json()["files"]
        for kind, sent in kinds.items():
            file = await client.get(addresses[kind])
            assert file.status_code == 200
            told = (await post(importer, path, file.content, sent)).json()
            held = told["sets"][0] if "sets" in told else told
            assert (len(held["added"]) if "sets" not in told else held["added"]) == 0, told
            assert held["same"] > 0


FAULTY = (
    FRAMEWORK_CSV.replace("EG-1-1,item,EG-1,", "EG-1-1,item,EG-9,") + "example-guide,2024,EG-1,item,,Again\n"
)
WRONG_SET = CROSSWALK_CSV.replace("HTCC-UC", "HTCC-99") + "HTCC-UC,is like,D87J-CRIM,Why not.\n"


@pytest.mark.parametrize(
    ("path", "content", "wheres", "fields"),
    [
        (FRAMEWORKS, FAULTY, {"row 8", "row 9"}, {"parent", "key"}),
        (CROSSWALKS, WRONG_SET, {"row 5", "row 6"}, {"Focal Document Element", "Relationship"}),
        (FRAMEWORKS, "", {"whole file"}, {"none"}),
        (CROSSWALKS, "\xff\xfe".encode("latin-1"), {"row 1"}, {"none"}),
    ],
    ids=["framework", "crosswalk", "empty", "no text"],
)
@pytest.mark.parametrize("dry_run", ["true", "false"])
async def test_faults_are_told_by_row_and_field(
    importer: httpx.AsyncClient,
    client: Visitor,
    path: str,
    content: Any,
    wheres: set[str],
    fields: set[str],
    dry_run: str,
) -> None:
    answer = await post(importer, f"{path}?dry_run={dry_run}", content)
    told = is_problem(answer, 422)
    assert told["faults"] == len(told["errors"]) > 0
    assert {e["where"] for e in told["errors"]} <= wheres, told
    assert {e["field"] for e in told["errors"]} <= fields, told
    for name in ("frameworks/example-guide", "crosswalks/a-test-set"):
        assert (await client.get(f"/api/v1/{name}")).status_code == 404


@pytest.mark.parametrize(
    ("query", "kind", "status"),
    [
        ("", {"Content-Type": "text/plain"}, 415),
        ("", {}, 415),
        ("", ANY, 415),
        ("?format=csv", CASE, 415),
        ("?format=pdf", CSV, 422),
        ("?dry_run=perhaps", CSV, 422),
        ("?dryrun=true", CSV, 422),
        ("", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
    ],
    ids=str,
)
async def test_what_is_no_file_of_ours_is_refused(
    importer: httpx.AsyncClient, client: Visitor, query: str, kind: dict[str, str], status: int
) -> None:
    for path, content in ((FRAMEWORKS, FRAMEWORK_CSV), (CROSSWALKS, CROSSWALK_CSV)):
        is_problem(await post(importer, path + query, content, kind), status)
    assert (await client.get("/api/v1/frameworks/example-guide")).status_code == 404


async def test_too_large(importer: httpx.AsyncClient) -> None:
    for path, most in ((FRAMEWORKS, files.MOST_BYTES), (CROSSWALKS, files.MOST_BYTES)):
        is_problem(await post(importer, path, b"x" * (most + 1)), 413)


async def test_a_set_of_others_takes_the_key_and_version_it_is_given(importer: httpx.AsyncClient) -> None:
    foreign = CROSSWALK_CSV.partition("\n")[2]
    told = (await post(importer, f"{CROSSWALKS}?key=ours&version=3", foreign)).json()
    assert [(s["crosswalk"], s["crosswalk_version"]) for s in told["sets"]] == [("ours", "3")]
    several = "Focal Document Element,Relationship,Reference Document Element,Comments\n" + "".join(
        f"HTCC-UC,intersects with,{key},Why.\n" for key in ("D87J-CRIM", "IOM-1")
    )
    for query, status in (("?key=one&dry_run=true", 422), ("?key=No+Key&dry_run=true", 422)):
        is_problem(await post(importer, CROSSWALKS + query, several if "one" in query else foreign), status)


@pytest.mark.parametrize("path", [FRAMEWORKS, CROSSWALKS])
async def test_the_scope_is_needed_and_an_operators_organisation(
    app: App, database: Database, settings: Settings, path: str
) -> None:
    body = FRAMEWORK_CSV if path == FRAMEWORKS else CROSSWALK_CSV
    drafts_only = await key(database, settings, Scope.WRITE_DRAFTS, admin=personas.OPERATOR)
    ministry = await key(database, settings)
    async with program(app, settings, drafts_only) as client:
        is_problem(await post(client, path, body), 403)
    async with program(app, settings, ministry) as client:
        there = is_problem(await post(client, path, body), 404)
        assert there == is_problem(await post(client, path.replace("secretariat", "health-xxx"), body), 404)
        is_problem(await post(client, path.replace("secretariat", "health-xaa"), body), 403)
    async with program(app, settings, "cct_wrong") as client:
        is_problem(await post(client, path, body), 401)


async def test_only_operators_are_offered_the_scope(
    admin: Visitor, operator: Visitor, database: Database, settings: Settings
) -> None:
    words = "Import frameworks, and crosswalks into drafts"
    assert words not in html.words((await admin.get("/en/o/health-xaa/tokens")).text)
    assert words in html.words((await operator.get("/en/o/secretariat/tokens")).text)
    with pytest.raises(Invalid, match="operator"):
        await key(database, settings, Scope.IMPORT)
    answer = await admin.submit(
        "/en/o/health-xaa/tokens", {"name": "x", "scopes": ["import"], "expires_on": "2026-12-31"}
    )
    assert answer.status_code == 422


async def test_a_token_that_imports_neither_reviews_nor_publishes(
    importer: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    """Whoever made the token answers for what it imports, so another person reviews it."""
    token = await key(database, settings, Scope.IMPORT, admin=personas.OPERATOR, name="Another")
    bearer = await bearer_of(database, settings.secret_key, token)
    assert bearer is not None
    actor = bearer.organisation
    for permission in (Permission.OPERATE, Permission.REVIEW, Permission.ADMINISTER, Permission.WRITE_DRAFTS):
        assert not actor.may(permission)
    assert (await post(importer, CROSSWALKS, CROSSWALK_CSV)).status_code == 200
    set_id = await desk.set_id(database, "a-test-set")
    maker = await personas.actor(database, personas.OPERATOR)
    async with database.read() as db:
        row = (await db.execute(sa.select(Mapping).where(col(Mapping.crosswalk_id) == set_id))).scalar_one()
    assert row.author_id == maker.user_id
    for who in (actor, maker):
        with pytest.raises(Forbidden):
            async with database.write(Bound(tenant=maker.organisation_id)) as db:
                await mapping_service.review(
                    db, who, set_id, reviewer="X", mappings={row.id: 1}, no_counterparts={}
                )
    for verb in (
        lambda db: crosswalk_service.publish(db, actor, set_id, publisher="X"),
        lambda db: crosswalk_service.supersede(db, actor, set_id),
        lambda db: crosswalk_service.discard(db, actor, set_id),
    ):
        with pytest.raises(Forbidden):
            async with database.write(Bound(tenant=maker.organisation_id)) as db:
                await verb(db)
    assert isinstance(row.author_id, UUID)
