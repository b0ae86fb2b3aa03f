"""Lists of everything there is of a kind: the register of all jurisdictions, and the snapshots that are listed."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests import factories, personas
from tests.criteria import checklists
from tests.frameworks import samples
from tests.frameworks.test_versions import KEY, OLD, both, new_csv
from tests.personas import Visitor
from tests.snapshots import frozen
from tracker.compare.query import parse
from tracker.db.session import Database
from tracker.entries import publish
from tracker.instruments import register_queries
from tracker.kit import clock
from tracker.privacy import service as privacy
from tracker.snapshots import service

Told = list[dict[str, Any]]


async def read(client: Visitor, query: str) -> Told:
    answer = await client.get(f"/api/v1/{query}")
    assert answer.status_code == 200, answer.text
    found: Told = answer.json()["data"]
    return found


async def in_pages(client: Visitor, query: str) -> Told:
    told: Told = []
    url = f"/api/v1/{query}"
    while url:
        answer = await client.get(url)
        assert answer.status_code == 200, answer.text
        told += answer.json()["data"]
        url = answer.json()["links"].get("next", "")
        assert len(told) < 500, "it never ends"
    return told


def _by_id(found: Told) -> Told:
    return sorted(found, key=lambda i: str(i["instrument"]))


async def test_all_instruments_are_those_of_each_jurisdiction(client: Visitor) -> None:
    whole = await read(client, "instruments?limit=500")
    codes = sorted({str(i["jurisdiction"]) for i in whole})
    assert {"US-TX", "XAA"} <= set(codes)
    of_each = [i for code in codes for i in await read(client, f"jurisdictions/{code}/instruments?limit=500")]
    assert _by_id(whole) == _by_id(of_each)
    places = [str(i["jurisdiction"]) for i in whole]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("query", "member", "values"),
    [
        ("jurisdictions=XAA,US-TX", "jurisdiction", {"XAA", "US-TX"}),
        ("kind=statute", "kind", {"statute"}),
        ("state=in_force&on=2026-01-01", "state", {"in_force"}),
        ("state=not_yet&on=2015-01-01", "state", {"not_yet"}),
    ],
)
async def test_instruments_are_filtered(
    client: Visitor, monkeypatch: pytest.MonkeyPatch, query: str, member: str, values: set[str]
) -> None:
    """The same whether a state is looked for in batches of many or of few, and page by page."""
    day = "".join(part for part in query.split("&") if part.startswith("on="))
    whole = await read(client, f"instruments?limit=500&{day}")
    wanted = [i for i in whole if i[member] in values]
    assert await read(client, f"instruments?{query}&limit=500") == wanted
    assert 0 < len(wanted) < len(whole)
    monkeypatch.setattr(register_queries, "BATCH", 3)
    assert await in_pages(client, f"instruments?{query}&limit=2") == wanted


async def test_text_is_looked_for_in_titles_and_issuers(client: Visitor) -> None:
    found = await read(client, "instruments?q=TRAFFICKING&limit=500")
    assert found and all(
        "trafficking" in f"{i['title']} {i['title_original']} {i['citation']} {i['issuer']}".lower()
        for i in found
    )
    assert await read(client, "instruments?q=no+such+words") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("jurisdictions=NOPE", "jurisdictions"),
        ("kind=song", "kind"),
        ("state=gone", "state"),
        ("on=soon", "on"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
    ],
)
async def test_instruments_refuse_what_they_cannot_answer(client: Visitor, query: str, field: str) -> None:
    answer = await client.get(f"/api/v1/instruments?{query}")
    assert answer.status_code == 422
    assert [e["field"] for e in answer.json()["errors"]] == [field]


async def test_an_instrument_is_told_once_it_is_published(client: Visitor, database: Database) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    url = "instruments?jurisdictions=XAA&limit=500"
    before = await client.get(f"/api/v1/{url}")
    where = await factories.cell(database)
    held = {"If-None-Match": before.headers["etag"]}
    await factories.draft(database, author, where, submitted=True)
    assert (await client.get(f"/api/v1/{url}", headers=held)).status_code == 304
    await factories.published(database, author, reviewer, await factories.cell(database, item="HTCC-C6"))
    again = await client.get(f"/api/v1/{url}", headers=held)
    known = before.json()["data"]
    (new,) = [i for i in again.json()["data"] if i not in known]
    assert (new["title"], new["cells"]) == (factories.DECREE.title, 1)


async def test_snapshots_are_listed_as_on_their_page(client: Visitor, database: Database) -> None:
    before = await client.get("/api/v1/snapshots")
    one = await frozen.freeze(database, jurisdictions="XAA,XAB", axis="practice")
    two = await frozen.freeze(database, jurisdictions="US-TX")
    again = await client.get("/api/v1/snapshots", headers={"If-None-Match": before.headers["etag"]})
    listed = again.json()["data"]
    assert [s["snapshot"] for s in listed] == [two.id, one.id]
    assert await in_pages(client, "snapshots?limit=1") == listed
    for line in listed:
        whole = (await client.get(f"/api/v1/snapshots/{line['snapshot']}")).json()
        assert line == {name: whole[name] for name in line}
    page = (await client.get("/en/snapshots")).text
    assert all(f"/en/snapshots/{s.id}" in page for s in (one, two))


async def test_the_snapshot_of_a_draft_is_not_listed(client: Visitor, database: Database) -> None:
    query = parse({"jurisdictions": "XAA,XAB"})
    draft_s = await service.freeze(database, query, salt=frozen.SALT, sender="192.0.2.9", listed=False)
    assert await read(client, "snapshots") == []
    async with database.write() as db:
        await service.put_on_list(db, draft_s)
    assert [s["snapshot"] for s in await read(client, "snapshots")] == [draft_s]


async def test_every_citation_of_an_instrument_is_told_with_its_passage(
    client: Visitor, database: Database
) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    instrument = await factories.instrument(database, author)
    cited = factories.content(citations=(replace(factories.CITATION, instrument=instrument),))
    past = await factories.published(database, author, reviewer, await factories.cell(database), cited)
    await factories.draft(database, author, await factories.cell(database, item="HTCC-C5"), cited)
    holds = await factories.published(
        database, author, reviewer, await factories.cell(database, item="HTCC-C6"), cited
    )
    async with database.write(personas.bound(reviewer)) as db:
        await publish.withdraw(db, reviewer, past.uid, reason="Was about another decree.")
    url = f"instruments/{instrument}/citations"
    told = await in_pages(client, f"{url}?limit=1")
    assert [(c["uid"], c["holds"], c["withdrawn"]) for c in told] == [
        (str(past.uid), False, True),
        (str(holds.uid), True, False),
    ]
    assert {c["quote"] for c in told} == {factories.CITATION.quote}
    cells = (await client.get(f"/api/v1/instruments/{instrument}")).json()["cited_by"]
    assert sorted(cells, key=str) == sorted(({n: c[n] for n in cells[0]} for c in told), key=str)
    assert (await client.get(f"/api/v1/{url}?as_of=2020-01-01")).status_code == 404
    assert (await client.get(f"/api/v1/{url}?on=soon")).status_code == 422
    nowhere = url.replace(str(instrument), "00000000-0000-4000-8000-000000000000")
    assert (await client.get(f"/api/v1/{nowhere}")).status_code == 404


async def test_what_was_redacted_is_in_no_list_whatever_the_moment(
    client: Visitor, database: Database
) -> None:
    """Neither at a moment before the redaction, nor by the tag of an answer that is kept."""
    author, reviewer, admin = [
        await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE, personas.ADMIN)
    ]
    decree = replace(factories.DECREE, title="Decree of Larkspur")
    cited = replace(factories.CITATION, instrument=decree, quote="Larkspur is trained.")
    of = factories.content(citations=(cited,))
    revision = await factories.published(database, author, reviewer, await factories.cell(database), of)
    (instrument,) = await read(client, "instruments?q=larkspur")
    start = clock.now()
    then = f"as_of={(start + timedelta(seconds=2)).strftime('%Y-%m-%dT%H:%M:%SZ')}"
    of_it = f"/api/v1/instruments/{instrument['instrument']}/citations"
    urls = [of_it, f"{of_it}?{then}", f"/api/v1/instruments?jurisdictions=XAA&{then}&limit=500"]
    with clock.at(start + timedelta(seconds=5)):
        before = {url: await client.get(url) for url in urls}
        assert all("Larkspur" in answer.text for answer in before.values())
        async with database.write(personas.bound(admin)) as db:
            for text in ("citation.1.quote", "citation.1.instrument.title"):
                await privacy.redact(db, admin, revision.uid, text, reason="It named a person.")
        for url, answer in before.items():
            after = await client.get(url, headers={"If-None-Match": answer.headers["etag"]})
            assert after.status_code == 200, url
            assert "Larkspur" not in after.text, url
            assert len(after.json()["data"]) == len(answer.json()["data"]), url
        assert await read(client, f"instruments?q=larkspur&{then}") == []


async def test_own_criteria_of_all_jurisdictions_are_told_as_in_each(
    client: Visitor, database: Database
) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    await checklists.published(database, author, reviewer)
    told = await read(client, "criteria")
    assert [c["jurisdiction"] for c in told] == ["XAA"]
    assert told == await read(client, "jurisdictions/XAA/criteria")
    assert told == await read(client, "criteria?jurisdictions=XAA,XAB")
    assert await read(client, "criteria?jurisdictions=XAB") == []
    assert await read(client, "criteria?as_of=2020-01-01") == []
    assert (await client.get("/api/v1/criteria?jurisdictions=NOPE")).status_code == 422


async def test_versions_of_a_framework_are_compared_as_in_the_csv(
    client: Visitor, database: Database
) -> None:
    await both(database, samples.as_csv(OLD), new_csv())
    url = f"frameworks/{KEY}/changes"
    told = await in_pages(client, f"{url}?limit=4")
    csv_rows = csv.DictReader(io.StringIO((await client.get(f"/en/frameworks/{KEY}/diff.csv")).text))
    assert [
        (" ".join(c["changes"]), c["old_item"], c["new_item"], c["new_title"], str(c["told"]).lower())
        for c in told
    ] == [(r["changes"], r["old_item"], r["new_item"], r["new_text"], r["told"]) for r in csv_rows]
    meta = (await client.get(f"/api/v1/{url}?from=2&to=1")).json()["meta"]
    assert meta == {"framework": KEY, "from_version": "2", "to_version": "1"}
    assert (await client.get(f"/api/v1/{url}?from=7")).status_code == 422
    assert (await client.get("/api/v1/frameworks/no-such/changes")).status_code == 404


async def test_of_a_framework_with_one_version_nothing_has_changed(client: Visitor) -> None:
    answer = (await client.get("/api/v1/frameworks/hhs-core-competencies/changes")).json()
    assert answer["data"] == [] and answer["meta"]["from_version"] == "none"
