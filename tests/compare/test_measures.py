"""Scores with their bounds, who has what, peers, and how the tables stand."""

import re
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pages import html
from tests.personas import Visitor
from tracker.compare.comparison import ComparedCell
from tracker.compare.measures import score
from tracker.kit.vocabulary import LEVEL_CODES, VALUE_CODES, Axis, value

AXIS = Axis.COMMITMENT


def cells(codes: list[str]) -> list[ComparedCell]:
    """Cells of which one voice says these codes, claiming nothing."""
    voice = SimpleNamespace(claimed=lambda _axis: False)
    made = [SimpleNamespace(value=lambda axis, c=c: value(axis, c), voice=voice) for c in codes]
    return cast(list[ComparedCell], made)


def test_a_score_is_the_mean_of_what_is_there_within_its_bounds() -> None:
    told = score(cells(["4", "2", "0", "not_assessed", "not_applicable"]), AXIS)
    assert told.value == pytest.approx(6 / 12)
    assert (told.low, told.high) == (pytest.approx(6 / 16), pytest.approx(10 / 16))
    assert (told.assessed, told.total, told.not_applicable) == (3, 4, 1)


def test_it_is_suppressed_below_half_coverage_and_never_zero_for_nothing() -> None:
    assert not score(cells(["3", "withheld"]), AXIS).suppressed, "half is enough"
    assert score(cells(["3", "withheld", "no_response"]), AXIS).suppressed
    nothing = score(cells(["not_assessed"] * 3), AXIS)
    assert nothing.suppressed
    assert (nothing.low, nothing.high) == (0.0, 1.0)
    none_applies = score(cells(["not_applicable"] * 3), AXIS)
    assert none_applies.suppressed
    assert none_applies.total == 0


@given(st.lists(st.sampled_from(VALUE_CODES), max_size=30))
def test_whatever_the_missing_cells_turn_out_to_be_it_lies_within_the_bounds(codes: list[str]) -> None:
    told = score(cells(codes), AXIS)
    unknown = {c for c in VALUE_CODES if c not in LEVEL_CODES} - {"not_applicable"}
    for filler in LEVEL_CODES:
        whole = score(cells([filler if c in unknown else c for c in codes]), AXIS)
        if whole.value is not None:
            assert told.low - 1e-9 <= whole.value <= told.high + 1e-9
    if told.value is not None:
        assert told.low - 1e-9 <= told.value <= told.high + 1e-9


async def test_the_page_prints_the_score_beside_its_coverage_or_why_there_is_none(client: Visitor) -> None:
    page = (
        await client.get("/en/compare?jurisdictions=XAA,US-TX,KEN&domains=individual&axis=commitment")
    ).text
    counts = page.partition('id="counts"')[2].partition("</table>")[0]
    rows = {html.words(r).split()[0]: html.words(r) for r in re.findall(r"<tr>(.*?)</tr>", counts, re.S)}
    assert "7 of 7 cells have a level" in rows["Quillmere"]
    assert "suppressed" not in rows["Quillmere"]
    assert "4 of 7 cells have a level" in rows["Texas"]
    assert "50" in rows["Texas"], "four levels of 2"
    assert "29 to 71" in rows["Texas"], "8 of 28, and 8 + 3 × 4 of 28"
    assert "suppressed: too little is known" in rows["Kenya"]
    assert "0 to 100" in rows["Kenya"]
    assert "Not assessed 7" in rows["Kenya"]


async def test_it_says_who_has_what_and_keeps_gaps_apart_from_unknowns(client: Visitor) -> None:
    page = (await client.get("/en/compare?jurisdictions=XAA,XAC,KEN&domains=individual")).text
    who = html.words(page.partition('id="who"')[2].partition("<h2")[0])
    assert "Universal Competency for individual practitioners, on paper Adopted in full Quillmere V2" in who
    assert "search note" in who
    gaps = page.partition('id="gaps"')[2].partition("<h2")[0]
    assert "Kenya" not in gaps, "what is unknown is no gap"
    assert "Lumbrava, Universal Competency for individual practitioners: None found" in html.words(gaps)
    assert "At least in part: Quillmere" in html.words(gaps)
    assert "practice has no level" in html.words(page.partition('id="cautions"')[2]).lower()


async def test_rows_and_columns_may_be_swapped_and_grouped(client: Visitor) -> None:
    places = "KEN,XAA,DEU"
    plain = (await client.get(f"/en/compare?jurisdictions={places}&domains=individual")).text
    swapped = (await client.get(f"/en/compare?jurisdictions={places}&domains=individual&layout=swapped")).text
    grouped = (await client.get(f"/en/compare?jurisdictions={places}&domains=individual&layout=regions")).text

    def table(page: str) -> tuple[list[str], list[str], list[str]]:
        matrix = page.partition('<table class="matrix">')[2].partition("</table>")[0]
        heads = [html.words(h) for h in re.findall(r'<th scope="col">(.*?)</th>', matrix, re.S)]
        rows = [html.words(h) for h in re.findall(r'<th scope="row">(.*?)</th>', matrix, re.S)]
        return heads, rows, re.findall(r'<td class="cell two"><a href="([^"]+)"', matrix)

    heads, rows, links = table(plain)
    across, down, turned = table(swapped)
    assert heads[1:] == down
    assert (
        [r.split()[0] for r in rows]
        == [a.split()[0] for a in across[1:]]
        == ["Kenya", "Quillmere", "Germany"]
    )
    assert turned == [links[p * 7 + i] for i in range(7) for p in range(3)], (
        "each cell stays with its place and item"
    )
    assert [html.words(g) for g in re.findall(r'scope="rowgroup"[^>]*>(.*?)</th>', grouped)] == [
        "Africa",
        "Europe",
        "Fictional",
    ]
    assert [r.split()[0] for r in table(grouped)[1]] == ["Kenya", "Germany", "Quillmere"]


async def test_a_set_of_peers_becomes_part_of_the_address(client: Visitor) -> None:
    answer = await client.get("/en/compare?jurisdictions=XAA&peers=income_group:low")
    assert answer.status_code == 303
    codes = answer.headers["location"].partition("jurisdictions=")[2].partition("&")[0].split(",")
    assert codes[0] == "XAA"
    assert len(codes) == 1 + 26
    assert "AFG" in codes
    for wrong in ("income_group:none", "colour:red", "region:", "x"):
        refused = await client.get(f"/en/compare?jurisdictions=XAA&peers={wrong}")
        assert refused.status_code == 422
        assert "There is no group" in refused.text
        assert 'value="XAA" checked' in refused.text, "the form keeps what was chosen"


async def test_what_lies_in_no_region_is_named_so(client: Visitor) -> None:
    """The published list of countries says "none" of Antarctica, which would be a group of that name."""
    form = html.words((await client.get("/en/compare")).text)
    assert "In no region (1)" in form
    assert "In no part of a region (1)" in form
    assert "none (1)" not in form
    for layout in ("regions", "regions,swapped"):
        page = (await client.get(f"/en/compare?jurisdictions=ATA,KEN&layout={layout}")).text
        matrix = html.words(page.partition('<table class="matrix')[2].partition("</table>")[0])
        assert "No region" in matrix
        assert "none" not in matrix.lower().split()
        assert matrix.index("Kenya") < matrix.index("Antarctica"), "those in a region come first"


async def test_layouts_that_exclude_each_other_are_refused(client: Visitor) -> None:
    refused = await client.get("/en/compare?jurisdictions=XAA&layout=by_domain,together")
    assert refused.status_code == 422
    assert "not both" in refused.text
