"""The public page of one cell: every voice, the evidence, and the history."""

from litestar import Request, Response, get

from tracker.access.guard import PUBLIC
from tracker.compare.query import parse
from tracker.corrections import followed_queries as corrections
from tracker.criteria import queries as criteria
from tracker.entries import queries
from tracker.entries.context import framework_named, item_and_domain
from tracker.entries.difference import Changed, before_it, changed
from tracker.entries.evidence import Cited, Support, lacking
from tracker.entries.standing import Source, Standing, contested, heard
from tracker.instruments import queries as instruments
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit import clock
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis
from tracker.web.render import page
from tracker.web.requests import database_of, query_parameters


@get(
    "/{locale:str}/jurisdictions/{code:str}/{framework:str}/{item:str}/{domain:str}",
    name="cell",
    access=PUBLIC,
)
async def cell_page(request: Request) -> Response[str]:
    """What every organisation says of a cell, on what evidence, and how it came to this."""
    path, given = request.path_params, query_parameters(request)
    faults: dict[str, str] = {}
    try:
        query = parse(given)
    except Invalid as invalid:
        faults, query = invalid.faults, parse({})
    async with database_of(request).read() as db:
        place = await jurisdictions.by_code(db, path["code"])
        if place is None:
            raise NotFound(_("There is no jurisdiction with this code."))
        above = await jurisdictions.above(db, place)
        framework = await framework_named(db, path["framework"])
        item, domain = item_and_domain(framework, path["item"], path["domain"])
        at = await queries.moment(db, query.on, query.as_of)
        voices = await queries.standing(db, at, jurisdictions=[place.id], items=[item.id], domains=[domain])
        own = await criteria.published(
            db, query.as_of or clock.now(), jurisdiction_id=place.id, item_id=item.id
        )
        past = await queries.history(db, place.id, item.id, domain, at.as_of)
        reports = await corrections.of_cell(db, place.id, item.id, domain, query.as_of or clock.now())
        cited = {e.instrument_id for voice in voices for e in voice.evidence}
        situations = await instruments.situations(db, cited, at.as_of)
    best = heard(voices, Source.BEST)
    return page(
        request,
        "entries/cell.html",
        status=422 if faults else 200,
        place=place,
        above=above,
        framework=framework,
        item=item,
        domain=domain,
        at=at,
        query=query,
        given=given,
        faults=faults,
        voices=best + [v for v in heard(voices, Source.ALL) if v not in best],
        contested=contested(voices),
        past=[(p, _changes(p, past)) for p in past],
        own_criteria_published=own,
        reports=reports,
        situations=situations,
        standing_ids={v.id for v in voices},
        axes=list(Axis),
        lacking=lacks,
    )


def _changes(of: queries.Past, past: list[queries.Past]) -> tuple[Changed, ...] | None:
    """What it changed; None for an organisation's first word on the cell."""
    before = before_it(of.revision, of.corrects, [p.revision for p in past])
    return changed(before, of.revision) if before else None


def lacks(voice: Standing, axis: Axis) -> list[str]:
    """What a claimed level lacks, in the current language."""
    support = Support(
        voice.search_who, voice.search_where, voice.search_when, voice.owner, voice.budget, voice.valid_from
    )
    cited = [Cited(e.axis, e.kind, e.dated, e.locator) for e in voice.evidence]
    return [_(text) for text in lacking(axis, voice.on(axis).code, support, cited)]
