"""What the workspace's handlers load first: the jurisdiction, the framework, the cell of the path."""

from dataclasses import dataclass

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.entries import draft_queries
from tracker.entries.content import Cell
from tracker.entries.draft_queries import DraftView, OwnRevision
from tracker.entries.moving_queries import Moved, moved_from
from tracker.frameworks import queries as frameworks
from tracker.frameworks.queries import Framework, Item
from tracker.jurisdictions import queries as jurisdictions
from tracker.jurisdictions.queries import Place
from tracker.kit import clock
from tracker.kit.errors import NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Domain, Voice
from tracker.organisations import queries as organisations
from tracker.privacy import queries as privacy
from tracker.privacy.findings import Text
from tracker.web.requests import organisation_of


@dataclass(frozen=True, slots=True)
class PlaceContext:
    """A jurisdiction of the path that the organisation may speak of, as `voice`."""

    place: Place
    voice: Voice
    has_steward: bool


async def mandated_place(db: AsyncSession, request: Request) -> PlaceContext:
    """Raises NotFound for an unknown jurisdiction and for one without a mandate alike."""
    actor = organisation_of(request)
    place = await jurisdictions.by_code(db, request.path_params["code"])
    voice = None
    if place is not None:
        voice = await organisations.voice_of(db, actor.organisation_id, place.id, clock.today())
    if place is None or voice is None:
        raise NotFound(_("Your organisation has no mandate for a jurisdiction with this code."))
    stewards = await organisations.nearest_stewards(db, place.id, clock.today())
    return PlaceContext(place, voice, bool(stewards))


async def framework_named(db: AsyncSession, name: str) -> Framework:
    found = await frameworks.framework(db, name)
    if found is None:
        raise NotFound(_("There is no such framework."))
    return found


@dataclass(frozen=True, slots=True)
class CellContext:
    """A cell of the path with the organisation's draft and latest revision of it."""

    place: Place
    voice: Voice
    has_steward: bool
    framework: Framework
    item: Item
    domain: Domain
    cell: Cell
    draft: DraftView | None
    published: OwnRevision | None
    instruments: list[tuple[str, str]]
    texts: list[Text]  # what publishing the draft would publish
    moved: Moved | None  # from an earlier version


async def cell_context(db: AsyncSession, request: Request) -> CellContext:
    """Raises NotFound when any part of the path names nothing."""
    where = await mandated_place(db, request)
    framework = await framework_named(db, request.path_params["framework"])
    item, domain = item_and_domain(framework, request.path_params["item"], request.path_params["domain"])
    cell = Cell(where.place.id, item.id, domain)
    published = await draft_queries.own_latest(
        db, organisation_of(request).organisation_id, where.place.id, [item.id]
    )
    draft = await draft_queries.draft_of_cell(db, cell)
    texts = await privacy.draft_texts(db, [draft.id] if draft else [])
    return CellContext(
        where.place,
        where.voice,
        where.has_steward,
        framework,
        item,
        domain,
        cell,
        draft,
        published.get((item.id, domain)),
        await instrument_choices(db, where.place),
        texts[draft.id] if draft else [],
        await moved_from(db, cell) if draft and not published else None,
    )


def item_and_domain(framework: Framework, key: str, domain: str) -> tuple[Item, Domain]:
    """Raises NotFound when the framework has no such item, or the item no such domain."""
    item = next((i for i in framework.items if i.key == key), None)
    if item is None or domain not in tuple(item.domains):
        raise NotFound(_("The framework has no such item, or the item does not apply to this domain."))
    return item, Domain(domain)


async def instrument_choices(db: AsyncSession, place: Place) -> list[tuple[str, str]]:
    """(id, words) of what may be cited: the instruments of the jurisdiction and of those above it."""
    above = [int(part) for part in place.path.split("/") if part]
    found = await draft_queries.pickable(db, [place.id, *above])
    return [(str(p.id), _words(p)) for p in found]


def _words(instrument: draft_queries.Pickable) -> str:
    citation = instrument.citation
    name = instrument.title
    if citation and citation != name:
        name += f" ({citation})"
    return name if instrument.published else _("%(name)s – not published yet") % {"name": name}
