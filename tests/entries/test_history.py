"""The history of a cell: who said what when, what each revision changed, and why."""

import re
from dataclasses import replace
from datetime import date

from tests import factories, personas
from tests.pages import html
from tests.personas import Visitor
from tracker.db.session import Database
from tracker.kit.vocabulary import RevisionKind

CELL = "/en/jurisdictions/XAA/delta87-justice@2021/D87J-HEALTH/all"


async def test_it_tells_what_changed_by_whom_and_why(client: Visitor, database: Database) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    where = await factories.cell(database, "XAA", "D87J-HEALTH", "all")
    first = factories.content(commitment="1", note="The decree was announced.")
    await factories.published(database, author, reviewer, where, first)
    later = replace(
        first,
        commitment="2",
        valid_from=date(2025, 3, 1),
        note="The decree is in force.",
        citations=(replace(first.citations[0], locator="Art. 99"),),
    )
    await factories.published(database, author, reviewer, where, later)
    page = (await client.get(CELL)).text
    newest, oldest = re.findall(r"<li><p class=\"when\">(.*?)</li>", page, re.S)
    told = html.words(newest)
    assert "Ministry of Health of Quillmere (self-report)" in told
    assert "On paper Proposed → Adopted in part" in told
    assert re.search(r"In force from \S.* → 1 March 2025", told)
    assert "Art. 99" in told.partition("Evidence")[2]
    assert "Note The decree was announced. → The decree is in force." in told
    assert "Why, in their words: The decree is in force." in told
    assert "In practice" not in told.partition("changed")[2], "what is the same is not told"
    assert "changed" not in html.words(oldest), "there is nothing before it"


async def test_a_correction_is_compared_with_what_it_corrects(client: Visitor, database: Database) -> None:
    ngo, ngo_reviewer = [await personas.actor(database, p) for p in (personas.NGO, personas.NGO_REVIEWER)]
    where = await factories.cell(database, "US-CT", "HTCC-C6", "individual")
    await factories.published(database, ngo, ngo_reviewer, where, factories.content(commitment="3"))
    right = factories.content(commitment="2", kind=RevisionKind.CORRECTION)
    await factories.published(database, ngo, ngo_reviewer, where, right)
    page = (await client.get("/en/jurisdictions/US-CT/hhs-core-competencies@2021/HTCC-C6/individual")).text
    newest, oldest = re.findall(r"<li><p class=\"when\">(.*?)</li>", page, re.S)
    assert "On paper Adopted in full → Adopted in part" in html.words(newest)
    assert "Corrected" in html.words(oldest)
