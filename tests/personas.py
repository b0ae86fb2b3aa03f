"""The people of the tests, all of the demo world, and what each does with a browser."""

from dataclasses import dataclass
from typing import Any, Self

import httpx
from litestar.types import ASGIApp
from sqlmodel import col, select

from tracker.access import sessions
from tracker.access.actor import OrganisationActor
from tracker.access.guard import form_token
from tracker.access.models import Organisation, User
from tracker.access.permissions import Role
from tracker.db.session import Bound, Database
from tracker.settings import Settings
from tracker.web.outer import session_cookie


@dataclass(frozen=True)
class Persona:
    name: str
    email: str
    organisation: str
    role: Role


# Quillmere's ministry, steward of XAA
OWNER = Persona("owner", "contributor@health.xaa.example", "health-xaa", Role.CONTRIBUTOR)
TEAMMATE = Persona("teammate", "reviewer@health.xaa.example", "health-xaa", Role.REVIEWER)
VIEWER = Persona("viewer", "viewer@health.xaa.example", "health-xaa", Role.VIEWER)
ADMIN = Persona("admin", "admin@health.xaa.example", "health-xaa", Role.ADMIN)
# Solvante's ministry, steward of XAB: sees nothing of Quillmere's drafts
OUTSIDER = Persona("outsider", "contributor@health.xab.example", "health-xab", Role.CONTRIBUTOR)
# assesses the three fictional countries and the five real states
NGO = Persona("ngo", "contributor@open-care-watch.example", "open-care-watch", Role.CONTRIBUTOR)
NGO_REVIEWER = Persona("ngo_reviewer", "reviewer@open-care-watch.example", "open-care-watch", Role.REVIEWER)
OPERATOR = Persona("operator", "operator@secretariat.example", "secretariat", Role.OPERATOR)

PERSONAS = (OWNER, TEAMMATE, VIEWER, ADMIN, OUTSIDER, NGO, NGO_REVIEWER, OPERATOR)


class Visitor(httpx.AsyncClient):
    """Somebody at the service's pages. `persona` is None for a stranger; redirects are not followed."""

    persona: Persona | None = None
    csrf_token: str = ""

    @property
    def session_token(self) -> str | None:
        """What the session cookie holds now; None without one."""
        return next((c.value for c in self.cookies.jar if c.name.endswith("tracker_session")), None)

    async def submit(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """POST a form as a browser does from a page of ours: with the page's token, from the same site."""
        fields = {"csrf_token": self.csrf_token} | (data or {})
        headers = {"Sec-Fetch-Site": "same-origin"} | options.pop("headers", {})
        return await self.post(path, data=fields, headers=headers, **options)

    def use_session(self, settings: Settings, token: str) -> Self:
        """Carry this session's cookie from now on."""
        # with its domain, so that the service's own answers replace and delete it
        self.cookies.set(session_cookie(settings), token, domain=self.base_url.host)
        self.csrf_token = form_token(settings.secret_key, sessions.hash_of(token))
        return self


def visitor(app: ASGIApp, settings: Settings, address: str = "127.0.0.1") -> Visitor:
    """A stranger, who speaks to the application from an address."""
    transport = httpx.ASGITransport(app=app, client=(address, 50000))  # type: ignore[arg-type]
    return Visitor(transport=transport, base_url=settings.base_url)


async def new_session(database: Database, persona: Persona) -> str:
    """The token of a new session, as signing in issues it, without the password."""
    async with database.write() as db:
        user = (await db.execute(select(User).where(col(User.email) == persona.email))).scalar_one()
        return await sessions.issue(db, user)


async def signed_in(app: ASGIApp, settings: Settings, database: Database, persona: Persona) -> Visitor:
    """The persona with a browser that holds a session."""
    person = visitor(app, settings).use_session(settings, await new_session(database, persona))
    person.persona = persona
    return person


async def actor(database: Database, persona: Persona) -> OrganisationActor:
    """The persona acting for its organisation, for calling services."""
    async with database.read() as db:
        o = (
            await db.execute(select(Organisation).where(col(Organisation.key) == persona.organisation))
        ).scalar_one()
        user = (await db.execute(select(User).where(col(User.email) == persona.email))).scalar_one()
    return OrganisationActor(user.id, o.id, o.key, o.name, o.kind, o.fictional, persona.role)


def bound(who: OrganisationActor) -> Bound:
    """What the actor's sessions may see, as the pages bind them."""
    return Bound(tenant=who.organisation_id, user=who.user_id)
