"""What a request asks of the register, and its answer as a list or as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote, urlencode

from tracker.compare.query import parse
from tracker.instruments.queries import Known
from tracker.kit import clock
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import InstrumentKind, InstrumentState

COLUMNS = [
    "instrument",
    "jurisdiction",
    "jurisdiction_name",
    "kind",
    "title",
    "title_original",
    "language",
    "issuer",
    "citation",
    "adopted_on",
    "in_force_on",
    "in_force_until",
    "state",
    "repealed_on",
    "repealed_by",
    "amended_on",
    "amended_by",
    "url",
    "archived_url",
    "provenance",
    "organisation",
    "recorded_at",
    "cells",
    "instrument_url",
]


@dataclass(frozen=True, slots=True)
class Asked:
    """`on`: the day for which an instrument's state is told; `as_of`: what had been recorded by then."""

    on: date
    as_of: datetime
    kind: InstrumentKind | None = None
    state: InstrumentState | None = None
    text: str = ""

    def keep(self, found: Iterable[Known]) -> list[Known]:
        """Those in the state that is asked for."""
        return [k for k in found if self.state is None or k.situation.on(self.on) is self.state]


def asked(given: Mapping[str, str]) -> tuple[Asked, dict[str, str]]:
    """What the parameters `on`, `as_of`, `kind`, `state` and `q` ask for, and what is wrong with them, by name."""
    faults: dict[str, str] = {}
    on, as_of = None, None
    try:
        moment = parse({name: given.get(name, "") for name in ("on", "as_of")})
        on, as_of = moment.on, moment.as_of
    except Invalid as invalid:
        faults |= invalid.faults
    kind, state = given.get("kind", ""), given.get("state", "")
    if kind and kind not in tuple(InstrumentKind):
        faults["kind"], kind = _("There is no such kind of instrument."), ""
    if state and state not in tuple(InstrumentState):
        faults["state"], state = _("There is no such state of an instrument."), ""
    return Asked(
        on or clock.today(),
        as_of or clock.now(),
        InstrumentKind(kind) if kind else None,
        InstrumentState(state) if state else None,
        given.get("q", "").strip()[:100].replace("\x00", ""),
    ), faults


def filters(given: Mapping[str, str]) -> str:
    """The register's own parameters as a query string, so that the CSV answers what the page asks."""
    return urlencode({n: given[n] for n in ("kind", "state", "q", "on", "as_of") if given.get(n)})


def register_csv(found: Iterable[Known], ask: Asked, base_url: str, locale: str) -> str:
    """One row per instrument with a header and "\\r\\n" line ends. No cell is blank, as in the long CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(
        _row(known, ask, f"{base_url}/{quote(locale)}/instruments/{known.id}") for known in found
    )
    return out.getvalue()


def _row(known: Known, ask: Asked, url: str) -> list[str]:
    now = known.situation
    amended = now.amendments[-1] if now.amendments else None
    name = known.jurisdiction_name + (" (fictional)" if known.fictional else "")
    return [
        known.key or str(known.id),
        known.jurisdiction_code,
        name,
        known.kind.value,
        known.title,
        known.title_original or "none",
        known.language or "unknown",
        known.issuer or "unknown",
        known.citation or "none",
        _day(known.adopted_on),
        _day(now.in_force_on),
        _day(now.in_force_until, "open"),
        now.on(ask.on).value,
        _day(now.repealed_on, "none"),
        (now.repeal and now.repeal.by_title) or "none",
        _day(amended.effective_on) if amended else "none",
        (amended and amended.by_title) or "none",
        known.url or "none",
        now.archived_url or "none",
        known.provenance or "none",
        known.organisation or "none",
        known.recorded_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        str(known.cells),
        url,
    ]


def _day(value: date | None, absent: str = "unknown") -> str:
    return value.isoformat() if value else absent
