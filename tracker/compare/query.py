"""What is compared: the parameters that pages, files and commands share, read and written in one place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import urlencode

from tracker.entries.queries import end_of
from tracker.kit import clock
from tracker.kit.errors import Invalid
from tracker.kit.forms import not_among
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, Basis, Domain, Principle, Source

DEFAULT_FRAMEWORK = "hhs-core-competencies"
MOST_JURISDICTIONS = 1000
MOST_FROZEN = 6000  # Cells of a snapshot: 200 jurisdictions by 28 cells, and some.
SHOW = ("all", "differences", "gaps", "unknown")
# How a table stands: one for each domain or all together; jurisdictions across instead of down; in regions.
LAYOUTS = ("by_domain", "together", "swapped", "regions")
# The order in which a URL states them.
PARAMETERS = (
    "jurisdictions",
    "framework",
    "items",
    "domains",
    "axis",
    "basis",
    "on",
    "as_of",
    "source",
    "show",
    "through",
    "layout",
    "principle",
)


@dataclass(frozen=True, slots=True)
class Query:
    """A comparison as asked for. Empty tuples and None mean: all, or what is current.

    `layout`: of LAYOUTS, without the default `by_domain`.
    `through`: the crosswalk that the lens page reads it through; a comparison by itself refuses one.
    """

    jurisdictions: tuple[str, ...] = ()
    framework: str = DEFAULT_FRAMEWORK
    items: tuple[str, ...] = ()
    domains: tuple[Domain, ...] = ()
    axis: str = "both"
    basis: Basis | None = None
    on: date | None = None
    as_of: datetime | None = None
    source: Source = Source.BEST
    show: str = "all"
    through: str = ""
    layout: tuple[str, ...] = ()
    principle: Principle | None = None

    def parameters(self) -> dict[str, str]:
        """As query parameters, without those that say what is the default."""
        given = {
            "jurisdictions": ",".join(self.jurisdictions),
            "framework": self.framework,
            "items": ",".join(self.items),
            "domains": ",".join(self.domains),
            "axis": "" if self.axis == "both" else self.axis,
            "basis": self.basis or "",
            "on": self.on.isoformat() if self.on else "",
            "as_of": _moment_text(self.as_of) if self.as_of else "",
            "source": "" if self.source is Source.BEST else self.source.value,
            "show": "" if self.show == "all" else self.show,
            "through": self.through,
            "layout": ",".join(self.layout),
            "principle": self.principle or "",
        }
        return {name: given[name] for name in PARAMETERS if given.get(name)}

    def url(self, **changes: object) -> str:
        """The query string, with some of the fields changed."""
        return urlencode(replace(self, **changes).parameters(), safe=",@:")  # type: ignore[arg-type]

    @property
    def moment(self) -> str:
        """What links to cells carry, so that their pages read the moment that was asked for: `?on=…&as_of=…`, or ""."""
        return moment_query(self.on, self.as_of)

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(Axis) if self.axis == "both" else (Axis(self.axis),)


@lru_cache(maxsize=64)
def moment_query(on: date | None, as_of: datetime | None) -> str:
    """`?on=…&as_of=…` of what is given, or "". A briefing asks it for every cell of one comparison."""
    dates = {"on": on and on.isoformat(), "as_of": as_of and _moment_text(as_of)}
    stated = {name: text for name, text in dates.items() if text}
    return f"?{urlencode(stated, safe=':')}" if stated else ""


def _moment_text(moment: datetime) -> str:
    return (
        moment.date().isoformat()
        if moment == end_of(moment.date())
        else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    )


def parse(given: Mapping[str, str]) -> Query:
    """Read parameters. Raises Invalid naming each parameter that can't be taken; unknown ones are passed over."""
    faults: dict[str, str] = {}
    reader = _Reader(given, faults)
    query = Query(
        jurisdictions=reader.codes("jurisdictions", MOST_JURISDICTIONS),
        framework=given.get("framework", "").strip() or DEFAULT_FRAMEWORK,
        items=reader.codes("items", 1000),
        domains=tuple(Domain(d) for d in reader.each("domains", tuple(Domain))),
        axis=reader.one("axis", (*Axis, "both"), "both"),
        basis=Basis(b) if (b := reader.one("basis", tuple(Basis), "")) else None,
        on=reader.day("on"),
        as_of=reader.moment("as_of"),
        source=Source(reader.one("source", tuple(Source), "best")),
        show=reader.one("show", SHOW, "all"),
        through=reader.text("through"),
        layout=reader.layout(),
        principle=Principle(p) if (p := reader.one("principle", tuple(Principle), "")) else None,
    )
    if faults:
        raise Invalid(faults)
    return query


def what_can_be_read(given: Mapping[str, str]) -> Query:
    """The query of those parameters that can be taken, for a form that keeps them beside what is wrong with the others."""
    try:
        return parse(given)
    except Invalid as invalid:
        return parse({name: text for name, text in given.items() if name not in invalid.faults})


def codes_in(text: str) -> tuple[str, ...]:
    """The codes of a list of jurisdictions, each once: between commas, semicolons or white space, as people paste them."""
    return tuple(dict.fromkeys(code for code in re.split(r"[,;\s]+", text) if code))


class _Reader:
    """Takes parameters one by one and notes what is wrong with each."""

    def __init__(self, given: Mapping[str, str], faults: dict[str, str]) -> None:
        self.given, self.faults = given, faults

    def text(self, name: str) -> str:
        return self.given.get(name, "").strip()

    def parts(self, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(p.strip() for p in self.text(name).split(",") if p.strip()))

    def codes(self, name: str, most: int) -> tuple[str, ...]:
        parts = codes_in(self.text(name)) if name == "jurisdictions" else self.parts(name)
        if len(parts) > most:
            self.faults[name] = _("%(most)s at most can be compared at once; this asks for %(asked)s.") % {
                "most": most,
                "asked": len(parts),
            }
        return parts

    def each(self, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [p for p in self.parts(name) if p not in allowed]
        if unknown:
            self.faults[name] = not_among(unknown[0], allowed)
            return ()
        return self.parts(name)

    def one(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        text = self.text(name)
        if text and text not in allowed:
            self.faults[name] = not_among(text, allowed)
            return default
        return text or default

    def layout(self) -> tuple[str, ...]:
        """In the order of LAYOUTS, so that one layout has one address."""
        given = self.each("layout", LAYOUTS)
        if {"by_domain", "together"} <= set(given):
            self.faults["layout"] = _("The domains can stand in one table each, or side by side; not both.")
        return tuple(part for part in LAYOUTS if part in given and part != "by_domain")

    def day(self, name: str) -> date | None:
        text = self.text(name)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self.faults[name] = _("“%(text)s” is not a day; write it like 2026-03-31.") % {"text": text[:60]}
            return None
        return day if self._in_reach(name, day) else None

    def _in_reach(self, name: str, day: date) -> bool:
        """Days at the ends of the calendar have no day before or after to compare with."""
        near = 1900 <= day.year <= 2100
        if not near:
            self.faults[name] = _("The year must lie between 1900 and 2100.")
        return near

    def moment(self, name: str) -> datetime | None:
        text = self.text(name)
        if not text:
            return None
        try:
            parsed = datetime.fromisoformat(text)
        except ValueError:
            self.faults[name] = _("“%(text)s” is not a day or a moment; write it like 2026-03-31.") % {
                "text": text[:60]
            }
            return None
        whole_day = len(text) <= 10
        moment = end_of(parsed.date()) if whole_day else parsed.replace(tzinfo=parsed.tzinfo or UTC)
        if (parsed.date() > clock.today()) if whole_day else (moment > clock.now()):
            self.faults[name] = _(
                "%(text)s is in the future: nobody knows yet what will be published by then."
            ) % {"text": text}
            return None
        return moment if self._in_reach(name, parsed.date()) else None
