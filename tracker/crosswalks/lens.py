"""What an item of another framework must be, given what was reported and how the two relate. Pure.

Everything follows from one function, `joint`: the level of a whole from the levels of its parts.
docs/parts/lens.md explains it with examples; the tests check it against every world of four atoms.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, Axis, Relation, word

LEVELS = range(len(LEVEL_CODES))


@dataclass(frozen=True, slots=True)
class Interval:
    """The levels from `low` to `high`, both included."""

    low: int
    high: int

    @property
    def single(self) -> bool:
        return self.low == self.high


ANYTHING = Interval(LEVELS[0], LEVELS[-1])
_SINGLE = [Interval(level, level) for level in LEVELS]


def joint(parts: Iterable[int]) -> int:
    """J: the level of a whole whose parts have these levels, of which there is at least one."""
    levels = list(parts)
    if min(levels) >= 3:
        return min(levels)
    return 2 if max(levels) >= 2 else max(levels)


def joint_of(parts: Sequence[Interval]) -> Interval:
    """J on intervals, end by end, for it never falls when a part rises."""
    return Interval(joint(p.low for p in parts), joint(p.high for p in parts))


def part_of(known: Interval) -> Interval:
    """The whole that the known is a part of: J of it and of a rest of which nothing is known."""
    return joint_of([known, ANYTHING])


def _whole_of(level: int) -> Interval:
    """Every level of a part that, with some rest, makes a whole of this level."""
    possible = [part for part in LEVELS if any(joint([part, rest]) == level for rest in LEVELS)]
    return Interval(min(possible), max(possible))


WHOLE_OF = {level: _whole_of(level) for level in LEVELS}


def whole_of(known: Interval) -> Interval:
    """A part of the known. End by end: neither end of `WHOLE_OF` falls from one level to the next."""
    return Interval(WHOLE_OF[known.low].low, WHOLE_OF[known.high].high)


_RULES = {
    Relation.EQUAL: lambda known: known,
    Relation.SUBSET_OF: part_of,
    Relation.SUPERSET_OF: whole_of,
    Relation.INTERSECTS_WITH: lambda known: part_of(whole_of(known)),
}
# The interval of the target by relation and level of the source. Other relations lend no level.
TABLE = {relation: tuple(rule(single) for single in _SINGLE) for relation, rule in _RULES.items()}


def through(relation: Relation, known: Interval) -> Interval:
    """The target's interval, given the source's: [0, 4] where the relation lends nothing."""
    if relation not in TABLE:
        return ANYTHING
    return Interval(TABLE[relation][known.low].low, TABLE[relation][known.high].high)


@dataclass(frozen=True, slots=True)
class Reported:
    """One axis of a cell as reported. `code`: a level or typed missing; `cell`: whatever names it to the caller."""

    cell: Hashable
    code: str
    verification: str = "none"

    @property
    def level(self) -> int | None:
        return int(self.code) if self.code in LEVEL_CODES else None

    @property
    def applies(self) -> bool:
        return self.code != "not_applicable"

    @property
    def interval(self) -> Interval:
        return ANYTHING if self.level is None else _SINGLE[self.level]


@dataclass(frozen=True, slots=True)
class Link:
    """What a mapping says towards one target, with the cells of all its sources in the domains it names.

    `among`: it has further targets, so this one is a part of what it speaks of.
    `partial`: it names some of the target's domains only, so what it speaks of is a part of this one.
    """

    relation: Relation
    cells: tuple[Reported, ...]
    among: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What a link gives. `source`: J of its cells that apply; None when none of them does."""

    link: Link
    source: Interval | None
    gives: Interval

    @property
    def informs(self) -> bool:
        return self.gives != ANYTHING

    @property
    def could_inform(self) -> bool:
        """Whether its relation lends a level at all, whatever is reported."""
        return self.link.relation in TABLE


# A mapping, by whatever names it to the caller, with its step; many mappings may share one.
Named = tuple[Hashable, Step]


@dataclass(frozen=True, slots=True)
class Result:
    """A target on one axis. `interval` is None in a conflict; `steps` are all mappings that lead to it."""

    interval: Interval | None
    steps: tuple[Named, ...]

    @property
    def conflict(self) -> bool:
        return self.interval is None

    @property
    def follows(self) -> bool:
        """Whether anything at all is said of the target, be it a conflict."""
        return self.interval != ANYTHING

    @property
    def rests_on(self) -> tuple[Named, ...]:
        """The mappings that the interval, or the conflict, comes from."""
        return tuple(named for named in self.steps if named[1].informs)

    @property
    def related(self) -> tuple[Named, ...]:
        """The mappings that lend no level."""
        return tuple(named for named in self.steps if not named[1].informs)

    @property
    def verification(self) -> str:
        """The weakest verification of the levels it rests on; "none" where nothing follows."""
        marks = [c.verification for _m, s in self.rests_on for c in s.link.cells if c.level is not None]
        return min(marks, default="none")


def infer(steps: Iterable[Named]) -> Result:
    """Read several mappings towards one target: what all of them allow together."""
    named = tuple(steps)
    low = max((step.gives.low for _m, step in named), default=ANYTHING.low)
    high = min((step.gives.high for _m, step in named), default=ANYTHING.high)
    return Result(Interval(low, high) if low <= high else None, named)


def step(link: Link) -> Step:
    """Read one link. Cells that do not apply are left out; a missing one may be anything."""
    parts = tuple(cell.interval for cell in link.cells if cell.applies)
    return Step(link, *_read(link.relation, parts, link.among, link.partial))


@lru_cache(maxsize=10_000)
def _read(
    relation: Relation, parts: tuple[Interval, ...], among: bool, partial: bool
) -> tuple[Interval | None, Interval]:
    """(the source, what it gives). The same few readings come up in every jurisdiction."""
    if not parts:
        return None, ANYTHING
    source = joint_of(parts)
    gives = through(relation, source)
    if among:
        gives = whole_of(gives)
    if partial:
        gives = part_of(gives)
    return source, gives


def words(axis: Axis, interval: Interval | None) -> str:
    """An interval as it is said: "at least adopted in part", "in general use or more", ..."""
    if interval is None:
        return _("The mappings contradict each other")
    if interval == ANYTHING:
        return _("Nothing follows")
    low, high = word(axis.value, str(interval.low)), word(axis.value, str(interval.high))
    low_inside, high_inside = low[0].lower() + low[1:], high[0].lower() + high[1:]
    if interval.single:
        return low
    if interval.low == LEVELS[0]:
        return _("At most %(level)s") % {"level": high_inside}
    if interval.high == LEVELS[-1]:
        # What is in full can't be exceeded "at least": there, more means resourced or routine.
        said = _("%(Level)s or more") if interval.low >= 3 else _("At least %(level)s")
        return said % {"Level": low, "level": low_inside}
    if interval.high == interval.low + 1:
        return _("%(low)s or %(high)s") % {"low": low, "high": high_inside}
    return _("From %(low)s to %(high)s") % {"low": low_inside, "high": high_inside}
