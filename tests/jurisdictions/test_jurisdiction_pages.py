"""Finding a jurisdiction, its profile, and the page of a cell."""

import pytest

from tests.pages import html
from tests.personas import Visitor

SOLVANTE = "/en/jurisdictions/XAB/hhs-core-competencies@2021/HTCC-C2/individual"
QUILLMERE = "/en/jurisdictions/XAA/hhs-core-competencies@2021"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kenya", "KEN"),
        ("KEN", "KEN"),
        ("us-tx", "US-TX"),
        ("Texas", "US-TX"),
        ("coral", "XAB.CPH"),
        ("côte d'", "CIV"),
    ],
)
async def test_a_place_is_found_by_name_or_code(client: Visitor, text: str, code: str) -> None:
    page = await client.get("/en/jurisdictions", params={"q": text})
    assert f"/en/jurisdictions/{code}" in html.links(page.text)


async def test_the_list_tells_who_has_data_and_hides_nobody(client: Visitor) -> None:
    page = (await client.get("/en/jurisdictions")).text
    codes = {link.rpartition("/")[2] for link in html.links(page) if link.startswith("/en/jurisdictions/")}
    assert len(codes) == 252, "249 countries, and three that are fictional"
    assert "none yet" in html.words(page)
    only = (await client.get("/en/jurisdictions?data=yes")).text
    with_data = {
        link.rpartition("/")[2] for link in html.links(only) if link.startswith("/en/jurisdictions/")
    }
    assert with_data == {
        "US-CT", "US-FL", "US-LA", "US-MI", "US-TX", "XAA", "XAB", "XAC", "XAA.NVH", "XAB.CPH",
    }  # fmt: skip


async def test_the_list_is_narrowed_to_a_kind(client: Visitor) -> None:
    page = (await client.get("/en/jurisdictions?kind=health_system")).text
    assert [link for link in html.links(page) if link.startswith("/en/jurisdictions/")] == [
        "/en/jurisdictions/XAB.CPH",
        "/en/jurisdictions/XAA.NVH",
    ]
    assert '<option value="health_system" selected>' in page


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ("kind=foo", "kind", "“foo” is not known here; it can be country"),
        ("data=all", "data", "it can be yes"),
    ],
)
async def test_what_cannot_narrow_the_list_is_told(
    client: Visitor, query: str, field: str, told: str
) -> None:
    page = await client.get(f"/en/jurisdictions?q=north&{query}")
    assert page.status_code == 422
    assert told in html.words(page.text)
    assert f'id="{field}-error"' in page.text
    assert 'value="north"' in page.text
    assert "/en/jurisdictions/XAA.NVH" not in html.links(page.text)


@pytest.mark.parametrize("text", ["zzzz", "%", "_", "<b>", "' or 1=1 --", "\\", "x" * 5000])
async def test_a_search_that_finds_nothing_says_so(client: Visitor, text: str) -> None:
    page = await client.get("/en/jurisdictions", params={"q": text})
    assert page.status_code == 200
    assert "Nothing was found for" in html.words(page.text)
    assert "<b>" not in page.text


async def test_a_profile_has_every_cell_and_says_who_speaks(client: Visitor) -> None:
    page = (await client.get("/en/jurisdictions/XAA")).text
    told = html.words(page)
    cells = {link for link in html.links(page) if link.startswith(f"{QUILLMERE}/")}
    assert len(cells) == 28
    for wanted in (
        "Ministry of Health of Quillmere: self-report",
        "Open Care Watch (demo NGO): independent assessment",
        "North Vale Health",
        "27 of 27 cells have a level, 1 of them claimed; 1 not applicable",
    ):
        assert wanted in told
    below = (await client.get("/en/jurisdictions/XAA.NVH")).text
    assert "/en/jurisdictions/XAA" in html.links(below)


async def test_a_profile_without_data_says_that_this_says_nothing(client: Visitor) -> None:
    told = html.words((await client.get("/en/jurisdictions/KEN")).text)
    assert "Nobody has published on this jurisdiction yet" in told
    assert "No organisation is steward of this jurisdiction" in told
    assert told.count("Not assessed") >= 2 * 28
    assert "0 of 28 cells have a level" in told


@pytest.mark.parametrize("code", ["NOPE", "us-tx", "XAA.", "ken", "%F0%9F%99%82"])
async def test_an_unknown_place_is_not_found(client: Visitor, code: str) -> None:
    assert (await client.get(f"/en/jurisdictions/{code}")).status_code == 404


async def test_an_address_that_no_database_takes_is_refused(client: Visitor) -> None:
    for path in ("/en/jurisdictions/%00", "/en/jurisdictions?q=%00", "/en/compare?jurisdictions=US-TX%00"):
        assert (await client.get(path)).status_code == 400


@pytest.mark.parametrize("query", ["on=tomorrow", "as_of=2999-01-01", "on=2026-02-30"])
async def test_a_day_that_is_none_is_told_and_kept(client: Visitor, query: str) -> None:
    for path in ("/en/jurisdictions/XAA", SOLVANTE):
        answer = await client.get(f"{path}?{query}")
        assert answer.status_code == 422
        name, _, typed = query.partition("=")
        assert f"#{name}" in html.links(answer.text)
        assert f'value="{typed}"' in answer.text


async def test_typed_missing_words_are_shown(client: Visitor) -> None:
    for item, domain, word in (
        ("HTCC-C6", "educator", "Not applicable"),
        ("HTCC-C6", "educator", "Prevention is taught by schools of the education ministry"),
    ):
        told = html.words((await client.get(f"{QUILLMERE}/{item}/{domain}")).text)
        assert word in told
    for place, item, domain, word in (
        ("XAB", "HTCC-C5", "organization", "Inconclusive"),
        ("XAB", "HTCC-C6", "organization", "No response"),
        ("XAB", "HTCC-C4", "researcher", "Withheld"),
        ("XAB", "HTCC-C6", "educator", "Not assessed"),
    ):
        path = f"/en/jurisdictions/{place}/hhs-core-competencies@2021/{item}/{domain}"
        assert word in html.words((await client.get(path)).text), path
        asked = f"/en/compare?jurisdictions={place}&items={item}&source=self"
        row = html.words((await client.get(asked)).text)
        assert word in row.partition("Adoption by jurisdiction")[2]


async def test_a_contested_cell_tells_every_voice_with_reviews_and_replies(client: Visitor) -> None:
    told = html.words((await client.get(SOLVANTE)).text)
    for wanted in (
        "Contested",
        "Self-report: Ministry of Health of Solvante",
        "Independent assessment: Open Care Watch (demo NGO)",
        "disagrees",
        "The summary counts sessions held, which does not show use in the facilities.",
        "Official reply of Ministry of Health of Solvante",
        "A joint visit is offered.",
    ):
        assert wanted in told


async def test_the_evidence_is_told_in_full(client: Visitor) -> None:
    page = (await client.get("/en/jurisdictions/XAB/hhs-core-competencies@2021/HTCC-UC/individual")).text
    told = html.words(page)
    assert "Décret relatif à la réponse sanitaire à la traite des personnes" in told
    assert '<blockquote lang="fr"' in page
    assert "Translation: Care takes account of trauma" in told
    assert "https://documents.example/xab-decree" in html.links(page)
    state = html.words(
        (await client.get("/en/jurisdictions/US-TX/hhs-core-competencies@2021/HTCC-C2/individual")).text
    )
    for wanted in ("26 Tex. Admin. Code § 370.1", "§ 370.1(b)(4)", "Equivalent measure", "V1 Documented"):
        assert wanted in state


async def test_a_claimed_level_says_what_it_lacks(client: Visitor) -> None:
    florida = "/en/jurisdictions/US-FL/hhs-core-competencies@2021/HTCC-C1/individual"
    told = html.words((await client.get(florida)).text)
    assert "V0 Claimed" in told
    assert "lacks a locator (article, section or page)" in told
    michigan = html.words((await client.get(florida.replace("FL", "MI"))).text)
    assert "lacks the instrument's date" in michigan
    assert "start unknown; counts from publication" in michigan


async def test_the_history_tells_what_became_of_each_revision(client: Visitor) -> None:
    corrected = html.words((await client.get(f"{QUILLMERE}/HTCC-C2/organization")).text).partition("History")[
        2
    ]
    assert "correction." in corrected
    assert "Corrected" in corrected
    fallen = html.words((await client.get(f"{QUILLMERE}/HTCC-C5/organization")).text).partition("History")[2]
    assert "Does not hold on this day" in fallen
    assert fallen.index("adopted in full;") < fallen.index("adopted in full and resourced;"), "newest first"


@pytest.mark.parametrize(
    "path",
    [
        "/en/jurisdictions/NOPE/hhs-core-competencies@2021/HTCC-C2/individual",
        "/en/jurisdictions/XAA/nope/HTCC-C2/individual",
        "/en/jurisdictions/XAA/hhs-core-competencies@1999/HTCC-C2/individual",
        "/en/jurisdictions/XAA/hhs-core-competencies@2021/HTCC-C9/individual",
        "/en/jurisdictions/XAA/hhs-core-competencies@2021/HTCC-C2/patient",
        "/en/jurisdictions/XAA/hhs-core-competencies@2021/HTCC-C2/all",
        "/en/jurisdictions/XAA/delta87-justice@2021/D87J-CRIM/individual",
    ],
)
async def test_a_cell_that_is_none_is_not_found(client: Visitor, path: str) -> None:
    assert (await client.get(path)).status_code == 404
