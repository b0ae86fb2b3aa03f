"""What stands beside the words of people in the form: those of the edition before, what moved since, which numbers are found."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracker.briefings.own_words import Cells, cells_of, named_in, without_names
from tracker.compare.comparison import ComparedCell, Comparison
from tracker.editions.carrying import Earlier
from tracker.editions.content import Chosen
from tracker.editions.suggested import Suggestion
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")

Figures = Mapping[str, list[str]]  # a number and where it stands, in words


@dataclass(frozen=True, slots=True)
class Wording:
    """Words of the edition before. `then`: what the rules said there, "" where they said nothing or it is not known.

    `same`: the rules say the same now. `kept`: this edition has these very words. `moved`: codes of the cells under it
    that read differently now.
    """

    number: int
    text: str
    author: str
    then: str
    same: bool
    kept: bool
    moved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """`found`: numbers of the text, each with where the snapshot has it; `unfound`: those that it has nowhere."""

    wording: Wording | None
    found: tuple[tuple[str, str], ...]
    unfound: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """Words of an edition that its form, or that of the next one, has no place for.

    `lost`: the cells that are compared no longer; none where the rules do not suggest such a message now.
    """

    number: int
    text: str
    author: str
    lost: tuple[str, ...]


class Notes:
    """What can be told beside the messages of one edition. `earlier`: the one before, where people worded any there."""

    def __init__(self, earlier: Earlier | None, offered: list[Suggestion], compared: Comparison) -> None:
        self.earlier, self.offered, self.compared = earlier, offered, compared
        self.now = {s.key: s for s in offered}
        self.cells, self.figures = cells_of(compared), figures(offered, compared)

    @property
    def words_before(self) -> dict[str, str]:
        """The words of the edition before, by the key of their message."""
        return {m.key: m.text for m in self.earlier.worded if m.key} if self.earlier else {}

    def beside(self, m: Chosen) -> Beside:
        """`m.text` is "" for a message as the rules give it."""
        there = {number: list(where) for number, where in self.figures.items()}
        for place, column in (self.cells[name] for name in named_in(m.text) if name in self.cells):
            _add(there, _("the cells that it names"), _readings(self.compared.cell(place, column)))
        numbers = numbers_of(without_names(m.text))
        return Beside(
            self._wording(m),
            tuple((n, ", ".join(there[n])) for n in numbers if n in there),
            tuple(n for n in numbers if n not in there),
        )

    def _wording(self, m: Chosen) -> Wording | None:
        worded = self.earlier.worded if self.earlier else ()
        alike = [w for w in worded if w.key == m.key and (m.key or w.text == m.text)]
        if self.earlier is None or not alike:
            return None
        was, then = alike[0], self.earlier.facts.get(m.key)
        named = [_code(name, self.cells) for name in named_in(was.text)]
        under = self.now[m.key].cells if m.key in self.now else named
        return Wording(
            number=self.earlier.edition.number,
            text=was.text,
            author=was.author,
            then=then.sentence if then else "",
            same=self.earlier.stands(was, self.now, self.cells),
            kept=was.text == m.text,
            moved=tuple(dict.fromkeys(code for code in under if code in self.earlier.moved)),
        )

    def not_taken(self, stored: Sequence[Chosen]) -> list[tuple[str, Wording]]:
        """(title of the message, words of the edition before that are not those stored of this one)."""
        mine = {(m.key, m.text) for m in stored}
        gone = [m for m in self.earlier.worded if (m.key, m.text) not in mine] if self.earlier else []
        found = [(self.now[m.key].title, self._wording(m)) for m in gone if m.key in self.now]
        return [(title, w) for title, w in found if w]

    def left(self, number: int, stored: Sequence[Chosen]) -> list[Left]:
        """Words that have no row in the form. `number`, `stored`: of this edition and its messages."""
        held = [(number, m) for m in stored if m.text]
        held += [(self.earlier.edition.number, m) for m in self.earlier.worded] if self.earlier else []
        found: dict[str, Left] = {}
        for n, m in held:
            lost = () if m.key else tuple(c for c in named_in(m.text) if c not in self.cells)
            if lost or (m.key and m.key not in self.now):
                found.setdefault(m.text, Left(n, m.text, m.author, lost))
        return list(found.values())


def _code(name: str, cells: Cells) -> str:
    """The whole code of a cell that is named, also without its domain."""
    if name not in cells:
        return name
    place, (item, domain) = cells[name]
    return f"{place.code}/{item.key}/{domain.value}"


def figures(offered: list[Suggestion], compared: Comparison) -> dict[str, list[str]]:
    """The numbers of the snapshot that a sentence may tell: those of the rules' sentences, and how much is compared."""
    found: dict[str, list[str]] = {}
    for s in offered:
        _add(found, s.title.rstrip("."), numbers_of(s.sentence))
    sizes = (len(compared.places), len(compared.items), len(compared.columns))
    _add(found, _("what is compared"), [str(n) for n in (*sizes, sizes[0] * sizes[2])])
    return found


def _add(found: dict[str, list[str]], where: str, numbers: Iterable[str]) -> None:
    for number in numbers:
        places = found.setdefault(number, [])
        if where not in places:
            places.append(where)


def _readings(cell: ComparedCell) -> list[str]:
    """The levels of a cell, and the years between which they hold."""
    levels = [cell.value(axis).code for axis in Axis]
    days = [day for day in (cell.voice.valid_from, cell.voice.valid_to) if day] if cell.voice else []
    return [code for code in levels if code.isdigit()] + [str(day.year) for day in days]


def numbers_of(text: str) -> list[str]:
    """The numbers in digits of a text, each once, in the digits 0 to 9 and without signs between the thousands."""
    return list(dict.fromkeys(_plain(found) for found in _NUMBER.findall(text)))


def _plain(number: str) -> str:
    if _GROUPED.fullmatch(number):
        number = number.replace(",", "").replace(".", "")
    if number.isdecimal():
        # Sign by sign: Python makes no number of thousands of digits, and what is typed may have them.
        return "".join(str(int(sign)) for sign in number).lstrip("0") or "0"
    return number.replace(",", ".")
