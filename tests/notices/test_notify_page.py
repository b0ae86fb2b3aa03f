"""The reviewer's page of an assessment: notify the steward, wait, publish, or take it back."""

from datetime import time, timedelta

import pytest

from tests import factories, personas
from tests.audit.test_audit import events
from tests.entries.cells import FRESH, cell_path, draft_ids, drafts, entry_path
from tests.factories import entry_form
from tests.notices.assessments import (
    AFTER,
    BEFORE,
    DUE,
    LAST_DAY,
    NOTICES,
    REVIEW,
    SENT,
    notices_of,
    notified,
    published,
    replies,
)
from tests.pages import html
from tests.personas import NGO, NGO_REVIEWER, OUTSIDER, TEAMMATE, Visitor
from tracker.db.session import Database
from tracker.entries import publish, service
from tracker.entries.models import Draft
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid
from tracker.kit.i18n import format_date
from tracker.kit.vocabulary import Domain, DraftState, MandateKind, Voice

HERE = entry_path("open-care-watch")
WHY = "Another decree has come to light."


async def submitted(author: Visitor, database: Database) -> Draft:
    before = await draft_ids(database, NGO)
    assert (await author.submit(HERE, entry_form(do="submit"))).status_code == 303
    (draft,) = await drafts(database, NGO, before)
    return draft


async def press(reviewer: Visitor, draft: Draft, button: str) -> int:
    """The status after pressing a button of the page."""
    form = html.form((await reviewer.get(f"{REVIEW}/{draft.id}")).text, button)
    return (await reviewer.submit(form.action, form.fields)).status_code


async def test_a_reviewer_notifies_the_steward(
    ngo: Visitor, ngo_reviewer: Visitor, database: Database
) -> None:
    draft = await submitted(ngo, database)
    page = (await ngo_reviewer.get(f"{REVIEW}/{draft.id}")).text
    assert "This jurisdiction has a steward: Ministry of Health of Quillmere." in html.words(page)
    assert "21 days" in html.words(page)
    assert not [f for f in html.forms(page) if f.action.endswith("/publish")]
    assert await press(ngo_reviewer, draft, "Notify the steward") == 303
    page = html.words((await ngo_reviewer.get(f"{REVIEW}/{draft.id}")).text)
    assert "The steward is notified." in page
    assert "Ministry of Health of Quillmere was notified on" in page
    assert "It can be published when the reply is in, or the period is over." in page
    (notice,) = await notices_of(database, draft.id)
    assert (notice.due_at.date() - notice.sent_at.date()).days == 22, (
        "the day after the last one for the reply"
    )
    assert notice.due_at.time() == time(0)
    entry = html.words((await ngo.get(HERE)).text)
    assert "The steward is notified and may reply before it is published." in entry
    sent = html.words((await ngo.get("/en/o/open-care-watch/notices")).text)
    assert "Quillmere: Health policy and practice" in sent.partition("Sent by you")[2]
    workspace = html.words((await ngo.get("/en/o/open-care-watch")).text)
    assert "Notified" in workspace


async def test_who_submitted_it_does_not_notify(
    ngo: Visitor, ngo_reviewer: Visitor, database: Database
) -> None:
    draft = await submitted(ngo_reviewer, database)
    page = (await ngo_reviewer.get(f"{REVIEW}/{draft.id}")).text
    assert not [f for f in html.forms(page) if f.action.endswith("/notify")]
    form = {"version": str(draft.version)}
    for person in (ngo_reviewer, ngo):
        assert (await person.submit(f"{REVIEW}/{draft.id}/notify", form)).status_code == 403
    assert await notices_of(database, draft.id) == []


async def test_nothing_is_notified_twice_or_where_nobody_is_steward(
    ngo: Visitor, ngo_reviewer: Visitor, database: Database
) -> None:
    draft = await submitted(ngo, database)
    at, form = f"{REVIEW}/{draft.id}/notify", {"version": str(draft.version)}
    assert (await ngo_reviewer.submit(at, form)).status_code == 303
    for version in (draft.version, draft.version + 1):
        assert (await ngo_reviewer.submit(at, {"version": str(version)})).status_code == 409
    assert len(await notices_of(database, draft.id)) == 1
    author, reviewer = await personas.actor(database, NGO), await personas.actor(database, NGO_REVIEWER)
    free = await factories.cell(database, "US-CT", "HTCC-C2")
    with pytest.raises(Conflict, match="no steward to notify"):
        await factories.notified(database, author, reviewer, free)


async def test_it_is_published_after_the_period_and_not_before(
    ngo_reviewer: Visitor, client: Visitor, database: Database
) -> None:
    note = "Published in silence."
    draft = await notified(database, note)
    at, form = f"{REVIEW}/{draft.id}/publish", {"version": str(draft.version)}
    with clock.at(BEFORE):
        refused = await ngo_reviewer.submit(at, form)
        assert refused.status_code == 409
        said = f"may reply until {format_date(LAST_DAY)}. Publish it from {format_date(DUE)} on"
        assert said in html.words(refused.text)
        many = await ngo_reviewer.submit(REVIEW, {"drafts": f"{draft.id}:{draft.version}"})
        assert "Nothing was published." in html.words((await ngo_reviewer.get(REVIEW)).text), many.status_code
        assert not [
            f
            for f in html.forms((await ngo_reviewer.get(f"{REVIEW}/{draft.id}")).text)
            if f.action.endswith("/publish")
        ]
    assert await published(database, note) == []
    with clock.at(AFTER):
        page = html.words((await ngo_reviewer.get(f"{REVIEW}/{draft.id}")).text)
        assert "without a reply." in page
        assert await press(ngo_reviewer, draft, "Publish") == 303
        public = html.words((await client.get(cell_path())).text)
    (revision,) = await published(database, note)
    assert revision.voice is Voice.INDEPENDENT
    (notice,) = await notices_of(database, draft.id)
    assert (notice.revision_id, notice.closed_at) == (revision.id, revision.recorded_at)
    assert "Open Care Watch" in public
    assert "Official reply" not in public


async def test_it_is_published_at_once_with_the_reply_beside_it(
    ngo_reviewer: Visitor, client: Visitor, database: Database
) -> None:
    note, text = "Published with its reply.", "First paragraph, <b>with</b> signs & quotes “”.\n\nSecond one."
    draft = await notified(database, note)
    steward = await personas.actor(database, TEAMMATE)
    with clock.at(SENT + timedelta(days=1)):
        await factories.replied(database, steward, draft, text)
    assert await replies(database, text) == [], "published with the assessment, not before it"
    assert text.split("\n")[-1] not in (await client.get(cell_path())).text
    with clock.at(SENT + timedelta(days=2)):
        page = html.words((await ngo_reviewer.get(f"{REVIEW}/{draft.id}")).text)
        assert "The reply is in; it will be published whole" in page
        assert "Second one." in page
        assert await press(ngo_reviewer, draft, "Publish") == 303
        answer = await client.get(cell_path())
    (revision,), (reply,) = await published(database, note), await replies(database, text)
    assert (reply.revision_id, reply.recorded_at) == (revision.id, revision.recorded_at)
    assert "First paragraph, &lt;b&gt;with&lt;/b&gt; signs &amp; quotes “”.\n\nSecond one." in answer.text
    public = html.words(answer.text)
    assert "Official reply of Ministry of Health of Quillmere" in public
    for earlier in ((SENT + timedelta(days=1)).date(), SENT.date()):
        then = html.words((await client.get(f"{cell_path()}?as_of={earlier}")).text)
        assert "Official reply" not in then
        assert note not in then


async def test_taking_it_back_closes_the_notice_and_the_copy_stays_as_it_was(
    ngo: Visitor, ngo_reviewer: Visitor, teammate: Visitor, database: Database
) -> None:
    draft = await notified(database, "As it was sent.")
    (before,) = await notices_of(database, draft.id)
    form = html.form((await ngo_reviewer.get(HERE)).text, "Take it back to change it")
    assert (await ngo_reviewer.submit(form.action, form.filled(reason=WHY))).status_code == 303
    entry = html.form((await ngo.get(HERE)).text, "Submit for review")
    changed = entry.filled(do="submit", note="Changed meanwhile.", **{"citations-0-locator": "Article 9"})
    assert (await ngo.submit(HERE, changed)).status_code == 303

    (notice,) = await notices_of(database, draft.id)
    assert notice.closed_at is not None
    assert notice.revision_id is None
    assert notice.copy_ == before.copy_
    page = html.words((await teammate.get(f"{NOTICES}/{notice.id}")).text)
    assert "Withdrawn before publication" in page
    assert WHY in page
    assert "As it was sent." in page
    assert "Article 3" in page
    assert "Changed meanwhile." not in page
    assert "Article 9" not in page
    (again,) = [d for d in await drafts(database, NGO) if d.id == draft.id]
    assert again.state is DraftState.SUBMITTED
    assert await press(ngo_reviewer, again, "Notify the steward") == 303, (
        "the new text needs a notice of its own"
    )
    assert len(await notices_of(database, draft.id)) == 2


async def test_an_old_notice_opens_no_way_to_a_changed_text(database: Database) -> None:
    """The period of a notice that was taken back does not count for what is sent later."""
    draft = await notified(database)
    author, reviewer = await personas.actor(database, NGO), await personas.actor(database, NGO_REVIEWER)
    with clock.at(AFTER):
        async with database.write(personas.bound(reviewer)) as db:
            back = await service.take_back(db, reviewer, draft.id, version=draft.version, reason=WHY)
            sent = await service.submit(db, author, draft.id, version=back.version)
        with pytest.raises(Conflict, match="Notify the steward first"):
            async with database.write(personas.bound(reviewer)) as db:
                await publish.publish(db, reviewer, draft.id, version=sent.version)


async def test_every_steward_is_notified_and_waited_for(database: Database) -> None:
    first, second = await personas.actor(database, TEAMMATE), await personas.actor(database, OUTSIDER)
    reviewer = await personas.actor(database, NGO_REVIEWER)
    await factories.mandated(database, second, "XAA", MandateKind.STEWARD)
    draft = await notified(database, "Two stewards.")
    sent = await notices_of(database, draft.id)
    assert {n.counterpart_id for n in sent} == {first.organisation_id, second.organisation_id}

    with clock.at(BEFORE):
        await factories.replied(database, first, draft, "One of two replies.")
        with pytest.raises(Conflict, match="may reply until"):
            async with database.write(personas.bound(reviewer)) as db:
                await publish.publish(db, reviewer, draft.id, version=draft.version)
    with clock.at(AFTER):
        async with database.write(personas.bound(reviewer)) as db:
            revision = await publish.publish(db, reviewer, draft.id, version=draft.version)
    assert {n.revision_id for n in await notices_of(database, draft.id)} == {revision.id}
    assert len(await replies(database, "One of two replies.")) == 1


async def test_a_steward_of_today_who_was_not_notified_stops_it(database: Database) -> None:
    draft = await notified(database)
    other = await personas.actor(database, OUTSIDER)
    reviewer = await personas.actor(database, NGO_REVIEWER)
    await factories.mandated(database, other, "XAA", MandateKind.STEWARD)
    with clock.at(AFTER), pytest.raises(Conflict, match="another steward since"):
        async with database.write(personas.bound(reviewer)) as db:
            await publish.publish(db, reviewer, draft.id, version=draft.version)


async def test_a_place_below_is_notified_to_the_nearest_steward(database: Database) -> None:
    """North Vale Health is its own steward: the ministry above gets no notice."""
    author, reviewer = await personas.actor(database, NGO), await personas.actor(database, NGO_REVIEWER)
    where = await factories.cell(database, "XAA.NVH", FRESH[2], Domain.ALL)
    draft = await factories.notified(database, author, reviewer, where)
    ministry = await personas.actor(database, TEAMMATE)
    (notice,) = await notices_of(database, draft.id)
    assert notice.counterpart_id != ministry.organisation_id


async def test_a_notified_entry_is_not_returned_discarded_or_edited(
    ngo: Visitor, ngo_reviewer: Visitor, database: Database
) -> None:
    draft = await notified(database)
    version = {"version": str(draft.version)}
    returned = await ngo_reviewer.submit(f"{REVIEW}/{draft.id}/return", version | {"reason": "No."})
    assert returned.status_code == 409
    assert (await ngo.submit(f"{HERE}/discard", version)).status_code == 409
    assert (await ngo.submit(HERE, entry_form(note="Slipped in.", **version))).status_code == 409
    (same,) = [d for d in await drafts(database, NGO) if d.id == draft.id]
    assert (same.state, same.note) == (DraftState.NOTIFIED, "Written for a test.")


async def test_a_ministry_notifies_nobody_of_its_own(database: Database) -> None:
    author, reviewer = (
        await personas.actor(database, personas.OWNER),
        await personas.actor(database, TEAMMATE),
    )
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    with pytest.raises(Conflict, match="no steward to notify"):
        await factories.notified(database, author, reviewer, where)


async def test_it_is_withdrawn_by_a_reviewer_and_for_a_reason(database: Database) -> None:
    draft = await notified(database)
    author, reviewer = await personas.actor(database, NGO), await personas.actor(database, NGO_REVIEWER)
    for who, reason, refusal in (
        (author, WHY, Forbidden),
        (reviewer, " \n", Invalid),
        (reviewer, "r" * 1001, Invalid),
    ):
        with pytest.raises(refusal):
            async with database.write(personas.bound(who)) as db:
                await service.take_back(db, who, draft.id, version=draft.version, reason=reason)
    (notice,) = await notices_of(database, draft.id)
    assert (notice.closed_at, notice.withdrawn_reason) == (None, "")
    async with database.write(personas.bound(reviewer)) as db:
        await service.take_back(db, reviewer, draft.id, version=draft.version, reason=WHY)
    told = [e.action for e in (await events(database, reviewer.organisation_id))[-3:]]
    assert "notice.withdrawn" in told


async def test_the_reason_is_asked_for_and_checked_on_the_page(
    ngo: Visitor, ngo_reviewer: Visitor, database: Database
) -> None:
    await notified(database)
    assert not [f for f in html.forms((await ngo.get(HERE)).text) if f.action.endswith("/take-back")]
    form = html.form((await ngo_reviewer.get(HERE)).text, "Take it back to change it")
    missing = await ngo_reviewer.submit(form.action, form.filled(reason=" "))
    assert missing.status_code == 422
    assert "#reason" in html.links(missing.text)
    named = "Ask the unit on +1 202-555-0143."
    asked = await ngo_reviewer.submit(form.action, form.filled(reason=named))
    assert asked.status_code == 422
    form = html.form(asked.text, "Take it back to change it")
    assert form.fields["reason"] == named
    assert (await ngo_reviewer.submit(form.action, form.filled(confirmed="yes"))).status_code == 303


async def test_what_was_withdrawn_stays_for_its_two_parties_alone(
    ngo: Visitor, teammate: Visitor, outsider: Visitor, operator: Visitor, client: Visitor, database: Database
) -> None:
    draft = await notified(database, "Sent and withdrawn.")
    steward, reviewer = await personas.actor(database, TEAMMATE), await personas.actor(database, NGO_REVIEWER)
    notice = await factories.replied(database, steward, draft, "Lodged in vain.")
    async with database.write(personas.bound(reviewer)) as db:
        await service.take_back(db, reviewer, draft.id, version=draft.version, reason=WHY)
    own = "/en/o/open-care-watch/notices"
    assert f"{own}/{notice.id}" in html.links((await ngo.get(own)).text)
    for person, path in ((teammate, NOTICES), (ngo, own)):
        page = (await person.get(f"{path}/{notice.id}")).text
        for wanted in ("Sent and withdrawn.", "Lodged in vain.", WHY, "Withdrawn before publication"):
            assert wanted in html.words(page), wanted
        assert not [f for f in html.forms(page) if f.action == f"{path}/{notice.id}"]
    for person, key in ((outsider, "health-xab"), (operator, "secretariat")):
        assert (await person.get(f"/en/o/{key}/notices/{notice.id}")).status_code == 404
    public = (await client.get(cell_path())).text
    assert not [w for w in ("Sent and withdrawn.", "Lodged in vain.", WHY) if w in public]
