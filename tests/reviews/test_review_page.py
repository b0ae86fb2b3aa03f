"""Reviewing what another organisation published: who may, and what it does to verification and contest."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests import factories, personas
from tests.entries.cells import FRESH, cell_path
from tests.pages import html
from tests.personas import NGO_REVIEWER, OWNER, TEAMMATE, Persona, Visitor, signed_in
from tests.reviews.voices import ABOVE, BELOW, ELSEWHERE, INSTITUTE, is_contested, standing
from tracker.app import App
from tracker.db.session import Database
from tracker.entries import publish
from tracker.entries.models import PublishedRevision
from tracker.kit import clock
from tracker.kit.errors import Conflict, Forbidden, Invalid
from tracker.kit.vocabulary import Axis, Domain, RevisionKind
from tracker.reviews import service
from tracker.reviews.models import Verdict
from tracker.settings import Settings

SOURCE = "The gazette of the parliament, no. 41"
NOW = clock.now()
DAY = timedelta(days=1)


@pytest.fixture
async def revision(anyio_backend: str, database: Database) -> PublishedRevision:
    """Documented on paper, by the ministry, ten days ago, where nobody else has spoken."""
    author, reviewer = await personas.actor(database, OWNER), await personas.actor(database, TEAMMATE)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    with clock.at(NOW - 10 * DAY):
        return await factories.published(database, author, reviewer, where)


async def review(
    database: Database,
    who: Persona,
    revision: PublishedRevision,
    verdict: Verdict = Verdict.AGREE,
    source: str = "",
) -> None:
    actor = await personas.actor(database, who)
    async with database.write(personas.bound(actor)) as db:
        await service.review(
            db, actor, revision.uid, verdict=verdict, reason="It was read.", other_source=source
        )


async def marks(database: Database, revision: PublishedRevision) -> str:
    return (await standing(database, revision)).verification(Axis.COMMITMENT)


def path(revision: PublishedRevision, organisation: str = "open-care-watch") -> str:
    return f"/en/o/{organisation}/reviews/{revision.uid}"


async def test_a_review_is_published_from_the_page_of_the_cell(
    ngo_reviewer: Visitor, client: Visitor, database: Database, revision: PublishedRevision
) -> None:
    cell = (await ngo_reviewer.get(cell_path())).text
    assert path(revision) in html.links(cell)
    assert path(revision) not in html.links((await client.get(cell_path())).text)
    page = (await ngo_reviewer.get(path(revision))).text
    assert "Review what Ministry of Health of Quillmere published" in html.words(page)
    form = html.form(page, "Publish the review")
    done = await ngo_reviewer.submit(
        form.action, form.filled(verdict="agree", reason="The decree was read.", other_source="")
    )
    assert (done.status_code, done.headers["location"]) == (303, cell_path())
    public = html.words((await client.get(cell_path())).text)
    assert "Open Care Watch (demo NGO) agrees" in public
    assert "The decree was read." in public
    assert "V2 Reviewed" in public
    yesterday = html.words((await client.get(f"{cell_path()}?as_of={(NOW - 2 * DAY).date()}")).text)
    assert "V1 Documented" in yesterday
    assert "agrees" not in yesterday


@pytest.mark.parametrize(
    ("who", "source", "mark"),
    [
        (NGO_REVIEWER, "", "V2"),
        (NGO_REVIEWER, SOURCE, "V3"),
        (INSTITUTE, SOURCE, "V3"),
        (ELSEWHERE, SOURCE, "V3"),
        (BELOW, SOURCE, "V2"),
    ],
    ids=["no other source", "assessor", "academic", "another country", "steward below"],
)
async def test_what_an_agreement_is_worth(
    database: Database, revision: PublishedRevision, who: Persona, source: str, mark: str
) -> None:
    assert await marks(database, revision) == "V1"
    await review(database, who, revision, source=source)
    assert await marks(database, revision) == mark
    assert not await is_contested(database, revision)
    # cumulative: a claimed or missing axis gains nothing
    assert (await standing(database, revision)).verification(Axis.PRACTICE) == "none"


async def test_a_steward_above_is_no_further_source(database: Database) -> None:
    author, reviewer = [
        await personas.actor(database, p)
        for p in (Persona("a", "contributor@nvh.xaa.example", "north-vale-health", OWNER.role), BELOW)
    ]
    where = await factories.cell(database, "XAA.NVH", FRESH[2], Domain.ALL)
    revision = await factories.published(database, author, reviewer, where)
    await review(database, ABOVE, revision, source=SOURCE)
    assert await marks(database, revision) == "V2"
    await review(database, ELSEWHERE, revision, source=SOURCE)
    assert await marks(database, revision) == "V3"


async def test_a_claimed_level_stays_claimed(database: Database) -> None:
    author, reviewer = await personas.actor(database, OWNER), await personas.actor(database, TEAMMATE)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    claimed = await factories.published(database, author, reviewer, where, factories.content(citations=()))
    await review(database, NGO_REVIEWER, claimed, source=SOURCE)
    assert await marks(database, claimed) == "V0"


async def test_a_disagreement_contests_until_it_is_taken_back(
    database: Database, client: Visitor, revision: PublishedRevision
) -> None:
    with clock.at(NOW - 5 * DAY):
        await review(database, NGO_REVIEWER, revision, Verdict.DISAGREE)
    with clock.at(NOW - 3 * DAY):
        await review(database, INSTITUTE, revision, source=SOURCE)
    assert await is_contested(database, revision)
    assert await marks(database, revision) == "V3", "contested is a flag beside the verification"
    page = html.words((await client.get(cell_path())).text)
    assert "Contested" in page
    assert "Open Care Watch (demo NGO) disagrees" in page
    await review(database, NGO_REVIEWER, revision)
    assert not await is_contested(database, revision)
    page = html.words((await client.get(cell_path())).text)
    assert "Open Care Watch (demo NGO) agrees" in page
    assert "disagrees" not in page, "the later review takes the place of the earlier one"
    for days, contested, mark in ((6, False, "V1"), (4, True, "V1"), (2, True, "V3")):
        as_of = NOW - days * DAY
        assert await is_contested(database, revision, as_of) == contested
        assert (await standing(database, revision, as_of)).verification(Axis.COMMITMENT) == mark


async def test_nobody_reviews_their_own(
    teammate: Visitor, database: Database, revision: PublishedRevision
) -> None:
    with pytest.raises(Forbidden, match="published this itself"):
        await review(database, TEAMMATE, revision)
    form = {"verdict": "agree", "reason": "We agree with us."}
    assert (await teammate.submit(path(revision, "health-xaa"), form)).status_code == 403
    assert path(revision, "health-xaa") not in html.links((await teammate.get(cell_path())).text)
    assert (await standing(database, revision)).reviews == ()


async def test_only_a_reviewer_reviews(
    ngo: Visitor, viewer: Visitor, outsider: Visitor, client: Visitor, revision: PublishedRevision
) -> None:
    form = {"verdict": "agree", "reason": "It was read."}
    assert (await ngo.get(path(revision))).status_code == 403
    assert (await ngo.submit(path(revision), form)).status_code == 403
    assert (await viewer.submit(path(revision), form)).status_code == 404
    assert (await outsider.submit(path(revision, "health-xab"), form)).status_code == 403
    assert (await client.submit(path(revision), form)).headers["location"].startswith("/en/sign-in")
    assert path(revision) not in html.links((await ngo.get(cell_path())).text)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"verdict": ""}, "verdict-0"),
        ({"verdict": "perhaps"}, "verdict-0"),
        ({"reason": "  "}, "reason"),
        ({"reason": "r" * 1001}, "reason"),
        ({"other_source": "s" * 501}, "other_source"),
    ],
)
async def test_a_fault_is_told_beside_its_field(
    ngo_reviewer: Visitor,
    database: Database,
    revision: PublishedRevision,
    changes: dict[str, str],
    field: str,
) -> None:
    sent = {"verdict": "agree", "reason": "It was read.", "other_source": "A source"} | changes
    refused = await ngo_reviewer.submit(path(revision), sent)
    assert refused.status_code == 422
    assert f"#{field}" in html.links(refused.text)
    shown = html.form(refused.text, "Publish the review").fields
    assert (shown["reason"], shown["other_source"]) == (sent["reason"].strip(), sent["other_source"])
    assert (await standing(database, revision)).reviews == ()


async def test_a_reason_is_needed_by_the_service_too(database: Database, revision: PublishedRevision) -> None:
    actor = await personas.actor(database, NGO_REVIEWER)
    with pytest.raises(Invalid):
        async with database.write(personas.bound(actor)) as db:
            await service.review(db, actor, revision.uid, verdict=Verdict.AGREE, reason=" \n")


async def test_what_was_withdrawn_or_corrected_is_not_reviewed(
    app: App, settings: Settings, database: Database, revision: PublishedRevision
) -> None:
    author, reviewer = await personas.actor(database, OWNER), await personas.actor(database, TEAMMATE)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    corrected = factories.content(kind=RevisionKind.CORRECTION, commitment="1")
    correction = await factories.published(database, author, reviewer, where, corrected)
    with pytest.raises(Conflict, match="withdrawn or corrected"):
        await review(database, NGO_REVIEWER, revision)
    await review(database, NGO_REVIEWER, correction)
    async with database.write(personas.bound(reviewer)) as db:
        await publish.withdraw(db, reviewer, correction.uid, reason="It was annulled.")
    async with await signed_in(app, settings, database, NGO_REVIEWER) as person:
        form = {"verdict": "disagree", "reason": "It was read."}
        assert (await person.submit(path(correction), form)).status_code == 409
        unknown = path(correction).replace(str(correction.uid), str(UUID(int=5)))
        assert (await person.get(unknown)).status_code == 404
        assert (await person.submit(unknown, form)).status_code == 404
