"""Sets of jurisdictions that an organisation keeps: its members add them to a comparison, others can't tell of them."""

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import personas
from tests.compare.saved import saved_set
from tests.pages import html
from tests.personas import Visitor
from tracker.audit.models import AuditEvent
from tracker.db.session import Database

SETS = "/en/o/health-xaa/sets"


async def test_from_a_comparison_to_a_set_and_back(owner: Visitor, viewer: Visitor) -> None:
    compared = await owner.get("/en/compare?jurisdictions=KEN,XAB&framework=hhs-core-competencies")
    (there,) = [link for link in html.links(compared.text) if link.startswith(SETS)]
    form = html.form((await owner.get(there)).text, "Save the set")
    assert form.fields["codes"] == "KEN, XAB"
    assert (await owner.submit(SETS, form.filled(name="Neighbours"))).status_code == 303
    page = (await viewer.get(SETS)).text
    assert "Neighbours" in html.words(page)
    assert not [f for f in html.forms(page) if "name" in f.fields]
    (back,) = [link for link in html.links(page) if "peers=set:" in link]
    answer = await viewer.get(back)
    assert answer.status_code == 303
    assert "jurisdictions=KEN,XAB" in answer.headers["location"]
    assert "set:" not in answer.headers["location"]
    assert "Saved by Ministry of Health of Quillmere" in (await viewer.get("/en/compare")).text


async def test_codes_are_read_as_the_compare_page_reads_them(owner: Visitor) -> None:
    assert (await owner.submit(SETS, {"name": "Pasted", "codes": "ken;xab\n us-tx,KEN;"})).status_code == 303
    assert "KEN, XAB, US-TX" in html.words((await owner.get(SETS)).text)


async def test_nobody_else_is_offered_it(client: Visitor, outsider: Visitor, database: Database) -> None:
    saved_id = await saved_set(database, await personas.actor(database, personas.OWNER), "Zephyr set")
    for visitor in (client, outsider):
        assert "Zephyr set" not in (await visitor.get("/en/compare")).text
        there = await visitor.get(f"/en/compare?peers=set:{saved_id}")
        nowhere = await visitor.get("/en/compare?peers=set:00000000-0000-0000-0000-000000000000")
        assert there.status_code == nowhere.status_code == 422
        assert "There is no group" in there.text
    assert (await outsider.get(f"/en/o/health-xab/sets/{saved_id}")).status_code == 404
    assert (await outsider.submit(f"/en/o/health-xab/sets/{saved_id}/delete")).status_code == 404


async def test_its_jurisdictions_are_changed(owner: Visitor, database: Database) -> None:
    actor = await personas.actor(database, personas.OWNER)
    path = f"{SETS}/{await saved_set(database, actor)}"
    form = html.form((await owner.get(path)).text, "Save the changes")
    assert (form.fields["name"], form.fields["codes"]) == ("Neighbours", "KEN, XAB")
    refused = await owner.submit(path, form.filled(codes="KEN, NOPE"))
    assert refused.status_code == 422
    assert "There is no jurisdiction with the code NOPE" in refused.text
    assert html.form(refused.text, "Save the changes").fields["codes"] == "KEN, NOPE"
    assert (await owner.submit(path, form.filled(codes="us-tx; KEN"))).status_code == 303
    assert "US-TX, KEN" in html.words((await owner.get(SETS)).text)
    assert (await owner.submit(path, form.filled(codes="US-TX KEN"))).status_code == 303
    async with database.read(personas.bound(actor)) as db:
        subject = col(AuditEvent.subject) == f"set:{path.rpartition('/')[2]}"
        told = (await db.execute(sa.select(AuditEvent.action).where(subject))).scalars()
        assert list(told) == ["set.saved", "set.changed"], "and nothing where nothing changed"


@pytest.mark.parametrize(
    "name", ["nEIGHBOURS", "\uff2eeighbours", "Neigh\u200dbours", "Été  du Nord", "éTÉ DU NORD"]
)
async def test_a_name_that_reads_like_another_is_taken(owner: Visitor, database: Database, name: str) -> None:
    actor = await personas.actor(database, personas.OWNER)
    await saved_set(database, actor)
    await saved_set(database, actor, "Été du Nord")
    other = await saved_set(database, actor, "Others")
    for path in (SETS, f"{SETS}/{other}"):
        answer = await owner.submit(path, {"name": name, "codes": "KEN"})
        assert answer.status_code == 422, path
        assert "has a set of this name" in answer.text


async def test_a_set_may_change_the_case_of_its_own_name(owner: Visitor, database: Database) -> None:
    saved_id = await saved_set(database, await personas.actor(database, personas.OWNER))
    answer = await owner.submit(f"{SETS}/{saved_id}", {"name": "NEIGHBOURS", "codes": "KEN"})
    assert answer.status_code == 303
    assert "NEIGHBOURS" in (await owner.get(SETS)).text


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\u2066", "\ufeff", "\u00ad", "\x07"])
async def test_signs_that_nobody_sees_are_refused_in_a_name(owner: Visitor, sign: str) -> None:
    answer = await owner.submit(SETS, {"name": f"East{sign}Africa", "codes": "KEN"})
    assert answer.status_code == 422
    assert "signs that nobody sees" in answer.text
    persian = {"name": "\u0647\u0645\u0633\u0627\u06cc\u0647\u200c\u0647\u0627", "codes": "KEN"}
    assert (await owner.submit(SETS, persian)).status_code == 303


async def test_rename_and_delete(owner: Visitor, database: Database) -> None:
    actor = await personas.actor(database, personas.OWNER)
    saved_id = await saved_set(database, actor)
    await saved_set(database, actor, "Others")
    path = f"{SETS}/{saved_id}"
    taken = await owner.submit(path, {"name": "Others", "codes": "KEN, XAB"})
    assert taken.status_code == 422
    assert "has a set of this name" in taken.text
    assert (await owner.submit(path, {"name": "", "codes": "KEN"})).status_code == 422
    assert (await owner.submit(path, {"name": "Closest", "codes": "KEN, XAB"})).status_code == 303
    assert "Closest" in (await owner.get(SETS)).text
    assert "keep their addresses" in (await owner.get(path)).text
    assert (await owner.submit(f"{path}/delete")).status_code == 303
    assert "Closest" not in (await owner.get("/en/compare")).text
    assert (await owner.get(path)).status_code == 404
    async with database.read(personas.bound(actor)) as db:
        told = (
            await db.execute(sa.select(AuditEvent.action).where(col(AuditEvent.subject) == f"set:{saved_id}"))
        ).scalars()
        assert list(told) == ["set.saved", "set.renamed", "set.deleted"]


async def test_what_is_refused_is_kept_in_the_form(owner: Visitor) -> None:
    many = ",".join(f"X{n:04}" for n in range(1001))
    for name, codes, says in (
        ("", "KEN", "Give it a name"),
        ("x" * 121, "KEN", "at most"),
        ("One", "", "at least one"),
        ("One", "KEN NOPE", "There is no jurisdiction with the code NOPE"),
        ("One", many, "at most 1000"),
    ):
        answer = await owner.submit(SETS, {"name": name, "codes": codes})
        assert answer.status_code == 422
        assert says in answer.text
        form = html.form(answer.text, "Save the set")
        assert (form.fields["name"], form.fields["codes"]) == (name, codes)
    assert (await owner.submit(SETS, {"name": "One", "codes": "ken; x"})).status_code == 422
