"""`show=` and `principle=` choose what is drawn, not what is measured: figures are of the whole selection everywhere."""

import re

import pytest

from tests.pages import html
from tests.personas import Visitor
from tests.snapshots.frozen import freeze
from tracker.db.session import Database

PLACES = "XAA,XAB,XAC"
NARROWED = [("gaps", PLACES), ("unknown", PLACES), ("differences", "US-CT,US-TX")]


def counts(page: str) -> list[list[str]]:
    """The rows of the tables under "How much is known": each jurisdiction and axis with its figures."""
    part = page.partition('id="counts"')[2].partition("<h2")[0]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", part, re.S)
    return [
        [html.words(cell) for cell in re.findall(r"(?:^|<td[^>]*>)(.*?)</t[hd]>", row, re.S)] for row in rows
    ]


async def page_of(client: Visitor, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(("show", "places"), NARROWED)
async def test_figures_are_those_of_the_selection_whatever_is_shown(
    client: Visitor, show: str, places: str
) -> None:
    whole = await page_of(client, f"/en/compare?jurisdictions={places}")
    shown = await page_of(client, f"/en/compare?jurisdictions={places}&show={show}")
    assert len(counts(whole)) == 2 * len(places.split(","))
    assert counts(shown) == counts(whole)
    assert "over all 28 cells of the selection" not in html.words(whole)
    assert "Figures of a jurisdiction are over all 28 cells of the selection, of which" in html.words(shown)
    assert "On paper, over all 28 cells of the selection" in html.words(shown)
    assert "All counts are of these" not in html.words(shown)


async def test_they_are_there_where_nothing_is_shown_at_all(client: Visitor) -> None:
    whole = await page_of(client, "/en/compare?jurisdictions=US-CT,US-TX")
    none = await page_of(client, "/en/compare?jurisdictions=US-CT,US-TX&show=gaps")
    assert "No gap is confirmed here" in html.words(none)
    assert counts(none) == counts(whole)
    assert "of which 0 are shown" in html.words(none)


async def test_cautions_count_the_selection_too(client: Visitor) -> None:
    def cautions(page: str) -> set[str]:
        part = page.partition('id="cautions"')[2]
        return {html.words(line) for line in re.findall(r"<li>(.*?)</li>", part.partition("</ul>")[0])}

    whole = cautions(await page_of(client, f"/en/compare?jurisdictions={PLACES}"))
    shown = cautions(await page_of(client, f"/en/compare?jurisdictions={PLACES}&show=gaps"))
    assert any("levels are claimed" in line for line in whole)
    assert whole < shown
    assert len(shown - whole) == 2, "which are shown, and over which cells the figures are"


@pytest.mark.parametrize(("show", "places"), NARROWED)
async def test_a_snapshot_and_its_briefing_tell_the_same_figures(
    client: Visitor, database: Database, show: str, places: str
) -> None:
    whole = await page_of(client, f"/en/compare?jurisdictions={places}")
    made = await freeze(database, jurisdictions=places, show=show)
    frozen = await page_of(client, f"/en/snapshots/{made.id}")
    assert counts(frozen) == counts(whole)
    assert "The frozen record holds the cells that are shown" in html.words(frozen)
    assert "it stands" in html.words(frozen)
    told = html.words(await page_of(client, f"/en/compare/briefing?jurisdictions={places}&show={show}"))
    plain = html.words(await page_of(client, f"/en/compare/briefing?jurisdictions={places}"))
    sentence = r"Cells that have a level: [^.]*\."
    assert re.findall(sentence, told) == re.findall(sentence, plain) != []
    claimed = r"\d+ of \d+ cells have a level; claimed \d+"
    assert re.findall(claimed, told) == re.findall(claimed, plain)
    assert len(re.findall(claimed, told)) == len(counts(whole))
    assert "28 cells for each jurisdiction (7 items × 4 domains)" in told
    assert "in all; drawn: " in told


async def test_a_principle_keeps_columns_and_no_figure(client: Visitor) -> None:
    whole = await page_of(client, f"/en/compare?jurisdictions={PLACES}")
    page = await page_of(client, f"/en/compare?jurisdictions={PLACES}&principle=people_at_risk")
    scoreless = [[*row[:2], *row[4:]] for row in counts(whole)]
    assert counts(page) == scoreless != []
    assert "Score, 0 to 100" not in page
