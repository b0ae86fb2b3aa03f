"""What every part of a briefing needs: the comparison, its numbered sources, and links into the service."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tracker.briefings.annex import Register
from tracker.briefings.beside import NOTHING, Beside
from tracker.briefings.document import Run, Runs, Text
from tracker.briefings.options import ALWAYS, DEFAULT, MOST_IN_FULL, Options
from tracker.compare.caveats import filtered
from tracker.compare.comparison import Column, ComparedCell, Comparison
from tracker.compare.files import cell_path
from tracker.compare.query import moment_query
from tracker.compare.wording import cell_ref, column_ref
from tracker.entries.standing import Standing
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, word

# More references than this after one sentence would drown it; the rest is in the matrix, unless it is a single one.
MOST_REFERENCES = 3
# A longer address is a wall on paper; one of more than the second is too dense a square for a telephone.
LONGEST_SHOWN, LONGEST_ADDRESS = 250, 400


@dataclass(frozen=True, slots=True)
class Desk:
    comparison: Comparison
    register: Register
    base_url: str
    locale: str
    service_name: str
    options: Options = DEFAULT
    beside: Beside = NOTHING

    @property
    def whole(self) -> Comparison:
        """The comparison with all columns of the selection, of which every figure is."""
        return self.comparison.whole

    @property
    def in_full(self) -> bool:
        """Whether each jurisdiction is treated by itself; else the briefing is a register."""
        return len(self.comparison.places) <= MOST_IN_FULL

    @property
    def own_url(self) -> str:
        """What a reader is led to: the edition, else the snapshot, else the comparison with its moment."""
        if self.options.edition:
            return self.options.edition.url
        return self.options.snapshot.url if self.options.snapshot else self.lasting_url

    def place(self, part: str, anchor: str) -> str:
        """A place in this document, or no link where the part that has it was not asked for."""
        return f"#{anchor}" if self.options.has(part) or part in ALWAYS else ""

    @property
    def axes(self) -> tuple[Axis, ...]:
        return self.comparison.query.axes

    @property
    def filtered(self) -> str:
        """A warning where the query leaves entries out, so that "not assessed" may mean: not read here."""
        return filtered(self.comparison)

    @property
    def moment(self) -> str:
        """What links to the record carry, so that a figure's page still shows it after later publications."""
        at = self.comparison.at
        return moment_query(at.on, at.as_of)

    def cell_url(self, cell: ComparedCell) -> str:
        return self.base_url + cell_path(self.comparison, cell, self.locale) + self.moment

    def place_url(self, place: Place) -> str:
        return f"{self.base_url}/{self.locale}/jurisdictions/{quote(place.code, safe='.-')}{self.moment}"

    def comparison_url(self, **changes: object) -> str:
        """The page of the comparison, with some of the query's fields changed."""
        return f"{self.base_url}/{self.locale}/compare?{self.comparison.query.url(**changes)}"

    @property
    def lasting_url(self) -> str:
        """The comparison with its moment spelled out, so that it reads the same after later publications."""
        at = self.comparison.at
        return self.comparison_url(on=at.on, as_of=at.as_of)

    def address(self, url: str) -> Run:
        """A link that spells out its address, or has a short text where nobody could type it."""
        return Run(url if len(url) <= LONGEST_SHOWN else _("Open it at its lasting address"), href=url)

    def numbers(self, voice: Standing, axis: Axis) -> Iterator[Run]:
        """The sources that the revision cites for the axis, as links into the annex."""
        for number in self.register.of(voice, axis):
            yield Run(" ")
            yield Run(f"[{number}]", href=self.place("evidence", f"e{number}"))

    def marks(self, voice: Standing, axis: Axis) -> Iterator[Run]:
        """What a level rests on: its numbers, and that it is claimed where its least evidence is missing."""
        yield from self.numbers(voice, axis)
        if voice.claimed(axis) and voice.on(axis).is_level:
            yield Run(_(" (claimed)"))

    def level(self, voice: Standing, axis: Axis) -> Iterator[Run]:
        """A reading in full: word, sources, verification."""
        yield Run(voice.on(axis).word)
        yield from self.numbers(voice, axis)
        mark = voice.verification(axis)
        if mark != "none":
            yield Run(f" · {mark} " + word("verification", mark))

    def references(self, cells: Iterable[tuple[Place, Column]]) -> Runs:
        """Links to the cells that a sentence rests on, after it."""
        wanted = list(dict.fromkeys(cells))
        shown = wanted[: MOST_REFERENCES + (len(wanted) == MOST_REFERENCES + 1)]
        if not shown:
            return ()
        # What they share is said once: the column, or the jurisdiction where that is said less often.
        by_column = len({column for _p, column in shown}) <= len({place for place, _c in shown})
        groups: dict[str, list[tuple[Place, Column]]] = {}
        for place, column in shown:
            groups.setdefault(column_ref(column) if by_column else place.name, []).append((place, column))
        runs: list[Run] = []
        for name, alike in groups.items():
            told = joined(
                [Run(p.name if by_column else column_ref(c), href=self.cell_url(self.comparison.cell(p, c)))]
                for p, c in alike
            )
            runs += [Run("; "), Run(f"{name}: "), *told]
        left = len(wanted) - len(shown)
        if left > 0:
            runs += [
                Run("; "),
                Run(_("%(count)s more in the matrix") % {"count": left}, href=self.place("matrix", "matrix")),
            ]
        return (Run(" " + _("Cells:") + " "), *runs[1:], Run("."))

    def cell_run(self, place: Place, column: Column) -> Run:
        cell = self.comparison.cell(place, column)
        return Run(cell_ref(place, column), href=self.cell_url(cell))


def joined(parts: Iterable[Iterable[Run]], between: str = ", ") -> tuple[Run, ...]:
    """Stretches of runs with a separator between them."""
    runs: list[Run] = []
    for part in parts:
        runs += [Run(between), *part]
    return tuple(runs[1:])


def text(*words: str) -> Runs:
    return (Run(" ".join(w for w in words if w)),)


def text_block(*words: str) -> Text:
    return Text(text(*words))
