"""The compare page: its layouts and filters, its address, and what it says to what can't be taken."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.compare.test_csv_contract import rows
from tests.pages import html
from tests.personas import Visitor

STATES = "US-CT,US-FL,US-LA,US-MI,US-TX"
CELL = re.compile(r'<td class="cell ([\w -]+)"')


def cells(page: str) -> list[str]:
    """The classes of each matrix cell."""
    return CELL.findall(page)


async def test_without_jurisdictions_it_offers_them(client: Visitor) -> None:
    page = await client.get("/en/compare")
    assert page.status_code == 200
    told = html.words(page.text)
    for name in ("Connecticut", "Texas", "Quillmere (fictional)", "North Vale Health (fictional)"):
        assert name in told
    assert "<table" not in page.text


async def test_one_table_a_domain_or_all_side_by_side(client: Visitor) -> None:
    each = (await client.get(f"/en/compare?jurisdictions={STATES}")).text
    together = (await client.get(f"/en/compare?jurisdictions={STATES}&layout=together")).text
    assert len(re.findall(r'<table class="matrix">', each)) == 4
    assert (
        len(re.findall(r'<table class="matrix small">', together))
        == together.count('<table class="matrix')
        == 1
    )
    assert len(cells(each)) == len(cells(together)) == 5 * 28
    one = (await client.get(f"/en/compare?jurisdictions={STATES}&domains=researcher")).text
    assert len(cells(one)) == 5 * 7


async def test_one_axis_or_both_never_mixed(client: Visitor) -> None:
    both = (await client.get("/en/compare?jurisdictions=XAA")).text
    assert set(cells(both)) == {"two"}
    paper = (await client.get("/en/compare?jurisdictions=XAA&axis=commitment")).text
    practice = (await client.get("/en/compare?jurisdictions=XAA&axis=practice")).text
    assert "two" not in set(cells(paper)) | set(cells(practice))
    assert "Adopted in full" in html.words(paper)
    assert "In general use" not in html.words(paper)
    assert "In general use" in html.words(practice)
    assert "Adopted in full" not in html.words(practice)


async def test_a_jurisdiction_without_data_stays_as_not_assessed(client: Visitor) -> None:
    page = (await client.get("/en/compare?jurisdictions=KEN,US-TX")).text
    assert "Kenya" in html.words(page)
    assert "0 of 28 cells have a level" in html.words(page)
    silent = (await client.get("/en/compare?jurisdictions=KEN&axis=commitment")).text
    assert cells(silent) == ["missing"] * 28
    assert "None found" not in re.sub(r'<div class="key">.*?</div>', "", silent, flags=re.S)


async def test_differences_gaps_and_unknown(client: Visitor) -> None:
    places = ["US-CT", "US-TX"]
    everything = {(r["item"], r["domain"]) for r in await rows(client, places)}
    assert len(everything) == 28
    differences = {(r["item"], r["domain"]) for r in await rows(client, places, show="differences")}
    assert differences == {(f"HTCC-C{n}", "individual") for n in (2, 3, 4)}
    unknown = {(r["item"], r["domain"]) for r in await rows(client, places, show="unknown")}
    assert unknown == everything, "practice is not assessed anywhere"
    on_paper = await rows(client, places, show="unknown", axis="commitment")
    assert {(r["item"], r["domain"]) for r in on_paper} == everything - {("HTCC-C1", "individual")}
    assert await rows(client, places, show="gaps") == [], "what is unknown is no gap"
    gaps = await rows(client, ["XAA"], show="gaps")
    assert gaps
    for row in gaps:
        assert any(row[a] in "01" and row[f"{a}_claimed"] == "false" for a in ("commitment", "practice")), row
    none = html.words((await client.get("/en/compare?jurisdictions=US-CT,US-TX&show=gaps")).text)
    assert "No gap is confirmed here" in none
    same = (await client.get("/en/compare?jurisdictions=US-CT&show=differences")).text
    assert "do not differ" in html.words(same)


async def test_where_nothing_is_shown_only_the_selection_is_counted(client: Visitor) -> None:
    found = "/en/compare?jurisdictions=XAA,XAB&domains=individual&show=unknown"
    told = html.words((await client.get(found)).text)
    assert "Nothing is unknown here" in told and "7 of 7 cells have a level" in told
    assert "only law on paper can be read" not in told, "both have practice, in columns that are not shown"
    assert "0 of 0" not in told and "suppressed" not in told
    assert "No gap is confirmed in what is shown here" in told
    states = html.words((await client.get(f"/en/compare?jurisdictions={STATES}")).text)
    assert "Practice has no level here for Connecticut" in states


@pytest.mark.parametrize(
    "path",
    [
        "/en/compare?jurisdictions=XAA,XAB",
        "/en/compare/time?jurisdictions=XAA,XAB&items=HTCC-C2&axis=commitment",
        "/en/compare/changes?jurisdictions=XAA,XAB&since=2024-01-01",
        "/en/jurisdictions/XAA?axis=both",
    ],
)
async def test_links_to_cells_carry_the_days_that_were_asked_for(client: Visitor, path: str) -> None:
    asked = "on=2026-01-01&as_of=2026-02-01"
    answer = await client.get(f"{path}&{asked}")
    assert answer.status_code == 200, html.words(answer.text)
    cells = [link for link in html.links(answer.text) if re.search(r"@2021/HTCC-\w+/", link)]
    assert cells and {urlsplit(link).query for link in cells} == {asked}
    assert (await client.get(cells[0])).status_code == 200
    bare = [link for link in html.links((await client.get(path)).text) if re.search(r"@2021/HTCC-\w+/", link)]
    assert bare and not any(urlsplit(link).query for link in bare), "the default stays the short address"


async def test_the_basis_filters_what_is_heard(client: Visitor) -> None:
    by_name = await rows(client, ["XAA", "US-TX"], basis="by_name")
    assert {r["basis"] for r in by_name} == {"by_name", "none"}
    assert {r["commitment"] for r in by_name if r["jurisdiction"] == "US-TX"} == {"not_assessed"}
    assert {r["basis"] for r in await rows(client, ["XAA"], basis="equivalent")} == {"equivalent", "none"}


async def test_items_narrow_the_columns_in_the_order_of_the_source(client: Visitor) -> None:
    found = await rows(client, ["XAA"], items="HTCC-C3,HTCC-UC", domains="educator,individual")
    assert [(r["item"], r["domain"]) for r in found] == [
        ("HTCC-UC", "individual"),
        ("HTCC-UC", "educator"),
        ("HTCC-C3", "individual"),
        ("HTCC-C3", "educator"),
    ]


async def test_all_voices_stand_in_one_cell(client: Visitor) -> None:
    page = (await client.get("/en/compare?jurisdictions=XAB&source=all&domains=individual")).text
    told = html.words(page)
    assert "Ministry of Health of Solvante" in told
    assert "Open Care Watch (demo NGO)" in told
    assert "contested" in told


async def test_every_level_links_to_its_evidence_and_carries_word_and_symbol(client: Visitor) -> None:
    page = (await client.get("/en/compare?jurisdictions=XAA,XAB,XAC&source=all")).text
    for code, word in (("4", "Routine"), ("0", "None found"), ("not_applicable", "Not applicable")):
        assert f'<use href="#s-{code}"/></svg>{word}' in page
    links = {link for link in html.links(page) if "/hhs-core-competencies@2021/HTCC" in link}
    assert len(links) == 3 * 28
    for link in sorted(links)[::9]:
        assert (await client.get(link)).status_code == 200


async def test_its_buttons_lead_to_the_same_query(client: Visitor) -> None:
    query = "jurisdictions=XAA,XAB&items=HTCC-C1&axis=practice&source=all&on=2026-01-01&as_of=2026-06-30"
    page = (await client.get(f"/en/compare?{query}")).text
    for path in ("/en/compare/briefing", "/en/compare/briefing.pdf", "/en/compare.csv"):
        (link,) = {link for link in html.links(page) if urlsplit(link).path == path}
        asked = parse_qs(urlsplit(link).query)
        for name, value in parse_qs(query).items():
            assert asked[name] == value
        assert (await client.get(link)).status_code == 200


async def test_what_the_form_sends_is_redirected_to_the_short_address(client: Visitor) -> None:
    sent = (
        "jurisdictions=US-TX&jurisdictions=US-FL&find=&framework=hhs-core-competencies&domains=educator"
        "&domains=individual&axis=both&show=all&layout=by_domain&source=best&basis=&on=&as_of="
    )
    answer = await client.get(f"/en/compare?{sent}")
    assert answer.status_code == 303
    short = answer.headers["location"]
    assert parse_qs(urlsplit(short).query) == {
        "jurisdictions": ["US-TX,US-FL"],
        "framework": ["hhs-core-competencies"],
        "domains": ["educator,individual"],
    }
    assert (await client.get(short)).status_code == 200, "and no further"


async def test_the_form_of_a_comparison_sends_the_same_comparison(client: Visitor) -> None:
    page = (
        await client.get(f"/en/compare?jurisdictions={STATES}&show=differences&source=self&axis=practice")
    ).text
    form = html.form(page, "Compare")
    again = await client.get(form.action, params=form.fields, follow_redirects=True)
    asked = parse_qs(again.url.query.decode())
    assert sorted(asked["jurisdictions"][0].split(",")) == sorted(STATES.split(","))
    assert (asked["show"], asked["source"], asked["axis"]) == (["differences"], ["self"], ["practice"])


async def test_a_search_offers_more_places_and_keeps_what_is_chosen(client: Visitor) -> None:
    page = await client.get("/en/compare", params={"jurisdictions": "US-TX", "find": "kenya"})
    assert page.status_code == 200
    assert 'value="KEN"' in page.text
    assert re.search(r'value="US-TX"[^>]* checked', page.text)
    nothing = await client.get("/en/compare", params={"find": "<b>nowhere</b>"})
    assert "Nothing was found for" in html.words(nothing.text)
    assert "<b>nowhere" not in nothing.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("jurisdictions=NOPE", "jurisdictions"),
        ("jurisdictions=US-TX,Texas", "jurisdictions"),
        ("jurisdictions=US-TX&framework=nope", "framework"),
        ("jurisdictions=US-TX&framework=hhs-core-competencies@1999", "framework"),
        ("jurisdictions=US-TX&items=D87J-CRIM", "items"),
        ("jurisdictions=US-TX&domains=all", "domains"),
        ("jurisdictions=US-TX&domains=patient", "domains"),
        ("jurisdictions=US-TX&framework=delta87-justice&domains=educator", "domains"),
        ("jurisdictions=US-TX&axis=sideways", "axis"),
        ("jurisdictions=US-TX&basis=hearsay", "basis"),
        ("jurisdictions=US-TX&source=loudest", "source"),
        ("jurisdictions=US-TX&show=best", "show"),
        ("jurisdictions=US-TX&layout=spiral", "layout"),
        ("jurisdictions=US-TX&on=yesterday", "on"),
        ("jurisdictions=US-TX&on=2026-02-30", "on"),
        ("jurisdictions=US-TX&as_of=2999-01-01", "as_of"),
        ("jurisdictions=US-TX&as_of=2026-13-01", "as_of"),
    ],
)
async def test_what_cannot_be_taken_is_told_and_the_form_is_kept(
    client: Visitor, query: str, field: str
) -> None:
    answer = await client.get(f"/en/compare?{query}")
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert f"#{field}" in html.links(answer.text), "the summary leads to the field"
    assert field in html.ids(answer.text)
    assert re.search(r'value="US-TX"[^>]* checked', answer.text) or "US-TX" not in query
    csv_answer = await client.get(f"/en/compare.csv?{query}")
    assert csv_answer.status_code == 422
    assert csv_answer.headers["content-type"].startswith("text/html")


async def test_several_faults_are_told_at_once(client: Visitor) -> None:
    answer = await client.get("/en/compare?jurisdictions=US-TX&axis=x&source=y&on=z&as_of=9999-99-99")
    assert {"#axis", "#source", "#on", "#as_of"} <= set(html.links(answer.text))
    form = html.form(answer.text, "Compare").fields
    assert (form["on"], form["as_of"]) == ("z", "9999-99-99")


async def test_5000_codes_are_refused_plainly(client: Visitor) -> None:
    codes = ",".join(f"ZZ-{n:04}" for n in range(5000))
    answer = await client.get(f"/en/compare?jurisdictions={codes}")
    assert answer.status_code == 422
    assert "1000 at most can be compared at once; this asks for 5000." in html.words(answer.text)


async def test_a_thousand_real_places_are_compared(client: Visitor) -> None:
    listed = (await client.get("/en/jurisdictions")).text
    codes = re.findall(r'href="/en/jurisdictions/([A-Z]{3})"', listed)
    assert len(codes) > 200
    answer = await client.get(f"/en/compare?jurisdictions={','.join(codes)}&items=HTCC-C1")
    assert answer.status_code == 200
    assert len(cells(answer.text)) == len(set(codes)) * 4


async def test_the_moment_of_the_page_is_told(client: Visitor) -> None:
    page = await client.get("/en/compare?jurisdictions=XAA&on=2025-03-01&as_of=2025-04-30")
    told = html.words(page.text)
    assert "1 March 2025" in told
    assert "30 April 2025" in told
