"""Importing and exporting frameworks: equal trees, round trips, nothing stored when anything is wrong."""

from dataclasses import replace
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from tests.frameworks import samples
from tests.worlds import World
from tracker.audit.models import SERVICE, AuditEvent
from tracker.db.session import Bound, Database
from tracker.frameworks import files, queries, service
from tracker.frameworks.models import FrameworkItem, FrameworkRating, FrameworkVersion
from tracker.frameworks.plan import Plan
from tracker.frameworks.queries import Framework
from tracker.frameworks.tree import FIELDS, HEAD_FIELDS, FrameworkFile, Unreadable
from tracker.kit.vocabulary import Domain

NAME = "a-large-framework"
GUIDE = b"""#rating,S,Strong,Several independent studies agree
#rating,W,Weak,One study
framework,version,key,kind,parent,text,wording,rating
delta87-justice,2021,D87J-CRIM-1,hypothesis,D87J-CRIM,A hypothesis in our words,paraphrase,S
delta87-justice,2021,D87J-CIV-1,hypothesis,D87J-CIV,Another in our words,paraphrase,W
"""
PARTS = b"""framework,version,key,kind,parent,text,wording,domains
hhs-core-competencies,2021,HTCC-C1-I1,sub-competency,HTCC-C1,One in our words,paraphrase,individual
hhs-core-competencies,2021,HTCC-C1-X1,sub-competency,HTCC-C1,Two in our words,paraphrase,"educator, organization"
"""


async def take_in(database: Database, file: FrameworkFile) -> Plan:
    async with database.write(Bound(tenant=SERVICE)) as db:
        return await service.import_framework(db, file, tenant=SERVICE, actor=None)


async def stored(database: Database, name: str) -> Framework:
    async with database.read() as db:
        found = await queries.framework(db, name)
    assert found is not None
    return found


async def counts(database: Database) -> tuple[int, ...]:
    async with database.read(Bound(tenant=SERVICE)) as db:
        tables = (FrameworkVersion, FrameworkItem, FrameworkRating, AuditEvent)
        return tuple([await db.scalar(select(sa.func.count()).select_from(t)) or 0 for t in tables])


def tree(framework: Framework) -> list[tuple[str, ...]]:
    keys = {item.id: item.key for item in framework.items}
    return [(i.key, keys.get(i.parent_id or 0, ""), i.kind, i.text, str(i.depth)) for i in framework.items]


def plain(framework: Framework) -> Framework:
    """Without the numbers that a database gave."""
    numbers = {item.id: n for n, item in enumerate(framework.items)}
    items = tuple(
        replace(i, id=numbers[i.id], parent_id=numbers.get(i.parent_id or 0)) for i in framework.items
    )
    return replace(framework, id=0, items=items)


async def test_csv_xlsx_and_case_give_equal_trees(database: Database) -> None:
    items = samples.items()
    assert len(items) == 500
    plans = [
        await take_in(database, files.read(samples.as_csv(items, version="1"), "csv")),
        await take_in(database, files.read(samples.as_xlsx(items, version="2"), "xlsx")),
        await take_in(database, replace(files.read(samples.as_case(items, version="3"), "case"), key=NAME)),
    ]
    assert [plan.faults for plan in plans] == [(), (), ()]
    assert [len(plan.new) for plan in plans] == [500, 500, 500]
    found = [await stored(database, f"{NAME}@{version}") for version in (1, 2, 3)]
    wanted = [(k, p, kind, text, str(k.count("."))) for k, kind, p, text in items]
    assert [tree(framework) == wanted for framework in found] == [True, True, True]
    heads = [replace(f, id=0, version="", items=()) for f in found]
    assert heads[0] == heads[1] == heads[2]


@pytest.mark.parametrize("kind", files.IMPORTS)
async def test_export_and_import_give_the_same(database: Database, kind: str) -> None:
    await take_in(database, files.read(GUIDE, "csv"))
    await take_in(database, files.read(PARTS, "csv"))
    for name in ("delta87-justice@2021", "hhs-core-competencies@2021", "un-palermo-protocol@2000"):
        before = await stored(database, name)
        file = files.read(files.write(before, kind, "https://example.org"), kind)
        assert (await take_in(database, file)).empty
        await take_in(database, replace(file, key=f"copy-of-{before.key}"))
        after = await stored(database, f"copy-of-{before.name}")
        # what we have left to import is ours to say, not a file's
        assert plain(replace(after, key=before.key, left_to_import=before.left_to_import)) == plain(before)


@pytest.mark.parametrize("kind", files.IMPORTS)
async def test_texts_that_look_like_formulas_come_back(database: Database, kind: str) -> None:
    texts = ["=1+1", "+1", "-1", "@x", "'=quoted", "''-x", "0012", "TRUE", "2024-03-27"]
    items = [(f"K{n}", "item", "", text) for n, text in enumerate(texts)]
    await take_in(database, files.read(samples.as_csv(items), "csv"))
    framework = await stored(database, NAME)
    assert [item.text for item in framework.items] == texts
    content = files.write(framework, kind, "https://example.org")
    assert (await take_in(database, files.read(content, kind))).empty


async def test_importing_again_changes_nothing(database: Database) -> None:
    file = files.read(samples.as_csv(samples.items()), "csv")
    first = await take_in(database, file)
    assert (first.new_version, len(first.new)) == (True, 500)
    before = await counts(database)
    again = await take_in(database, file)
    assert again.empty
    assert again.same == 500
    assert await counts(database) == before


async def test_sub_items_with_domains_and_hypotheses_with_ratings(database: Database) -> None:
    await take_in(database, files.read(PARTS, "csv"))
    competencies = await stored(database, "hhs-core-competencies")
    assert [i.key for i in competencies.items[:4]] == ["HTCC-UC", "HTCC-C1", "HTCC-C1-I1", "HTCC-C1-X1"]
    assert competencies.items[3].domains == (Domain.ORGANIZATION, Domain.EDUCATOR)
    assert competencies.left_to_import == ""
    await take_in(database, files.read(GUIDE, "csv"))
    guide = await stored(database, "delta87-justice")
    assert [(i.key, i.rating) for i in guide.items[:2]] == [("D87J-CRIM", ""), ("D87J-CRIM-1", "S")]
    strong = guide.rating("S")
    assert strong is not None
    assert strong.definition == "Several independent studies agree"


async def test_a_dry_run_stores_nothing(database: Database) -> None:
    before = await counts(database)
    async with database.read() as db:
        plan = await service.plan_import(db, files.read(GUIDE, "csv"))
    assert [fields["key"] for fields in plan.new] == ["D87J-CRIM-1", "D87J-CIV-1"]
    assert await counts(database) == before


def row(**fields: str) -> bytes:
    """GUIDE's columns with one row that has other fields."""
    told = {"key": "N1", "kind": "hypothesis", "parent": "", "text": "Text", "wording": "paraphrase"} | fields
    columns = list(told)
    lines = [["framework", "version", *columns], ["delta87-justice", "2021", *told.values()]]
    return "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines).encode()


@pytest.mark.parametrize(
    ("data", "where", "field"),
    [
        (row(parent="NOWHERE"), "row 2", "parent"),
        (row(parent="N1"), "row 2", "parent"),
        (row(text=""), "row 2", "text"),
        (row(text="x" * 1001), "row 2", "text"),
        (row(text="a\x07b"), "row 2", "text"),
        (row(key="a b"), "row 2", "key"),
        (row(wording="copied"), "row 2", "wording"),
        (row(bindingness="very"), "row 2", "bindingness"),
        (row(domains="individual"), "row 2", "domains"),
        (row(rating="S"), "row 2", "rating"),
        (row(source_url="javascript:alert(1)"), "row 2", "source_url"),
        (row(key="D87J-CRIM", kind="theme", wording="title", text="Another text"), "row 2", "text"),
        (row() + b'\ndelta87-justice,2021,"N1",hypothesis,,Text,paraphrase', "row 3", "key"),
        (row(key="A", parent="B") + b"\ndelta87-justice,2021,B,hypothesis,A,T,title", "row 2", "parent"),
        (b"#title,Another title\n" + row(), "", "title"),
        (b"#applies_by_domain,yes\n" + row(), "", "applies_by_domain"),
        (row().replace(b"2021", b"2099"), "", "licence"),
        (b"#verbatim_allowed,titles only\n" + row(wording="verbatim"), "row 3", "wording"),
    ],
)
async def test_faults_name_row_and_field_and_nothing_is_stored(
    database: Database, data: bytes, where: str, field: str
) -> None:
    before = await counts(database)
    plan = await take_in(database, files.read(data, "csv"))
    assert (where, field) in {(fault.where, fault.field) for fault in plan.faults}
    assert await counts(database) == before


@pytest.mark.parametrize("kind", files.IMPORTS)
async def test_one_fault_among_500_items_stores_none(database: Database, kind: str) -> None:
    items = samples.items()
    items[321] = (items[321][0], items[321][1], "NOWHERE", items[321][3])
    write = {"csv": samples.as_csv, "xlsx": samples.as_xlsx, "case": samples.as_case}[kind]
    data = write(items)  # type: ignore[operator]
    before = await counts(database)
    plan = await take_in(database, files.read(data, kind))
    assert len(plan.faults) == 1
    assert await counts(database) == before


async def test_a_long_circle_is_told_once(database: Database) -> None:
    items = [(f"K{n}", "item", f"K{(n + 1) % 50}", "Text") for n in range(50)]
    plan = await take_in(database, files.read(samples.as_csv(items), "csv"))
    assert [fault.field for fault in plan.faults] == ["parent"]
    assert "circle" in plan.faults[0].text


async def test_what_may_not_be_quoted_may_not_be_allowed_later_and_then_forbidden(database: Database) -> None:
    """Less is allowed than before: what is stored verbatim stands in the way."""
    taken = await take_in(database, files.read(row(wording="verbatim"), "csv"))
    assert taken.faults == ()
    plan = await take_in(database, files.read(b"#verbatim_allowed,titles only\n" + row(key="N2"), "csv"))
    assert [(fault.where, fault.field) for fault in plan.faults] == [("stored item N1", "wording")]


async def test_an_import_is_told_to_the_log(database: Database) -> None:
    tenant, actor = SERVICE, uuid4()
    async with database.write(Bound(tenant=tenant)) as db:
        await service.import_framework(db, files.read(GUIDE, "csv"), tenant=tenant, actor=actor)
    async with database.read(Bound(tenant=tenant)) as db:
        event = (
            await db.execute(select(AuditEvent).where(col(AuditEvent.action) == "framework.imported"))
        ).scalar_one()
    assert (event.actor_id, event.subject) == (actor, "delta87-justice@2021")
    assert event.detail == {"new": 2, "changed": 0, "new_version": False}


def test_a_file_may_be_no_longer_than_its_columns(world: World) -> None:
    """Both databases would refuse, or cut, what is longer."""
    widths = {c.name: c.type.length for c in FrameworkItem.__table__.columns if hasattr(c.type, "length")}  # type: ignore[attr-defined]
    assert {n: m for n, m in FIELDS.items() if n != "parent"} == {
        n: widths[n] for n in FIELDS if n != "parent"
    }
    heads = {c.name: c.type.length for c in FrameworkVersion.__table__.columns if hasattr(c.type, "length")}  # type: ignore[attr-defined]
    text = {n: m for n, m in HEAD_FIELDS.items() if n not in ("year", "applies_by_domain")}
    assert text == {n: heads[n] for n in text}


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    data = b"[" * (50 * 1024 * 1024)
    with pytest.raises(Unreadable, match="50 MB"):
        files.read(data, "case")
