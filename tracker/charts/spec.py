"""What a chart tells, as plain values. Each can also be told as a table, and has one for whoever can't see it.

Codes are those of the record: "0" to "4", or a typed missing value. Labels and words are already in the reader's
language. Nothing here says where anything is drawn.
"""

from dataclasses import dataclass
from datetime import date

from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, Axis, value

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A chart as a table: the first cell of each row is its header."""

    columns: tuple[str, ...]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Covered:
    """One bar of coverage: `assessed` of `total` cells have a level, `claimed` of these without their evidence."""

    label: str
    assessed: int
    total: int
    not_applicable: int
    claimed: int


@dataclass(frozen=True, slots=True)
class CoverageBars:
    """How much is known, a bar each, all on the scale 0 to 1."""

    title: str
    summary: str
    rows: tuple[Covered, ...]

    def told(self) -> Told:
        columns = ("", _("With a level"), _("Of"), _("Claimed only"), _("Not applicable"))
        return Told(
            columns,
            tuple(
                (r.label, str(r.assessed), str(r.total), str(r.claimed), str(r.not_applicable))
                for r in self.rows
            ),
        )


@dataclass(frozen=True, slots=True)
class Stack:
    """How many cells have each code, in the order of drawing."""

    label: str
    counts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(n for _code, n in self.counts)


@dataclass(frozen=True, slots=True)
class LevelBars:
    """What is said, a full bar each: levels first, then why there is none."""

    title: str
    summary: str
    axis: Axis
    rows: tuple[Stack, ...]

    def told(self) -> Told:
        codes = tuple(dict.fromkeys(code for row in self.rows for code, _n in row.counts))
        rows = ((r.label, *(str(dict(r.counts).get(c, 0)) for c in codes)) for r in self.rows)
        return Told(("", *(value(self.axis, c).word for c in codes)), tuple(rows))


@dataclass(frozen=True, slots=True)
class Step:
    """From `day` on, `code` is what was said. Where not `dated` the start is unknown, and `day` that of publication."""

    day: date
    code: str
    dated: bool = True

    @property
    def since(self) -> str:
        return self.day.isoformat() if self.dated else since_unknown(self.day.isoformat())


def since_unknown(published: str) -> str:
    return _("not known; counted from publication, %(day)s") % {"day": published}


@dataclass(frozen=True, slots=True)
class Panel:
    label: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Timelines:
    """One axis over time, a small panel each, all between the same two days and on the same scale."""

    title: str
    summary: str
    axis: Axis
    start: date
    end: date
    panels: tuple[Panel, ...]

    def told(self) -> Told:
        rows = ((p.label, s.since, value(self.axis, s.code).word) for p in self.panels for s in p.steps)
        return Told(("", _("From"), _("What was said")), tuple(rows))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two codes of one thing: on paper and in practice, or before and after."""

    label: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Dumbbell:
    """On paper (a full dot) beside in practice (an open square), a row each."""

    title: str
    summary: str
    rows: tuple[Pair, ...]

    def told(self) -> Told:
        rows = (
            (r.label, value(Axis.COMMITMENT, r.first).word, value(Axis.PRACTICE, r.second).word)
            for r in self.rows
        )
        return Told(("", _("On paper"), _("In practice")), tuple(rows))


@dataclass(frozen=True, slots=True)
class Slope:
    """One axis at two days, a line for each jurisdiction; those that moved alike share one."""

    title: str
    summary: str
    axis: Axis
    before: date
    after: date
    rows: tuple[Pair, ...]

    def told(self) -> Told:
        rows = ((r.label, value(self.axis, r.first).word, value(self.axis, r.second).word) for r in self.rows)
        return Told(("", self.before.isoformat(), self.after.isoformat()), tuple(rows))


@dataclass(frozen=True, slots=True)
class GlanceRow:
    """One axis of one jurisdiction: a code for each column. `label` is "" where the row above has the same one."""

    label: str
    axis: Axis
    tag: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Glance:
    """A matrix small enough to be seen at once: `groups` are (name, heads, names of the columns)."""

    title: str
    summary: str
    groups: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    rows: tuple[GlanceRow, ...]

    def told(self) -> Told:
        names = tuple(
            f"{group}: {name}" if group else name for group, _h, names in self.groups for name in names
        )
        rows, label = [], ""
        for row in self.rows:
            label = row.label or label
            words = tuple(value(row.axis, code).word for code in row.codes)
            rows.append((f"{label}, {row.tag}", *words))
        return Told(("", *names), tuple(rows))


@dataclass(frozen=True, slots=True)
class QrCode:
    """An address as a square that a telephone reads: `modules` has a row of "0" and "1" for each line of it."""

    title: str
    summary: str
    address: str
    modules: tuple[str, ...]

    def told(self) -> Told:
        return Told(("", _("Address")), ((_("Leads to"), self.address),))


Spec = CoverageBars | LevelBars | Timelines | Dumbbell | Slope | Glance | QrCode


def is_level(code: str) -> bool:
    return code in LEVEL_CODES
