"""The OpenAPI document is valid, tells every operation there is, and its examples are what the service answers.

To write the examples anew after a change: `WRITE_EXAMPLES=yes pytest tests/api/test_openapi.py -k "sqlite and examples"`.
"""

import json
import os
import re
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests import factories, personas
from tests.api.programs import (
    BODY,
    CELL,
    CROSSWALK_CSV,
    FRAMEWORK_CSV,
    IMPORTS,
    NEW,
    NEXT_FRAMEWORK_CSV,
    key,
    program,
)
from tests.criteria import checklists
from tests.editions import made
from tests.frameworks.test_versions import both
from tests.opendata import released
from tests.pages import html
from tests.personas import Visitor
from tracker.access.tokens import Scope
from tracker.api.openapi import REFUSAL, document
from tracker.api.operations import EXAMPLES, OPERATIONS, examples
from tracker.api.schemas import SCHEMAS
from tracker.app import ROUTES, App
from tracker.db.session import Database
from tracker.kit import clock
from tracker.settings import Settings

ANYTHING_ELSE = {"api_openapi", "api", "api_adoption"}
MOMENTS = "on=2026-01-01&as_of=2026-01-01"
SAID = [{"principle": "trauma_informed", "locator": "Article 4"}]
SENT = BODY | {"citations": [BODY["citations"][0] | {"principles": SAID}]}
# The address of each example; the rest are filled in from what the others answer.
ADDRESSES = {
    "matrix": f"/api/v1/matrix?jurisdictions=XAA&items=HTCC-UC&{MOMENTS}",
    "compare": f"/api/v1/compare?jurisdictions=XAA&items=HTCC-UC&{MOMENTS}",
    "entries": f"/api/v1/entries?jurisdictions=XAA&source=all&{MOMENTS}&limit=2",
    "jurisdictions": "/api/v1/jurisdictions?data=yes&limit=2",
    "jurisdiction": "/api/v1/jurisdictions/XAA",
    "register": "/api/v1/instruments?jurisdictions=US-TX,US-FL&on=2026-01-01&limit=2",
    "instruments": "/api/v1/jurisdictions/US-TX/instruments?on=2026-01-01",
    "criteria": "/api/v1/jurisdictions/XAA/criteria",
    "own_criteria": "/api/v1/criteria?jurisdictions=XAA",
    "frameworks": "/api/v1/frameworks?limit=2",
    "framework": "/api/v1/frameworks/hhs-core-competencies@2021",
    "crosswalks": "/api/v1/crosswalks?limit=2",
    "crosswalk": "/api/v1/crosswalks/hhs-core-competencies--delta87-justice",
    "organisations": "/api/v1/organisations?limit=2",
    "organisation": "/api/v1/organisations/health-xaa",
    "corrections": "/api/v1/corrections",
    "search": "/api/v1/search?q=train&kind=instrument&limit=2",
    "briefings": "/api/v1/briefings",
    "snapshots": "/api/v1/snapshots",
    "releases": "/api/v1/releases",
    "release": "/api/v1/releases/1",
    "draft_put": CELL,
    "draft": CELL,
    "drafts": "/api/v1/organisations/health-xaa/entries?limit=500",
    "draft_submit": f"{CELL}/submit",
    "framework_import": f"{IMPORTS}/frameworks/import?dry_run=true",
    "crosswalk_import": f"{IMPORTS}/crosswalks/import?dry_run=true",
}
FILES = {"framework_import": FRAMEWORK_CSV, "crosswalk_import": CROSSWALK_CSV}


def whole() -> dict[str, Any]:
    return document("http://127.0.0.1:8000", "Tracker")


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(whole()).validate()


def test_every_operation_is_told_and_no_other() -> None:
    there = {h.name for h in ROUTES if next(iter(h.paths)).startswith("/api/")} - ANYTHING_ELSE
    assert {str(o.handler.name) for o in OPERATIONS} == there


def test_examples_have_the_addresses_of_the_service_that_shows_them() -> None:
    told = json.dumps(document("https://adoption.example", "Tracker"))
    assert "127.0.0.1" not in told
    assert '"cell_url": "https://adoption.example/en/jurisdictions/XAA/' in told


def fits(name: str, told: Any) -> list[str]:
    """What of the answer its schema does not allow."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
    return [f"{list(e.path)}: {e.message[:200]}" for e in Draft202012Validator(schema).iter_errors(told)]


def test_every_example_fits_its_schema() -> None:
    told = examples()
    assert set(told) == {o.name for o in OPERATIONS}
    for operation in OPERATIONS:
        example = told[operation.name]
        if operation.schema:
            assert fits(operation.schema, example["answer"]) == []
        if operation.takes:
            assert fits(operation.takes, example["body"]) == []


def _steady(text: str) -> str:
    """Without what differs from one loading to the next."""
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "00000000-0000-4000-8000-000000000000", text)
    text = re.sub(r"\b[0-9a-f]{64}\b", "0" * 64, text)
    text = re.sub(r'"size":\d+', '"size":1000', text)
    text = re.sub(r'"on":"[\d-]+"', '"on":"2026-01-01"', text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-01-01T00:00:00Z", text)
    text = re.sub(r'\\"[0-9a-f]{32}\\"', r"\\" + '"' + "0" * 32 + r"\\" + '"', text)
    text = re.sub(r'(/corrections/|"number":)\d+', r"\g<1>1", text)
    return re.sub(r"cursor=[\w-]+", "cursor=WyI4", text)


def _cut(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _cut(value) for name, value in told.items()}
    return [_cut(value) for value in told[:2]] if isinstance(told, list) else told


def shown(answer: httpx.Response) -> Any:
    """An answer as an example shows it."""
    return _cut(json.loads(_steady(answer.text)))


async def _whole(database: Database, settings: Settings) -> tuple[str, str]:
    """A release, and a final edition: its briefing's id, and that of its snapshot."""
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    with clock.at(datetime(2030, 1, 1, tzinfo=UTC)):
        await released.release(database, settings, note="For an example.")
        begun = await made.begun(database, author, on="2026-01-01", as_of="2026-01-01")
        final = await made.final(database, author, reviewer, begun, sketched=True)
    return final.briefing_id, final.snapshot_id


async def _public(
    client: Visitor, database: Database, settings: Settings
) -> dict[str, tuple[str, httpx.Response]]:
    """By operation: the address and the answer."""
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    where = await factories.cell(database, item="HTCC-C6")
    revision = await factories.published(database, author, reviewer, where)
    number = await factories.reported(database, revision)
    await checklists.published(database, author, reviewer)
    briefing, snapshot = await _whole(database, settings)
    instrument = await factories.published_instrument(database, "US-TX")
    addresses = ADDRESSES | {
        "snapshot": f"/api/v1/snapshots/{snapshot}",
        "briefing": f"/api/v1/briefings/{briefing}/1",
        "correction": f"/api/v1/corrections/{number}",
        "entry": f"/api/v1/entries/{revision.uid}",
        "instrument": f"/api/v1/instruments/{instrument}?on=2026-01-01",
        "instrument_citations": f"/api/v1/instruments/{instrument}/citations?on=2026-01-01&limit=2",
    }
    found = {}
    for name in [o.name for o in OPERATIONS if o.scope is None and o.name != "framework_changes"]:
        answer = await client.get(addresses[name])
        text, address = answer.text, addresses[name]
        for own, shown_as in ((briefing, "briefingid"), (snapshot, "snapshotid")):
            text, address = text.replace(own, shown_as), address.replace(own, shown_as)
        found[name] = (address, httpx.Response(answer.status_code, text=text))
    return found | await _versions(client, database)


async def _versions(client: Visitor, database: Database) -> dict[str, tuple[str, httpx.Response]]:
    """Last, for the lists of frameworks then have one more."""
    await both(database, FRAMEWORK_CSV.encode(), NEXT_FRAMEWORK_CSV.encode())
    address = "/api/v1/frameworks/example-guide/changes?from=2024&to=2026"
    return {"framework_changes": (address, await client.get(address))}


def _only(made: httpx.Response, answer: httpx.Response) -> httpx.Response:
    """The list with that draft alone: the ids of the others, and so their order, differ from loading to loading."""
    told = answer.json()
    told["data"] = [d for d in told["data"] if d["draft"] == made.json()["draft"]]
    assert len(told["data"]) == 1
    return httpx.Response(200, json=told)


async def _own(app: App, database: Database, settings: Settings) -> dict[str, tuple[str, httpx.Response]]:
    async with program(app, settings, await key(database, settings)) as client:
        put = await client.put(CELL, json=SENT, headers=NEW)
        found = {"draft_put": put, "draft": await client.get(CELL)}
        found["drafts"] = _only(put, await client.get(ADDRESSES["drafts"]))
        match = {"If-Match": put.headers["etag"]}
        found["draft_submit"] = await client.post(f"{CELL}/submit", headers=match)
    token = await key(database, settings, Scope.IMPORT, admin=personas.OPERATOR)
    async with program(app, settings, token) as client:
        for name, file in FILES.items():
            kind = {"Content-Type": "text/csv"}
            found[name] = await client.post(ADDRESSES[name], content=file.encode(), headers=kind)
    return {name: (ADDRESSES[name], answer) for name, answer in found.items()}


async def test_examples_are_what_the_service_answers(
    app: App, client: Visitor, database: Database, settings: Settings
) -> None:
    answers = await _own(app, database, settings)
    for name in ("draft_put", "draft", "draft_submit"):
        assert answers[name][1].status_code in (200, 201), answers[name][1].text
    answers |= await _public(client, database, settings)
    found: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        if operation.name not in answers:
            continue
        address, answer = answers[operation.name]
        assert answer.status_code in (200, 201), f"{address}: {answer.text}"
        assert fits(operation.schema, answer.json()) == [], address
        found[operation.name] = {"request": _steady(address)}
        if operation.takes:
            found[operation.name]["body"] = SENT
        if operation.files:
            found[operation.name]["body"] = FILES[operation.name]
        found[operation.name]["answer"] = shown(answer)
    found["draft_delete"] = {"request": CELL}
    if os.environ.get("WRITE_EXAMPLES"):
        EXAMPLES.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == examples()


async def test_the_example_of_a_refusal_is_one(client: Visitor) -> None:
    answer = await client.get("/api/v1/search?q=!")
    assert answer.json() == REFUSAL and fits("Problem", REFUSAL) == []


async def test_it_is_served(client: Visitor) -> None:
    answer = await client.get("/api/v1/openapi.json")
    assert answer.json()["openapi"] == "3.1.0"
    assert answer.headers["etag"]


async def test_the_page_tells_every_operation(client: Visitor) -> None:
    answer = await client.get("/en/api")
    text = html.words(answer.text)
    for operation in OPERATIONS:
        assert f"{operation.method} {operation.path}" in text
        assert operation.summary in text
    assert "<script" not in answer.text


@pytest.mark.parametrize("name", ["entries", "frameworks", "crosswalks", "corrections", "organisations"])
async def test_everything_of_a_list_fits_its_schema(client: Visitor, name: str) -> None:
    (operation,) = [o for o in OPERATIONS if o.name == name]
    query = "&source=all" if name == "entries" else ""
    assert fits(operation.schema, (await client.get(f"/api/v1/{name}?limit=500{query}")).json()) == []


async def test_every_framework_and_crosswalk_fits_its_schema(client: Visitor) -> None:
    for kind, schema in (("framework", "Framework"), ("crosswalk", "Crosswalk")):
        for line in (await client.get(f"/api/v1/{kind}s")).json()["data"]:
            one = await client.get(f"/api/v1/{kind}s/{line[kind]}@{line[f'{kind}_version']}")
            assert fits(schema, one.json()) == []
