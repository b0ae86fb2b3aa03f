"""Tables that are too long or too wide: in parts on the screen, in signs on paper."""

import re
from dataclasses import replace

from tests.crosswalks.test_lens_page import add_mapping
from tests.pages import html
from tests.personas import Visitor
from tracker.compare.cells import SHORT, mark
from tracker.compare.queries import compare
from tracker.compare.query import parse
from tracker.compare.tables import MOST_ROWS, signs
from tracker.compare.tables import tables as made_tables
from tracker.crosswalks.through_page import signs as through_signs
from tracker.db.session import Database
from tracker.kit.vocabulary import Basis, Relation, Scope

TABLE = re.compile(r'<table class="(matrix[^"]*)">(.*?)</table>', re.S)
HEAD = re.compile(r'<th scope="col">(.*?)</th>', re.S)


async def countries(client: Visitor, number: int) -> list[str]:
    """The codes of so many real countries, by code."""
    told = (await client.get("/api/v1/jurisdictions?kind=country&limit=200")).json()["data"]
    return sorted(c["jurisdiction"] for c in told if not c["fictional"])[:number]


async def tables(client: Visitor, query: str) -> list[tuple[str, str]]:
    return TABLE.findall((await client.get(f"/en/compare?{query}")).text)


async def test_two_hundred_across_stand_in_parts_of_nearly_as_many_each(client: Visitor) -> None:
    codes = await countries(client, 200)
    found = await tables(
        client, f"jurisdictions={','.join(codes)}&layout=swapped&domains=individual&axis=commitment"
    )
    heads = [HEAD.findall(table) for _kind, table in found]
    assert len(found) == 7
    assert {len(h) - 1 for h in heads} == {28, 29}
    across = [re.search(r"/jurisdictions/([^\"]+)", head)[1] for h in heads for head in h[1:]]  # type: ignore[index]
    assert across == codes, "each once, in order"
    rows = [re.findall(r'<th scope="row">(.*?)</th>', table, re.S) for _kind, table in found]
    assert all(r == rows[0] for r in rows), "every part names its rows"
    assert len(rows[0]) == 7
    assert "columns 1 to 28 of 200" in html.words(found[0][1])
    assert "columns 172 to 200 of 200" in html.words(found[-1][1])
    links = [re.findall(r'<td class="cell[^"]*"><a href="/en/jurisdictions/([^/]+)/', t) for _k, t in found]
    assert [code for part in links for code in part[: len(part) // 7]] == codes


async def test_items_across_too(database: Database) -> None:
    """As of a framework of twice as many items: none that comes with the service is so wide."""
    async with database.read() as db:
        compared = await compare(db, parse({"jurisdictions": "XAA,XAB", "layout": "together"}))
    found = made_tables(replace(compared, columns=compared.columns * 2), "en")
    assert [len(table.columns) for table in found] == [28, 28]
    assert [table.first for table in found] == [True, False]
    assert [table.part for table in found] == ["columns 1 to 28 of 56", "columns 29 to 56 of 56"]
    assert {len(cells) for table in found for group in table.groups for _head, cells in group.rows} == {28}


async def test_short_tables_are_printed_in_words_and_others_in_signs_with_their_key(client: Visitor) -> None:
    few = (await client.get("/en/compare?jurisdictions=XAA,XAB")).text
    assert {kind for kind, _table in TABLE.findall(few)} == {"matrix"}
    assert "print-only signs" not in few
    codes = ["XAA", *await countries(client, MOST_ROWS)]
    many = (await client.get(f"/en/compare?jurisdictions={','.join(codes)}")).text
    assert {kind for kind, _table in TABLE.findall(many)} == {"matrix long small"}
    key = html.words(re.search(r'<p class="print-only signs">(.*?)</p>', many, re.S)[1])  # type: ignore[index]
    assert "the second that in practice" in key
    for sign, told in signs():
        assert f"{sign} {told}" in key
    drawn = set(re.findall(r'data-s="([^"]*)">(?: · )?([^<]*)<', many))
    assert drawn
    assert drawn <= {(sign, told) for sign, told in signs()}
    assert not re.search(r"[^>]\b(general|equivalent|claimed)\b</small>", many), "no mark without its sign"


async def test_regions_of_few_rows_each_scroll_where_they_are_many_together(client: Visitor) -> None:
    codes = ",".join(await countries(client, 40))
    found = await tables(client, f"jurisdictions={codes}&layout=regions&domains=individual")
    assert [kind for kind, _table in found] == ["matrix long small"]
    assert found[0][1].count('scope="rowgroup"') > 3


async def test_what_follows_through_a_crosswalk_is_printed_small_too(
    client: Visitor, database: Database
) -> None:
    await add_mapping(database, Relation.SUPERSET_OF, ["HTCC-C5"], "D87J-CRIM", "individual,researcher")
    through = "through=hhs-core-competencies--delta87-justice@0.1"
    few = (await client.get(f"/en/compare?jurisdictions=XAA,XAB&{through}&items=D87J-CRIM")).text
    assert {kind for kind, _table in TABLE.findall(few)} == {"matrix"}
    assert "print-only signs" not in few
    codes = ["XAA", *await countries(client, MOST_ROWS)]
    many = (await client.get(f"/en/compare?jurisdictions={','.join(codes)}&{through}")).text
    assert {kind for kind, _table in TABLE.findall(many)} == {"matrix long small"}
    key = html.words(re.search(r'<p class="print-only signs">(.*?)</p>', many, re.S)[1])  # type: ignore[index]
    for sign, told in through_signs():
        assert f"{sign} {told}" in key
    axes = re.findall(r'<span class="ax missing"( data-s="([^"]+)")?>(?:<i>[^<]*</i> )?([^<]+)</span>', many)
    assert axes and all(given for given, _sign, _words in axes), "none is printed as nothing"
    drawn = {sign for _given, sign, _words in axes}
    assert all(re.fullmatch(r"[0-4](–[0-4])?|[–×]", sign) for sign in drawn), drawn
    assert {"–", "3–4"} <= drawn
    cells = "".join(table.partition("<tbody>")[2] for _kind, table in TABLE.findall(many))
    assert not re.search(r"[^>]\b(equivalent|inferred, not reported)</", cells), "no mark without its sign"


def test_every_mark_has_a_sign_of_its_own() -> None:
    assert len(set(SHORT.values())) == len(SHORT)
    assert {*Basis, *Scope} <= SHORT.keys()
    assert all(mark(code) for code in SHORT)
