"""Importing into drafts on the demo world: all or nothing, idempotent, reviews voided only where something changed."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import col, select

from tests import personas
from tests.personas import Visitor
from tracker.access.actor import OrganisationActor
from tracker.audit.models import AuditEvent
from tracker.crosswalk_files import formats, queries
from tracker.crosswalk_files.looking import Taken, take
from tracker.crosswalk_files.values import Said, SetContent
from tracker.crosswalks import mapping_service, service
from tracker.crosswalks import queries as crosswalks
from tracker.crosswalks.models import Crosswalk, Mapping, NoCounterpart
from tracker.db.session import Database
from tracker.frameworks.tree import Unreadable
from tracker.kit.errors import Forbidden
from tracker.kit.vocabulary import Domain, Relation

KEY = "hhs-core-competencies--iom-caring-for-trafficked-persons"
BASE = "https://tracker.example"


async def content_of(database: Database, key: str = KEY) -> SetContent:
    async with database.read() as db:
        line = await crosswalks.crosswalk(db, key)
        assert line is not None
        found = await queries.stored(db, line.id)
    assert found is not None
    return found.content


async def imported(
    database: Database, who: OrganisationActor, content: SetContent, kind: str = "sssom", **options: Any
) -> Taken:
    data = options.pop("data", None) or formats.write(content, kind, {}, BASE)
    return await take(database, personas.bound(who), who, data, kind, really=options.pop("really", True))


async def rows(database: Database, table: Any) -> list[Any]:
    async with database.read() as db:
        return list((await db.execute(select(table).order_by(col(table.id)))).scalars())


def counts(taken: Taken) -> tuple[int, int, int, int]:
    [report] = taken.reports
    plan = report.plan
    return len(plan.added), len(plan.changed), len(plan.removed), plan.same


@pytest.fixture
async def operator_(database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.OPERATOR)


@pytest.mark.parametrize("kind", formats.FORMATS)
async def test_what_was_exported_changes_nothing(
    database: Database, operator_: OrganisationActor, kind: str
) -> None:
    before = await content_of(database)
    taken = await imported(database, operator_, before, kind)
    assert taken.empty
    assert counts(taken) == (0, 0, 0, len(before.said))
    assert await content_of(database) == before


async def test_a_set_is_replaced_by_what_the_file_says(
    database: Database, operator_: OrganisationActor
) -> None:
    before = await content_of(database)
    first, second, *rest = before.said
    changed = replace(first, rationale="Another reason,\nwith a line end.", confidence=0.25)
    joint = Said(
        ("HTCC-C1", "HTCC-C2"),
        ("IOM-AS5", "IOM-AS7"),
        Relation.INTERSECTS_WITH,
        "Together.",
        (Domain.INDIVIDUAL,),
    )
    lone = Said((), ("IOM-AS14",), Relation.NO_RELATIONSHIP, "Nothing speaks of it.", author="A person")
    after = replace(before, said=(changed, *rest, joint, lone))
    assert counts(await imported(database, operator_, after, really=False)) == (2, 1, 1, len(rest))
    assert await content_of(database) == before, "a look changes nothing"
    assert counts(await imported(database, operator_, after)) == (2, 1, 1, len(rest))
    stored = await content_of(database)
    assert {s.rationale for s in stored.said} == {s.rationale for s in after.said}
    assert second.pair not in {s.pair for s in stored.said}
    assert (await imported(database, operator_, after)).empty, "the same again changes nothing"
    for kind in formats.FORMATS:
        assert (await imported(database, operator_, stored, kind)).empty
    async with database.read(personas.bound(operator_)) as db:
        of_set = col(AuditEvent.subject).startswith(KEY)
        actions = list((await db.execute(select(AuditEvent.action).where(of_set))).scalars())
    assert actions.count("crosswalk.imported") == 1
    assert actions.count("mapping.removed") == 1


async def test_only_what_changes_loses_its_review(database: Database, operator_: OrganisationActor) -> None:
    async with database.write() as db:
        crosswalk = (await db.execute(select(Crosswalk).where(col(Crosswalk.key) == KEY))).scalar_one()
        for mapping in (
            await db.execute(select(Mapping).where(col(Mapping.crosswalk_id) == crosswalk.id))
        ).scalars():
            mapping.reviewer, mapping.reviewed_on = "A reviewer", crosswalk.created_at.date()
    before = await content_of(database)
    assert all(said.reviewed_on for said in before.said)
    changed = replace(before.said[0], rationale="Another reason.")
    new = Said(
        ("HTCC-C6",),
        ("IOM-AS5",),
        Relation.SUPPORTS,
        "New.",
        reviewer="Elsewhere",
        reviewed_on=before.said[0].reviewed_on,
    )
    taken = await imported(database, operator_, replace(before, said=(changed, *before.said[1:], new)))
    assert counts(taken) == (1, 1, 0, len(before.said) - 1)
    assert taken.reports[0].reviews == 2, "what the file says of reviews is told, and not taken"
    after = {said.rationale: said.reviewer for said in (await content_of(database)).said}
    assert (after["Another reason."], after["New."]) == ("", "")
    assert all(after[said.rationale] == "A reviewer" for said in before.said[1:])


async def test_a_new_set_and_one_that_is_split(database: Database, operator_: OrganisationActor) -> None:
    one = Said(("HTCC-C1",), ("WHO-RESPECT-R",), Relation.SUPPORTS, "Why.")
    before = await content_of(database)
    items = (await content_of(database, "hhs-core-competencies--who-respect")).said[0].targets
    content = replace(
        before,
        head=replace(before.head, key="a-rival", title="A rival", version="2"),
        said=(replace(before.said[0], rationale="Otherwise seen."),),
    )
    [report] = (await imported(database, operator_, content)).reports
    assert (report.name, report.begun, report.title) == ("a-rival@2", "new", "A rival")
    assert (await content_of(database)).said == before.said, "a rival stands beside it"
    assert one.sources
    data = (
        "#curie_map:\n#  item: 'urn:elsewhere:'\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tcomment\n"
        f"item:HTCC-C1\tskos:relatedMatch\titem:{items[0]}\tsemapv:ManualMappingCuration\tOne.\n"
        "item:HTCC-C1\tskos:relatedMatch\titem:IOM-AS5\tsemapv:ManualMappingCuration\tTwo.\n"
    ).encode()
    taken = await imported(database, operator_, content, data=data, really=False)
    assert [report.name.partition("@")[0] for report in taken.reports] == [
        "hhs-core-competencies--who-respect",
        KEY,
    ]


async def test_a_published_set_gets_a_new_version(database: Database, operator_: OrganisationActor) -> None:
    before = await published(database, operator_)
    changed = replace(before.said[0], rationale="Another reason.")
    same_version = replace(before, said=(changed, *before.said[1:]))
    with pytest.raises(Unreadable, match="There is a version with this name already"):
        await imported(database, operator_, same_version)
    [report] = (
        await imported(database, operator_, replace(same_version, head=replace(before.head, version="0.2")))
    ).reports
    assert (report.name, report.begun) == (f"{KEY}@0.2", "copy")
    assert (len(report.plan.changed), report.plan.same) == (1, len(before.said) - 1)
    assert (await content_of(database, f"{KEY}@0.1")) == before
    after = {said.rationale: said.reviewer for said in (await content_of(database, f"{KEY}@0.2")).said}
    assert after["Another reason."] == ""
    assert after[before.said[1].rationale] == "A reviewer"


async def published(database: Database, who: OrganisationActor) -> SetContent:
    async with database.write(personas.bound(who)) as db:
        line = await crosswalks.crosswalk(db, KEY)
        assert line is not None
        mappings = (await db.execute(select(Mapping).where(col(Mapping.crosswalk_id) == line.id))).scalars()
        await mapping_service.review(
            db,
            who,
            line.id,
            reviewer="A reviewer",
            mappings={m.id: m.version for m in mappings},
            no_counterparts={},
        )
        await service.publish(db, who, line.id, publisher="The secretariat")
    return await content_of(database, KEY)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"key": "hhs-core-competencies--coe-cets-197"}, "is not between"),
        ({"key": "A Key!"}, "Use small letters, digits and hyphens only"),
        ({"key": "new", "version": "x" * 30}, "Use letters, digits, dots and hyphens only"),
        ({"title": "x" * 301}, "Use at most 300 characters; this has 301."),
    ],
)
async def test_a_head_that_cannot_be_taken(
    database: Database, operator_: OrganisationActor, change: dict[str, str], told: str
) -> None:
    before = await content_of(database)
    sets, mappings = await rows(database, Crosswalk), await rows(database, Mapping)
    with pytest.raises(Unreadable) as refusal:
        await imported(database, operator_, replace(before, head=replace(before.head, **change)))
    assert told in str(refusal.value)
    assert (await rows(database, Crosswalk), await rows(database, Mapping)) == (sets, mappings)


async def test_one_fault_and_nothing_is_stored(database: Database, operator_: OrganisationActor) -> None:
    before, lones = await content_of(database), await rows(database, NoCounterpart)
    good = Said(("HTCC-C6",), ("IOM-AS5",), Relation.SUPPORTS, "New.")
    lone = Said(("HTCC-C1",), (), Relation.NO_RELATIONSHIP, "It is mapped, though.")
    with pytest.raises(Unreadable, match="says that it has no counterpart"):
        await imported(database, operator_, replace(before, said=(*before.said, good, lone)))
    wrong = replace(good, targets=("NOWHERE",))
    with pytest.raises(Unreadable, match="has no item “NOWHERE”"):
        await imported(database, operator_, replace(before, said=(*before.said, good, wrong)))
    assert await content_of(database) == before
    assert await rows(database, NoCounterpart) == lones


async def test_head_rows_and_items_are_refused_in_one_pass(
    database: Database, operator_: OrganisationActor
) -> None:
    before = await content_of(database)
    wrong = Said(("HTCC-C6",), ("NOWHERE",), Relation.SUPPORTS, "New.")
    lone = Said(("HTCC-C1",), (), Relation.NO_RELATIONSHIP, "It is mapped, though.")
    said = replace(before, said=(*before.said, wrong, lone), head=replace(before.head, title="x" * 301))
    with pytest.raises(Unreadable) as refusal:
        await imported(database, operator_, said)
    told = str(refusal.value)
    for fault in ("Use at most 300", "has no item “NOWHERE”", "says that it has no counterpart"):
        assert fault in told


async def test_the_log_names_each_row_once(database: Database, operator_: OrganisationActor) -> None:
    before = await content_of(database)
    first, _second, *rest = before.said
    more = (
        Said(("HTCC-C6",), ("IOM-AS5",), Relation.SUPPORTS, "New."),
        Said(("HTCC-UC",), ("IOM-AS5",), Relation.SUPPORTS, "New."),
    )
    await imported(
        database, operator_, replace(before, said=(replace(first, rationale="Other."), *rest, *more))
    )
    async with database.read(personas.bound(operator_)) as db:
        of_set = col(AuditEvent.subject).startswith(KEY)
        told = (await db.execute(select(AuditEvent.action, AuditEvent.detail).where(of_set))).all()
        ids = set((await db.execute(select(Mapping.id).where(col(Mapping.rationale) == "New."))).scalars())
    detail = {action: found for action, found in told if action.startswith("mapping.")}
    assert set(detail["mapping.added"]["mappings"]) == ids
    assert [version for _id, version in detail["mapping.changed"]["mappings"]] == [2]
    assert len(detail["mapping.removed"]["mappings"]) == 1


async def test_only_an_operator_imports(database: Database) -> None:
    ministry = await personas.actor(database, personas.OWNER)
    with pytest.raises(Forbidden):
        await imported(database, ministry, await content_of(database))


async def test_the_files_of_a_set_are_public(client: Visitor) -> None:
    for kind, media_type in (("sssom", "text/tab-separated-values"), ("csv", "text/csv")):
        answer = await client.get(f"/en/crosswalks/{KEY}/file/{kind}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(media_type)
        assert f"{KEY}-0.1." in answer.headers["content-disposition"]
        assert "IOM-AS1" in answer.text
    assert (await client.get(f"/en/crosswalks/{KEY}/file/xlsx")).content.startswith(b"PK")
    assert (await client.get(f"/en/crosswalks/{KEY}/file/pdf")).status_code == 404
    assert (await client.get("/en/crosswalks/nope/file/csv")).status_code == 404
    page = (await client.get(f"/en/crosswalks/{KEY}")).text
    assert all(f"{KEY}@0.1/file/{kind}" in page for kind in formats.FORMATS)
