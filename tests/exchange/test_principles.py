"""The spreadsheet has no columns for the principles: they follow their citations through an import."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests import factories, personas
from tests.exchange.sheet import as_csv, of_csv
from tests.exchange.test_round_trip import apply, changed, counts, said
from tracker.access.actor import OrganisationActor
from tracker.db.session import Database
from tracker.entries.principles import Stated
from tracker.exchange.carried import carried
from tracker.kit.vocabulary import CitationAxis, Payment, Principle

TRAUMA = Stated(Principle.TRAUMA_INFORMED, "Article 4")
SURVIVORS = Stated(Principle.SURVIVOR_INFORMED, "Article 9", "On the council", Payment.UNPAID)
RISK = Stated(Principle.PEOPLE_AT_RISK, "Article 5")


async def cited(database: Database, actor: OrganisationActor, count: int) -> tuple[UUID, factories.Content]:
    """An own instrument, and a content that cites it `count` times; the last citation says most."""
    instrument = await factories.instrument(database, actor)
    citations = [
        replace(factories.CITATION, instrument=instrument, locator=f"Article {n}", principles=(RISK,))
        for n in range(1, count)
    ]
    last = replace(
        factories.CITATION,
        instrument=instrument,
        axis=CitationAxis.BOTH,
        locator="Schedule",
        principles=(TRAUMA, SURVIVORS),
    )
    return instrument, factories.content(citations=(*citations, last))


@pytest.mark.parametrize("published", [False, True], ids=["draft", "published"])
@pytest.mark.parametrize("count", [1, 3, 5])
async def test_a_changed_row_keeps_them(database: Database, published: bool, count: int) -> None:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    where = await factories.cell(database)
    _instrument, what = await cited(database, author, count)
    if published:
        await factories.published(database, author, reviewer, where, what)
    else:
        await factories.draft(database, author, where, what)
    before = [c.principles for c in what.citations]
    content = changed(await factories.grid_csv(database, author), citation_1_quote="Another quote.")
    assert counts(await apply(database, author, content))["changed"] == 1
    after = (await said(database, author, where)).citations
    assert [c.principles for c in after] == before
    assert after[0].quote == "Another quote."
    again = await apply(database, author, content)
    assert set(counts(again)) <= {"unchanged", "left_alone"}


async def test_an_unchanged_row_and_a_changed_note_lose_nothing(database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    where = await factories.cell(database)
    _instrument, what = await cited(database, author, 2)
    await factories.draft(database, author, where, what)
    content = await factories.grid_csv(database, author)
    await apply(database, author, content)
    await apply(database, author, changed(content, note="Another note."))
    found = await said(database, author, where)
    assert found.note == "Another note."
    assert [c.principles for c in found.citations] == [c.principles for c in what.citations]


async def test_a_citation_moved_in_its_row_takes_them_along(database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    where = await factories.cell(database)
    _instrument, what = await cited(database, author, 2)
    await factories.draft(database, author, where, what)
    rows = of_csv(await factories.grid_csv(database, author))
    for row in rows:
        first = {k: v for k, v in row.items() if k.startswith("citation_1_")}
        second = {k: v for k, v in row.items() if k.startswith("citation_2_")}
        row.update({k.replace("_1_", "_2_"): v for k, v in first.items() if second["citation_2_axis"]})
        row.update({k.replace("_2_", "_1_"): v for k, v in second.items() if second["citation_2_axis"]})
    await apply(database, author, as_csv(rows))
    found = (await said(database, author, where)).citations
    assert [(c.locator, c.principles) for c in found] == [
        ("Schedule", (TRAUMA, SURVIVORS)),
        ("Article 1", (RISK,)),
    ]


def _texts(instrument: str, locator: str, axis: str = "both") -> tuple[str, ...]:
    return (axis, instrument, locator, "", "", "")


def test_they_never_pass_to_another_instrument() -> None:
    before = [(_texts("a", "1"), (TRAUMA,)), (_texts("a", "2"), ()), (_texts("b", "1"), (RISK,))]
    now = [_texts("a", "2"), _texts("c", "1"), _texts("a", "9", "practice"), _texts("a", "8")]
    # the same citation keeps its own nothing; the first of the instrument takes what is left of it
    assert carried(before, now) == [(), (), (), (TRAUMA,)]
