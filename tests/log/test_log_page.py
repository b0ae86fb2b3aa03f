"""An organisation's admin reads its own log, and nobody else's."""

import csv
import io
import json
import re
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.crosswalks import desk
from tests.pages import html
from tests.personas import Visitor
from tracker.audit.models import SERVICE, AuditEvent
from tracker.audit.record import Action, record
from tracker.db.session import Bound, Database
from tracker.log import queries
from tracker.log.wording import _WORDS

LOG = "/en/o/health-xaa/log"


def test_every_action_has_its_words() -> None:
    assert set(_WORDS) == set(Action)


async def _tell(database: Database, tenant: UUID, number: int, actor: UUID | None = None) -> None:
    async with database.write(Bound(tenant=tenant)) as db:
        for n in range(number):
            await record(
                db, Action.MAIL_CHOSEN, tenant=tenant, actor=actor, subject=f"probe:{n}", detail={"n": n}
            )


async def test_who_did_what_when(database: Database, admin: Visitor) -> None:
    author = await personas.actor(database, personas.OWNER)
    where = await factories.cell(database)
    draft = await factories.draft(database, author, where, factories.content(note="A text of a draft."))
    page = (await admin.get(LOG)).text
    told = html.words(page)
    row = next(part for part in page.split("<tr>") if f"draft:{draft.id}" in part)
    async with database.read(personas.bound(author)) as db:
        name = (await queries.who_is_who(db))[author.user_id or SERVICE]
    assert name in row
    assert "Draft saved" in row
    assert "A text of a draft." not in page
    assert "Times are in UTC" in told
    assert LOG in (await admin.get("/en/o/health-xaa")).text


async def test_outsiders_and_members_below_do_not_read_it(
    client: Visitor, viewer: Visitor, owner: Visitor, teammate: Visitor, outsider: Visitor, operator: Visitor
) -> None:
    for path in (LOG, f"{LOG}.csv"):
        assert (await client.get(path)).status_code in (303, 401, 404)
        for member in (viewer, owner, teammate):
            assert (await member.get(path)).status_code == 403
        for stranger in (outsider, operator):
            assert (await stranger.get(path)).status_code == 404


async def test_it_tells_of_the_own_organisation_alone(database: Database, admin: Visitor) -> None:
    other = await personas.actor(database, personas.OUTSIDER)
    here = await personas.actor(database, personas.ADMIN)
    async with database.read(personas.bound(here)) as db:
        before = await queries.count(db)
    await _tell(database, other.organisation_id, 3, other.user_id)
    await _tell(database, SERVICE, 2)
    assert f"{before} events" in html.words((await admin.get(LOG)).text)
    rows = list(csv.DictReader(io.StringIO((await admin.get(f"{LOG}.csv")).text)))
    assert len(rows) == before
    assert not any(row["subject"].startswith("probe:") for row in rows)
    # the numbers of the chain run across organisations: no page and no file has them
    async with database.read(personas.bound(here)) as db:
        last = (
            (await db.execute(sa.select(AuditEvent).order_by(col(AuditEvent.sequence).desc())))
            .scalars()
            .first()
        )
    assert last is not None
    assert "sequence" not in rows[0]
    assert last.hash not in (await admin.get(f"{LOG}.csv")).text
    # an event of another organisation is no place to go on from
    async with database.read(personas.bound(other)) as db:
        foreign = (await db.execute(sa.select(AuditEvent.id))).scalars().first()
    assert (await admin.get(f"{LOG}?before={foreign}")).status_code == 404
    assert (await admin.get(f"{LOG}?before={uuid4()}")).status_code == 404


async def test_pages_and_filter(database: Database, admin: Visitor) -> None:
    here = await personas.actor(database, personas.ADMIN)
    await _tell(database, here.organisation_id, 120, here.user_id)
    seen, path = [], f"{LOG}?action=mail.chosen"
    while path:
        page = (await admin.get(path)).text
        seen += re.findall(r"<code>probe:(\d+)</code>", page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert [int(n) for n in seen] == list(range(119, -1, -1))
    assert "Draft saved" not in page.split("<tbody>")[1]
    rows = list(csv.DictReader(io.StringIO((await admin.get(f"{LOG}.csv?action=mail.chosen")).text)))
    assert len(rows) == 120
    assert json.loads(rows[0]["detail"]) == {"n": 119}
    assert all(value for row in rows for value in row.values())
    for wrong in ("action=no.such", "before=x", "of=other", "of=service"):
        assert (await admin.get(f"{LOG}?{wrong}")).status_code == 422, wrong
        assert (await admin.get(f"{LOG}.csv?{wrong}")).status_code == 422, wrong


async def test_the_operator_reads_its_own_and_that_of_the_service(
    database: Database, operator: Visitor
) -> None:
    await _tell(database, SERVICE, 1)
    await desk.published(database, await personas.actor(database, desk.SECOND))
    own = html.words((await operator.get("/en/o/secretariat/log")).text)
    assert "Crosswalk published" in own
    assert "probe:0" not in own
    service = html.words((await operator.get("/en/o/secretariat/log?of=service")).text)
    assert "probe:0" in service
    assert "the service or its command line" in service
    assert "Crosswalk published" not in service


async def test_only_members_are_named(database: Database, admin: Visitor) -> None:
    """Somebody of another organisation may have acted, whose name is not this one's to read."""
    here = await personas.actor(database, personas.ADMIN)
    operator = await personas.actor(database, personas.OPERATOR)
    stranger = await personas.actor(database, personas.OUTSIDER)
    async with database.write(personas.bound(here)) as db:
        common = {"tenant": here.organisation_id, "subject": "probe:x"}
        await record(db, Action.TEXT_REDACTED, actor=operator.user_id, detail={"by": "operator"}, **common)
        await record(db, Action.NOTICE_REPLIED, actor=stranger.user_id, **common)
    page = (await admin.get(LOG)).text
    assert "the operator of this service" in page
    assert "somebody who is no member now" in page
    async with database.write(personas.bound(stranger)) as db:
        names = await queries.who_is_who(db)
        assert stranger.user_id in names
        assert here.user_id not in names
    assert names[stranger.user_id or SERVICE] not in page


async def test_a_file_runs_nothing(database: Database, admin: Visitor) -> None:
    here = await personas.actor(database, personas.ADMIN)
    async with database.write(personas.bound(here)) as db:
        await record(db, Action.SET_SAVED, tenant=here.organisation_id, actor=None, subject="=1+1")
    answer = await admin.get(f"{LOG}.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "'=1+1" in answer.text
