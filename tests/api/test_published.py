"""Searching by program, and what was published as a whole: the same as the pages tell, and nothing that is not public."""

import hashlib

import pytest

from tests import factories, personas
from tests.criteria import checklists
from tests.editions import made
from tests.opendata import released
from tests.personas import Visitor
from tests.search.test_search_page import CITED, QUOTE, publish_it
from tests.snapshots import frozen
from tracker.app import App
from tracker.criteria import publish as criteria
from tracker.db.session import Database
from tracker.entries import publish
from tracker.entries.content import Citation
from tracker.instruments.store import Store
from tracker.opendata import redaction_service
from tracker.opendata.store import REDACTIONS, ReleaseStore
from tracker.privacy import operation
from tracker.settings import Settings


async def search(client: Visitor, text: str, **more: str) -> list[dict[str, str]]:
    answer = await client.get("/api/v1/search", params={"q": text, "limit": "500"} | more)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, str]] = answer.json()["data"]
    return found


async def test_search_finds_each_kind_and_leads_to_its_page(client: Visitor, database: Database) -> None:
    revision = await publish_it(database)
    (place,) = await search(client, "quillm", kind="jurisdiction")
    assert (place["jurisdiction"], place["fictional"]) == ("XAA", True)
    (item,) = [i for i in await search(client, "nature epidem", kind="item") if i["item"] == "HTCC-C1"]
    assert item["wording"] in ("title", "paraphrase", "verbatim")
    (instrument,) = await search(client, "ZEPHYRIEN")
    assert (instrument["kind"], instrument["language"]) == ("instrument", "fr")
    (passage,) = await search(client, "larkspur nurs")
    assert (passage["kind"], passage["quote"], passage["translation"]) == (
        "passage",
        QUOTE,
        CITED.translation,
    )
    for found in (place, item, instrument, passage):
        path = found["url"].removeprefix("http://127.0.0.1:8000").partition("#")[0]
        assert (await client.get(path)).status_code == 200, found["url"]
    reviewer = await personas.actor(database, personas.TEAMMATE)
    async with database.write(personas.bound(reviewer)) as db:
        await publish.withdraw(db, reviewer, revision.uid, reason="Was about another decree.")
    assert await search(client, "larkspur nurs") == []


async def test_search_tells_no_draft(client: Visitor, database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    cited = factories.content(citations=(CITED,))
    await factories.draft(database, author, await factories.cell(database), cited, submitted=True)
    assert await search(client, "larkspur") == [] == await search(client, "zephyrine")


async def test_search_stands_in_one_order_over_its_pages(client: Visitor) -> None:
    """As on the page: by kind, and in each kind first what is called so."""
    found = await search(client, "health")
    kinds = [f["kind"] for f in found]
    assert kinds == sorted(kinds, key=["jurisdiction", "item", "instrument", "passage"].index)
    assert len(set(kinds)) > 2
    told, url = [], "/api/v1/search?q=health&limit=3"
    while url:
        page = (await client.get(url)).json()
        told += page["data"]
        url = page["links"].get("next", "")
    assert told == found and len(told) > 20


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("?q=%21", "q"),
        ("?q=x", "q"),
        ("?q=health&kind=statute", "kind"),
        ("?q=health&cursor=x", "cursor"),
    ],
)
async def test_search_refuses_what_it_cannot_look_for(client: Visitor, query: str, field: str) -> None:
    answer = await client.get(f"/api/v1/search{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [e["field"] for e in answer.json()["errors"]] == [field]


async def test_a_cursor_of_another_search_is_refused(client: Visitor) -> None:
    url = (await client.get("/api/v1/search?q=health&limit=1")).json()["links"]["next"]
    assert (await client.get(url.replace("q=health", "q=training"))).status_code == 422


async def test_search_keeps_its_tag_until_something_is_published(client: Visitor, database: Database) -> None:
    first = await client.get("/api/v1/search?q=larkspur")
    same = {"If-None-Match": first.headers["etag"]}
    assert (await client.get("/api/v1/search?q=larkspur", headers=same)).status_code == 304
    await publish_it(database)
    again = await client.get("/api/v1/search?q=larkspur", headers=same)
    assert again.status_code == 200 and len(again.json()["data"]) == 1


async def test_a_release_tells_its_files(
    site: App, client: Visitor, database: Database, here: Settings
) -> None:
    files = (await released.release(database, here, note="Of a test.")).files
    told = (await client.get("/api/v1/releases/1")).json()
    assert {f["name"]: (f["size"], f["sha256"]) for f in told["files"]} == {
        name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in files.items()
    }
    for file in told["files"]:
        answer = await client.get(file["url"].removeprefix(here.base_url))
        assert answer.content == files[file["name"]]
        assert answer.headers["content-type"].partition(";")[0] == file["media_type"]
    (line,) = (await client.get("/api/v1/releases")).json()["data"]
    assert line == {name: told[name] for name in line}
    for number in ("0", "2", "99999999999"):
        assert (await client.get(f"/api/v1/releases/{number}")).status_code == 404


async def test_a_redaction_reaches_the_files_before_their_hashes_are_told(
    site: App, client: Visitor, database: Database, here: Settings
) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    citation = Citation(CITED.axis, factories.DECREE, locator="Article 1", quote="Names a person.")
    what = factories.content(citations=(citation,))
    revision = await factories.published(database, author, reviewer, await factories.cell(database), what)
    await released.release(database, here)
    await operation.redact(database, Store(here.data_dir), revision.uid, "citation.1.quote", "A person.")
    told = (await client.get("/api/v1/releases/1")).json()
    assert REDACTIONS in [f["name"] for f in told["files"]] and told["redacted_at"] != "none"
    kept = ReleaseStore(here.data_dir).read(1)
    assert {f["name"]: f["sha256"] for f in told["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in kept.items()
    }
    assert await redaction_service.rewrite_all(database, here) == []


async def test_a_snapshot_tells_what_it_froze(client: Visitor, database: Database) -> None:
    snapshot = await frozen.freeze(database, jurisdictions="XAA,XAB", axis="practice")
    told = (await client.get(f"/api/v1/snapshots/{snapshot.id}")).json()
    assert (told["sha256"], told["stands"]) == (snapshot.sha256, True)
    assert told["query"]["jurisdictions"] == "XAA,XAB" and told["query"]["axis"] == "practice"
    assert {f["name"].partition(".")[2] for f in told["files"]} >= {
        "csv",
        "json",
        "xlsx",
        "pdf",
        "record.json",
    }
    for file in told["files"]:
        answer = await client.get(file["url"].removeprefix("http://127.0.0.1:8000"))
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == file["media_type"]
    assert (await client.get("/api/v1/snapshots/aaaaaaaaaa")).status_code == 404


async def test_only_final_editions_are_told(client: Visitor, database: Database) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    begun = await made.begun(database, author, sketched=True)
    assert (await client.get("/api/v1/briefings")).json()["data"] == []
    final = await made.final(database, author, reviewer, begun, sketched=True)
    (line,) = (await client.get("/api/v1/briefings")).json()["data"]
    assert (line["uid"], line["organisation"], line["superseded"]) == (str(final.uid), "health-xaa", False)
    told = (await client.get(f"/api/v1/briefings/{final.briefing_id}/1")).json()
    (file,) = told.pop("files")
    assert told == line
    body = (await client.get(file["url"].removeprefix("http://127.0.0.1:8000"))).content
    assert (file["size"], file["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
    for path in (f"{final.briefing_id}/2", f"{final.briefing_id}/0", "aaaaaaaaaa/1"):
        assert (await client.get(f"/api/v1/briefings/{path}")).status_code == 404


async def test_own_criteria_are_told_as_published_and_no_more(client: Visitor, database: Database) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    url = "/api/v1/jurisdictions/XAA/criteria"
    await checklists.said(database, author, (await checklists.criterion(database, author)).id)
    assert (await client.get(url)).json()["data"] == []
    _own, published = await checklists.published(database, author, reviewer)
    (told,) = (await client.get(url)).json()["data"]
    assert (told["uid"], told["text"]) == (str(published.uid), checklists.WORDING.text)
    assert (told["commitment"], told["practice"], told["withdrawn_at"]) == ("2", "1", "none")
    async with database.write(personas.bound(reviewer)) as db:
        await criteria.withdraw(db, reviewer, published.uid, reason="Was of another year.")
    (told,) = (await client.get(url)).json()["data"]
    assert told["withdrawal_reason"] == "Was of another year." and told["practice"] == "withdrawn"
    assert checklists.WORDING.text not in str(told) and checklists.SAID.note not in str(told)
    assert (await client.get(f"{url}?as_of=2020-01-01")).json()["data"] == []
    assert (await client.get("/api/v1/jurisdictions/NOPE/criteria")).status_code == 404
