"""Reading the public record as JSON."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests import factories, personas
from tests.personas import Visitor
from tracker.access.models import Organisation
from tracker.db.session import Database
from tracker.entries.principles import Stated
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.kit.vocabulary import MandateKind, OrganisationKind, Payment, Principle
from tracker.organisations.models import Mandate

LISTS = ["jurisdictions", "frameworks", "organisations", "crosswalks", "corrections", "entries"]
LISTS += [
    "instruments",
    "instruments?state=in_force&q=e",
    "jurisdictions/US-TX/instruments",
    "jurisdictions/XAA/criteria",
    "criteria",
    "search?q=tr",
    "search?q=health&kind=item",
    "briefings",
    "releases",
]


@pytest.mark.parametrize("name", LISTS)
async def test_every_list_is_told_page_by_page_without_gap_or_repeat(client: Visitor, name: str) -> None:
    more = "&" if "?" in name else "?"
    whole = (await client.get(f"/api/v1/{name}{more}limit=500")).json()
    told: list[object] = []
    url = f"/api/v1/{name}{more}limit=7"
    for _page in range(30):
        answer = await client.get(url)
        assert answer.status_code == 200, answer.text
        told += answer.json()["data"]
        url = answer.json()["links"].get("next", "")
        assert (f'<{url}>; rel="next"' == answer.headers.get("link", "")) == bool(url)
        if not url:
            break
    assert told == whole["data"][: len(told)]
    assert url or told == whole["data"]


async def test_published_citations_tell_what_they_say_on_the_principles(
    client: Visitor, database: Database
) -> None:
    said = (
        Stated(Principle.SURVIVOR_INFORMED, "Article 8", "Two seats on the council", Payment.PAID),
        Stated(Principle.PREVENTION_PRIMARY, "Article 9"),
    )
    citation = replace(factories.CITATION, principles=said)
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    where = await factories.cell(database)
    revision = await factories.published(
        database, author, reviewer, where, factories.content(citations=(citation,))
    )
    wanted = [
        {
            "principle": "survivor_informed",
            "locator": "Article 8",
            "how": "Two seats on the council",
            "payment": "paid",
        },
        {"principle": "prevention_primary", "locator": "Article 9", "how": "none", "payment": "none"},
    ]
    listed = (await client.get("/api/v1/entries?jurisdictions=XAA&limit=500&source=all")).json()["data"]
    (one,) = [e for e in listed if e["uid"] == str(revision.uid)]
    alone = (await client.get(f"/api/v1/entries/{revision.uid}")).json()
    asked = "/api/v1/entries?jurisdictions=XAA&limit=500&source=all&principle="
    kept = {
        name: (await client.get(asked + name)).json()["data"]
        for name in ("prevention_primary", "prevention_tertiary")
    }
    assert [str(revision.uid)] == [e["uid"] for e in kept["prevention_primary"]]
    assert str(revision.uid) not in [e["uid"] for e in kept["prevention_tertiary"]]
    assert [e["citations"][0]["principles"] for e in (one, alone)] == [wanted, wanted]


async def test_an_organisation_is_told_of_once_something_of_it_is_public(
    client: Visitor, database: Database
) -> None:
    """A mandate or a publication; that it only has an account here is nobody's business."""
    async with database.write() as db:
        made = Organisation(
            key="quiet-house", name="Quiet House", kind=OrganisationKind.NGO, created_at=clock.now()
        )
        db.add(made)

    async def told() -> tuple[bool, int]:
        listed = (await client.get("/api/v1/organisations?limit=500")).json()["data"]
        one = await client.get("/api/v1/organisations/quiet-house")
        return any(o["organisation"] == "quiet-house" for o in listed), one.status_code

    assert await told() == (False, 404)
    async with database.write() as db:
        place = await db.scalar(sa.select(Jurisdiction.id).where(col(Jurisdiction.code) == "XAA"))
        db.add(Mandate(organisation_id=made.id, jurisdiction_id=place, kind=MandateKind.ASSESSOR))
    assert await told() == (True, 200)
