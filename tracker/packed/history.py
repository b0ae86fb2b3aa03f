"""A jurisdiction's published revisions as one packed text, and what holds of them at a moment. Pure.

The rules are those of `tracker.entries.queries.holding` and `tracker.entries.standing`, said again over plain
numbers because a matrix has thousands of cells; tests/packed compares the two for random histories.
Days are proleptic ordinals, moments microseconds since 1970 in UTC.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from tracker.kit.vocabulary import LEVEL_CODES, Basis, Source

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
NEVER = 1 << 62  # a moment that does not come
OPEN = date.max.toordinal()
UNKNOWN = 0
LEVELS = frozenset(LEVEL_CODES)


class Verdict(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A review: by which voice, whether it agrees, whether that would confirm from another source."""

    by: int
    agrees: bool
    confirms: bool
    at: int


class Cited(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A source: the scales that it is cited for, and its day, 0 where that is unknown."""

    axis: str
    dated: int


class Said(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A published revision. `cell` and `by` count into the pack's own lists; `gone`: withdrawn or corrected.

    `start` is `begins`, or where that is unknown the day of publication. Basis and scope are "" where there is none.
    """

    cell: int
    by: int
    independent: bool
    commitment: str
    practice: str
    commitment_claimed: bool
    practice_claimed: bool
    basis: str
    scope: str
    begins: int
    start: int
    end: int
    at: int
    id: int
    gone: int = NEVER
    verdicts: tuple[Verdict, ...] = ()
    confirmed: tuple[int, ...] = ()
    cited: tuple[Cited, ...] = ()


class History(msgspec.Struct, array_like=True, frozen=True):
    """`cells` are "item/domain"; `voices` keys of organisations; `said` is by moment, then id, ascending."""

    cells: list[str]
    voices: list[str]
    said: list[Said]


_decoder = msgspec.json.Decoder(History)
NOTHING = History([], [], [])


def encode(history: History) -> str:
    return msgspec.json.encode(history).decode()


def decode(text: str | bytes) -> History:
    return _decoder.decode(text)


def micros(moment: datetime) -> int:
    """A moment as its microseconds, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(count: int) -> datetime:
    return _EPOCH + count * _MICROSECOND


class Voice(msgspec.Struct, frozen=True, gc=False):
    """A revision that holds, with what follows of it at the moment."""

    said: Said
    marks: tuple[str, str]
    disputed: bool

    def rank(self) -> tuple[list[str], int, int]:
        """Sorts voices for `best`, as `Standing.rank` does."""
        marks = sorted((m if m != "none" else "" for m in self.marks), reverse=True)
        return (marks, self.said.at, self.said.id)


def holding(
    history: History, on: int, as_of: int, keys: Collection[str] | None = None
) -> dict[int, list[Voice]]:
    """Every voice that holds on a day, by what was published until a moment, by the number of its cell.

    `keys`: of these cells only.
    """
    latest: dict[tuple[int, int], Said] = {}
    told = history.said
    if keys is not None and len(keys) < len(history.cells):
        wanted = {number for number, key in enumerate(history.cells) if key in keys}
        told = [said for said in told if said.cell in wanted]
    for said in told:
        if said.at <= as_of < said.gone and said.start <= on <= said.end:
            latest[said.cell, said.by] = said
    found: dict[int, list[Voice]] = defaultdict(list)
    for (cell, _by), said in latest.items():
        found[cell].append(_voice(said, as_of))
    return found


def _voice(said: Said, as_of: int) -> Voice:
    last = {v.by: v for v in said.verdicts if v.at <= as_of} if said.verdicts else {}
    agreeing = [v for v in last.values() if v.agrees]
    reached = "V1"
    if agreeing:
        reached = "V3" if any(v.confirms for v in agreeing) else "V2"
    marks = (
        _mark(said.commitment, said.commitment_claimed, reached),
        _mark(said.practice, said.practice_claimed, reached),
    )
    return Voice(said, marks, len(agreeing) < len(last))


def _mark(code: str, claimed: bool, reached: str) -> str:
    if code not in LEVELS:
        return "none"
    return "V0" if claimed else reached


def contested(voices: Sequence[Voice]) -> bool:
    """As `tracker.entries.standing.contested`."""
    if len(voices) == 1:
        return voices[0].disputed
    if any(v.disputed for v in voices):
        return True
    for codes in ([v.said.commitment for v in voices], [v.said.practice for v in voices]):
        levels = [int(c) for c in codes if c in LEVELS]
        if levels and max(levels) - min(levels) >= 2:
            return True
    return False


def heard(voices: Iterable[Voice], source: Source, basis: Basis | None, keys: Sequence[str]) -> list[Voice]:
    """The voices that are read, as `tracker.entries.standing.heard` after the basis. `keys`: of the organisations."""
    audible = [v for v in voices if basis is None or v.said.basis == basis.value]
    if source is Source.ALL:
        return sorted(audible, key=lambda v: (v.said.independent, keys[v.said.by]))
    if source is not Source.BEST:
        audible = [v for v in audible if v.said.independent is (source is Source.INDEPENDENT)]
    if len(audible) <= 1:
        return audible
    return [max(audible, key=Voice.rank)]


def boundaries(history: History) -> Iterator[int]:
    """The days on which what holds may change while nothing is published."""
    for said in history.said:
        yield said.start
        if said.end < OPEN:
            yield said.end + 1


def span(history: History, day: int) -> tuple[int, int | None]:
    """(since, until): the days around `day` on which the same revisions hold; until is the first that is other."""
    days = set(boundaries(history))
    before = [d for d in days if d <= day]
    after = [d for d in days if d > day]
    return max(before, default=1), min(after, default=None)
