"""Every handler of the application with an address that names things of the demo world."""

import re
from dataclasses import dataclass, replace
from uuid import UUID

from litestar.handlers import HTTPRouteHandler

from tests import factories, personas
from tests.compare.saved import saved_set
from tests.criteria import checklists
from tests.editions import made as editions
from tests.members.invited import KEY, invited
from tests.snapshots import frozen
from tracker.access.guard import Access
from tracker.access.tokens import Scope, new_key, new_token
from tracker.app import App
from tracker.db.session import Database
from tracker.instruments import service as instruments
from tracker.instruments.service import Happening
from tracker.kit import clock
from tracker.kit.vocabulary import InstrumentEventKind, PublishAs
from tracker.web.static_files import static_url

ORGANISATION = "health-xaa"
NO_ORGANISATION = "health-xxx"
OWN_EXAMPLES = {
    "framework": {"key": "hhs-core-competencies"},
    "crosswalk": {"key": "hhs-core-competencies--coe-cets-197"},
    "framework_diff": {"key": "hhs-core-competencies"},
    "framework_diff_csv": {"key": "hhs-core-competencies"},
    "framework_lineage": {"key": "hhs-core-competencies"},
    "framework_lineage_do": {"key": "hhs-core-competencies"},
    "move": {"key": "hhs-core-competencies"},
    "move_do": {"key": "hhs-core-competencies"},
    "edition_file": {"kind": "pdf"},
    "final_file": {"kind": "pdf"},
    "framework_file": {"key": "delta87-justice", "kind": "csv"},
    "crosswalk_file": {"key": "hhs-core-competencies--coe-cets-197", "kind": "sssom"},
    "lens": {"key": "hhs-core-competencies--delta87-justice"},
    "api_framework": {"key": "hhs-core-competencies"},
    "api_framework_changes": {"key": "hhs-core-competencies"},
    "api_crosswalk": {"key": "hhs-core-competencies--coe-cets-197"},
    "redact_crosswalk": {"key": "hhs-core-competencies--coe-cets-197@0.1"},
    "redact_crosswalk_do": {"key": "hhs-core-competencies--coe-cets-197@0.1"},
    "api_organisation": {"key": "health-xaa"},
    "lens_json": {"key": "hhs-core-competencies--delta87-justice"},
    "data_short": {"version": "latest"},
    "data_file": {"version": "latest", "file": "adoption.csv"},
    "invitation": {"key": KEY},
    "invitation_do": {"key": KEY},
    "crosswalk_compare": {"key": "hhs-core-competencies--delta87-justice"},
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
        return self.path.replace(f"/{ORGANISATION}", f"/{NO_ORGANISATION}")


@dataclass(frozen=True)
class Things:
    """Things of ORGANISATION: a submitted draft, a published revision, an instrument with its file and amendment.

    Also a criterion of its own with what it published of it, a notice to it, an open report of a mistake, and `foreign_uid`, a revision that another published.
    """

    draft_id: UUID
    uid: UUID
    instrument_id: UUID
    attachment_id: UUID
    event_id: int
    notice_id: UUID
    number: int
    foreign_uid: UUID
    import_id: UUID
    criterion_id: UUID
    criterion_uid: UUID
    saved_id: UUID
    token_id: UUID
    invitation_id: UUID
    member_id: UUID
    snapshot_id: str
    briefing_id: UUID
    briefing: str


async def make_things(database: Database) -> Things:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    where = await factories.cell(database)
    instrument = await factories.instrument(database, author)
    attachment = await factories.attached(database, author, instrument, published_as=PublishAs.FILE)
    cited = factories.content(citations=(replace(factories.CITATION, instrument=instrument),))
    revision = await factories.published(database, author, reviewer, where, cited)
    async with database.write(personas.bound(reviewer)) as db:
        amended = Happening(InstrumentEventKind.AMENDED)
        event = await instruments.record_event(db, reviewer, instrument, amended)
    draft = await factories.draft(database, author, where, submitted=True)
    ngo, ngo_reviewer = [await personas.actor(database, p) for p in (personas.NGO, personas.NGO_REVIEWER)]
    assessment = await factories.notified(database, ngo, ngo_reviewer, where)
    notice = await factories.notice_to(database, reviewer, assessment)
    free = await factories.cell(database, "US-CT", "HTCC-C6")
    foreign = await factories.published(database, ngo, ngo_reviewer, free)
    number = await factories.reported(database, revision)
    looked_at = await factories.looked_at_import(database, author)
    snapshot = await frozen.freeze(database, jurisdictions="XAA")
    criterion, statement = await checklists.published(database, author, reviewer)
    async with database.write(personas.bound(author)) as db:
        token = new_token(author, "a secret", new_key(), "A program", [Scope.SUBMIT], clock.today())
        db.add(token)
    edition = await editions.begun(database, author, sketched=True)
    closed = await editions.begun(database, author)
    final = await editions.final(database, author, reviewer, closed, sketched=True)
    return Things(
        draft_id=draft.id,
        uid=revision.uid,
        instrument_id=instrument,
        attachment_id=attachment,
        event_id=event.id,
        notice_id=notice.id,
        number=number,
        foreign_uid=foreign.uid,
        import_id=looked_at,
        criterion_id=criterion.id,
        criterion_uid=statement.uid,
        saved_id=await saved_set(database, author),
        token_id=token.id,
        invitation_id=await invited(database),
        member_id=author.user_id or UUID(int=0),
        snapshot_id=snapshot.id,
        briefing_id=edition.briefing_id,
        briefing=final.briefing_id,
    )


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
        "instrument_id": str(things.instrument_id),
        "attachment_id": str(things.attachment_id),
        "event_id": str(things.event_id),
        "notice_id": str(things.notice_id),
        "number": str(things.number),
        "import_id": str(things.import_id),
        "set_id": "1",
        "side": "target",
        "item_id": "1",
        "mapping_id": "1",
        "criterion_id": str(things.criterion_id),
        "saved_id": str(things.saved_id),
        "token_id": str(things.token_id),
        "invitation_id": str(things.invitation_id),
        "user_id": str(things.member_id),
        "admitted": "open-care-watch",
        "mandate_id": "1",
        "snapshot": things.snapshot_id,
        "briefing_id": str(things.briefing_id),
        "briefing": things.briefing,
        "edition": "1",
        "version": version,
        "name": name,
    }
    found = []
    for route in app.litestar.routes:
        for handler in getattr(route, "route_handlers", []):
            if not isinstance(handler, HTTPRouteHandler) or handler.http_methods == {"OPTIONS"}:
                continue
            own = examples | OWN_EXAMPLES.get(handler.name or "", {})
            if (handler.name or "").startswith("review_revision"):  # nobody reviews their own
                own |= {"uid": str(things.foreign_uid)}
            if (handler.name or "").startswith("criterion_withdraw"):
                own |= {"uid": str(things.criterion_uid)}
            path = re.sub(r"\{(\w+):\w+\}", lambda found, own=own: own[found[1]], route.path)
            own_parameters = tuple(
                n
                for n, part in enumerate(route.path.split("/"))
                if part.startswith("{") and not part.startswith(("{locale:", "{organisation:"))
            )
            for method in sorted(handler.http_methods):
                access, files = handler.opt["access"], "largest_file" in handler.opt
                found.append(Call(handler.name or str(handler), method, path, access, own_parameters, files))
    return found
