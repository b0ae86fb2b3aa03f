"""What anyone reads of final editions: the list with its filters and pages, and how to cite one."""

import json
import re

import pytest

from tests import personas
from tests.editions import made
from tests.editions.test_story import ORG, act, finished
from tests.personas import Visitor
from tracker.access.actor import OrganisationActor
from tracker.db.session import Database
from tracker.editions import public_views


@pytest.fixture
async def people(database: Database) -> tuple[OrganisationActor, OrganisationActor]:
    return await personas.actor(database, personas.OWNER), await personas.actor(database, personas.TEAMMATE)


async def published(
    database: Database, people: tuple[OrganisationActor, OrganisationActor], question: str, **parameters: str
) -> None:
    edition = await made.begun(database, people[0], made.with_question(question), **parameters)
    await made.final(database, *people, edition, sketched=True)


async def test_the_list_is_filtered(
    client: Visitor, database: Database, people: tuple[OrganisationActor, OrganisationActor]
) -> None:
    assert "No edition is final yet." in (await client.get("/en/briefings")).text
    await published(database, people, "Of two?", jurisdictions="XAA,XAB")
    await published(database, people, "Of another?", jurisdictions="XAC")
    for asked, shown in (
        ("", {"Of two?", "Of another?"}),
        ("?jurisdiction=XAC", {"Of another?"}),
        ("?jurisdiction=XAB", {"Of two?"}),
        ("?organisation=health-xaa", {"Of two?", "Of another?"}),
        ("?organisation=health-xaa&jurisdiction=XAA", {"Of two?"}),
        ("?organisation=health-xab", set()),
        ("?jurisdiction=US-TX", set()),
        ("?page=nonsense", {"Of two?", "Of another?"}),
    ):
        page = await client.get(f"/en/briefings{asked}")
        assert page.status_code == 200
        assert {q for q in ("Of two?", "Of another?") if q in page.text} == shown, asked
        if not shown:
            assert "No final edition answers to this." in page.text
    for asked, say in (
        ("?jurisdiction=NOPE%25", "There is no jurisdiction with the code NOPE%."),
        ("?organisation=nobody", "There is no organisation with the key nobody."),
    ):
        page = await client.get(f"/en/briefings{asked}")
        assert page.status_code == 422
        assert say in page.text
        assert "Of two?" not in page.text


async def test_an_organisation_of_which_nothing_is_public_is_none(
    client: Visitor, operator: Visitor, database: Database
) -> None:
    """Nobody is told here either that it was admitted, before it has a mandate."""
    new = {"name": "Ministry of Kenya", "key": "health-ken", "kind": "ministry"}
    await operator.submit("/en/o/secretariat/organisations", new)
    page, other = [await client.get(f"/en/briefings?organisation={key}") for key in ("health-ken", "nobody")]
    assert (page.status_code, other.status_code) == (422, 422)
    assert page.text.replace("health-ken", "nobody").partition("<main")[2] == other.text.partition("<main")[2]


async def test_the_list_has_pages(
    client: Visitor,
    database: Database,
    people: tuple[OrganisationActor, OrganisationActor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(public_views, "PAGE", 2)
    for n in range(3):
        await published(database, people, f"Question {n}?", jurisdictions="XAA")
    first = (await client.get("/en/briefings?jurisdiction=XAA")).text
    assert ("Question 2?" in first, "Question 1?" in first, "Question 0?" in first) == (True, True, False)
    assert "Page 1 of 2" in first
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following
    second = (await client.get(following[1].replace("&amp;", "&"))).text
    assert ("Question 2?" in second, "Question 0?" in second) == (False, True)
    assert (await client.get("/en/briefings?page=3")).status_code == 404


async def test_it_is_cited_in_four_forms_of_the_same_facts(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    _address, public = await finished(owner, teammate, database, question="What {of} 100 % & more?")
    page = (await client.get(public)).text
    assert "How to cite this edition" in page
    assert "What {of} 100 % &amp; more? Briefing, edition 1 of" in page
    bib = await client.get(f"{public}/bib")
    assert bib.headers["content-type"].startswith("application/x-bibtex")
    assert r"title = {{What \{of\} 100 \% \& more?}}" in bib.text
    ris = (await client.get(f"{public}/ris")).text
    assert ris.startswith("TY  - RPRT\r\n")
    csl = json.loads((await client.get(f"{public}/csl.json")).content)[0]
    assert (csl["type"], csl["title"], csl["edition"]) == ("report", "What {of} 100 % & more?", "1")
    for form in (page, bib.text, ris, json.dumps(csl)):
        assert csl["URL"] in form
        assert csl["author"][0]["literal"] in form
        assert str(csl["issued"]["date-parts"][0][0]) in form
    sha256 = re.search(r"SHA-256 ([0-9a-f]{64})", csl["note"])
    assert sha256
    assert sha256[1] in bib.text
    assert sha256[1] in ris
    assert (await client.get(f"{public}/endnote")).status_code == 404
    assert 'href="/en/corrections"' in page


async def test_every_file_says_who_composed_it_and_leads_to_itself(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    _address, public = await finished(owner, teammate, database, question="Who says so?", parts=["matrix"])
    csl = json.loads((await client.get(f"{public}/csl.json")).content)[0]
    who, url, snapshot = csl["author"][0]["literal"], csl["URL"], csl["note"].split()[3].strip(",")
    page = (await client.get(public)).text
    cited = re.search(r'<p class="cite">([^<]+)</p>', page)
    assert cited
    told = json.loads((await client.get(f"{public}/json")).content)["document"]
    assert told["subtitle"].startswith("Edition 1 of ")
    assert f"composed by {who}." in told["subtitle"]
    parts = {part["anchor"]: json.dumps(part, ensure_ascii=False) for part in told["parts"]}
    # The same reference as beside the page, not that of a briefing of the same comparison.
    assert cited[1].removesuffix(url).strip() in parts["cite"]
    for ending in ("", "/docx", "/json", "/zip"):
        assert f'"{url}{ending}"' in parts["data"], ending
    assert f"/snapshots/{snapshot}.csv" in parts["data"]
    assert "compare/briefing" not in parts["data"]
    assert "Creative Commons Attribution 4.0" in parts["data"]


async def test_a_draft_says_on_its_front_that_it_is_none_yet(owner: Visitor, database: Database) -> None:
    who = await personas.actor(database, personas.OWNER)
    edition = await made.begun(database, who)
    preview = (await owner.get(f"{ORG}/briefings/{edition.briefing_id}/1/preview")).text
    assert "Draft of edition 1, not published: begun on " in preview


async def test_an_older_edition_says_which_is_the_newest(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    address, public = await finished(owner, teammate, database, parts=["matrix"])
    second = (await owner.submit(f"{address.rpartition('/')[0]}/next")).headers["location"]
    await act(owner, second, "submit")
    await act(teammate, second, "final")
    old = (await client.get(public)).text
    assert "Superseded." in old
    assert "Edition 2 is the newest" in old
    new = (await client.get(f"{public.rpartition('/')[0]}/2")).text
    assert "Superseded." not in new
    assert "The files are still being made." in new
    assert ORG not in new
