"""What changed over a whole comparison since a day."""

from datetime import UTC, datetime

import pytest

from tests import factories, personas
from tests.pages import html
from tests.personas import Visitor
from tracker.db.session import Database
from tracker.kit import clock

CHANGES = "/en/compare/changes?jurisdictions=XAA,XAC,KEN&items=HTCC-UC&domains=educator"


async def _raise_it(database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    with clock.at(datetime(2026, 9, 1, 12, tzinfo=UTC)):
        where = await factories.cell(database)
        await factories.published(
            database, author, reviewer, where, factories.content(practice="no_response")
        )


async def test_changes_are_told_by_jurisdiction(client: Visitor, database: Database) -> None:
    await _raise_it(database)
    with clock.at(datetime(2026, 9, 2, 12, tzinfo=UTC)):
        page = (await client.get(f"{CHANGES}&since=2026-08-01")).text
        nothing = (await client.get(f"{CHANGES}&since=2026-09-02")).text
    words = html.words(page)
    assert "Quillmere" in words
    assert "“Adopted in part”" in words or "changed: " in words
    assert "In 2 other jurisdictions nothing reads differently." in words
    assert any("/HTCC-UC/educator" in link for link in html.links(page))
    assert "Nothing in the comparison reads differently" in nothing


async def test_only_the_scale_that_is_asked_for(client: Visitor, database: Database) -> None:
    await _raise_it(database)
    with clock.at(datetime(2026, 9, 2, 12, tzinfo=UTC)):
        both = html.words((await client.get(f"{CHANGES}&since=2020-01-01")).text)
        one = html.words((await client.get(f"{CHANGES}&since=2020-01-01&axis=commitment")).text)
    assert "On paper: now “Adopted in part”; before, there was no level" in both
    assert "In practice: still no level; it read “Not assessed” and reads “No response”." in both
    assert "On paper: now" in one
    assert "In practice" not in one


async def test_the_compare_page_leads_there(client: Visitor) -> None:
    page = (await client.get("/en/compare?jurisdictions=XAA,XAB&framework=hhs-core-competencies")).text
    assert "/en/compare/changes?jurisdictions=XAA,XAB&framework=hhs-core-competencies" in html.links(page)
    form = html.form((await client.get(CHANGES)).text, "Show the changes")
    assert form.fields["jurisdictions"] == "XAA,XAC,KEN"
    assert form.fields["domains"] == "educator"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("&since=2099-01-01", "future"),
        ("&since=yesterday", "is not a day"),
        ("&since=2026-01-01T10:00", "is not a day"),
        ("&since=2026-05-01&on=2026-01-01", "must not be later"),
        ("&since=2026-05-01&as_of=2026-01-01", "must not be later"),
        ("&since=2026-01-01&items=NOPE", "no item"),
        ("&since=2026-01-01&axis=sideways", "is not known here"),
    ],
)
async def test_what_can_not_be_is_said_and_the_form_kept(client: Visitor, more: str, says: str) -> None:
    answer = await client.get(CHANGES.replace("&items=HTCC-UC", "") + more)
    assert answer.status_code == 422
    assert says in answer.text
    form = html.form(answer.text, "Show the changes")
    assert form.fields["jurisdictions"] == "XAA,XAC,KEN"
    assert form.fields["since"] in more


async def test_it_needs_jurisdictions(client: Visitor) -> None:
    assert (await client.get("/en/compare/changes?since=2026-01-01")).status_code == 422
