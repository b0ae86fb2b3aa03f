"""What is published, or sent to another organisation, the moment it is typed gets the same check as an entry."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.corrections.reports import answer_path, revision_of
from tests.entries.cells import FRESH
from tests.notices.assessments import NOTICES, REVIEW, notices_of, notified, replies
from tests.pages import html
from tests.personas import NGO, Visitor
from tracker.corrections.models import PublishedReportEvent
from tracker.db.session import Database
from tracker.instruments.models import PublishedInstrumentEvent
from tracker.kit.vocabulary import Domain
from tracker.reviews.models import PublishedConfirmation, PublishedReview

PHONE = "+1 202-555-0143"
TEXT = f"Ask the unit on {PHONE} for the text."
ASKED = "Read it, and confirm that it is not about a person."


async def asked_then_taken(who: Visitor, path: str, button: str, typed: dict[str, Any], field: str) -> None:
    """Refused with the signs shown and what was typed kept; taken once the box is ticked, and not without."""
    refused = await who.submit(path, typed)
    words = html.words(refused.text)
    assert refused.status_code == 422
    assert ASKED in words
    assert "a telephone number" in words
    form = html.form(refused.text, button)
    assert form.fields[field] == TEXT
    assert (await who.submit(form.action, form.filled())).status_code == 422, "the box was not ticked"
    other = form.filled(confirmed="yes") | {field: f"Or rather: {TEXT}"}
    assert (await who.submit(form.action, other)).status_code == 422, "it was not this text that was read"
    assert (await who.submit(form.action, form.filled(confirmed="yes"))).status_code == 303


async def count(database: Database, column: Any) -> int:
    async with database.read() as db:
        return int(await db.scalar(sa.select(sa.func.count()).where(col(column).contains(PHONE))) or 0)


async def test_an_official_reply(teammate: Visitor, database: Database) -> None:
    draft = await notified(database)
    notice = await factories.notice_to(database, await personas.actor(database, personas.TEAMMATE), draft)
    path = f"{NOTICES}/{notice.id}"
    await asked_then_taken(teammate, path, "Lodge the reply", {"text": TEXT}, "text")
    assert await replies(database, TEXT) == [], "it is published with the assessment"
    assert TEXT in html.words((await teammate.get(path)).text)


@pytest.mark.parametrize("field", ["reason", "other_source"])
async def test_a_review(ngo_reviewer: Visitor, database: Database, field: str) -> None:
    revision = await revision_of(database)
    path = f"/en/o/open-care-watch/reviews/{revision.uid}"
    typed = {"verdict": "agree", "reason": "It was read.", "other_source": ""} | {field: TEXT}
    await asked_then_taken(ngo_reviewer, path, "Publish the review", typed, field)
    assert await count(database, getattr(PublishedReview, field)) == 1


async def test_the_note_of_a_confirmation(owner: Visitor, database: Database) -> None:
    path = f"/en/o/health-xaa/confirm/{(await revision_of(database)).uid}"
    await asked_then_taken(owner, path, "Confirm that it stands unchanged", {"note": TEXT}, "note")
    assert await count(database, PublishedConfirmation.note) == 1


async def test_the_answer_to_a_report(teammate: Visitor, database: Database) -> None:
    number = await factories.reported(database, await revision_of(database))
    typed = {"decision": "declined", "answer": TEXT}
    await asked_then_taken(teammate, answer_path(number), "Close the report", typed, "answer")
    assert await count(database, PublishedReportEvent.answer) == 1


async def test_what_happened_to_an_instrument_and_that_it_was_a_mistake(
    teammate: Visitor, database: Database
) -> None:
    instrument = await factories.published_instrument(database, "XAA")
    path = f"/en/o/health-xaa/instruments/{instrument}/events"
    typed = {"kind": "amended", "effective_on": "2026-01-01", "note": TEXT}
    await asked_then_taken(teammate, path, "Record and publish", typed, "note")
    async with database.read() as db:
        (event,) = (
            await db.execute(
                sa.select(PublishedInstrumentEvent.id).where(col(PublishedInstrumentEvent.note) == TEXT)
            )
        ).scalars()
    await asked_then_taken(teammate, f"{path}/{event}/retract", "Take it back", {"reason": TEXT}, "reason")
    assert await count(database, PublishedInstrumentEvent.note) == 2


async def test_a_hint_is_no_hindrance(ngo_reviewer: Visitor, database: Database) -> None:
    path = f"/en/o/open-care-watch/reviews/{(await revision_of(database)).uid}"
    typed = {"verdict": "agree", "reason": "The report counts 3 patients.", "other_source": ""}
    assert (await ngo_reviewer.submit(path, typed)).status_code == 303


async def test_a_copy_for_the_steward_is_read_first(ngo_reviewer: Visitor, database: Database) -> None:
    author = await personas.actor(database, NGO)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    draft = await factories.draft(database, author, where, factories.content(note=TEXT), submitted=True)
    page = (await ngo_reviewer.get(f"{REVIEW}/{draft.id}")).text
    form = html.form(page, "Notify the steward")
    refused = await ngo_reviewer.submit(form.action, form.filled())
    assert refused.status_code == 422
    assert ASKED in html.words(refused.text)
    assert await notices_of(database, draft.id) == []
    assert (await ngo_reviewer.submit(form.action, form.filled(confirmed="yes"))).status_code == 303
    assert len(await notices_of(database, draft.id)) == 1
