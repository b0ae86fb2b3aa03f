"""An edition from the compare page to the public, through the real pages and the real runner of jobs."""

import re
from typing import Any

from tests.conftest import SETTINGS
from tests.personas import Visitor
from tracker.db.session import Database
from tracker.editions.work import HANDLERS
from tracker.jobs.runner import Runner

ORG = "/en/o/health-xaa"
START = {
    "query": "framework=hhs-core-competencies",
    "jurisdictions": "XAA, XAB",
    "question": "Where do the two ministries stand?",
    "parts": ["matrix", "gaps", "evidence"],
    "locale": "en",
    "page_size": "A4",
    "since": "",
}


async def begin(person: Visitor, **changes: Any) -> str:
    """The address of the first edition of a new briefing."""
    answer = await person.submit(f"{ORG}/briefings/new", START | changes)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def jobs(database: Database) -> int:
    return await Runner(database, SETTINGS, HANDLERS).until_empty()


def version_of(html: str) -> str:
    """What the forms of a page bring back as the version that was looked at."""
    found = re.search(r'name="version"[^>]*value="(\d+)"', html)
    assert found, html
    return found[1]


async def act(person: Visitor, address: str, verb: str, **fields: Any) -> Any:
    version = version_of((await person.get(address)).text)
    return await person.submit(f"{address}/{verb}", {"version": version} | fields)


async def finished(owner: Visitor, teammate: Visitor, database: Database, **changes: Any) -> tuple[str, str]:
    """(the address in the workspace, the public address) of an edition that is final, with its files."""
    address = await begin(owner, **changes)
    assert (await act(owner, address, "submit")).status_code == 303
    assert (await act(teammate, address, "final")).status_code == 303
    await jobs(database)
    found = re.search(r'href="(/en/briefings/[a-z2-7]{10}/\d+)"', (await owner.get(address)).text)
    assert found
    return address, found[1]


async def test_from_the_comparison_to_the_public(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    compared = await owner.get("/en/compare?jurisdictions=XAA,XAB")
    link = re.search(r'href="(/en/o/health-xaa/briefings/new\?[^"]+)"', compared.text)
    assert link
    opened = await owner.get(link[1].replace("&amp;", "&"))
    assert "XAA, XAB" in opened.text
    address = await begin(owner)
    assert (await owner.get(f"{address}/preview")).status_code == 200

    assert (await act(owner, address, "files")).status_code == 303
    waiting = (await owner.get(address)).text
    assert '<meta http-equiv="refresh"' in waiting
    await jobs(database)
    made = (await owner.get(address)).text
    assert '<meta http-equiv="refresh"' not in made
    draft = await owner.get(f"{address}/file/pdf")
    assert draft.content.startswith(b"%PDF")

    assert (await act(owner, address, "submit")).status_code == 303
    assert "Editions of briefings to make final" in (await teammate.get(f"{ORG}/work")).text
    front = (await teammate.get(ORG)).text
    assert f'<a href="{address}">1 edition of a briefing waits for a reviewer</a>' in front
    assert (await act(teammate, address, "final")).status_code == 303
    await jobs(database)
    public = re.search(r'href="(/en/briefings/[a-z2-7]{10}/1)"', (await owner.get(address)).text)
    assert public
    shown = await client.get(public[1])
    assert "Where do the two ministries stand?" in shown.text
    assert "waits for a reviewer" not in (await teammate.get(ORG)).text
    # The files are called alike wherever a briefing is read.
    unfrozen = (await client.get("/en/compare/briefing?jurisdictions=XAA,XAB")).text
    for name in ("Download as PDF", "Word, for editing", "JSON", "Tables (CSV)"):
        assert all(f">{name}</a>" in page for page in (made, shown.text, unfrozen)), name
    pdf = await client.get(f"{public[1]}/pdf")
    assert pdf.content.startswith(b"%PDF")
    assert (await client.get(f"{public[1]}/pdf")).content == pdf.content
    again = await client.get(f"{public[1]}/pdf", headers={"If-None-Match": pdf.headers["etag"]})
    assert again.status_code == 304
    assert "Where do the two ministries stand?" in (await client.get("/en/briefings")).text
    latest = await client.get(public[1].rpartition("/")[0])
    assert latest.headers["location"] == public[1]
