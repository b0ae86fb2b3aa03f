"""The lens on page and as JSON, on the demo world; and where `through` leads and is refused."""

from sqlmodel import col, select

from tests import personas
from tests.crosswalks import desk
from tests.personas import Visitor
from tracker.crosswalks import mapping_service
from tracker.crosswalks.content import NoCounterpartContent
from tracker.crosswalks.models import Crosswalk, Mapping, MappingSide
from tracker.db.session import Database
from tracker.frameworks.models import FrameworkItem
from tracker.kit.vocabulary import Relation

GUIDE = "hhs-core-competencies--delta87-justice"
PAGE = f"/en/crosswalks/{GUIDE}/lens"


async def add_mapping(
    database: Database, relation: Relation, sources: list[str], target: str, domains: str = ""
) -> None:
    async with database.write() as db:
        crosswalk = (await db.execute(select(Crosswalk).where(col(Crosswalk.key) == GUIDE))).scalar_one()
        mapping = Mapping(
            crosswalk_id=crosswalk.id, relation=relation, rationale="For a test.", domains=domains
        )
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


async def test_compare_leads_to_the_lens_and_its_file_refuses(client: Visitor) -> None:
    query = f"jurisdictions=XAA&axis=practice&through={GUIDE}"
    answer = await client.get(f"/en/compare?{query}")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{PAGE}?jurisdictions=XAA&axis=practice",
    )
    refused = await client.get(f"/en/compare.csv?{query}")
    assert refused.status_code == 422
    assert "range of levels" in refused.text
    assert (await client.get(f"/en/compare/briefing?{query}")).status_code != 200
    assert "through=" in (await client.get("/en/compare?jurisdictions=XAA")).text


async def test_what_cannot_be_read_is_refused_by_name(client: Visitor) -> None:
    for wrong in ("source=all", "domains=individual", "items=NO", "show=gaps", "framework=un-sdg"):
        answer = await client.get(f"{PAGE}?jurisdictions=XAA&{wrong}")
        assert answer.status_code == 422, wrong
        assert f"#{wrong.partition('=')[0]}" in answer.text
    assert (await client.get("/en/crosswalks/none/lens?jurisdictions=XAA")).status_code == 404
    assert (await client.get(f"/en/crosswalks/{GUIDE}@9/lens")).status_code == 404
    assert (await client.get(f"{PAGE}.json?jurisdictions=QQQ")).status_code == 422
