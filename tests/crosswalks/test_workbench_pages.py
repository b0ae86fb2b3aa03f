"""The operator's workbench: from a draft to a published set, by its pages."""

import re

import pytest
from sqlmodel import col, select

from tests.crosswalks import desk
from tests.crosswalks.desk import SETS
from tests.pages import html
from tests.personas import Visitor
from tracker.access.models import Organisation
from tracker.audit.models import AuditEvent
from tracker.db.session import Bound, Database


async def test_only_the_operator_has_a_workbench(operator: Visitor, admin: Visitor) -> None:
    page = (await operator.get(SETS)).text
    assert html.words(page).count("Editorial draft") == 13
    assert SETS in (await operator.get("/en/o/secretariat")).text
    assert (await admin.get(SETS)).status_code == 404
    assert (await admin.get("/en/o/health-xaa/crosswalks")).status_code == 403


async def test_two_frameworks_side_by_side(operator: Visitor, database: Database) -> None:
    number = await desk.set_id(database)
    page = html.words((await operator.get(f"{SETS}/{number}")).text)
    assert "Justice" in page
    assert "HTCC-C5" in page
    assert "D87J-INT" in page
    # by state and by words
    open_ = html.words((await operator.get(f"{SETS}/{number}?show=open")).text)
    assert "D87J-INT" in open_
    assert "D87J-CRIM" not in open_.partition("To:")[2]
    found = html.words((await operator.get(f"{SETS}/{number}?q=htcc-c5&show=awaiting")).text)
    assert "HTCC-C5" in found
    assert "No item fits." in found
    for wrong in ("show=nothing", "show=", "q=" + "x" * 500):
        assert (await operator.get(f"{SETS}/{number}?{wrong}")).status_code == 200
    for missing in ("0", "99999999", "99999999999999999999"):
        assert (await operator.get(f"{SETS}/{missing}")).status_code == 404


async def test_add_a_mapping_of_many_to_many(operator: Visitor, database: Database) -> None:
    number = await desk.set_id(database)
    sources = [await desk.item(database, key) for key in ("HTCC-C1", "HTCC-C2")]
    targets = [await desk.item(database, key) for key in ("D87J-INT", "D87J-CRIM")]
    path = f"{SETS}/{number}/new-mapping"
    form = (await operator.get(f"{path}?source={sources[0]}&target={targets[0]}")).text
    assert f'value="{sources[0]}" checked' in form
    assert f'value="{targets[0]}" checked' in form
    done = await operator.submit(path, desk.mapping_form(sources, targets))
    assert (done.status_code, done.headers["location"]) == (303, f"{SETS}/{number}/items/source/{sources[0]}")
    (added,) = [m for m in (await desk.bench(database, number)).mappings if len(m.sources) == 2]
    assert [s.key for s in added.sources] == ["HTCC-C1", "HTCC-C2"]
    assert (added.confidence, added.strength, added.citation) == (0.7, 6, "Chapter 2")
    assert (added.author, str(added.authored_on), added.reviewed) == (
        "Tracker Secretariat",
        "2026-02-03",
        False,
    )
    item = html.words((await operator.get(done.headers["location"])).text)
    assert "overlaps with" in item
    assert "awaiting review" in item
    again = await operator.submit(path, desk.mapping_form(sources, targets))
    assert again.status_code == 422
    assert "already" in again.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rationale", " "),
        ("rationale", "x" * 1501),
        ("relation", "same_as"),
        ("relation", None),
        ("sources", None),
        ("targets", ["999999"]),
        ("targets", ["x"]),
        ("confidence", "7"),
        ("confidence", "nan"),
        ("confidence", "-1"),
        ("strength", "11"),
        ("strength", "2.5"),
        ("authored_on", "yesterday"),
        ("domains", ["all"]),
        ("justification", "made:up"),
        ("author", ""),
    ],
)
async def test_what_cannot_be_a_mapping_is_refused_beside_its_field(
    operator: Visitor, database: Database, field: str, value: object
) -> None:
    number = await desk.set_id(database)
    source, target = await desk.item(database, "HTCC-C1"), await desk.item(database, "D87J-INT")
    before = len((await desk.bench(database, number)).mappings)
    form = desk.mapping_form([source], [target])
    form.pop(field, None)
    if value is not None:
        form[field] = value
    refused = await operator.submit(f"{SETS}/{number}/new-mapping", form)
    assert refused.status_code == 422
    assert f"#{field}" in refused.text
    assert f'id="{field}-error"' in refused.text
    assert "Chapter 2" in refused.text, "what was typed stays"
    assert len((await desk.bench(database, number)).mappings) == before


async def test_an_edit_voids_the_review_and_a_stale_form_shows_both_texts(
    operator: Visitor, second: Visitor, database: Database
) -> None:
    number = await desk.set_id(database)
    mapping = await desk.first_mapping(database, number, "D87J-CRIM")
    assert (await desk.review_by_form(database, second, number)).status_code == 303
    stored = (await desk.bench(database, number)).mapping(mapping)
    assert stored
    assert (stored.reviewed, stored.reviewer) == (True, "A second reader")
    sides = [s.id for s in stored.sources], [s.id for s in stored.targets]
    path = f"{SETS}/{number}/mappings/{mapping}"
    done = await operator.submit(path, desk.mapping_form(*sides, version="1", rationale="The first text."))
    assert done.status_code == 303
    stored = (await desk.bench(database, number)).mapping(mapping)
    assert stored
    assert (stored.version, stored.reviewed, stored.reviewer) == (2, False, "")
    stale = await second.submit(path, desk.mapping_form(*sides, version="1", rationale="The second text."))
    assert stale.status_code == 409
    assert "The first text." in stale.text
    assert "The second text." in stale.text
    assert 'name="version" type="hidden" value="2"' in stale.text
    knowingly = await second.submit(
        path, desk.mapping_form(*sides, version="2", rationale="The second text.")
    )
    assert knowingly.status_code == 303


async def test_nobody_reviews_what_they_edited_last(
    operator: Visitor, second: Visitor, database: Database
) -> None:
    number = await desk.set_id(database)
    source, target = await desk.item(database, "HTCC-C1"), await desk.item(database, "D87J-INT")
    await operator.submit(f"{SETS}/{number}/new-mapping", desk.mapping_form([source], [target]))
    mine = (await desk.bench(database, number)).mappings[-1]
    token = f"mapping-{mine.id}-{mine.version}"
    page = (await operator.get(f"{SETS}/{number}/review")).text
    assert f'value="{token}"' not in page
    assert "You edited these last" in page
    path = f"{SETS}/{number}/review"
    refused = await operator.submit(path, {"chosen": [token], "reviewer": "Me"})
    assert refused.status_code == 403
    stale = await second.submit(path, {"chosen": [f"mapping-{mine.id}-9"], "reviewer": "You"})
    assert stale.status_code == 409
    for wrong in ([], ["x"], ["mapping-0-1"], ["state-999-1"]):
        answer = await second.submit(path, {"chosen": wrong, "reviewer": "You"})
        assert answer.status_code in (404, 422), wrong
    assert not (await desk.bench(database, number)).mappings[-1].reviewed
    assert (await second.submit(path, {"chosen": [token], "reviewer": "You"})).status_code == 303
    assert (await second.submit(path, {"chosen": [token], "reviewer": "You"})).status_code == 409


async def test_remove_a_mapping_with_confirmation(operator: Visitor, database: Database) -> None:
    number = await desk.set_id(database)
    mapping = await desk.first_mapping(database, number, "D87J-CRIM")
    path = f"{SETS}/{number}/mappings/{mapping}"
    unticked = await operator.submit(f"{path}/remove", {"version": "1"})
    assert unticked.status_code == 422
    assert "Tick the box" in unticked.text
    stale = await operator.submit(f"{path}/remove", {"version": "7", "confirm": "yes"})
    assert stale.status_code == 409
    assert (await desk.bench(database, number)).mapping(mapping)
    done = await operator.submit(f"{path}/remove", {"version": "1", "confirm": "yes"})
    assert done.status_code == 303
    assert (await desk.bench(database, number)).mapping(mapping) is None
    assert (await operator.get(path)).status_code == 404


async def test_no_counterpart_is_other_than_not_yet_reviewed(
    operator: Visitor, second: Visitor, database: Database
) -> None:
    number = await desk.set_id(database)
    item = await desk.item(database, "D87J-INT")
    path = f"{SETS}/{number}/items/target/{item}"
    assert "Not yet reviewed" in (await operator.get(path)).text
    assert (
        await operator.submit(f"{path}/no-counterpart", desk.reason_form(rationale=""))
    ).status_code == 422
    assert (await operator.submit(f"{path}/no-counterpart", desk.reason_form())).status_code == 303
    state = (await desk.bench(database, number)).states[0]
    assert (state.item.key, state.side, state.reviewed) == ("D87J-INT", "target", False)
    source = await desk.item(database, "HTCC-C1")
    mapped = await operator.submit(f"{SETS}/{number}/new-mapping", desk.mapping_form([source], [item]))
    assert mapped.status_code == 422
    assert "no counterpart" in mapped.text
    await desk.review_by_form(database, second, number)
    lens = (await operator.get(f"/en/crosswalks/{desk.GUIDE}/lens.json?jurisdictions=XAA")).json()
    assert lens["no_counterpart"] == ["D87J-INT"]
    # an edit voids the review; a stale form shows both
    changed = desk.reason_form(version="1", rationale="Another reason.")
    assert (await operator.submit(f"{path}/no-counterpart", changed)).status_code == 303
    assert not (await desk.bench(database, number)).states[0].reviewed
    for version in ("0", "1"):
        stale = await second.submit(
            f"{path}/no-counterpart", desk.reason_form(version=version, rationale="A third.")
        )
        assert stale.status_code == 409
        assert "Another reason." in stale.text
        assert "A third." in stale.text
    assert (await operator.submit(f"{path}/no-counterpart/remove", {"version": "2"})).status_code == 422
    done = await operator.submit(f"{path}/no-counterpart/remove", {"version": "2", "confirm": "yes"})
    assert done.status_code == 303
    assert (await desk.bench(database, number)).states == ()
    mapped_item = await desk.item(database, "D87J-CRIM")
    refused = await operator.submit(
        f"{SETS}/{number}/items/target/{mapped_item}/no-counterpart", desk.reason_form()
    )
    assert refused.status_code == 409
    for wrong in (f"sideways/{item}", f"source/{item}", "target/999999", "target/99999999999"):
        assert (await operator.get(f"{SETS}/{number}/items/{wrong}")).status_code == 404


async def test_a_set_is_published_when_all_of_it_is_reviewed(
    operator: Visitor, second: Visitor, client: Visitor, database: Database
) -> None:
    number = await desk.set_id(database)
    path = f"{SETS}/{number}/publish"
    assert "not reviewed yet" in (await operator.get(path)).text
    refused = await operator.submit(path, {"publisher": "Tracker Secretariat"})
    assert refused.status_code == 409
    await desk.review_by_form(database, second, number)
    page = (await operator.get(path)).text
    assert "not looked at and stay" in page
    assert "D87J-INT" in page
    assert (await operator.submit(path, {"publisher": " "})).status_code == 422
    done = await operator.submit(path, {"publisher": "Tracker Secretariat"})
    assert done.status_code == 303
    public = html.words((await client.get(done.headers["location"])).text)
    assert "Published" in public
    assert "by Tracker Secretariat" in public
    assert "Reviewed by A second reader" in public
    assert "Editorial draft" not in public
    # nothing of it can be changed by a page any more
    mapping = await desk.first_mapping(database, number, "D87J-CRIM")
    item = await desk.item(database, "D87J-INT")
    source = await desk.item(database, "HTCC-C1")
    confirmed = {"version": "1", "confirm": "yes"}
    for address, form in {
        "new-mapping": desk.mapping_form([source], [item]),
        f"mappings/{mapping}": desk.mapping_form([source], [item], version="1"),
        f"mappings/{mapping}/remove": confirmed,
        f"items/target/{item}/no-counterpart": desk.reason_form(),
        f"items/target/{item}/no-counterpart/remove": confirmed,
        "review": {"chosen": [f"mapping-{mapping}-1"], "reviewer": "Me"},
        "publish": {"publisher": "Me"},
        "about": {"edit_number": "1", "title": "Another title"},
        "discard": confirmed,
    }.items():
        answer = await operator.submit(f"{SETS}/{number}/{address}", form)
        assert answer.status_code == 409, address
    assert (await operator.get(f"{SETS}/{number}")).status_code == 200


async def test_signs_of_personal_data_are_confirmed_before_publication(
    operator: Visitor, second: Visitor, database: Database
) -> None:
    number = await desk.set_id(database)
    source, target = await desk.item(database, "HTCC-C1"), await desk.item(database, "D87J-INT")
    form = desk.mapping_form([source], [target], rationale="Ask jane.roe@example.org about it.")
    await operator.submit(f"{SETS}/{number}/new-mapping", form)
    await desk.review_by_form(database, second, number)
    path = f"{SETS}/{number}/publish"
    page = (await operator.get(path)).text
    assert "Signs of personal data" in page
    refused = await operator.submit(path, {"publisher": "Tracker Secretariat"})
    assert refused.status_code == 422
    assert "sign of personal data" in refused.text
    sent = {"publisher": "Tracker Secretariat", "signs": re.findall(r'name="signs" value="(\w+)"', page)}
    assert (await operator.submit(path, sent)).status_code == 422
    assert (await operator.submit(path, sent | {"confirmed": "yes"})).status_code == 303


async def test_a_new_version_begins_as_a_copy_and_supersedes(
    operator: Visitor, second: Visitor, client: Visitor, database: Database
) -> None:
    number = await desk.set_id(database)
    await desk.review_by_form(database, second, number)
    await operator.submit(f"{SETS}/{number}/publish", {"publisher": "Tracker Secretariat"})
    path = f"{SETS}/{number}/copy"
    taken = await operator.submit(path, {"key": desk.GUIDE, "version": "0.1"})
    assert taken.status_code == 422
    assert (await operator.submit(path, {"key": "Not A Key", "version": "é"})).status_code == 422
    done = await operator.submit(path, {"key": desk.GUIDE, "version": "0.2"})
    assert done.status_code == 303
    copied = await desk.set_id(database)
    first, new = await desk.bench(database, number), await desk.bench(database, copied)
    assert (len(new.mappings), new.awaiting) == (len(first.mappings), ())
    assert new.crosswalk.based_on == f"{desk.GUIDE}@0.1"
    assert (await operator.submit(path, {"key": desk.GUIDE, "version": "0.3"})).status_code == 422
    # readers of the bare key go on with what is published
    assert "version 0.1" in html.words((await client.get(f"/en/crosswalks/{desk.GUIDE}")).text)
    await second.submit(f"{SETS}/{copied}/publish", {"publisher": "Tracker Secretariat"})
    assert "version 0.2" in html.words((await client.get(f"/en/crosswalks/{desk.GUIDE}")).text)
    old = html.words((await client.get(f"/en/crosswalks/{desk.GUIDE}@0.1")).text)
    assert "was superseded on" in old
    assert (await operator.submit(f"{SETS}/{copied}/supersede", {})).status_code == 422
    assert (await operator.submit(f"{SETS}/{copied}/supersede", {"confirm": "yes"})).status_code == 303
    assert (await operator.submit(f"{SETS}/{copied}/supersede", {"confirm": "yes"})).status_code == 409


async def test_start_change_and_discard_a_set(operator: Visitor, database: Database) -> None:
    form = {
        "edit_number": "0",
        "source": "hhs-core-competencies@2021",
        "target": "delta87-justice@2021",
        "key": "a-rival",
        "version": "0.1",
        "title": "A rival",
        "licence": "javascript:alert(1)",
        "comment": "<b>bold</b>",
    }
    assert (await operator.get(f"{SETS}/new")).status_code == 200
    for field, value in (
        ("key", desk.GUIDE),
        ("key", "A Rival"),
        ("key", "x" * 91),
        ("target", "hhs-core-competencies@2021"),
        ("target", ""),
        ("source", "none@1"),
        ("title", ""),
        ("version", "a/b"),
    ):
        refused = await operator.submit(f"{SETS}/new", form | {field: value})
        assert refused.status_code == 422, (field, value)
        assert f'id="{field}-error"' in refused.text, (field, value)
    done = await operator.submit(f"{SETS}/new", form)
    number = await desk.set_id(database, "a-rival")
    assert (done.status_code, done.headers["location"]) == (303, f"{SETS}/{number}")
    public = (await operator.get("/en/crosswalks/a-rival")).text
    assert "&lt;b&gt;bold" in public
    assert 'href="javascript' not in public
    about = f"{SETS}/{number}/about"
    changed = {"edit_number": "1", "title": "Another title", "licence": "", "comment": ""}
    assert (await operator.submit(about, changed | {"title": ""})).status_code == 422
    assert (await operator.submit(about, changed)).status_code == 303
    stale = await operator.submit(about, changed | {"title": "A third title"})
    assert stale.status_code == 409
    assert "Another title" in stale.text
    assert "A third title" in stale.text
    own = await operator.submit(f"{SETS}/{number}/publish", {"publisher": "Me"})
    assert own.status_code == 403
    assert "A second person publishes it" in html.words(own.text)
    assert (await operator.submit(f"{SETS}/{number}/discard", {})).status_code == 422
    assert (await operator.submit(f"{SETS}/{number}/discard", {"confirm": "yes"})).status_code == 303
    assert (await operator.get(f"{SETS}/{number}")).status_code == 404


async def test_every_change_is_in_the_log(operator: Visitor, second: Visitor, database: Database) -> None:
    number = await desk.set_id(database)
    item = await desk.item(database, "D87J-INT")
    await operator.submit(f"{SETS}/{number}/items/target/{item}/no-counterpart", desk.reason_form())
    await desk.review_by_form(database, second, number)
    await second.submit(f"{SETS}/{number}/publish", {"publisher": "Tracker Secretariat"})
    await operator.submit(f"{SETS}/{number}/copy", {"key": "a-rival", "version": "1"})
    rival = await desk.set_id(database, "a-rival")
    await operator.submit(f"{SETS}/{rival}/discard", {"confirm": "yes"})
    async with database.read() as db:
        tenant = (
            await db.execute(select(Organisation.id).where(col(Organisation.key) == "secretariat"))
        ).scalar_one()
    async with database.read(Bound(tenant=tenant)) as db:
        rows = await db.execute(
            select(AuditEvent.action, AuditEvent.subject)
            .where(col(AuditEvent.subject).like("%@%"))
            .where(col(AuditEvent.subject).not_like("%example-national-standard@%"))  # the demo world's
            .order_by(col(AuditEvent.sequence))
        )
        told = [tuple(row) for row in rows]
    guide, copy = f"{desk.GUIDE}@0.1", "a-rival@1"
    assert told == [
        ("no_counterpart.added", guide),
        ("mapping.reviewed", guide),
        ("no_counterpart.reviewed", guide),
        ("crosswalk.published", guide),
        ("crosswalk.started", copy),
        ("crosswalk.discarded", copy),
    ]
