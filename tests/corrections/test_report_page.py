"""The public form for mistakes, and the public page of a report."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests import factories, personas
from tests.corrections.reports import FORM, LINK, new_path, revision_of
from tests.entries.cells import cell_path
from tests.pages import html
from tests.personas import OUTSIDER, TEAMMATE, Visitor
from tests.worlds import World
from tracker.access.models import SignInAttempt
from tracker.accounts import service as accounts
from tracker.app import App, create_app
from tracker.corrections import service
from tracker.corrections.models import TEXT_LENGTH, PublishedReport, Report
from tracker.db.session import Database
from tracker.kit import clock
from tracker.settings import Settings


async def count(database: Database) -> int:
    async with database.read() as db:
        return (await db.scalar(sa.select(sa.func.count()).select_from(PublishedReport))) or 0


async def test_the_form_says_first_what_it_is_not_for(
    client: Visitor, database: Database, settings: Settings
) -> None:
    revision = await revision_of(database)
    assert new_path(revision) in html.links((await client.get(cell_path())).text)
    page = html.words((await client.get(new_path(revision))).text)
    before = page.partition("What is wrong, and what would be right")[0]
    assert "This form is only for mistakes about policy" in before
    assert "It is not a place to tell what happened to you or to somebody else." in before
    assert "call the emergency number or a helpline of your country" in before
    text = "Call the helpline 0800 <always>, at any hour."
    told = replace(settings, help_text=text)
    async with personas.visitor(create_app(told, database), told) as person:
        page = html.words((await person.get(new_path(revision))).text)
        assert text in page.partition("What is wrong, and what would be right")[0]
        again = await person.submit(new_path(revision), {})
        assert again.status_code == 422
        assert text in html.words(again.text)


async def test_a_report_gets_a_number_and_its_text_stays_unpublished(
    client: Visitor, database: Database
) -> None:
    revision = await revision_of(database)
    form = html.form((await client.get(new_path(revision))).text, "Send the report")
    sent = form.filled(text="The decree was repealed, see page 3.", evidence_url=LINK, policy_only="y")
    done = await client.submit(form.action, sent)
    assert done.status_code == 303
    number = done.headers["location"].rpartition("/")[2]
    page = (await client.get(done.headers["location"])).text
    told = html.words(page)
    assert f"Your report has the number {number}." in told
    assert "Its text stays unpublished until the organisation has read it." in told
    assert "Received" in told
    assert "Fictional" in told
    listed = html.words((await client.get("/en/corrections")).text)
    assert number in listed
    for text in (page, listed, (await client.get(cell_path())).text):
        assert "page 3" not in text
        assert LINK not in text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \r\n "}, "text"),
        ({"text": "t" * (TEXT_LENGTH + 1)}, "text"),
        ({"evidence_url": ""}, "evidence_url"),
        ({"evidence_url": "the gazette"}, "evidence_url"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url"),
        ({"evidence_url": "https://example.org/" + "x" * 1000}, "evidence_url"),
        ({"policy_only": None}, "policy_only"),
    ],
)
async def test_a_fault_is_told_and_nothing_is_kept(
    client: Visitor, database: Database, changes: dict[str, str | None], field: str
) -> None:
    revision, before = await revision_of(database), await count(database)
    sent = {name: value for name, value in (FORM | changes).items() if value is not None}
    refused = await client.submit(new_path(revision), sent)
    assert refused.status_code == 422
    assert f"#{field}" in html.links(refused.text)
    shown = html.form(refused.text, "Send the report").fields
    assert shown["text"] == sent["text"].strip()
    assert shown["evidence_url"] == sent["evidence_url"]
    assert await count(database) == before


async def test_what_is_not_there_is_not_found(client: Visitor) -> None:
    nothing = f"/en/corrections/new/{UUID(int=3)}"
    assert (await client.get(nothing)).status_code == 404
    assert (await client.submit(nothing, FORM)).status_code == 404
    for number in ("0", "999999", str(2**31), str(2**70), "-1", "x"):
        assert (await client.get(f"/en/corrections/{number}")).status_code == 404, number


async def test_members_report_too(teammate: Visitor, database: Database) -> None:
    revision = await revision_of(database)
    form = html.form((await teammate.get(new_path(revision))).text, "Send the report")
    assert (await teammate.submit(form.action, form.fields | FORM)).status_code == 303
    assert (
        await teammate.submit(form.action, FORM, headers={"Sec-Fetch-Site": "cross-site"})
    ).status_code == 403


async def test_an_ipv6_network_counts_as_one_address(
    app: App, settings: Settings, database: Database
) -> None:
    revision = await revision_of(database)

    async def send(address: str) -> int:
        async with personas.visitor(app, settings, address) as visitor:
            return (await visitor.submit(new_path(revision), FORM)).status_code

    for n in range(service.MOST):
        assert await send(f"2001:db8:1:2::{n:x}") == 303
    assert await send("2001:db8:1:2:ffff::1") == 422
    assert await send("2001:db8:1:3::1") == 303


async def test_one_address_sends_ten_within_the_hour(client: Visitor, database: Database) -> None:
    revision = await revision_of(database)
    start = clock.now()
    for n in range(service.MOST):
        with clock.at(start + timedelta(seconds=n)):
            assert (await client.submit(new_path(revision), FORM)).status_code == 303
    held = await count(database)
    with clock.at(start + timedelta(minutes=30)):
        # a sign-in clears old tries away, and must leave these
        assert await accounts.sign_in(database, "nobody@example.org", "x" * 12, "192.0.2.9") is None
        refused = await client.submit(new_path(revision), FORM)
        assert await factories.reported(database, revision, address="192.0.2.77"), "another address may"
    assert refused.status_code == 422
    assert "Please try again later" in html.words(refused.text)
    assert html.form(refused.text, "Send the report").fields["text"] == FORM["text"]
    assert await count(database) == held + 1
    with clock.at(start + timedelta(minutes=61)):
        assert (await client.submit(new_path(revision), FORM)).status_code == 303
    async with database.read() as db:
        kept = (await db.execute(sa.select(SignInAttempt.subject))).scalars().all()
    assert "127.0.0.1" not in " ".join(kept)


async def test_reports_at_the_same_moment_are_all_counted(own_world: World, settings: Settings) -> None:
    database = Database(own_world.engine)
    revision = await revision_of(database)
    before, app = await count(database), create_app(settings, database)
    async with personas.visitor(app, settings) as person:
        answers = await asyncio.gather(
            *(person.submit(new_path(revision), FORM) for _ in range(service.MOST + 4))
        )
    assert sorted(a.status_code for a in answers) == [303] * service.MOST + [422] * 4
    assert await count(database) == before + service.MOST


async def test_only_the_organisation_that_answers_reads_the_text(database: Database) -> None:
    number = await factories.reported(database, await revision_of(database))
    for who, sees in ((TEAMMATE, [number]), (OUTSIDER, [])):
        actor = await personas.actor(database, who)
        async with database.read(personas.bound(actor)) as db:
            assert (await db.execute(sa.select(Report.number))).scalars().all() == sees
