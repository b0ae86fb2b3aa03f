"""The reviewer's queue: publish, return, withdraw; and what publication does to the record."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from tests.entries.cells import (
    FRESH,
    PUBLISHED,
    cell_path,
    draft_ids,
    drafts,
    entry_path,
    own_instruments,
    revisions,
)
from tests.factories import entry_form
from tests.pages import html
from tests.personas import OWNER, Visitor
from tracker.db.session import Database
from tracker.entries.models import Draft, PublishedCitation, PublishedRevision, PublishedWithdrawal
from tracker.instruments.models import PublishedInstrument
from tracker.kit.vocabulary import DraftState

QUEUE = "/en/o/health-xaa/review"
HERE = entry_path("health-xaa")
NOBODY = UUID(int=7)
SECOND = ("XAA", "delta87-justice@2021", "D87J-CRIM", "all")


async def submitted(
    author: Visitor, database: Database, cell: tuple[str, str, str, str] = FRESH, **changes: Any
) -> Draft:
    """A draft of the cell that the author, one of the ministry, has submitted."""
    assert author.persona
    before = await draft_ids(database, author.persona)
    path = entry_path(author.persona.organisation, cell)
    answer = await author.submit(path, entry_form(do="submit", **changes))
    assert answer.status_code == 303, html.words(answer.text)
    (draft,) = await drafts(database, author.persona, before)
    return draft


async def revision_of(database: Database, note: str) -> PublishedRevision:
    async with database.read() as db:
        return (
            await db.execute(select(PublishedRevision).where(col(PublishedRevision.note) == note))
        ).scalar_one()


def box(draft: Draft) -> str:
    return f"{draft.id}:{draft.version}"


async def test_the_queue_tells_what_waits_and_whose_it_is(
    owner: Visitor, teammate: Visitor, database: Database
) -> None:
    draft = await submitted(owner, database, **{"citations-0-locator": ""})
    page = (await teammate.get(QUEUE)).text
    told = html.words(page)
    assert "Quillmere: Health policy and practice" in told
    assert "Contributor, Ministry of Health of Quillmere" in told
    assert "(claimed)" in told
    assert f'value="{box(draft)}"' in page
    one = html.words((await teammate.get(f"{QUEUE}/{draft.id}")).text)
    assert "Claimed lacks a locator (article, section or page)" in one
    assert "Staff are trained each year." in one
    contributor = (await owner.get(QUEUE)).text
    assert 'name="drafts"' not in contributor


async def test_publishing_makes_it_public_and_ends_the_draft(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    draft = await submitted(owner, database)
    page = (await teammate.get(f"{QUEUE}/{draft.id}")).text
    form = html.form(page, "Publish")

    answer = await teammate.submit(form.action, form.fields)

    assert (answer.status_code, answer.headers["location"]) == (303, QUEUE)
    assert draft.id not in await draft_ids(database, OWNER)
    public = html.words((await client.get(cell_path())).text)
    for wanted in (
        "Self-report: Ministry of Health of Quillmere",
        "Adopted in part",
        "V1 Documented",
        "Decree on training in health care",
        "Article 3",
        "Staff are trained each year.",
        "Written for a test.",
        "Fictional",
    ):
        assert wanted in public
    again = await teammate.submit(form.action, form.fields)
    assert again.status_code == 404, "published twice"
    assert "may have been published or discarded" in html.words(again.text)


async def test_publishing_promotes_the_instrument_and_other_drafts_follow(
    owner: Visitor, teammate: Visitor, database: Database
) -> None:
    known = {i.id for i in await own_instruments(database, OWNER)}
    first = await submitted(owner, database)
    (own,) = [i for i in await own_instruments(database, OWNER) if i.id not in known]
    cite = {"citations-0-instrument": str(own.id), "citations-0-new_title": ""}
    second = await submitted(owner, database, SECOND, **cite)

    assert (await teammate.submit(QUEUE, {"drafts": [box(first)]})).status_code == 303

    assert own.id not in {i.id for i in await own_instruments(database, OWNER)}
    async with database.read() as db:
        public = (
            await db.execute(select(PublishedInstrument).where(col(PublishedInstrument.id) == own.id))
        ).scalar_one()
    assert (public.title, public.adopted_on) == (own.title, own.adopted_on)
    assert own.title in html.words((await teammate.get(f"{QUEUE}/{second.id}")).text)
    assert (await teammate.submit(QUEUE, {"drafts": [box(second)]})).status_code == 303
    async with database.read() as db:
        cited = await db.scalar(
            sa.select(sa.func.count()).where(col(PublishedCitation.instrument_id) == own.id)
        )
    assert cited == 2


async def test_nobody_publishes_what_they_submitted(
    teammate: Visitor, admin: Visitor, database: Database
) -> None:
    before = await revisions(database)
    draft = await submitted(teammate, database)
    one = (await teammate.get(f"{QUEUE}/{draft.id}")).text
    assert "somebody else has to publish it" in html.words(one)
    assert not [f for f in html.forms(one) if f.action.endswith("/publish")]
    refused = await teammate.submit(f"{QUEUE}/{draft.id}/publish", {"version": str(draft.version)})
    assert refused.status_code == 403
    many = await teammate.submit(QUEUE, {"drafts": [box(draft)]})
    assert many.status_code == 303
    assert "Nothing was published." in html.words((await teammate.get(QUEUE)).text)
    assert await revisions(database) == before
    allowed = await admin.submit(f"{QUEUE}/{draft.id}/publish", {"version": str(draft.version)})
    assert allowed.status_code == 303
    assert await revisions(database) == before + 1


async def test_many_are_published_all_or_none(owner: Visitor, teammate: Visitor, database: Database) -> None:
    before = await revisions(database)
    first, second = await submitted(owner, database), await submitted(owner, database, SECOND)
    stale = f"{second.id}:{second.version - 1}"
    for boxes in ([box(first), stale], [box(first), f"{NOBODY}:1"], [box(first), "nonsense"], []):
        answer = await teammate.submit(QUEUE, {"drafts": boxes})
        assert answer.status_code in (303, 404)
        assert await revisions(database) == before, boxes
    answer = await teammate.submit(QUEUE, {"drafts": [box(first), box(second), box(first)]})
    assert answer.status_code == 303
    assert "2 entries are published." in html.words((await teammate.get(QUEUE)).text)
    assert await revisions(database) == before + 2


async def test_what_was_read_is_what_is_published(
    owner: Visitor, teammate: Visitor, database: Database
) -> None:
    """The author takes it back, changes it and submits it again while the reviewer reads."""
    before = await revisions(database)
    draft = await submitted(owner, database)
    read = html.form((await teammate.get(f"{QUEUE}/{draft.id}")).text, "Publish")
    await owner.submit(HERE + "/take-back", {"version": str(draft.version)})
    form = html.form((await owner.get(HERE)).text, "Submit for review")
    await owner.submit(HERE, form.filled(do="submit", note="Changed meanwhile."))
    answer = await teammate.submit(read.action, read.fields)
    assert answer.status_code == 409
    assert await revisions(database) == before


async def test_returning_needs_a_reason_that_the_author_reads(
    owner: Visitor, teammate: Visitor, database: Database
) -> None:
    draft = await submitted(owner, database)
    form = html.form((await teammate.get(f"{QUEUE}/{draft.id}")).text, "Return to the author")
    for reason in ("", "   ", "r" * 1001):
        refused = await teammate.submit(form.action, form.filled(reason=reason))
        assert refused.status_code == 422
        assert "#reason" in html.links(refused.text)
        assert (html.form(refused.text, "Return to the author").fields["reason"]) == reason.strip()
    why = "Name the article."
    assert (await teammate.submit(form.action, form.filled(reason=why))).status_code == 303
    assert (await teammate.submit(form.action, form.filled(reason=why))).status_code == 409, "returned once"
    page = (await owner.get(HERE)).text
    assert f"Returned by the reviewer: {why}" in html.words(page)
    assert why in html.words((await owner.get("/en/o/health-xaa")).text)
    mended = html.form(page, "Submit for review").filled(do="submit", **{"citations-0-locator": "art. 4"})
    assert (await owner.submit(HERE, mended)).status_code == 303
    (again,) = [d for d in await drafts(database, OWNER) if d.id == draft.id]
    assert (again.state, again.return_reason) == (DraftState.SUBMITTED, "")


async def test_only_a_reviewer_of_the_organisation_decides(
    owner: Visitor,
    viewer: Visitor,
    outsider: Visitor,
    ngo_reviewer: Visitor,
    client: Visitor,
    database: Database,
) -> None:
    before = await revisions(database)
    draft = await submitted(owner, database)
    form = {"version": str(draft.version), "reason": "no", "drafts": box(draft)}
    for path in (QUEUE, f"{QUEUE}/{draft.id}/publish", f"{QUEUE}/{draft.id}/return"):
        assert (await owner.submit(path, form)).status_code == 403
        assert (await viewer.submit(path, form)).status_code == 403
        assert (await outsider.submit(path, form)).status_code == 404
        elsewhere = path.replace("health-xaa", "open-care-watch")
        answer = await ngo_reviewer.submit(elsewhere, form)
        assert answer.status_code == (303 if path == QUEUE else 404)
        assert (await client.submit(path, form)).headers["location"].startswith("/en/sign-in")
    assert (await ngo_reviewer.get(f"/en/o/open-care-watch/review/{draft.id}")).status_code == 404
    assert await revisions(database) == before
    (same,) = [d for d in await drafts(database, OWNER) if d.id == draft.id]
    assert (same.state, same.version) == (DraftState.SUBMITTED, draft.version)


async def test_an_assessment_of_a_jurisdiction_with_a_steward_is_not_published_without_notice(
    ngo: Visitor, ngo_reviewer: Visitor, database: Database
) -> None:
    before = await revisions(database)
    draft = await submitted(ngo, database)
    at = f"/en/o/open-care-watch/review/{draft.id}/publish"
    refused = await ngo_reviewer.submit(at, {"version": str(draft.version)})
    assert refused.status_code == 409
    assert "has a steward, who must be notified" in html.words(refused.text)
    assert await revisions(database) == before
    without = await submitted(ngo, database, ("US-CT", "hhs-core-competencies@2021", "HTCC-C2", "individual"))
    done = await ngo_reviewer.submit("/en/o/open-care-watch/review", {"drafts": box(without)})
    assert done.status_code == 303
    assert await revisions(database) == before + 1


async def test_a_correction_replaces_the_revision_that_it_names(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    page = (await owner.get(entry_path("health-xaa", PUBLISHED))).text
    mended = html.form(page, "Submit for review").filled(
        do="submit", kind="correction", commitment="2", note="The scope had been read too widely."
    )
    before = await draft_ids(database, OWNER)
    assert (await owner.submit(entry_path("health-xaa", PUBLISHED), mended)).status_code == 303
    (draft,) = await drafts(database, OWNER, before)
    assert (await teammate.submit(QUEUE, {"drafts": box(draft)})).status_code == 303

    made = await revision_of(database, "The scope had been read too widely.")
    assert made.corrects_id is not None
    public = html.words((await client.get(cell_path(PUBLISHED))).text)
    assert "Adopted in part" in public
    history = public.partition("History")[2]
    assert "correction." in history
    assert "Corrected" in history
    day = "/en/jurisdictions/XAA/hhs-core-competencies@2021/HTCC-UC/educator?as_of=2026-01-19"
    assert "Adopted in full" in html.words((await client.get(day)).text), "what was known then is still told"


async def test_a_withdrawal_leaves_its_tombstone(
    owner: Visitor, teammate: Visitor, client: Visitor, outsider: Visitor, database: Database
) -> None:
    draft = await submitted(owner, database, note="To be withdrawn.")
    await teammate.submit(QUEUE, {"drafts": box(draft)})
    uid = (await revision_of(database, "To be withdrawn.")).uid
    entry = (await teammate.get(HERE)).text
    path = f"/en/o/health-xaa/withdraw/{uid}"
    assert path in html.links(entry)
    assert path not in html.links((await owner.get(HERE)).text)
    asking = (await teammate.get(path)).text
    assert cell_path() in html.links(asking), "it names what is about to be withdrawn"
    assert "Quillmere: " in html.words(asking) and "On paper: " in html.words(asking)
    form = html.form(asking, "Withdraw")
    assert (await owner.get(path)).status_code == 403
    assert (await owner.submit(path, form.filled(reason="x"))).status_code == 403
    assert (await outsider.get(path)).status_code == 404
    assert (await teammate.submit(path, form.fields)).status_code == 422

    assert "Quillmere Fictional Steward 29" in html.words((await owner.get("/en/o/health-xaa")).text)
    why = "The decree was annulled."
    assert (await teammate.submit(path, form.filled(reason=why))).status_code == 303
    assert "Quillmere Fictional Steward 28" in html.words((await owner.get("/en/o/health-xaa")).text)

    public = html.words((await client.get(cell_path())).text)
    assert "Nobody has published on this cell as it stood then" in public
    assert why in public.partition("History")[2]
    assert (await teammate.submit(path, form.filled(reason=why))).status_code == 409, "withdrawn once"
    assert "To be withdrawn." not in html.words((await teammate.get(HERE)).text), (
        "the form starts empty again"
    )


async def test_nobody_withdraws_what_another_organisation_published(
    teammate: Visitor, ngo_reviewer: Visitor, database: Database
) -> None:
    async with database.read() as db:
        uid = (
            await db.execute(
                sa.select(PublishedRevision.uid).where(
                    col(PublishedRevision.note) == "Told in interviews with"
                    " facility offices; no document was seen."
                )
            )
        ).scalar_one()
        before = await db.scalar(sa.select(sa.func.count()).select_from(PublishedWithdrawal))
    assert (await teammate.get(f"/en/o/health-xaa/withdraw/{uid}")).status_code == 404
    refused = await teammate.submit(f"/en/o/health-xaa/withdraw/{uid}", {"reason": "We disagree."})
    assert refused.status_code == 404
    unknown = await ngo_reviewer.submit(f"/en/o/open-care-watch/withdraw/{NOBODY}", {"reason": "x"})
    assert unknown.status_code == 404
    async with database.read() as db:
        assert await db.scalar(sa.select(sa.func.count()).select_from(PublishedWithdrawal)) == before


@pytest.mark.parametrize("identifier", [NOBODY, "nonsense", "../../en"])
async def test_an_unknown_draft_is_not_found(teammate: Visitor, identifier: object) -> None:
    assert (await teammate.get(f"{QUEUE}/{identifier}")).status_code == 404
    assert (await teammate.submit(f"{QUEUE}/{identifier}/publish", {"version": "1"})).status_code == 404


async def test_the_demo_world_waits_as_it_says(teammate: Visitor, ngo_reviewer: Visitor) -> None:
    assert "Nature and epidemiology, researcher" in html.words((await teammate.get(QUEUE)).text)
    assert "Lumbrava" in html.words((await ngo_reviewer.get("/en/o/open-care-watch/review")).text)
