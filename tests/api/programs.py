"""Programs with tokens, and what they send."""

from datetime import timedelta
from typing import Any

import httpx

from tests import personas
from tests.personas import Persona
from tracker.access import tokens
from tracker.access.tokens import Scope
from tracker.api import token_service
from tracker.app import App
from tracker.db.session import Database
from tracker.kit import clock
from tracker.settings import Settings

CELL = "/api/v1/organisations/health-xaa/entries/XAA/hhs-core-competencies/HTCC-UC/educator"
NEW = {"If-None-Match": "*"}
# What tests.factories.CONTENT says, as a program sends it.
BODY: dict[str, Any] = {
    "commitment": "2",
    "practice": "not_assessed",
    "basis": "equivalent",
    "scope": "targeted",
    "scope_note": "Nurses",
    "valid_from": "2024-04-01",
    "note": "Written for a test.",
    "citations": [
        {
            "axis": "commitment",
            "new_instrument": {
                "kind": "regulation",
                "title": "Decree on training in health care",
                "issuer": "Ministry of Health",
                "citation": "Decree 12/2024",
                "adopted_on": "2024-03-27",
                "url": "https://example.org/decree-12-2024",
            },
            "locator": "Article 3",
            "quote": "Staff are trained each year.",
        }
    ],
}


async def key(
    database: Database,
    settings: Settings,
    *scopes: Scope,
    admin: Persona = personas.ADMIN,
    days: int = 30,
    name: str = "A program",
) -> str:
    """The key of a new token of the admin's organisation."""
    actor = await personas.actor(database, admin)
    async with database.write(personas.bound(actor)) as db:
        return await token_service.make(
            db,
            actor,
            secret_key=settings.secret_key,
            name=name,
            scopes=scopes or tokens.offered_to(actor),
            expires_on=clock.today() + timedelta(days=days),
        )


def program(app: App, settings: Settings, token: str) -> httpx.AsyncClient:
    """A client that sends the token with each request."""
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(transport=transport, base_url=settings.base_url, headers=headers)


# Where an operator's programs import, and two small files of theirs.
IMPORTS = "/api/v1/organisations/secretariat"
FRAMEWORK_CSV = """#title,Guide to the example
#publisher,Example Press
#year,2024
#licence,CC BY 4.0
#verbatim_allowed,titles only
framework,version,key,kind,parent,text
example-guide,2024,EG-1,theme,,Finding out
example-guide,2024,EG-1-1,item,EG-1,Asking in private
"""
# The same guide two years later: one item has a sibling, and another text.
NEXT_FRAMEWORK_CSV = """#title,Guide to the example
#publisher,Example Press
#year,2026
#licence,CC BY 4.0
#verbatim_allowed,titles only
framework,version,key,kind,parent,text
example-guide,2026,EG-1,theme,,Finding out
example-guide,2026,EG-1-1,item,EG-1,Asking in private and with an interpreter
example-guide,2026,EG-1-2,item,EG-1,Writing down what was said
"""
CROSSWALK_CSV = """#key,a-test-set
#source,hhs-core-competencies@2021
#target,delta87-justice@2021
Focal Document Element,Relationship,Reference Document Element,Comments
HTCC-UC,intersects with,D87J-CRIM,Both ask who does what.
"""
