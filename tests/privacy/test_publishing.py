"""Nothing with a sign of personal data is published before somebody says that it was read."""

import re

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.personas import Visitor
from tracker.access.actor import OrganisationActor
from tracker.audit.models import AuditEvent
from tracker.db.session import Database
from tracker.entries.content import Citation, Content, NewInstrument
from tracker.entries.models import Draft, PublishedRevision
from tracker.entries.publish import publish, publish_as
from tracker.kit.vocabulary import CitationAxis, InstrumentKind, Voice
from tracker.privacy import queries
from tracker.privacy.findings import Unconfirmed, findings

PHONE = "+1 202-555-0143"
WITH_PHONE = factories.content(note=f"Ask the unit on {PHONE} for the text.")


async def _people(database: Database) -> tuple[OrganisationActor, OrganisationActor]:
    return await personas.actor(database, personas.OWNER), await personas.actor(database, personas.TEAMMATE)


async def _submitted(database: Database, what: Content = WITH_PHONE) -> Draft:
    author, _reviewer = await _people(database)
    return await factories.draft(database, author, await factories.cell(database), what, submitted=True)


async def _tokens(database: Database, draft: Draft) -> frozenset[str]:
    reviewer = await personas.actor(database, personas.TEAMMATE)
    async with database.read(personas.bound(reviewer)) as db:
        return frozenset(f.token for f in findings((await queries.draft_texts(db, [draft.id]))[draft.id]))


async def _published(database: Database) -> int:
    async with database.read() as db:
        found = sa.select(sa.func.count()).where(col(PublishedRevision.note).contains(PHONE))
        return int(await db.scalar(found) or 0)


@pytest.mark.parametrize("read", [frozenset[str](), frozenset({"something else"})])
async def test_the_service_refuses_what_was_not_read(database: Database, read: frozenset[str]) -> None:
    draft, (_author, reviewer) = await _submitted(database), await _people(database)
    with pytest.raises(Unconfirmed):
        async with database.write(personas.bound(reviewer)) as db:
            await publish(db, reviewer, draft.id, version=draft.version, confirmed_hits=read)
    assert await _published(database) == 0


async def test_no_other_way_of_publishing_passes_it_by(database: Database) -> None:
    draft, (_author, reviewer) = await _submitted(database), await _people(database)
    with pytest.raises(Unconfirmed):
        async with database.write(personas.bound(reviewer)) as db:
            await publish_as(db, reviewer, await db.merge(draft), Voice.SELF)


async def test_what_was_read_is_published_and_the_log_counts_it(database: Database) -> None:
    draft, (_author, reviewer) = await _submitted(database), await _people(database)
    async with database.write(personas.bound(reviewer)) as db:
        tokens = await _tokens(database, draft)
        await publish(db, reviewer, draft.id, version=draft.version, confirmed_hits=tokens)
    assert await _published(database) == 1
    async with database.read(personas.bound(reviewer)) as db:
        last = (
            await db.execute(sa.select(AuditEvent).order_by(col(AuditEvent.sequence).desc()).limit(1))
        ).scalar_one()
    assert last.detail["personal_data_signs"] == {"confirmed": 1, "hints": 0}
    assert "555" not in str(last.detail)


async def test_every_free_text_is_looked_at(database: Database) -> None:
    texts = {name: f"see a{n}@example.org" for n, name in enumerate(_CONTENT_TEXTS)}
    new = NewInstrument(
        kind=InstrumentKind.POLICY,
        **{name: f"see i{n}@example.org" for n, name in enumerate(_INSTRUMENT_TEXTS)},
    )
    passage = {name: f"see c{n}@example.org" for n, name in enumerate(("locator", "quote", "translation"))}
    what = factories.content(**texts, citations=(Citation(CitationAxis.BOTH, new, **passage),))
    draft = await _submitted(database, what)
    assert len(await _tokens(database, draft)) == len(texts) + len(_INSTRUMENT_TEXTS) + len(passage)


_CONTENT_TEXTS = [
    "scope_note",
    "owner",
    "budget",
    "search_who",
    "search_where",
    "not_applicable_reason",
    "note",
]
_INSTRUMENT_TEXTS = ["title", "title_original", "issuer", "citation", "url"]


async def test_a_small_count_is_only_a_hint(database: Database) -> None:
    draft = await _submitted(database, factories.content(note="In 2023, 3 individuals were referred."))
    _author, reviewer = await _people(database)
    async with database.write(personas.bound(reviewer)) as db:
        await publish(db, reviewer, draft.id, version=draft.version)


def _hidden(html: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)"', html)


async def test_the_publisher_sees_and_ticks(database: Database, teammate: Visitor) -> None:
    draft = await _submitted(database)
    path = f"/en/o/health-xaa/review/{draft.id}"
    shown = (await teammate.get(path)).text
    assert "a telephone number" in shown
    assert "I have read these and none is about a person" in shown
    form = {"version": str(draft.version), "signs": _hidden(shown, "signs")}
    refused = await teammate.submit(f"{path}/publish", form)
    assert refused.status_code == 422
    assert "1 sign of personal data" in refused.text
    assert await _published(database) == 0
    done = await teammate.submit(f"{path}/publish", form | {"confirmed": "yes"})
    assert done.status_code == 303
    assert await _published(database) == 1


async def test_many_at_once_leaves_those_with_signs(database: Database, teammate: Visitor) -> None:
    draft = await _submitted(database)
    page = (await teammate.get("/en/o/health-xaa/review")).text
    assert "1 sign of personal data to read first" in page
    box = f"{draft.id}:{draft.version}"
    assert box not in page
    forced = await teammate.submit("/en/o/health-xaa/review", {"drafts": box})
    assert forced.status_code == 303
    assert await _published(database) == 0


async def test_the_author_is_told_gently(database: Database, owner: Visitor) -> None:
    path = "/en/o/health-xaa/jurisdictions/XAA/cells/hhs-core-competencies/HTCC-UC/educator"
    saved = await owner.submit(path, factories.entry_form(note="She is 15 years old."), follow_redirects=True)
    assert saved.status_code == 200
    assert "Is any of this about a person?" in saved.text
    assert "a person&#39;s age" in saved.text
