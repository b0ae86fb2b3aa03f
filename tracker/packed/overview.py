"""A comparison as its page shows it, from the packed histories: quick, and without any text of its voices."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.compare.comparison import Comparison
from tracker.compare.queries import assembled, columns_of, narrowed, pinned, scope_of
from tracker.compare.query import Query
from tracker.entries.queries import Moment
from tracker.entries.standing import Evidence, Review, Standing
from tracker.frameworks.queries import Framework
from tracker.kit.vocabulary import VALUES, Axis, Basis, CitationAxis, Domain, InstrumentKind, Scope, Voice
from tracker.packed import history as packed
from tracker.packed import queries, row_queries
from tracker.packed.history import NEVER, OPEN, UNKNOWN, History, Said, Verdict, micros, moment_of

_NO_UID = UUID(int=0)
Names = dict[str, tuple[str, bool]]


async def overview(db: AsyncSession, query: Query) -> Comparison:
    """What `tracker.compare.queries.compare` answers, but that its voices have no texts, replies or uid.

    Of their evidence they have the scales and days only, and not what it says of principles: a query that asks
    for one is for `compare`. For pages that show levels, marks and counts. Raises Invalid naming the parameter whose code is unknown.
    """
    query = await pinned(db, query)
    framework, places = await scope_of(db, query)
    columns = columns_of(query, framework)
    head = await queries.head(db)
    at = await queries.moment(db, query.on, query.as_of)
    rows = await queries.histories_of(db, framework.id, query.jurisdictions)
    if head:
        told = {place: packed.decode(text) for _code, place, text in rows if text}
    else:
        told = await row_queries.histories(db, framework.id, [place for _code, place, _text in rows])
    names = await queries.voices(db, {key for history in told.values() for key in history.voices})
    voices = [s for place, history in told.items() for s in _standing(history, place, framework, at, names)]
    return narrowed(assembled(query, at, framework, places, columns, voices))


def _standing(
    history: History, place: int, framework: Framework, at: Moment, names: Names
) -> Iterator[Standing]:
    """The voices of a jurisdiction that hold at the moment."""
    items = {item.key: item.id for item in framework.items}
    as_of = micros(at.as_of)
    for number, voices in packed.holding(history, at.on.toordinal(), as_of).items():
        item, _, domain = history.cells[number].rpartition("/")
        if item in items:
            cell = (place, items[item], Domain(domain))
            for voice in voices:
                yield _voice(voice.said, cell, history.voices, as_of, names)


def _voice(said: Said, cell: tuple[int, int, Domain], keys: list[str], as_of: int, names: Names) -> Standing:
    name, fictional = names[keys[said.by]]
    confirmed = max((at for at in said.confirmed if at <= as_of), default=NEVER)
    return Standing(
        id=said.id,
        uid=_NO_UID,
        jurisdiction_id=cell[0],
        item_id=cell[1],
        domain=cell[2],
        organisation_key=keys[said.by],
        organisation_name=name,
        organisation_fictional=fictional,
        voice=Voice.INDEPENDENT if said.independent else Voice.SELF,
        commitment=VALUES[Axis.COMMITMENT, said.commitment],
        practice=VALUES[Axis.PRACTICE, said.practice],
        commitment_claimed=said.commitment_claimed,
        practice_claimed=said.practice_claimed,
        basis=Basis(said.basis) if said.basis else None,
        scope=Scope(said.scope) if said.scope else None,
        scope_note="",
        valid_from=None if said.begins == UNKNOWN else date.fromordinal(said.begins),
        valid_to=None if said.end == OPEN else date.fromordinal(said.end),
        owner="",
        budget="",
        search_who="",
        search_where="",
        search_when=None,
        not_applicable_reason="",
        note="",
        recorded_at=moment_of(said.at),
        evidence=tuple(_evidence(c.axis, c.dated) for c in said.cited),
        reviews=tuple(_review(keys[v.by], v) for v in said.verdicts if v.at <= as_of),
        confirmed_at=None if confirmed == NEVER else moment_of(confirmed),
    )


def _review(by: str, v: Verdict) -> Review:
    """Without its words; a marker for its other source."""
    return Review(by, by, v.agrees, "", "told" if v.confirms else "", v.confirms, moment_of(v.at))


@lru_cache(maxsize=20_000)
def _evidence(axis: str, dated: int) -> Evidence:
    """A source of which only its day is known; few are ever different."""
    return Evidence(
        position=0,
        axis=CitationAxis(axis),
        locator="",
        quote="",
        quote_language="",
        translation="",
        instrument_id=_NO_UID,
        instrument_key=None,
        kind=InstrumentKind.OTHER,
        title="",
        title_original="",
        language="",
        issuer="",
        citation="",
        adopted_on=date.fromordinal(dated) if dated else None,
        in_force_on=None,
        url="",
        provenance="",
        instrument_note="",
    )
