"""Every handler of the application with an address that names things of the demo world."""

import re
from dataclasses import dataclass
from uuid import UUID

from litestar.handlers import HTTPRouteHandler

from tests import factories, personas
from tracker.access.guard import Access
from tracker.app import App
from tracker.db.session import Database
from tracker.web.static_files import static_url

ORGANISATION = "health-xaa"
NO_ORGANISATION = "health-xxx"
OWN_EXAMPLES = {
    "framework": {"key": "hhs-core-competencies"},
    "crosswalk": {"key": "hhs-core-competencies--coe-cets-197"},
}


@dataclass(frozen=True)
class Call:
    """A handler's method, path with parameters filled in, and the access it declares."""

    name: str
    method: str
    path: str
    access: Access
    # where in the path, split at its slashes, the handler's own parameters stand
    parameters: tuple[int, ...]
    takes_files: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def elsewhere(self) -> str:
        """The same path for an organisation that does not exist."""
        return self.path.replace(f"/o/{ORGANISATION}", f"/o/{NO_ORGANISATION}")


@dataclass(frozen=True)
class Things:
    """A submitted draft, a published revision and an import to apply, of ORGANISATION."""

    draft_id: UUID
    uid: UUID
    import_id: UUID


async def make_things(database: Database) -> Things:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    where = await factories.cell(database)
    revision = await factories.published(database, author, reviewer, where)
    draft = await factories.draft(database, author, where, submitted=True)
    import_id = await factories.looked_at_import(database, author)
    return Things(draft.id, revision.uid, import_id)


def calls(app: App, things: Things) -> list[Call]:
    """One call for every handler; raises KeyError for a path parameter that has no example here yet."""
    _empty, _static, version, name = static_url("app.css").split("/")
    examples = {
        "locale": "en",
        "organisation": ORGANISATION,
        "code": "XAA",
        "framework": "hhs-core-competencies",
        "item": "HTCC-UC",
        "domain": "educator",
        "draft_id": str(things.draft_id),
        "uid": str(things.uid),
        "import_id": str(things.import_id),
        "version": version,
        "name": name,
    }
    found = []
    for route in app.litestar.routes:
        for handler in getattr(route, "route_handlers", []):
            if not isinstance(handler, HTTPRouteHandler) or handler.http_methods == {"OPTIONS"}:
                continue
            own = examples | OWN_EXAMPLES.get(handler.name or "", {})
            path = re.sub(r"\{(\w+):\w+\}", lambda found, own=own: own[found[1]], route.path)
            own_parameters = tuple(
                n
                for n, part in enumerate(route.path.split("/"))
                if part.startswith("{") and not part.startswith(("{locale:", "{organisation:"))
            )
            for method in sorted(handler.http_methods):
                access, files = handler.opt["access"], bool(handler.opt.get("files"))
                found.append(Call(handler.name or str(handler), method, path, access, own_parameters, files))
    return found
