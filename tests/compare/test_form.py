"""The form of the compare page: it offers, finds and takes codes, and keeps all that was typed when something can't be taken."""

import re
from urllib.parse import quote

import pytest

from tests.pages import html
from tests.personas import Visitor

GUIDE = "hhs-core-competencies--delta87-justice@0.1"
MANY = ",".join(f"US-{n:04}" for n in range(5000))
FILES = ("compare.csv", "compare.json", "compare.xlsx", "compare/briefing.pdf")


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="jurisdictions" value="([^"]+)" checked', page))


def typed(page: str) -> str:
    (text,) = re.findall(r'<textarea id="codes"[^>]*>([^<]*)</textarea>', page)
    return text


async def test_five_thousand_are_refused_and_kept(client: Visitor) -> None:
    answer = await client.get(f"/en/compare?jurisdictions={MANY}")
    assert answer.status_code == 422
    assert "1000 at most can be compared at once; this asks for 5000." in html.words(answer.text)
    assert typed(answer.text) == MANY.replace(",", ", "), "as one text, not as 5,000 boxes"
    assert len(answer.text) < 100_000
    for path in FILES:
        refused = await client.get(f"/en/{path}?jurisdictions={MANY}")
        assert refused.status_code == 422, path
        assert "this asks for 5000" in html.words(refused.text)
    problem = await client.get(f"/api/v1/compare?jurisdictions={MANY}")
    assert (problem.status_code, problem.json()["errors"][0]["field"]) == (422, "jurisdictions")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("jurisdictions=XAA,ZZZ,KEN", ["There is no jurisdiction with the code ZZZ."]),
        ("jurisdictions=XAA&as_of=2031-01-01", ["2031-01-01 is in the future"]),
        ("jurisdictions=XAA&framework=delta87-justice&domains=educator", ["does not apply by these domains"]),
        ("jurisdictions=XAA&items=HTCC-C9&axis=neither", ["neither”"]),
        ("jurisdictions=XAA&layout=by_domain,together", ["not both"]),
        ("jurisdictions=XAA&through=no-such", ["There is no crosswalk “no-such”."]),
        ("jurisdictions=XAA&axis=neither&on=soon", ["“neither”", "“soon” is not a day"]),
        (
            "jurisdictions=XAA,ZZZ&items=HTCC-C9&on=soon",
            ["code ZZZ.", "item “HTCC-C9”", "“soon” is not a day"],
        ),
        ("jurisdictions=XAA,ZZZ&through=no-such&axis=neither", ["code ZZZ.", "“no-such”", "“neither”"]),
        (
            f"jurisdictions=XAA,ZZZ&through={GUIDE}&show=gaps&on=soon",
            ["code ZZZ.", "leave this out", "“soon”"],
        ),
        ("jurisdictions=XAA,ZZZ&framework=none-such", ["code ZZZ.", "no framework “none-such”"]),
    ],
)
async def test_what_cannot_be_taken_is_told_and_leads_to_the_form(
    client: Visitor, query: str, told: list[str]
) -> None:
    page = await client.get(f"/en/compare?{query}")
    assert page.status_code == 422
    assert [t for t in told if t not in html.words(page.text)] == []
    assert "XAA" in ticked(page.text)
    assert page.text.count('aria-invalid="true"') + page.text.count('class="field bad"') > 0
    for path in FILES:
        refused = await client.get(f"/en/{path}?{query}")
        assert refused.status_code == 422, path
        assert [t for t in told if t not in html.words(refused.text)] == [], path
        form = next(link for link in html.links(refused.text) if link.startswith("/en/compare?"))
        again = await client.get(form)
        assert again.status_code == 422
        assert "XAA" in ticked(again.text)


async def test_a_file_of_nothing_is_refused(client: Visitor) -> None:
    for path in ("compare.csv", "compare.json", "compare.xlsx"):
        answer = await client.get(f"/en/{path}")
        assert answer.status_code == 422
        assert "Choose at least one jurisdiction." in html.words(answer.text)
    assert "Change what is compared" not in (await client.get("/en/no-such.csv")).text


async def test_codes_may_be_pasted_as_they_come(client: Visitor) -> None:
    pasted = quote("XAA, US-TX; KEN\r\nKEN\tXAB ")
    answer = await client.get(f"/en/compare?jurisdictions=US-CT&jurisdictions={pasted}&go=")
    assert answer.status_code == 303
    assert (
        answer.headers["location"]
        == "/en/compare?jurisdictions=US-CT,XAA,US-TX,KEN,XAB&framework=hhs-core-competencies"
    )
    page = (await client.get(answer.headers["location"])).text
    assert ticked(page) == {"US-CT", "XAA", "US-TX", "KEN", "XAB"}
    assert ">Kenya</label>" in page, "by its name, though it has no data"
    assert typed(page) == ""


async def test_what_is_unknown_stays_to_be_mended(client: Visitor) -> None:
    page = (await client.get("/en/compare?jurisdictions=XAA,ZZZ,KEN")).text
    assert ticked(page) == {"XAA", "KEN"}
    assert typed(page) == "ZZZ"


async def test_find_keeps_what_is_chosen_and_compare_leaves_it_aside(client: Visitor) -> None:
    page = (await client.get("/en/compare?jurisdictions=XAA&find=kenya")).text
    assert "1 was found for “kenya”; tick it above." in html.words(page)
    assert ticked(page) == {"XAA"}
    assert 'value="KEN"' in page
    done = await client.get("/en/compare?jurisdictions=XAA&jurisdictions=KEN&find=kenya&go=")
    assert (done.status_code, "find" in done.headers["location"]) == (303, False)


async def test_a_crosswalk_is_chosen_in_the_form_and_kept_there(client: Visitor) -> None:
    page = (await client.get(f"/en/compare?jurisdictions=XAA&through={GUIDE}")).text
    assert f'<option value="{GUIDE}" selected>' in page
    assert 'value="D87J-CRIM"' in page, "items of what it is read as"
    assert 'value="HTCC-C1"' not in page
    assert ticked(page) == {"XAA"}
    faulty = await client.get(f"/en/compare?jurisdictions=XAA&through={GUIDE}&show=gaps")
    assert faulty.status_code == 422
    assert f'<option value="{GUIDE}" selected>' in faulty.text


@pytest.mark.parametrize(
    "fault", ["as_of=2030-01-01", f"jurisdictions={MANY}", "basis=odd", "layout=by_domain,together"]
)
async def test_what_can_be_taken_stays_chosen_beside_a_fault(client: Visitor, fault: str) -> None:
    asked = {"items": "HTCC-C2", "domains": "educator", "axis": "practice", "show": "gaps"}
    asked |= {"source": "self", "basis": "equivalent", "principle": "trauma_informed", "layout": "swapped"}
    name, _, text = fault.partition("=")
    whole = {"jurisdictions": "XAA"} | asked | {name: text}
    answer = await client.get("/en/compare?" + "&".join(f"{k}={v}" for k, v in whole.items()))
    assert answer.status_code == 422
    kept = html.form(answer.text, "Compare").fields
    for key, value in asked.items():
        if key != name:
            assert kept[key] == value, key
    if name != "jurisdictions":
        assert ticked(answer.text) == {"XAA"}
