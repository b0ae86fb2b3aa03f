"""Confirming that an entry still stands: by its author only, its latest only; and the badge of what is stale."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec import structs

from tests import factories, personas
from tests.entries.cells import FRESH, cell_path
from tests.pages import html
from tests.personas import OWNER, TEAMMATE, Visitor
from tests.reviews.voices import standing
from tracker.db.session import Database
from tracker.entries import publish
from tracker.entries.models import PublishedRevision
from tracker.kit import clock
from tracker.kit.errors import Conflict
from tracker.kit.vocabulary import Domain
from tracker.reviews import service

NOW = clock.now()
PUBLISHED = NOW - timedelta(days=400)
WORK = "/en/o/health-xaa/work"


async def say(database: Database, when: datetime, **changes: object) -> PublishedRevision:
    """The ministry publishes on the cell."""
    author, reviewer = await personas.actor(database, OWNER), await personas.actor(database, TEAMMATE)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    with clock.at(when):
        return await factories.published(database, author, reviewer, where, factories.content(**changes))


async def confirm(database: Database, revision: PublishedRevision, note: str = "") -> None:
    actor = await personas.actor(database, OWNER)
    async with database.write(personas.bound(actor)) as db:
        await service.confirm(db, actor, revision.uid, note=note)


async def test_one_click_takes_the_badge_away(owner: Visitor, client: Visitor, database: Database) -> None:
    revision = await say(database, PUBLISHED)
    compare = "/en/compare?jurisdictions=XAA&framework=delta87-justice"
    public = html.words((await client.get(cell_path())).text)
    assert "Stale not confirmed since" in public
    assert "stale" in html.words((await client.get(compare)).text)
    page = (await owner.get(WORK)).text
    (form,) = [f for f in html.forms(page) if f.action.endswith(f"/confirm/{revision.uid}")]
    done = await owner.submit(form.action, form.filled(note="Nothing has changed."))
    assert (done.status_code, done.headers["location"]) == (303, WORK)
    again = await owner.get(WORK)
    assert "Confirmed: it still stands." in html.words(again.text)
    assert form.action not in [f.action for f in html.forms(again.text)]
    public = html.words((await client.get(cell_path())).text)
    assert "Stale" not in public
    assert "Confirmed unchanged on" in public
    before = (NOW - timedelta(days=2)).date()
    then = html.words((await client.get(f"{cell_path()}?as_of={before}&on={before}")).text)
    assert "Stale not confirmed since" in then, "the day before the confirmation it was stale"


async def test_it_is_stale_after_twelve_months(client: Visitor, database: Database) -> None:
    """Time alone makes it so: nothing has to be published for the badge to appear."""
    await say(database, NOW - timedelta(days=360))
    assert "Stale" not in html.words((await client.get(cell_path())).text)
    with clock.at(NOW + timedelta(days=8)):
        assert "Stale not confirmed since" in html.words((await client.get(cell_path())).text)


@pytest.mark.parametrize(
    ("said", "asked", "stale"),
    [
        (date(2025, 3, 14), date(2026, 3, 13), False),
        (date(2025, 3, 14), date(2026, 3, 14), True),
        (date(2024, 2, 29), date(2025, 2, 28), False),
        (date(2024, 2, 29), date(2025, 3, 1), True),
        (date(2025, 3, 14), date(2024, 3, 14), False),
    ],
)
async def test_twelve_months_by_the_calendar(
    database: Database, said: date, asked: date, stale: bool
) -> None:
    revision = await say(database, PUBLISHED)
    then = datetime(said.year, said.month, said.day, 12, tzinfo=UTC)
    assert structs.replace(await standing(database, revision), recorded_at=then).stale(asked) == stale


async def test_a_confirmation_counts_from_its_day(database: Database) -> None:
    revision = await say(database, PUBLISHED)
    with clock.at(NOW - timedelta(days=30)):
        await confirm(database, revision, "Checked with the register.")
    known_then = await standing(database, revision, NOW - timedelta(days=31))
    assert known_then.confirmed_at is None
    assert known_then.stale(NOW.date())
    assert not (await standing(database, revision)).stale(NOW.date())


async def test_nobody_confirms_what_another_organisation_published(
    ngo: Visitor, outsider: Visitor, viewer: Visitor, client: Visitor, database: Database
) -> None:
    revision = await say(database, PUBLISHED)
    for person, organisation, status in (
        (ngo, "open-care-watch", 403),
        (outsider, "health-xab", 403),
        (outsider, "health-xaa", 404),
        (viewer, "health-xaa", 403),
        (client, "health-xaa", 303),
    ):
        answer = await person.submit(f"/en/o/{organisation}/confirm/{revision.uid}", {"note": ""})
        assert answer.status_code == status, person.persona
    assert (await standing(database, revision)).confirmed_at is None


async def test_only_the_latest_is_confirmed(owner: Visitor, database: Database) -> None:
    first = await say(database, PUBLISHED)
    second = await say(database, NOW - timedelta(days=380), commitment="3", valid_from=date(2024, 6, 1))
    with pytest.raises(Conflict, match="a later revision"):
        await confirm(database, first)
    assert (await owner.submit(f"/en/o/health-xaa/confirm/{first.uid}", {"note": ""})).status_code == 409
    await confirm(database, second)


async def test_once_the_later_one_is_withdrawn_the_earlier_is_confirmed(database: Database) -> None:
    first = await say(database, PUBLISHED)
    second = await say(database, NOW - timedelta(days=380), commitment="3", valid_from=date(2024, 6, 1))
    reviewer = await personas.actor(database, TEAMMATE)
    async with database.write(personas.bound(reviewer)) as db:
        await publish.withdraw(db, reviewer, second.uid, reason="It never came into force.")
    with pytest.raises(Conflict, match="withdrawn or corrected"):
        await confirm(database, second)
    await confirm(database, first)
    assert (await standing(database, first)).confirmed_at is not None


async def test_a_note_that_is_too_long_is_refused(owner: Visitor, database: Database) -> None:
    revision = await say(database, PUBLISHED)
    answer = await owner.submit(f"/en/o/health-xaa/confirm/{revision.uid}", {"note": "n" * 1001})
    assert answer.status_code in (400, 422)
    assert (await standing(database, revision)).confirmed_at is None
