"""`tracker load demo`: five real states as coded by a demo NGO, and a fictional world that shows every part.

Its history happens at the dates of its files, through the same services a person uses.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.models import Membership, Organisation, User
from tracker.access.permissions import Role
from tracker.accounts import passwords
from tracker.audit.record import Action, record
from tracker.db.base import select
from tracker.db.session import Bound, Database, rebind
from tracker.entries import publish, service
from tracker.entries.content import Cell, Citation, Content
from tracker.entries.models import PublishedRevision
from tracker.entries.principles import Stated, ordered
from tracker.frameworks.models import FrameworkItem
from tracker.instruments.models import Instrument, PublishedInstrument
from tracker.jurisdictions import queries as jurisdictions
from tracker.jurisdictions.models import Jurisdiction
from tracker.kit import clock
from tracker.kit.vocabulary import (
    Basis,
    CitationAxis,
    Domain,
    InstrumentKind,
    JurisdictionKind,
    MandateKind,
    OrganisationKind,
    Payment,
    Principle,
    RevisionKind,
    Scope,
    Voice,
)
from tracker.loading import demo_crosswalk, seed
from tracker.organisations import queries as organisations
from tracker.organisations.service import add_mandate, add_organisation, new_organisation
from tracker.reviews.models import PublishedReply, PublishedReview, Verdict

# When the demo NGO's coding of the five states enters the record; before it the world is set up.
CODED_AT = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
FOUNDED_AT = datetime(2025, 1, 2, 9, 0, tzinfo=UTC)
NOTICE_DAYS = 21


class NeedsReference(RuntimeError):
    """The demo world stands on the reference data."""


@dataclass
class World:
    """What the loader has made so far, by the keys of its files."""

    places: dict[str, jurisdictions.Place] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    users: dict[tuple[str, str], UUID] = field(default_factory=dict)
    instruments: dict[str, UUID] = field(default_factory=dict)
    revisions: dict[str, PublishedRevision] = field(default_factory=dict)

    def actor(self, organisation: str, role: Role) -> OrganisationActor:
        o = self.organisations[organisation]
        user = self.users.get((organisation, role.value))
        return OrganisationActor(user, o.id, o.key, o.name, o.kind, o.fictional, role)


async def load(database: Database, say: Callable[[str], None]) -> list[tuple[str, str, str]]:
    """Make the demo world, whole or not at all, and return its accounts: (e-mail, password, role).

    Where it is there already nothing is changed and the list is empty. Raises NeedsReference.
    """
    first = seed.rows("demo/organisations")[0]["key"]
    async with database.read() as db:
        if await organisations.organisation_by_key(db, first):
            say("the demo world is there already")
            return []
    secrets_by_email = await _passwords()
    async with database.write() as db:
        world = World()
        with clock.at(FOUNDED_AT):
            await _places(db, world)
            await _organisations(db, world)
            await _members(db, world, {email: hashed for email, (_p, hashed) in secrets_by_email.items()})
            await _instruments(db, world)
            await _crosswalk(db, world)
        await _revisions(db, world)
        await _voices_beside(db, world)
        await _states(db, world)
        await rebind(db, Bound())
    say(f"organisations: {len(world.organisations)}, published revisions: {len(world.revisions)}")
    return [
        (row["email"], secrets_by_email[row["email"]][0], f"{row['role']} of {row['organisation']}")
        for row in seed.rows("demo/members")
    ]


async def _passwords() -> dict[str, tuple[str, str]]:
    """For each account a random password and its hash."""
    found = {}
    for row in seed.rows("demo/members"):
        password = passwords.generate()
        found[row["email"]] = (password, await passwords.hash_password(password))
    return found


async def _places(db: AsyncSession, world: World) -> None:
    for row in seed.rows("demo/jurisdictions"):
        parent = world.places.get(row["parent"])
        db.add(
            Jurisdiction(
                code=row["code"],
                kind=JurisdictionKind(row["kind"]),
                name=row["name"],
                parent_id=parent.id if parent else None,
                path=f"{parent.path}{parent.id}/" if parent else "/",
                region="Fictional",
                fictional=True,
            )
        )
        await db.flush()
        world.places |= await jurisdictions.by_codes(db, [row["code"]])
    real = {row["jurisdiction"] for row in seed.rows("coding-us-states")}
    world.places |= await jurisdictions.by_codes(db, real)
    rows = await db.execute(select(FrameworkItem.key, col(FrameworkItem.id)))
    world.items = dict(rows.all())
    if not real <= set(world.places) or "HTCC-UC" not in world.items:
        raise NeedsReference("load the reference data first: tracker load reference")
    world.instruments = {
        key: uid
        for key, uid in await db.execute(select(PublishedInstrument.key, col(PublishedInstrument.id)))
        if key
    }


async def _organisations(db: AsyncSession, world: World) -> None:
    for row in seed.rows("demo/organisations"):
        organisation = new_organisation(
            key=row["key"],
            name=row["name"],
            kind=OrganisationKind(row["kind"]),
            website=row["website"],
            fictional=row["fictional"] == "yes",
        )
        await rebind(db, Bound(tenant=organisation.id))
        await add_organisation(db, organisation)
        world.organisations[organisation.key] = organisation
    for row in seed.rows("demo/mandates"):
        organisation = world.organisations[row["organisation"]]
        await rebind(db, Bound(tenant=organisation.id))
        place = world.places[row["jurisdiction"]]
        await add_mandate(db, organisation, place, MandateKind(row["kind"]), seed.day(row["valid_from"]))


async def _members(db: AsyncSession, world: World, hashes: dict[str, str]) -> None:
    for row in seed.rows("demo/members"):
        organisation = world.organisations[row["organisation"]]
        await rebind(db, Bound(tenant=organisation.id))
        user = User(
            id=uuid4(),
            email=row["email"],
            name=row["name"],
            password_hash=hashes[row["email"]],
            created_at=clock.now(),
        )
        db.add(user)
        await db.flush()
        db.add(
            Membership(
                tenant_id=organisation.id,
                id=uuid4(),
                user_id=user.id,
                role=Role(row["role"]),
                created_at=clock.now(),
            )
        )
        await db.flush()
        await record(
            db,
            Action.MEMBER_ADDED,
            tenant=organisation.id,
            actor=None,
            subject=f"user:{user.id}",
            detail={"role": row["role"]},
        )
        world.users[row["organisation"], row["role"]] = user.id


async def _crosswalk(db: AsyncSession, world: World) -> None:
    """The two operators of the secretariat publish a crosswalk: whoever writes it does not review it."""
    operator = next(o for o in world.organisations.values() if o.kind is OrganisationKind.OPERATOR)
    await rebind(db, Bound(tenant=operator.id))
    of_it = select(col(Membership.user_id)).where(
        col(Membership.tenant_id) == operator.id, col(Membership.role) == Role.OPERATOR
    )
    rows = await db.execute(select(col(User.id)).where(col(User.id).in_(of_it)).order_by(col(User.email)))
    second, first = (
        replace(world.actor(operator.key, Role.OPERATOR), user_id=user) for user in rows.scalars().all()[:2]
    )
    await demo_crosswalk.load(db, first, second)


async def _instruments(db: AsyncSession, world: World) -> None:
    for row in seed.rows("demo/instruments"):
        organisation = world.organisations[row["organisation"]]
        await rebind(db, Bound(tenant=organisation.id))
        plain = ("title", "title_original", "language", "issuer", "citation", "url", "note")
        fields: dict[str, Any] = {name: row[name] for name in plain}
        fields |= {name: seed.day(row[name]) for name in ("adopted_on", "in_force_on", "in_force_until")}
        instrument = Instrument(
            tenant_id=organisation.id,
            id=uuid4(),
            jurisdiction_id=world.places[row["jurisdiction"]].id,
            kind=InstrumentKind(row["kind"]),
            created_at=clock.now(),
            **fields,
        )
        db.add(instrument)
        await db.flush()
        world.instruments[row["key"]] = instrument.id


def _content(row: seed.Row, citations: tuple[Citation, ...]) -> Content:
    texts = ["scope_note", "owner", "budget", "search_who", "search_where", "not_applicable_reason", "note"]
    return Content(
        commitment=row["commitment"],
        practice=row["practice"],
        basis=Basis(row["basis"]) if row["basis"] else None,
        scope=Scope(row["scope"]) if row["scope"] else None,
        valid_from=seed.day(row["valid_from"]),
        valid_to=seed.day(row.get("valid_to", "")),
        search_when=seed.day(row.get("search_when", "")),
        kind=RevisionKind(row.get("kind") or "change"),
        citations=citations,
        **{name: row.get(name, "") for name in texts},
    )


def _stated() -> dict[tuple[str, int], list[Stated]]:
    """What cited instruments say on the principles, by revision and number of the citation within it."""
    found = defaultdict(list)
    for row in seed.rows("demo/principles"):
        payment = Payment(row["payment"]) if row["payment"] else None
        stated = Stated(Principle(row["principle"]), row["locator"], row["how"], payment)
        found[row["revision_seq"], int(row["citation"])].append(stated)
    return found


async def _revisions(db: AsyncSession, world: World) -> None:
    cited: dict[str, list[Citation]] = defaultdict(list)
    stated = _stated()
    for row in seed.rows("demo/citations"):
        cited[row["revision_seq"]].append(
            Citation(
                CitationAxis(row["axis"]),
                world.instruments[row["instrument_key"]],
                row["locator"],
                row["quote"],
                row["quote_language"],
                row["translation"],
                ordered(stated[row["revision_seq"], len(cited[row["revision_seq"]]) + 1]),
            )
        )
    for row in seed.rows("demo/revisions"):
        with clock.at(seed.moment(row["recorded_on"])):
            await _revision(db, world, row, tuple(cited[row["seq"]]))


async def _revision(db: AsyncSession, world: World, row: seed.Row, citations: tuple[Citation, ...]) -> None:
    author = world.actor(row["organisation"], Role.CONTRIBUTOR)
    reviewer = world.actor(row["organisation"], Role.REVIEWER)
    await rebind(db, Bound(tenant=author.organisation_id))
    place = world.places[row["jurisdiction"]]
    cell = Cell(place.id, world.items[row["item"]], Domain(row["domain"]))
    draft = await service.save_draft(db, author, cell, _content(row, citations), version=0)
    if row["state"] == "draft":
        return
    await service.submit(db, author, draft.id, version=draft.version)
    if row["state"] == "returned":
        await service.return_draft(db, reviewer, draft.id, version=draft.version, reason=row["return_reason"])
    if row["state"] == "notified":
        await publish.notify(db, reviewer, draft.id, version=draft.version, days=NOTICE_DAYS)
    if row["state"] == "published":
        voice = await organisations.voice_of(db, author.organisation_id, place.id, clock.today())
        world.revisions[row["seq"]] = await publish.publish_as(db, reviewer, draft, voice or Voice.SELF)


async def _voices_beside(db: AsyncSession, world: World) -> None:
    """Reviews by other organisations, and the stewards' replies."""
    for row in seed.rows("demo/reviews"):
        db.add(
            PublishedReview(
                revision_id=world.revisions[row["revision_seq"]].id,
                organisation_id=world.organisations[row["organisation"]].id,
                verdict=Verdict(row["verdict"]),
                reason=row["reason"],
                recorded_at=seed.moment(row["recorded_on"]),
            )
        )
    for row in seed.rows("demo/replies"):
        db.add(
            PublishedReply(
                revision_id=world.revisions[row["revision_seq"]].id,
                organisation_id=world.organisations[row["organisation"]].id,
                text=row["text"],
                recorded_at=seed.moment(row["lodged_on"]),
            )
        )
    await db.flush()


async def _states(db: AsyncSession, world: World) -> None:
    """The five real states, exactly as `coding-us-states.csv` has them."""
    ngo = next(o.key for o in world.organisations.values() if o.kind is OrganisationKind.NGO)
    await rebind(db, Bound(tenant=world.organisations[ngo].id))
    author, reviewer = world.actor(ngo, Role.CONTRIBUTOR), world.actor(ngo, Role.REVIEWER)
    for number, row in enumerate(seed.rows("coding-us-states")):
        citation = Citation(CitationAxis.COMMITMENT, world.instruments[row["instrument"]], row["locator"])
        place = world.places[row["jurisdiction"]]
        cell = Cell(place.id, world.items[row["item"]], Domain(row["domain"]))
        content = _content(row | {"note": row["rationale"]}, (citation,))
        with clock.at(CODED_AT):
            draft = await service.save_draft(db, author, cell, content, version=0)
            await service.submit(db, author, draft.id, version=draft.version)
            published = await publish.publish(db, reviewer, draft.id, version=draft.version)
        world.revisions[f"state-{number}"] = published


async def accounts(db: AsyncSession) -> list[tuple[str, str]]:
    """The demo accounts that exist: (e-mail, "role of organisation")."""
    held = set((await db.execute(select(User.email))).scalars())
    return [
        (row["email"], f"{row['role']} of {row['organisation']}")
        for row in seed.rows("demo/members")
        if row["email"] in held
    ]
