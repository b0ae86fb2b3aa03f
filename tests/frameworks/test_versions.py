"""Two versions of a framework beside each other: what became of each item, and who says so."""

import csv
import io
import json
from uuid import UUID

import pytest
from sqlmodel import col, select

from tests import personas
from tests.frameworks import samples
from tests.frameworks.test_import import counts, stored, take_in
from tests.pages import html
from tests.personas import Visitor
from tracker.audit.models import AuditEvent
from tracker.db.session import Bound, Database
from tracker.frameworks import files, queries
from tracker.frameworks.diff import Change, compare

KEY = "a-large-framework"
DIFF = f"/en/frameworks/{KEY}/diff"
CONTINUES = f"/en/o/secretariat/frameworks/{KEY}/continues?from=1&to=2"
OLD = [
    ("A", "theme", "", "First theme"),
    ("A1", "item", "A", "Kept as it is"),
    ("A2", "item", "A", "To be renamed"),
    ("A3", "item", "A", "To be reworded"),
    ("A4", "item", "A", "To be split"),
    ("A5", "item", "A", "To be merged, one"),
    ("A6", "item", "A", "To be merged, two"),
    ("A7", "item", "A", "To be dropped"),
    ("A8", "item", "A", "To be moved"),
    ("B", "theme", "", "Second theme"),
]
# the item and what it replaces, where that is told
NEW = [
    ("A", "theme", "", "First theme", ""),
    ("A1", "item", "A", "Kept as it is", ""),
    ("N2", "item", "A", "To be renamed", "A2"),
    ("A3", "item", "A", "Reworded", ""),
    ("A4", "item", "A", "To be split", ""),
    ("N4", "item", "A", "The other half", "A4"),
    ("N5", "item", "A", "Merged", "A5, A6"),
    ("N9", "item", "A", "New", ""),
    ("B", "theme", "", "Second theme", ""),
    ("A8", "item", "B", "To be moved", ""),
]
WANTED = {
    "A": "unchanged",
    "A1": "unchanged",
    "A2": "renamed",
    "A3": "reworded",
    "A4": "split",
    "A5": "merged",
    "A6": "merged",
    "A7": "gone",
    "A8": "moved",
    "B": "unchanged",
}


def new_csv(*, told: bool = True) -> bytes:
    """Version 2 as CSV, with or without saying what continues what."""
    rows = list(csv.reader(io.StringIO(samples.as_csv([item[:4] for item in NEW], version="2").decode())))
    at = rows.index(samples.COLUMNS)
    for row, replaces in zip(rows[at:], ["replaces", *(item[4] for item in NEW)], strict=True):
        row.append(replaces if told or replaces == "replaces" else "")
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def new_case() -> bytes:
    """Version 2 as another system's CASE: what a new item replaces is told by replacedBy, a half by isPartOf."""
    package = samples.case_package([item[:4] for item in NEW], version="2")
    for item in package["CFItems"]:
        item["identifier"] = "2-" + item["identifier"]
    for association in package["CFAssociations"]:
        for end in ("originNodeURI", "destinationNodeURI"):
            if association[end]["identifier"] != package["CFDocument"]["identifier"]:
                association[end]["identifier"] = "2-" + association[end]["identifier"]
    ids = {item["humanCodingScheme"]: item["identifier"] for item in package["CFItems"]}
    for key, *_rest, replaces in NEW:
        for old in filter(None, replaces.split(", ")):
            ends = ({"identifier": samples._id(old)}, {"identifier": ids[key]})
            kind, (origin, destination) = ("isPartOf", ends[::-1]) if key == "N4" else ("replacedBy", ends)
            package["CFAssociations"].append(
                {"associationType": kind, "originNodeURI": origin, "destinationNodeURI": destination}
            )
    package["CFAssociations"].append({"associationType": "isRelatedTo"})
    package["CFDocument"]["extensions"] = {"tracker": {"key": KEY}}
    return json.dumps(package).encode()


def old_case() -> bytes:
    package = samples.case_package(OLD)
    package["CFDocument"]["extensions"] = {"tracker": {"key": KEY}}
    return json.dumps(package).encode()


async def both(database: Database, old: bytes, new: bytes, kind: str = "csv") -> None:
    for content in (old, new):
        plan = await take_in(database, files.read(content, kind))
        assert plan.faults == ()


async def became(database: Database) -> dict[str, str]:
    """What became of each old item, and which are added."""
    async with database.read() as db:
        told = await queries.lineage(db, KEY, "1", "2")
    diff = compare(await stored(database, f"{KEY}@1"), await stored(database, f"{KEY}@2"), told.pairs)
    found = {item.key: line.change for line in diff.lines for item in line.old}
    assert [i.key for line in diff.lines if line.changes == (Change.ADDED,) for i in line.new] == ["N9"]
    assert [i.key for line in diff.lines for i in line.new] == [item[0] for item in NEW]
    return found


async def test_each_item_is_told_for_what_became_of_it(database: Database) -> None:
    await both(database, samples.as_csv(OLD), new_csv())
    assert await became(database) == WANTED


async def test_what_is_told_goes_before_the_key(database: Database) -> None:
    """Renumbered: what was 1 is 2 now, and what was 2 is 1."""
    old = [("K1", "item", "", "One"), ("K2", "item", "", "Two")]
    new = samples.as_csv([("K1", "item", "", "Two"), ("K2", "item", "", "One")], version="2")
    new = (
        new.replace(b"source_number", b"replaces")
        .replace(b",Two,K1", b",Two,K2")
        .replace(b",One,K2", b",One,K1")
    )
    await both(database, samples.as_csv(old), new)
    async with database.read() as db:
        told = await queries.lineage(db, KEY, "1", "2")
    diff = compare(await stored(database, f"{KEY}@1"), await stored(database, f"{KEY}@2"), told.pairs)
    assert [(line.old[0].key, line.new[0].key, line.change) for line in diff.lines] == [
        ("K2", "K1", "renamed"),
        ("K1", "K2", "renamed"),
    ]


async def test_case_tells_by_its_associations(database: Database) -> None:
    await both(database, old_case(), new_case(), "case")
    assert await became(database) == WANTED


@pytest.mark.parametrize("kind", files.IMPORTS)
async def test_what_continues_what_goes_out_and_comes_back(database: Database, kind: str) -> None:
    await both(database, samples.as_csv(OLD), new_csv())
    framework = await stored(database, f"{KEY}@2")
    async with database.read() as db:
        lineage = await queries.told_lineage(db, framework)
    assert lineage is not None
    assert len(lineage.pairs) == 4
    file = files.read(files.write(framework, kind, "https://example.org", lineage), kind)
    before = await counts(database)
    assert (await take_in(database, file)).empty
    assert await counts(database) == before


async def test_a_file_may_take_back_what_it_told(database: Database) -> None:
    await both(database, samples.as_csv(OLD), new_csv())
    plan = await take_in(database, files.read(new_csv(told=False), "csv"))
    assert (plan.told, len(plan.untold)) == ((), 4)
    async with database.read() as db:
        assert (await queries.lineage(db, KEY, "1", "2")).pairs == frozenset()


@pytest.mark.parametrize(
    ("data", "where", "told"),
    [
        (new_csv().replace(b",A2\r\n", b",A99\r\n"), "row 11", "has no item “A99”"),
        (b"#replaces,0.9\n" + new_csv(), "", "no version “0.9”"),
        (b"#replaces,2\n" + new_csv(), "", "no version “2”"),
    ],
)
async def test_what_is_replaced_must_be_there(database: Database, data: bytes, where: str, told: str) -> None:
    await take_in(database, files.read(samples.as_csv(OLD), "csv"))
    before = await counts(database)
    plan = await take_in(database, files.read(data, "csv"))
    assert [(f.where, f.field) for f in plan.faults] == [(where, "replaces")]
    assert told in plan.faults[0].text
    assert await counts(database) == before


async def test_a_first_version_replaces_nothing(database: Database) -> None:
    plan = await take_in(database, files.read(new_csv(), "csv"))
    assert {f.text for f in plan.faults} == {"There is no earlier version of this framework here."}


async def test_an_identifier_keeps_its_key(database: Database) -> None:
    await take_in(database, files.read(old_case(), "case"))
    package = json.loads(old_case())
    package["CFItems"][0]["humanCodingScheme"] = "Z"
    plan = await take_in(database, files.read(json.dumps(package).encode(), "case"))
    assert ("key", True) in {(fault.field, fault.fixed) for fault in plan.faults}
    twice = files.read(b"framework,version,key,kind,text,identifier\nf,1,a,k,t,x\nf,1,b,k,t,x\n", "csv")
    assert ("row 3", "identifier") in {(f.where, f.field) for f in (await take_in(database, twice)).faults}


async def test_what_may_not_be_given_stands_by_its_key(client: Visitor, database: Database) -> None:
    """Identifiers and no wording: on screen and in every file."""
    head = samples.HEAD | {"verbatim_allowed": "no"}
    plain = samples.as_csv([("A1", "item", "", "A title")], head=head)
    assert [f.field for f in (await take_in(database, files.read(plain, "csv"))).faults] == ["wording"]
    withheld = plain.replace(b"source_number", b"wording").replace(b"A title,A1", b",withheld")
    assert (await take_in(database, files.read(withheld, "csv"))).faults == ()
    framework = await stored(database, KEY)
    assert framework.items[0].label == "A1"
    page = html.words((await client.get(f"/en/frameworks/{KEY}")).text)
    assert "its licence does not allow it" in page
    for kind in files.IMPORTS:
        content = files.write(framework, kind, "https://example.org")
        assert (await take_in(database, files.read(content, kind))).empty
    assert b",A1,,item,,,," in files.write(framework, "csv", "")
    given = withheld.replace(b"item,,,withheld", b"item,,A title,withheld")
    assert [f.field for f in (await take_in(database, files.read(given, "csv"))).faults] == ["text", "text"]


async def test_the_page_of_what_changed(client: Visitor, database: Database) -> None:
    await take_in(database, files.read(samples.as_csv(OLD), "csv"))
    assert "only one version" in (await client.get(DIFF)).text
    assert (await client.get(f"{DIFF}.csv")).text.count("\n") == 1
    await take_in(database, files.read(new_csv(), "csv"))
    page = html.words((await client.get(DIFF)).text)
    for told in ("Renamed", "Reworded", "Moved", "Split", "Merged", "Gone", "Added"):
        assert told in page
    assert "Kept as it is" not in page
    assert "Kept as it is" in html.words((await client.get(f"{DIFF}?show=all")).text)
    for wrong in ("from=9", "to=9", "from=2&to=2"):
        refused = await client.get(f"{DIFF}?{wrong}")
        assert (refused.status_code, "There is a problem" in refused.text) == (422, True)
        assert (await client.get(f"{DIFF}.csv?{wrong}")).status_code == 422
    page = (await client.get(f"{DIFF}?from=1&to=2")).text
    assert "<del>To be reworded</del> → <ins>Reworded</ins>" in page
    assert (await client.get("/en/frameworks/nope/diff")).status_code == 404
    rows = list(csv.DictReader(io.StringIO((await client.get(f"{DIFF}.csv")).text)))
    assert all(value for row in rows for value in row.values())
    assert {(r["old_item"], r["new_item"]) for r in rows if "merged" in r["changes"]} == {
        ("A5", "N5"),
        ("A6", "N5"),
    }
    framework = (await client.get(f"/en/frameworks/{KEY}@1")).text
    assert f"{DIFF}?to=1" in framework
    assert f"/en/frameworks/{KEY}@2" in framework


async def test_the_operator_confirms_what_continues_what(
    operator: Visitor, admin: Visitor, database: Database
) -> None:
    await both(database, samples.as_csv(OLD), new_csv(told=False))
    form = await operator.get(CONTINUES)
    assert form.status_code == 200
    assert "A suggestion." in html.words(form.text)  # the renamed item has its text still
    assert 'name="continues:N2" value="A2"' in form.text
    answers = {f"continues:{key}": replaces for key, *_rest, replaces in NEW if key not in ("A", "A1", "B")}
    wrong = await operator.submit(CONTINUES, answers | {"continues:N5": "A5, NOPE"})
    assert wrong.status_code == 422
    assert "There is no item “NOPE”." in wrong.text
    assert 'value="A5, NOPE"' in wrong.text
    assert (await operator.submit(CONTINUES, {"other": "NOPE", "other_continues": "A1"})).status_code == 422
    async with database.read() as db:
        assert (await queries.lineage(db, KEY, "1", "2")).pairs == frozenset()
    done = await operator.submit(CONTINUES, answers)
    assert (done.status_code, done.headers["location"]) == (303, f"{DIFF}?from=1&to=2")
    assert await became(database) == WANTED
    again = await operator.submit(CONTINUES, answers)
    assert again.status_code == 303
    assert operator.persona is not None
    async with database.read(Bound(tenant=await tenant(database))) as db:
        events = (
            (
                await db.execute(
                    select(AuditEvent).where(col(AuditEvent.action) == "framework.succession_stated")
                )
            )
            .scalars()
            .all()
        )
    assert [(e.subject, len(e.detail["told"])) for e in events] == [(f"{KEY}@2", 4)]
    assert (await admin.get(CONTINUES)).status_code == 404


async def tenant(database: Database) -> UUID:
    return (await personas.actor(database, personas.OPERATOR)).organisation_id
