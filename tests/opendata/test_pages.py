"""The pages, the files and the catalogue, as a browser, a crawler and a harvester get them."""

import json
import re
from datetime import datetime
from xml.etree import ElementTree

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, Namespace

from tests import factories, personas
from tests.editions import made as editions
from tests.opendata import released
from tests.personas import Visitor
from tracker.app import App
from tracker.db.session import Database
from tracker.entries.publish import withdraw
from tracker.opendata.store import ReleaseStore, sha256
from tracker.settings import Settings

DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
ATOM = "{http://www.w3.org/2005/Atom}"
# rdflib's reader of JSON-LD uses what rdflib itself advises against.
reads_json_ld = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")


@pytest.fixture
async def one(database: Database, site: App, here: Settings) -> dict[str, bytes]:
    """A release; its files."""
    return (await released.release(database, here, note="With </script><b>signs</b>.")).files


async def test_without_a_release_the_page_says_so(site: App, client: Visitor) -> None:
    answer = await client.get("/en/data")
    assert answer.status_code == 200 and "No release has been published yet" in answer.text
    for path in ("/data/latest/adoption.csv", "/data/latest", "/data/1/adoption.csv", "/en/data/1"):
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/en/data", "/en/data/1"])
async def test_the_page_lists_every_file_with_its_hash(
    one: dict[str, bytes], client: Visitor, path: str
) -> None:
    answer = await client.get(path)
    for name, content in one.items():
        assert f'href="/data/1/{name}"' in answer.text
        assert sha256(content) in answer.text
    assert "Creative Commons Attribution" in answer.text and "How to cite" in answer.text
    assert "&lt;/script&gt;" in answer.text and "<b>signs" not in answer.text


async def test_a_file_is_what_was_released(one: dict[str, bytes], client: Visitor) -> None:
    for name, content in one.items():
        answer = await client.get(f"/data/1/{name}")
        assert answer.content == content
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["content-type"].count("charset") <= 1
        assert answer.headers["etag"] == f'"{sha256(content)}"'
        again = await client.get(f"/data/1/{name}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304 and not again.content
    never = (await client.get("/data/1/adoption-wide.csv")).headers["cache-control"]
    assert never == "public, max-age=31536000, immutable"
    assert (await client.get("/data/1/adoption.csv")).headers["cache-control"] == "public, max-age=86400"


async def test_latest_leads_to_the_newest(
    one: dict[str, bytes], client: Visitor, database: Database, here: Settings
) -> None:
    assert (await client.get("/data/latest/adoption.csv")).headers["location"] == "/data/1/adoption.csv"
    await released.release(database, here)
    answer = await client.get("/data/latest/adoption.csv")
    assert (answer.status_code, answer.headers["location"]) == (302, "/data/2/adoption.csv")
    assert (await client.get("/data/1")).headers["location"] == "/en/data/1"
    assert "There is a newer release" in (await client.get("/en/data/1")).text


@pytest.mark.parametrize(
    "path",
    [
        "/data/1/.building",
        "/data/1/..%2f..%2fsecret-key",
        "/data/0/adoption.csv",
        "/data/99999999999/x",
        "/data/١/adoption.csv",
        "/en/data/99999999999",
    ],
)
async def test_nothing_else_is_served(one: dict[str, bytes], client: Visitor, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_files_that_are_gone_are_a_plain_refusal(
    one: dict[str, bytes], client: Visitor, here: Settings
) -> None:
    store = ReleaseStore(here.data_dir)
    store.path(1).rename(store.folder / "elsewhere")
    for path in ("/en/data", "/en/data/1", "/data/1/adoption.csv", "/data/catalog.jsonld"):
        assert (await client.get(path)).status_code == 404


@reads_json_ld
async def test_schema_org_has_what_search_engines_require(one: dict[str, bytes], client: Visitor) -> None:
    page = (await client.get("/en/data/1")).text
    embedded = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(embedded) == 1
    told = json.loads(embedded[0])
    assert told["@type"] == "Dataset" and told["license"].startswith("https://creativecommons.org/")
    assert 50 <= len(told["description"]) <= 5000
    for name in ("name", "creator", "identifier", "distribution", "version", "datePublished"):
        assert told[name]
    assert {d["contentUrl"].rpartition("/")[2]: d["sha256"] for d in told["distribution"]} == {
        name: sha256(content) for name, content in one.items()
    }
    graph = Graph().parse(
        data=json.dumps(told | {"@context": {"@vocab": "https://schema.org/"}}), format="json-ld"
    )
    assert (None, RDF.type, URIRef("https://schema.org/Dataset")) in graph


@reads_json_ld
@pytest.mark.parametrize(
    ("path", "kind"), [("/data/catalog.jsonld", "json-ld"), ("/data/catalog.ttl", "turtle")]
)
async def test_the_catalogue_is_dcat(
    one: dict[str, bytes], client: Visitor, here: Settings, path: str, kind: str
) -> None:
    answer = await client.get(path)
    assert answer.headers["content-type"].count("charset") <= 1
    graph = Graph().parse(data=answer.text, format=kind)
    catalog = URIRef(f"{here.base_url}/data/catalog")
    release = URIRef(f"{here.base_url}/data/1")
    assert (catalog, RDF.type, DCAT.Catalog) in graph and (catalog, DCAT.dataset, release) in graph
    for node in (catalog, release):
        for needed in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher):
            assert list(graph.objects(node, needed)), needed
    assert list(graph.objects(next(graph.objects(release, DCTERMS.publisher)), FOAF.name))
    (series,) = graph.objects(release, DCAT.inSeries)
    assert (series, RDF.type, DCAT.DatasetSeries) in graph and (catalog, DCAT.dataset, series) in graph
    for needed in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher):
        assert list(graph.objects(series, needed)), needed
    assert list(graph.objects(series, DCAT.first)) == list(graph.objects(series, DCAT.last)) == [release]
    for needed in (DCTERMS.license, DCTERMS.issued, DCAT.version, DCAT.keyword, DCAT.landingPage):
        assert list(graph.objects(release, needed)), needed
    distributions = list(graph.objects(release, DCAT.distribution))
    assert len(distributions) == len(one)
    for d in distributions:
        for needed in (DCAT.accessURL, DCAT.downloadURL, DCAT.mediaType, DCAT.byteSize, DCTERMS.license):
            assert list(graph.objects(d, needed)), needed
        (checksum,) = graph.objects(d, SPDX.checksum)
        (value,) = graph.objects(checksum, SPDX.checksumValue)
        assert str(value) == sha256(one[str(d).rpartition("/")[2]])


async def test_signposts_lead_to_everything(one: dict[str, bytes], client: Visitor, here: Settings) -> None:
    link = (await client.get("/en/data/1")).headers["link"]
    for rel in ("cite-as", "describedby", "license", "type", "item"):
        assert f'rel="{rel}"' in link
    assert link.count('rel="item"') == len(one)
    assert f"<{here.base_url}/data/1/adoption.csv>" in link
    assert 'rel="collection"' in (await client.get("/data/1/adoption.csv")).headers["link"]


def _feed(answer: str) -> list[dict[str, str]]:
    """The entries of a feed that has what RFC 4287 wants of one."""
    root = ElementTree.fromstring(answer)
    assert root.tag == f"{ATOM}feed"
    rels = {link.get("rel"): link.get("href", "") for link in root.findall(f"{ATOM}link")}
    assert set(rels) == {"self", "alternate"} and rels["self"] == root.findtext(f"{ATOM}id")
    ids, moments = [], []
    for element in (root, *root.findall(f"{ATOM}entry")):
        for needed in ("id", "title", "updated"):
            assert len(element.findall(ATOM + needed)) == 1 and element.findtext(ATOM + needed)
        assert element.findtext(f"{ATOM}author/{ATOM}name")
        assert re.match(r"(https?:|urn:uuid:|tag:)", element.findtext(f"{ATOM}id", ""))
        moments.append(datetime.fromisoformat(element.findtext(f"{ATOM}updated", "")))
        ids.append(element.findtext(f"{ATOM}id"))
    assert len(set(ids)) == len(ids) and all(moment.tzinfo for moment in moments)
    assert moments == sorted(moments, reverse=True), "the newest first, and the feed as new as that"
    return [
        {c.tag.removeprefix(ATOM): c.text or c.get("href") or "" for c in e}
        for e in root.iter(f"{ATOM}entry")
    ]


async def test_the_feeds(one: dict[str, bytes], client: Visitor, database: Database, here: Settings) -> None:
    answer = await client.get("/en/data/feed")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert [e["link"] for e in _feed(answer.text)] == [f"{here.base_url}/en/data/1"]
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    revision = await factories.published(database, author, reviewer, await factories.cell(database))
    async with database.write(personas.bound(reviewer)) as db:
        await withdraw(db, reviewer, revision.uid, reason="Was about another decree & more.")
    entries = _feed((await client.get("/en/jurisdictions/XAA/feed")).text)
    assert (
        entries[0]["title"].startswith("Withdrawn")
        and entries[0]["summary"] == "Was about another decree & more."
    )
    assert entries[1]["title"].startswith("Published") and entries[1]["id"] != entries[0]["id"]
    assert (await client.get("/en/jurisdictions/NOPE/feed")).status_code == 404
    number = await factories.reported(database, revision)
    assert _feed((await client.get("/en/corrections/feed")).text)[0]["link"].endswith(
        f"/corrections/{number}"
    )
    for page, feed in (
        ("/en/jurisdictions/XAA", "/en/jurisdictions/XAA/feed"),
        ("/en/corrections", "/en/corrections/feed"),
    ):
        assert (
            'type="application/atom+xml"' in (head := (await client.get(page)).text)
            and f'href="{feed}"' in head
        )


async def test_a_feed_is_sent_again_only_when_it_may_read_differently(
    client: Visitor, database: Database
) -> None:
    paths = ["/en/data/feed", "/en/jurisdictions/XAA/feed", "/en/corrections/feed", "/en/briefings/feed"]
    for path in paths:
        first = await client.get(path)
        known = {"If-None-Match": first.headers["etag"]}
        again = await client.get(path, headers=known)
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["access-control-allow-origin"] == "*"
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    old = {path: (await client.get(path)).headers["etag"] for path in paths}
    await factories.published(database, author, reviewer, await factories.cell(database))
    for path, etag in old.items():
        assert (await client.get(path, headers={"If-None-Match": etag})).status_code == 200, path


async def test_a_feed_without_entries_is_as_old_as_the_record(client: Visitor) -> None:
    everything = (await client.get("/api/v1/entries?source=all&limit=200&as_of=2026-01-01")).json()["data"]
    assert everything
    root = ElementTree.fromstring((await client.get("/en/briefings/feed")).text)
    assert not root.findall(f"{ATOM}entry")
    updated = root.findtext(f"{ATOM}updated", "")
    assert datetime.fromisoformat(updated) <= min(
        datetime.fromisoformat(e["recorded_at"]) for e in everything
    )
    assert not updated.startswith("2021-02-24")


async def _final(database: Database) -> tuple[str, str]:
    """(the path of a final edition, its snapshot's id)."""
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    begun = await editions.begun(database, author, sketched=True)
    final = await editions.final(database, author, reviewer, begun, sketched=True)
    return f"/en/briefings/{final.briefing_id}/{final.number}", final.snapshot_id


async def test_the_feed_of_briefings(site: App, client: Visitor, database: Database, here: Settings) -> None:
    assert _feed((await client.get("/en/briefings/feed")).text) == []
    author = await personas.actor(database, personas.OWNER)
    await editions.begun(database, author, editions.with_question("What only the ministry knows?"))
    path, _snapshot = await _final(database)
    answer = await client.get("/en/briefings/feed")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    (entry,) = _feed(answer.text)
    assert entry["link"] == here.base_url + path and entry["id"].startswith("urn:uuid:")
    assert entry["title"] == f"{editions.QUESTION} (Fictional)" and entry["summary"] == "Edition 1"
    page = (await client.get("/en/briefings")).text
    assert 'type="application/atom+xml"' in page and page.count('href="/en/briefings/feed"') == 2
    assert (await client.get("/en/briefings")).status_code == (await client.get(path)).status_code == 200


def _links(header: str) -> dict[str, dict[str, str]]:
    """By relation: the media types by address."""
    found: dict[str, dict[str, str]] = {}
    for address, rel, media in re.findall(r'<([^>]+)>; rel="([\w-]+)"(?:; type="([^"]+)")?', header):
        found.setdefault(rel, {})[address] = media
    return found


async def _leads_there(client: Visitor, here: Settings, links: dict[str, dict[str, str]]) -> None:
    for rel in ("describedby", "item", "cite-as"):
        for address, media in links[rel].items():
            answer = await client.get(address.removeprefix(here.base_url))
            assert answer.status_code == 200, address
            assert not media or answer.headers["content-type"].partition(";")[0] == media, address
            if rel == "item":
                assert set(links["cite-as"]) == set(_links(answer.headers["link"])["collection"])


async def test_snapshots_and_briefings_have_signposts(
    site: App, client: Visitor, database: Database, here: Settings
) -> None:
    path, snapshot = await _final(database)
    report = _links((await client.get(path)).headers["link"])
    frozen = _links((await client.get(f"/en/snapshots/{snapshot}")).headers["link"])
    for links, kind, page in ((report, "Report", path), (frozen, "Dataset", f"/en/snapshots/{snapshot}")):
        assert set(links) == {"cite-as", "type", "license", "describedby", "item"}
        assert set(links["cite-as"]) == {here.base_url + page}
        assert f"https://schema.org/{kind}" in links["type"]
        (licence,) = links["license"]
        assert licence in (await client.get(page)).text
        await _leads_there(client, here, links)
    assert set(report["item"]) == {f"{here.base_url}{path}/pdf"}
    assert f"{here.base_url}/en/snapshots/{snapshot}.csv" in frozen["item"]
    assert f"{here.base_url}/en/snapshots/{snapshot}.csl.json" in frozen["describedby"]


async def test_other_sites_may_read_what_is_public(client: Visitor) -> None:
    first = await client.get("/api/v1/frameworks")
    again = await client.get("/api/v1/frameworks", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    for answer in (first, again, await client.get("/en/briefings/feed")):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "access-control-allow-credentials" not in answer.headers
    for path in ("/en", "/en/sign-in", "/api/v1/organisations/health-xaa/entries"):
        assert "access-control-allow-origin" not in (await client.get(path)).headers
