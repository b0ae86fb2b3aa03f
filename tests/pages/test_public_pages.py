"""What holds for every public page: it answers, says what is fictional, and leaves nothing blank."""

import re

import pytest

from tests.pages import html
from tests.personas import Visitor

FICTIONAL = ["XAA", "XAB", "XAC", "XAA.NVH", "XAB.CPH"]
STATES = ["US-CT", "US-FL", "US-LA", "US-MI", "US-TX"]
CELL = "hhs-core-competencies@2021/HTCC-C1/individual"
GENERAL = ["/en", "/en/how-to-read", "/en/jurisdictions", "/en/frameworks", "/en/crosswalks", "/en/compare"]


def of(place: str) -> list[str]:
    return [
        f"/en/jurisdictions/{place}",
        f"/en/jurisdictions/{place}/{CELL}",
        f"/en/compare?jurisdictions={place}",
        f"/en/compare/briefing?jurisdictions={place}",
    ]


@pytest.mark.parametrize("path", [*GENERAL, *of("XAB"), *of("US-TX"), *of("KEN"), "/en/no-such-page"])
async def test_every_page_is_whole(client: Visitor, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == (404 if path.endswith("no-such-page") else 200)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!DOCTYPE html>")
    assert '<html lang="en" dir="ltr">' in answer.text
    assert answer.text.count("<h1>") == 1
    assert re.search(r"<title>[^<]+ - Core Competencies Adoption Tracker</title>", answer.text)
    assert "Not affiliated with HHS, UNU, WHO, IOM or HEAL." in html.words(answer.text)
    seen = html.ids(answer.text)
    assert len(seen) == len(set(seen)), "an id stands twice"
    for link in html.links(answer.text):
        assert link.startswith(("/", "https://", "http://", "#", "?")), link
        if link.startswith("#"):
            assert link[1:] in seen, f"{link} leads nowhere"
    assert "{{" not in answer.text
    assert "Undefined" not in answer.text
    assert not re.search(r">\s*None\s*<", answer.text)


@pytest.mark.parametrize("place", FICTIONAL)
async def test_fictional_stands_on_every_page_of_a_fictional_place(client: Visitor, place: str) -> None:
    for path in of(place):
        page = (await client.get(path)).text
        main = page.partition("<main")[2].partition("</main>")[0]
        assert "Fictional" in html.words(f"<main{main}"), path
    listed = (await client.get(f"/en/jurisdictions?q={place}")).text
    row = re.search(rf'<tr>(?:(?!</tr>).)*href="/en/jurisdictions/{re.escape(place)}".*?</tr>', listed, re.S)
    assert row
    assert "Fictional" in row.group()


@pytest.mark.parametrize("place", [*STATES, "USA", "KEN"])
async def test_and_on_none_of_a_real_one(client: Visitor, place: str) -> None:
    for path in of(place):
        page = (await client.get(path)).text
        main = page.partition("<main")[2].partition("</main>")[0]
        # The form of the compare page offers the fictional places too, each told as such.
        main = re.sub(r'<form class="filters".*?</form>', "", main, flags=re.S)
        told = html.words(f"<main{main}").replace("Real or fictional Real", "")
        # So does its list of crosswalks to read through.
        told = told.replace("Example national standard for health services (fictional)", "")
        assert "ictional" not in told, path


async def test_home_tells_each_kind_of_user_where_to_begin(client: Visitor) -> None:
    page = (await client.get("/en")).text
    told = html.words(page)
    for wanted in ("Sign in to log adoption", "Compare jurisdictions", "Start from five U.S. states"):
        assert wanted in told
    for link in {link for link in html.links(page) if link.startswith("/en")}:
        assert (await client.get(link)).status_code in (200, 303), link
    assert told.count("Fictional") >= 5


async def test_how_to_read_tells_every_level_and_every_missing_value(client: Visitor) -> None:
    told = html.words((await client.get("/en/how-to-read")).text)
    for word in (
        "None found",
        "Proposed",
        "Preparing",
        "Adopted in full and resourced",
        "Routine",
        "Not assessed",
        "Not applicable",
        "Inconclusive",
        "No response",
        "Withheld",
        "By name",
        "Equivalent measure",
        "V0 Claimed",
        "V3 Confirmed",
        "Contested",
    ):
        assert word in told


async def test_the_root_leads_to_the_default_language(client: Visitor) -> None:
    answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/en")
    assert (await client.get("/xx")).status_code == 404
    assert (await client.get("/xx/compare")).status_code == 404


async def test_health(client: Visitor) -> None:
    assert (await client.get("/health/live")).text == "ok\n"
    assert (await client.get("/health/ready")).status_code == 200


async def test_a_link_from_a_shared_address_works_while_signed_in(owner: Visitor) -> None:
    for path in (*GENERAL, *of("XAA")):
        assert (await owner.get(path)).status_code == 200
