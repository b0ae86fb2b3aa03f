"""The lens on page and as JSON, on the demo world; and where `through` leads and is refused."""

import csv
import io
import re

from openpyxl import load_workbook
from sqlmodel import col, select

from tests import personas
from tests.api.test_openapi import fits
from tests.crosswalks import desk
from tests.pages import html
from tests.personas import Visitor
from tracker.compare.files import COLUMNS
from tracker.crosswalks import mapping_service
from tracker.crosswalks.content import NoCounterpartContent
from tracker.crosswalks.models import Crosswalk, Mapping, MappingSide
from tracker.db.session import Database
from tracker.frameworks.models import FrameworkItem
from tracker.kit.vocabulary import Relation

GUIDE = "hhs-core-competencies--delta87-justice"
PAGE = f"/en/crosswalks/{GUIDE}/lens"


async def add_mapping(
    database: Database,
    relation: Relation,
    sources: list[str],
    target: str,
    domains: str = "",
    rationale: str = "For a test.",
) -> None:
    async with database.write() as db:
        crosswalk = (await db.execute(select(Crosswalk).where(col(Crosswalk.key) == GUIDE))).scalar_one()
        mapping = Mapping(crosswalk_id=crosswalk.id, relation=relation, rationale=rationale, domains=domains)
        db.add(mapping)
        await db.flush()
        for side, key in [("source", key) for key in sources] + [("target", target)]:
            item = (await db.execute(select(FrameworkItem).where(col(FrameworkItem.key) == key))).scalar_one()
            db.add(MappingSide(mapping_id=mapping.id, item_id=item.id, side=side))


async def test_the_justice_guide_is_useful_from_day_one(client: Visitor) -> None:
    answer = await client.get(f"{PAGE}?jurisdictions=XAA")
    assert answer.status_code == 200
    assert "Related, no level." in answer.text
    assert "inferred, not reported" in answer.text
    assert "Editorial draft" in answer.text
    assert "/en/jurisdictions/XAA/hhs-core-competencies@2021/HTCC-C5/individual" in answer.text
    told = (await client.get(f"{PAGE}.json?jurisdictions=XAA")).json()
    assert told["label"] == "inferred, not reported"
    assert told["crosswalk"]["state"] == "draft"
    assert told["crosswalk"]["coverage"]["levelled"] == 0
    assert told["unrelated"] == ["D87J-INT"]
    for item in told["jurisdictions"][0]["items"]:
        for axis in ("commitment", "practice"):
            assert (item[axis]["low"], item[axis]["high"], item[axis]["follows"]) == (0, 4, False)
            assert item[axis]["related"][0]["cells"]


async def test_a_level_follows_and_says_where_from(client: Visitor, database: Database) -> None:
    # XAA's HTCC-C5 on paper: in full for three domains, in part for educators
    await add_mapping(database, Relation.SUPERSET_OF, ["HTCC-C5"], "D87J-CRIM", "individual,researcher")
    told = (await client.get(f"{PAGE}.json?jurisdictions=XAA&items=D87J-CRIM&axis=commitment")).json()
    (item,) = told["jurisdictions"][0]["items"]
    result = item["commitment"]
    assert (result["low"], result["high"], result["words"]) == (3, 4, "Adopted in full or more")
    assert (result["basis"], result["verification"]) == ("equivalent", "V2")
    (step,) = result["rests_on"]
    assert [cell["domain"] for cell in step["cells"]] == ["individual", "researcher"]
    assert [step["relation"] for step in result["related"]] == ["supports"]
    page = (await client.get(f"{PAGE}?jurisdictions=XAA")).text
    assert "Adopted in full or more" in page
    assert "step by step" in page


async def test_what_people_wrote_is_escaped_in_every_step(client: Visitor, database: Database) -> None:
    for number, relation in enumerate((Relation.EQUAL, Relation.SUPPORTS)):
        await add_mapping(
            database, relation, ["HTCC-C5"], "D87J-CRIM", "individual", f"<script>{number}</script> & “more”"
        )
    page = (await client.get(f"{PAGE}?jurisdictions=XAA&items=D87J-CRIM")).text
    for number in range(2):
        assert f"&lt;script&gt;{number}&lt;/script&gt; &amp; “more”" in page
    assert "<script" not in page


async def test_mappings_that_exclude_each_other_are_a_conflict(client: Visitor, database: Database) -> None:
    await add_mapping(database, Relation.EQUAL, ["HTCC-C5"], "D87J-CRIM", "individual")
    await add_mapping(database, Relation.EQUAL, ["HTCC-C5"], "D87J-CRIM", "educator")
    told = (await client.get(f"{PAGE}.json?jurisdictions=XAA&items=D87J-CRIM&axis=commitment")).json()
    result = told["jurisdictions"][0]["items"][0]["commitment"]
    assert (result["low"], result["high"], result["conflict"]) == (None, None, True)
    assert len(result["rests_on"]) == 2
    assert "contradict each other" in (await client.get(f"{PAGE}?jurisdictions=XAA")).text


async def test_nothing_reported_gives_nothing(client: Visitor, database: Database) -> None:
    await add_mapping(database, Relation.EQUAL, ["HTCC-C5"], "D87J-CRIM")
    told = (await client.get(f"{PAGE}.json?jurisdictions=AFG&items=D87J-CRIM")).json()
    result = told["jurisdictions"][0]["items"][0]["practice"]
    assert (result["low"], result["high"], result["verification"]) == (0, 4, "none")


async def test_no_counterpart_is_told_once_reviewed_and_lends_nothing(
    client: Visitor, database: Database
) -> None:
    writer = await personas.actor(database, personas.OPERATOR)
    number, item = await desk.set_id(database), await desk.item(database, "D87J-INT")
    async with database.write(personas.bound(writer)) as db:
        why = NoCounterpartContent(rationale="For a test.")
        await mapping_service.add_no_counterpart(db, writer, number, "target", item, why)
    told = (await client.get(f"{PAGE}.json?jurisdictions=XAA")).json()
    assert told["crosswalk"]["coverage"]["no_counterpart"] == 0, "nobody has reviewed it"
    await desk.review_all(database, await personas.actor(database, desk.SECOND), number)
    told = (await client.get(f"{PAGE}.json?jurisdictions=XAA")).json()
    assert told["crosswalk"]["coverage"]["no_counterpart"] == 1
    assert told["unrelated"] == ["D87J-INT"]
    assert "reviewed, no counterpart" in (await client.get(f"{PAGE}?jurisdictions=XAA")).text


async def test_two_that_have_no_relationship_lend_nothing(client: Visitor, database: Database) -> None:
    await add_mapping(database, Relation.NO_RELATIONSHIP, ["HTCC-C5"], "D87J-INT")
    told = (await client.get(f"{PAGE}.json?jurisdictions=XAA")).json()
    assert told["unrelated"] == ["D87J-INT"]
    assert told["crosswalk"]["coverage"]["no_counterpart"] == 0


async def test_compare_reads_through_the_crosswalk(client: Visitor, database: Database) -> None:
    await add_mapping(database, Relation.SUPERSET_OF, ["HTCC-C5"], "D87J-CRIM", "individual,researcher")
    query = f"jurisdictions=XAA&axis=commitment&through={GUIDE}"
    answer = await client.get(f"/en/compare?{query}")
    assert answer.status_code == 200
    told = html.words(answer.text)
    assert "Adopted in full or more inferred, not reported" in told
    assert "Related, no level" in told
    assert "By a relation that can lend a level 1 of 5 items" in told, "the coverage of the crosswalk"
    assert "cells have a level" in told, "the coverage of the adoption"
    link = next(link for link in html.links(answer.text) if "lens?" in link and "D87J-CRIM" in link)
    assert (await client.get(link)).status_code == 200
    for path in (f"/en/compare?{query}", f"/en/compare?through={GUIDE}"):
        form = await client.get(path)
        assert form.status_code == 200
        assert re.search(rf'<option value="{GUIDE}@[^"]+" selected>', form.text), (
            "the form keeps the crosswalk"
        )
    offered = (await client.get("/en/compare?jurisdictions=XAA")).text
    assert re.search(rf'<option value="{GUIDE}@[^"]+">', offered), "the form offers it"
    for wrong in ("show=gaps", "source=all", "domains=individual", "through=none", "items=NO"):
        refused = await client.get(f"/en/compare?{query}&{wrong}")
        assert refused.status_code == 422, wrong
        for path in ("en/compare.csv", "en/compare.json", "en/compare.xlsx", "api/v1/compare"):
            assert (await client.get(f"/{path}?{query}&{wrong}")).status_code == 422, (path, wrong)


async def test_the_file_keeps_its_columns_and_says_what_was_inferred(
    client: Visitor, database: Database
) -> None:
    await add_mapping(database, Relation.SUPERSET_OF, ["HTCC-C5"], "D87J-CRIM", "individual,researcher")
    await add_mapping(database, Relation.EQUAL, ["HTCC-C5"], "D87J-CIV", "educator")
    answer = await client.get(f"/en/compare.csv?jurisdictions=XAA,KEN&axis=practice&through={GUIDE}")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert list(rows[0]) == COLUMNS
    assert not [row for row in rows if any(cell == "" for cell in row.values())], "no cell is blank"
    by = {(row["jurisdiction"], row["item"]): row for row in rows}
    assert len(by) == len(rows)
    criminal = by["XAA", "D87J-CRIM"]
    assert (criminal["commitment"], criminal["commitment_missing_reason"]) == ("inferred_range",) * 2
    assert (criminal["basis"], criminal["organisation"], criminal["domain"]) == (
        "equivalent",
        "inferred",
        "all",
    )
    assert criminal["sources"].startswith(
        "inferred, not reported, through a draft crosswalk | commitment: 3 to 4 (Adopted in full or more); "
    )
    assert "HTCC-C5 superset_of D87J-CRIM from HTCC-C5/individual 3" in criminal["sources"]
    point = by["XAA", "D87J-CIV"]
    assert (point["commitment"], point["commitment_missing_reason"]) == ("2", "none")
    assert by["XAA", "D87J-INT"]["commitment"] == "nothing_follows"
    assert by["KEN", "D87J-CRIM"]["commitment"] == "nothing_follows"
    assert all(row["framework"] == "delta87-justice" for row in rows)
    assert "/lens?" in criminal["cell_url"]


async def test_every_file_tells_the_same_rows(client: Visitor, database: Database) -> None:
    """JSON, workbook and API have the rows of the CSV, and each says that they are inferred."""
    await add_mapping(database, Relation.SUPERSET_OF, ["HTCC-C5"], "D87J-CRIM", "individual,researcher")
    await add_mapping(database, Relation.EQUAL, ["HTCC-C5"], "D87J-CIV", "educator")
    query = f"jurisdictions=XAA,KEN&axis=practice&through={GUIDE}"
    rows = list(csv.reader(io.StringIO((await client.get(f"/en/compare.csv?{query}")).text)))[1:]
    answer = await client.get(f"/en/compare.json?{query}")
    told = answer.json()
    assert told["label"] == "inferred, not reported"
    assert (told["through"]["key"], told["through"]["state"]) == (GUIDE, "draft")
    assert (told["framework"]["key"], told["query"]["through"]) == ("delta87-justice", GUIDE)
    assert [[as_text(row[name]) for name in COLUMNS] for row in told["rows"]] == rows
    assert {row["commitment"] for row in told["rows"]} >= {2, "inferred_range", "nothing_follows"}
    assert (await client.get(f"/en/compare.json?{query}")).content == answer.content
    book = await client.get(f"/en/compare.xlsx?{query}")
    assert f"delta87-justice-through-{GUIDE}" in book.headers["content-disposition"]
    sheets = load_workbook(io.BytesIO(book.content))
    assert [[cell.value for cell in row] for row in sheets["Data"].iter_rows(min_row=2)] == rows
    said = {row[0].value: row[1].value for row in sheets["Read me"].iter_rows()}
    assert said["Inferred, not reported"].startswith("Every row")
    assert GUIDE in said["Read through"]
    api = (await client.get(f"/api/v1/compare?{query}")).json()
    assert fits("Comparison", api) == []
    assert api["meta"]["through"].startswith(f"{GUIDE}@")
    assert [[as_text(row[name]) for name in COLUMNS] for row in api["data"]] == rows
    assert {row["organisation"] for row in api["data"]} == {"inferred"}


def as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def test_where_one_level_is_one_level_a_crosswalk_is_refused(client: Visitor) -> None:
    for path in ("map", "time"):
        answer = await client.get(f"/en/compare/{path}?jurisdictions=XAA&through={GUIDE}")
        assert answer.status_code == 422
        assert "a range of levels" in html.words(answer.text)
    frozen = await client.submit("/en/snapshots", {"jurisdictions": "XAA", "through": GUIDE})
    assert frozen.status_code == 422
    assert "a range of levels" in html.words(frozen.text)


async def test_what_excludes_each_other_is_a_code_of_its_own(client: Visitor, database: Database) -> None:
    await add_mapping(database, Relation.EQUAL, ["HTCC-C5"], "D87J-CIV", "educator")
    await add_mapping(database, Relation.EQUAL, ["HTCC-C5"], "D87J-CIV", "individual")
    answer = await client.get(f"/en/compare.csv?jurisdictions=XAA&through={GUIDE}")
    row = next(r for r in csv.DictReader(io.StringIO(answer.text)) if r["item"] == "D87J-CIV")
    assert (row["commitment"], row["contested"]) == ("inferred_conflict", "true")


async def test_a_briefing_has_the_lens_in_a_part_of_its_own(client: Visitor, database: Database) -> None:
    await add_mapping(database, Relation.SUPERSET_OF, ["HTCC-C5"], "D87J-CRIM", "individual,researcher")
    query = f"jurisdictions=XAA,XAB&through={GUIDE}"
    told = html.words((await client.get(f"/en/compare/briefing?{query}")).text)
    assert "Read through a crosswalk: inferred, not reported" in told
    assert "Adopted in full or more" in told
    assert "Nothing in this part was reported by anybody." in told
    plain = html.words((await client.get("/en/compare/briefing?jurisdictions=XAA,XAB")).text)
    assert "inferred, not reported" not in plain
    head = plain[: plain.index("Key messages")]
    assert head[:200] == told[:200], "what was reported is told from the same data"
    drawn = await client.get(f"/en/compare/briefing.pdf?{query}")
    assert drawn.content.startswith(b"%PDF")
    assert (await client.get(f"/en/compare/briefing.pdf?{query}")).content == drawn.content


async def test_what_cannot_be_read_is_refused_by_name(client: Visitor) -> None:
    for wrong in ("source=all", "domains=individual", "items=NO", "show=gaps", "framework=un-sdg"):
        answer = await client.get(f"{PAGE}?jurisdictions=XAA&{wrong}")
        assert answer.status_code == 422, wrong
        assert f"#{wrong.partition('=')[0]}" in answer.text
    assert (await client.get("/en/crosswalks/none/lens?jurisdictions=XAA")).status_code == 404
    assert (await client.get(f"/en/crosswalks/{GUIDE}@9/lens")).status_code == 404
    assert (await client.get(f"{PAGE}.json?jurisdictions=QQQ")).status_code == 422
