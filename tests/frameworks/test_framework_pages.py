"""The framework library: every item with its wording and provenance, and what is not yet imported."""

import re

import pytest

from tests.pages import html
from tests.personas import Visitor
from tracker.loading import seed


async def test_all_frameworks_are_listed_the_competencies_first(client: Visitor) -> None:
    page = (await client.get("/en/frameworks")).text
    names = [link.rpartition("/")[2] for link in html.links(page) if link.startswith("/en/frameworks/")]
    assert len(names) == 16  # the 15 of the reference data, and the demo world's fictional one
    assert names[0] == "hhs-core-competencies@2021"


async def test_every_item_shows_its_wording_and_provenance(client: Visitor) -> None:
    seen = 0
    for framework in seed.rows("frameworks"):
        name = f"{framework['key']}@{framework['version']}"
        page = (await client.get(f"/en/frameworks/{name}")).text
        assert "Not affiliated with or endorsed by the publisher." in html.words(page)
        rows = dict(re.findall(r'<tr id="([^"]+)">(.*?)</tr>', page, re.S))
        items = [
            i
            for i in seed.rows("framework-items")
            if (i["framework"], i["version"]) == tuple(name.split("@"))
        ]
        assert list(rows) == [i["key"] for i in items]
        for item in items:
            told = html.words(rows[item["key"]])
            assert " ".join(item["text"].split()) in told
            assert {"title": "as published", "paraphrase": "our paraphrase"}[item["wording"]] in told
            secondary = "check against the original" in told
            assert secondary == (item["provenance"] == "secondary")
        seen += len(items)
    assert seen == 106


async def test_what_is_not_yet_imported_is_told(client: Visitor) -> None:
    for name, what in (("hhs-core-competencies", "sub-competencies"), ("delta87-justice", "hypotheses")):
        told = html.words((await client.get(f"/en/frameworks/{name}")).text)
        assert "Not yet imported:" in told
        assert what in told.lower()
    assert "Not yet imported" not in html.words((await client.get("/en/frameworks/who-respect")).text)
    profile = html.words((await client.get("/en/jurisdictions/US-TX")).text)
    assert "Not yet imported: " in profile


@pytest.mark.parametrize(
    "path",
    [
        "/en/frameworks/hhs-core-competencies",
        "/en/compare?jurisdictions=XAA,US-TX",
        "/en/jurisdictions/XAA",
        "/en/compare/briefing?jurisdictions=XAA",
        "/en/jurisdictions/XAA/hhs-core-competencies@2021/HTCC-UC/individual",
    ],
)
async def test_the_universal_competency_has_no_number(client: Visitor, path: str) -> None:
    told = html.words((await client.get(path)).text)
    assert "Universal Competency" in told
    assert not re.search(r"(Universal Competency|Core Competency|Competency) [07]\b", told)
    assert not re.search(r"HTCC-C?[07]\b", told)


@pytest.mark.parametrize("name", ["nope", "hhs-core-competencies@1999", "@", "HHS-CORE-COMPETENCIES"])
async def test_an_unknown_framework_is_not_found(client: Visitor, name: str) -> None:
    assert (await client.get(f"/en/frameworks/{name}")).status_code == 404
