"""The steward's side: the list of notices, the frozen copy, and the reply."""

from uuid import UUID

import pytest

from tests import factories, personas
from tests.entries.cells import cell_path
from tests.notices.assessments import AFTER, NOTICES, SENT, notified, published, replies
from tests.pages import html
from tests.personas import NGO_REVIEWER, TEAMMATE, Visitor
from tracker.db.session import Database
from tracker.entries import publish, service
from tracker.entries.models import Draft
from tracker.kit import clock
from tracker.notices.models import Notice
from tracker.reviews.models import REPLY_LENGTH


async def notice_of(database: Database, draft: Draft) -> Notice:
    return await factories.notice_to(database, await personas.actor(database, TEAMMATE), draft)


async def go_public(database: Database, draft: Draft) -> None:
    reviewer = await personas.actor(database, NGO_REVIEWER)
    with clock.at(AFTER):
        async with database.write(personas.bound(reviewer)) as db:
            await publish.publish(db, reviewer, draft.id, version=draft.version)


async def test_the_steward_reads_the_whole_assessment(
    owner: Visitor, viewer: Visitor, teammate: Visitor, database: Database
) -> None:
    draft = await notified(database, "What was found in the facilities.")
    notice = await notice_of(database, draft)
    for person in (viewer, owner, teammate):
        listed = await person.get(NOTICES)
        assert f"{NOTICES}/{notice.id}" in html.links(listed.text)
        page = html.words((await person.get(f"{NOTICES}/{notice.id}")).text)
        for wanted in (
            "An assessment by Open Care Watch (demo NGO)",
            "Quillmere: Health policy and practice",
            "Fictional",
            "Adopted in part",
            "Change",
            "Equivalent measure",
            "Targeted: Nurses",
            "2024-04-01",
            "What was found in the facilities.",
            "Decree on training in health care",
            "Decree 12/2024",
            "2024-03-27",
            "on paper",
            "Article 3",
            "Staff are trained each year.",
        ):
            assert wanted in page, wanted


async def test_only_a_reviewer_of_the_steward_replies(
    owner: Visitor, viewer: Visitor, teammate: Visitor, database: Database
) -> None:
    path = f"{NOTICES}/{(await notice_of(database, await notified(database))).id}"
    for person in (owner, viewer):
        page = (await person.get(path)).text
        assert not [f for f in html.forms(page) if f.action == path]
        assert "A reviewer of your organisation lodges the reply." in html.words(page)
        assert (await person.submit(path, {"text": "No."})).status_code == 403
    assert html.form((await teammate.get(path)).text, "Lodge the reply").action == path


async def test_nobody_else_learns_that_there_is_a_notice(
    client: Visitor,
    outsider: Visitor,
    operator: Visitor,
    ngo_reviewer: Visitor,
    teammate: Visitor,
    database: Database,
) -> None:
    notice = await notice_of(database, await notified(database, "Between two parties."))
    unknown = UUID(int=9)
    for person, own in (
        (outsider, "health-xab"),
        (operator, "secretariat"),
        (ngo_reviewer, "open-care-watch"),  # its author reads the draft, not the steward's page
    ):
        assert (await person.get(f"{NOTICES}/{notice.id}")).status_code == 404
        answers = [await person.get(f"/en/o/{own}/notices/{n}") for n in (notice.id, unknown)]
        assert [a.status_code for a in answers] == [404, 404]
        assert answers[0].content == answers[1].content
        if person is not outsider:  # its role does not reply in the first place
            told = await person.submit(f"/en/o/{own}/notices/{notice.id}", {"text": "Not ours."})
            assert told.status_code == 404
    assert "Quillmere" not in html.words((await outsider.get("/en/o/health-xab/notices")).text)
    assert (await client.get(f"{NOTICES}/{notice.id}")).headers["location"].startswith("/en/sign-in")
    assert "Between two parties." not in (await client.get(cell_path())).text
    assert (await teammate.get(f"{NOTICES}/{unknown}")).status_code == 404


async def test_a_reply_is_lodged_once(teammate: Visitor, admin: Visitor, database: Database) -> None:
    path = f"{NOTICES}/{(await notice_of(database, await notified(database))).id}"
    form = html.form((await teammate.get(path)).text, "Lodge the reply")
    done = await teammate.submit(path, form.filled(text="  The ministry replies.\r\nIn two lines.  "))
    assert (done.status_code, done.headers["location"]) == (303, NOTICES)
    listed = html.words((await teammate.get(NOTICES)).text)
    assert "Your reply is lodged." in listed
    assert "replied on" in listed
    page = (await teammate.get(path)).text
    assert "The ministry replies.\nIn two lines." in page
    assert not [f for f in html.forms(page) if f.action == path]
    second = await admin.submit(path, {"text": "Another view."})
    assert second.status_code == 409
    assert "a reply is not changed" in html.words(second.text)


@pytest.mark.parametrize(
    "text", ["", "   \r\n ", "x" * (REPLY_LENGTH + 1)], ids=["none", "blank", "too long"]
)
async def test_a_fault_is_told_and_nothing_is_lodged(
    teammate: Visitor, database: Database, text: str
) -> None:
    path = f"{NOTICES}/{(await notice_of(database, await notified(database))).id}"
    refused = await teammate.submit(path, {"text": text})
    assert refused.status_code == 422
    assert "#text" in html.links(refused.text)
    assert html.form(refused.text, "Lodge the reply").fields["text"] == text.strip()
    whole = "x" * REPLY_LENGTH
    assert (await teammate.submit(path, {"text": whole})).status_code == 303, "nothing was lodged before"


async def test_a_reply_to_what_was_taken_back_is_refused_and_kept_on_the_page(
    teammate: Visitor, database: Database
) -> None:
    draft = await notified(database)
    path = f"{NOTICES}/{(await notice_of(database, draft)).id}"
    author = await personas.actor(database, NGO_REVIEWER)
    async with database.write(personas.bound(author)) as db:
        await service.take_back(db, author, draft.id, version=draft.version, reason="Another decree.")
    refused = await teammate.submit(path, {"text": "Typed while it was taken back."})
    assert refused.status_code == 409
    assert "taken this assessment back" in html.words(refused.text)
    assert "withdrawn before publication on" in html.words((await teammate.get(NOTICES)).text)


async def test_a_reply_after_publication_is_published_at_once(
    teammate: Visitor, client: Visitor, database: Database
) -> None:
    note, text = "Published before the reply.", "The ministry replies late, and is heard."
    draft = await notified(database, note)
    path = f"{NOTICES}/{(await notice_of(database, draft)).id}"
    await go_public(database, draft)
    page = html.words((await teammate.get(path)).text)
    assert "It is published." in page
    assert (await teammate.submit(path, {"text": text})).status_code == 303
    (reply,), (revision,) = await replies(database, text), await published(database, note)
    assert reply.revision_id == revision.id
    assert reply.recorded_at > revision.recorded_at
    assert text in html.words((await client.get(cell_path())).text)
    then = await client.get(f"{cell_path()}?as_of={AFTER.date()}")
    assert note in html.words(then.text)
    assert text not in html.words(then.text)
    assert (await teammate.submit(path, {"text": "Once more."})).status_code == 409


async def test_the_list_tells_where_each_stands(teammate: Visitor, database: Database) -> None:
    draft = await notified(database)
    with clock.at(SENT):
        assert "reply until" in html.words((await teammate.get(NOTICES)).text)
    with clock.at(AFTER):
        assert "the period ended on" in html.words((await teammate.get(NOTICES)).text)
    await go_public(database, draft)
    assert "published without a reply" in html.words((await teammate.get(NOTICES)).text)


async def test_the_demo_ministry_finds_a_notice(teammate: Visitor) -> None:
    page = html.words((await teammate.get(NOTICES)).text)
    assert "Quillmere: Legal/ethical standards, organization" in page
    assert "Open Care Watch (demo NGO)" in page
