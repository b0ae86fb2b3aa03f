"""The world map of one cell: it says what the table says, never shows a blank as a level, and names what it lacks."""

import re

import pycountry
import pytest

from tests import factories, personas
from tests.pages import html
from tests.personas import Visitor
from tracker.compare.world import world
from tracker.db.session import Database
from tracker.kit.vocabulary import MandateKind
from tracker.web.static_files import FILES

MAP = "/en/compare/map"


async def said_of(database: Database, code: str, level: str) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.NGO, personas.NGO_REVIEWER)]
    await factories.mandated(database, author, code, MandateKind.ASSESSOR)
    where = await factories.cell(database, code, "HTCC-UC", "individual")
    await factories.published(database, author, reviewer, where, factories.content(commitment=level))


async def test_it_shows_what_the_table_says(client: Visitor, database: Database) -> None:
    await said_of(database, "KEN", "2")
    await said_of(database, "MLT", "withheld")
    page = (await client.get(f"{MAP}?items=HTCC-UC&domains=individual")).text
    assert re.search(r'<use class="c-level-2 land" href="[^"]+world\.svg#KEN"', page)
    assert re.search(r'<use class="c-missing land" href="[^"]+world\.svg#FRA"', page), (
        "not assessed is plain ground"
    )
    assert len(re.findall(r'class="c-level-\d', page)) == 1
    assert page.count('href="#s-withheld" x=') == 1, "a small state is told by its sign"
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert [html.words(r).split()[0] for r in re.findall(r"<tr>(.*?)</tr>", table, re.S)] == [
        "Kenya",
        "Malta",
    ]
    assert "Adopted in part" in html.words(table)
    assert "Of 247 other countries nobody has published here" in html.words(page)
    assert "Antarctica" in html.words(page.partition("Not on the map:")[2])
    assert "imply no opinion on the legal status" in html.words(page)


async def test_without_data_it_says_so(client: Visitor) -> None:
    page = (await client.get(MAP)).text
    assert "Nobody has published on this cell of any country yet." in page
    assert "c-level" not in page.partition('<svg class="chart map"')[2]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("items=HTCC-UC,HTCC-C1", "one item is shown"),
        ("domains=individual,educator", "one domain is shown"),
        ("source=all", "one voice of each jurisdiction"),
        ("items=NOPE", "no item"),
        ("framework=nope", "There is no framework “nope”."),
        ("as_of=2199-01-01", "is in the future"),
    ],
)
async def test_what_it_cannot_show_it_refuses_and_keeps_the_form(
    client: Visitor, query: str, told: str
) -> None:
    answer = await client.get(f"{MAP}?{query}")
    assert answer.status_code == 422
    assert told in html.words(answer.text)
    assert "<select" in answer.text


@pytest.mark.parametrize("page", [MAP, "/en/compare/time"])
async def test_beside_a_fault_the_form_keeps_the_rest(client: Visitor, page: str) -> None:
    asked = {"items": "HTCC-C3", "domains": "educator", "source": "self", "basis": "equivalent"}
    address = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = await client.get(f"{page}?jurisdictions=XAA&axis=practice&on=soon&{address}")
    assert answer.status_code == 422
    (form,) = [f for f in html.forms(answer.text) if f.action == page]
    assert form.fields == asked | {
        "framework": "hhs-core-competencies@2021",
        "axis": "practice",
        "on": "soon",
        "as_of": "",
    } | ({"jurisdictions": "XAA"} if page != MAP else {})


@pytest.mark.parametrize("page", [MAP, "/en/compare/time"])
async def test_a_principle_takes_no_column_away(client: Visitor, page: str) -> None:
    """It keeps columns of a comparison; where there is one column, there must be one left."""
    address = f"{page}?jurisdictions=XAA&items=HTCC-C1&domains=researcher"
    with_it = await client.get(f"{address}&principle=prevention_tertiary")
    assert with_it.status_code == 200
    told = [html.words(a.text.partition("<main")[2]) for a in (with_it, await client.get(address))]
    assert told[0] == told[1]


async def test_what_is_left_out_is_told(client: Visitor) -> None:
    """Or "nobody has published" would be read where somebody has, on another basis or as another voice."""
    told = html.words((await client.get(f"{MAP}?items=HTCC-UC&basis=by_name&source=independent")).text)
    assert "Narrowed to: Whose voice: independent assessments · Basis: by name" in told
    assert "nothing that fits is published" in told and "Nobody has published" not in told
    assert "Narrowed to" not in (await client.get(f"{MAP}?items=HTCC-UC&domains=educator&axis=practice")).text


async def test_a_comparison_leads_to_its_items_as_it_was_asked(client: Visitor) -> None:
    asked = "jurisdictions=XAA,XAB&domains=educator&axis=practice&basis=by_name&on=2025-01-01&source=all"
    page = (await client.get(f"/en/compare?{asked}")).text
    links = [a for a in html.links(page) if "/compare/map?" in a or "/compare/time?" in a]
    assert len(links) == 14, "each item over time, and on a map"
    for link in links:
        assert "domains=educator&axis=practice&basis=by_name&on=2025-01-01" in link
        assert (await client.get(link)).status_code == 200, link


def test_every_country_has_a_spot_and_every_large_one_a_shape() -> None:
    shapes = set(re.findall(r'<path id="(\w+)"', FILES["world.svg"].decode()))
    known = world()
    assert {c.alpha_3 for c in pycountry.countries} - set(known.spots) == {"ATA", "BVT"}
    assert {code for code, spot in known.spots.items() if not spot.small} == shapes
    for spot in known.spots.values():
        assert 0 <= spot.x <= known.width
        assert 0 <= spot.y <= known.height


def test_areas_are_true() -> None:
    """Equal Earth keeps areas: Brazil's shape is about 14.9 times Kenya's (8.5 and 0.57 million square kilometres)."""

    def area(code: str) -> float:
        drawn = re.search(rf'<path id="{code}" [^>]*d="([^"]+)"', FILES["world.svg"].decode())
        assert drawn
        total = 0.0
        for ring in drawn[1].split("M")[1:]:
            start, steps = ring.rstrip("z").split("l")
            x, y = map(int, start.split())
            numbers = [int(n) for n in steps.split()]
            points = [(x, y)]
            for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = x + dx, y + dy
                points.append((x, y))
            total += (
                abs(
                    sum(
                        a[0] * b[1] - b[0] * a[1]
                        for a, b in zip(points, points[1:] + points[:1], strict=True)
                    )
                )
                / 2
            )
        return total

    assert area("BRA") / area("KEN") == pytest.approx(8.5 / 0.57, rel=0.05)
    assert area("GRL") / area("BRA") == pytest.approx(2.17 / 8.5, rel=0.08), "not as on Mercator's map"
