"""What an import would do, row by row. Pure: look-ups in what is loaded, no database, no clock.

Written for a hundred thousand rows: a row that is the same as what is stored is known by its digest
before anything else of it is checked, for what is stored was checked when it was stored.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from tracker.entries.content import FIELDS
from tracker.exchange.checks import faults_of
from tracker.exchange.columns import (
    CELL,
    CITATION,
    CITATIONS_AT,
    COLUMNS,
    CONTENT_AT,
    MOST_CITATIONS,
    Fault,
    digest,
    plain,
    unmarked,
)
from tracker.exchange.known import Ground, Known, cell_key
from tracker.exchange.reading import Row, not_utf8
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import DraftState

# More than these are counted, not shown.
MOST_FAULTS = 200
MOST_SHOWN = 200
_NOTHING = bytes(16)
_BLANK_CITATIONS = ("",) * (MOST_CITATIONS * len(CITATION))


class Verdict(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_ALONE = "left_alone"


class Planned(NamedTuple):
    """A row to be written: its number, cell key, and texts (the fields, then the citations by instrument id)."""

    row: int
    verdict: Verdict
    key: int
    texts: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """What was found. `faults` and `shown` are the first of them; `faulty` and `counts` say how many."""

    rows: int = 0
    counts: Counter[Verdict] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    faulty: int = 0
    overlooked: list[Fault] = field(default_factory=list)
    shown: list[Planned] = field(default_factory=list)

    def fault(self, row: int, column: str, text: str) -> None:
        self.faulty += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(row, column, text))


class Planner:
    """Goes through the rows of a file once. `report` grows as it goes."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.report = Report()
        self._seen: dict[int, int] = {}
        self._encoding_told = False
        self._rows_hash = hashlib.sha256()
        self._basis_hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of the rows: the cells of each, joined by U+001F, each row ended by a line feed."""
        return self._rows_hash.hexdigest()

    @property
    def basis(self) -> str:
        """Stands for what would be written and what it would replace: the same basis, the same import."""
        return self._basis_hash.hexdigest()

    def take(self, rows: Iterator[Row], most: int) -> tuple[int, list[Planned]]:
        """Plan the next rows: how many there were (0: the end), and those of them that are to be written."""
        before, planned = self.report.rows, []
        for number, row in islice(rows, most):
            self.report.rows += 1
            found = self._plan(number, row)
            if found is not None:
                planned.append(found)
        return self.report.rows - before, planned

    def _plan(self, number: int, row: Sequence[str]) -> Planned | None:
        if not _is_clean(row):
            cleaned = self._cleaned(number, row)
            if cleaned is None:
                return None
            row = cleaned
        joined = "\x1f".join(row)
        self._rows_hash.update(joined.encode() + b"\n")
        if not row[CONTENT_AT] and not row[CONTENT_AT + 1]:
            self._leave_alone(number, row)
            return None
        cell = self._cell(number, *row[:CONTENT_AT])
        if cell is None:
            return None
        key, ground = cell
        first = self._seen.setdefault(key, number)
        if first != number:
            words = _("Row %(first)s is about the same cell. Keep one of them.") % {"first": first}
            self.report.fault(number, "", words)
            return None
        return self._compared(number, row, key, ground)

    def _cleaned(self, number: int, row: Sequence[str]) -> list[str] | None:
        """The row's texts as we store them; None, and a fault for each, where a cell holds no text."""
        good, texts = True, []
        for column, text in zip(COLUMNS, row, strict=True):
            if not text.isascii() and any("\udc80" <= c <= "\udcff" for c in text):
                if not self._encoding_told:  # once: the whole file is saved so, and saving it anew mends all
                    self.report.fault(number, column, not_utf8())
                    self._encoding_told = True
                good = False
            elif "\x00" in text:
                self.report.fault(number, column, _("There is a NUL byte here, which no text has."))
                good = False
            texts.append(unmarked(plain(text)) if text else "")
        return texts if good else None

    def _leave_alone(self, number: int, row: Sequence[str]) -> None:
        self.report.counts[Verdict.LEFT_ALONE] += 1
        said = zip(COLUMNS[CONTENT_AT:], row[CONTENT_AT:], strict=True)
        filled = [column for column, text in said if text and column != "kind"]
        if filled and len(self.report.overlooked) < MOST_SHOWN:
            words = _(
                "Both axes are blank, so nothing of this row is taken, though something stands in %(columns)s. "
                "Fill in commitment and practice: a level 0 to 4, or a code such as not_assessed. "
                "To leave the cell as it is, clear the row."
            )
            self.report.overlooked.append(Fault(number, filled[0], words % {"columns": ", ".join(filled)}))

    def _cell(
        self, number: int, code: str, framework: str, version: str, item: str, domain: str
    ) -> tuple[int, Ground] | None:
        ground = self.known.places.get(code)
        ground_item = self.known.items.get((framework, version, item))
        if ground is None:
            words = _("Your organisation has no mandate for a jurisdiction with the code “%(code)s”.")
            self.report.fault(number, "jurisdiction", words % {"code": code[:40]})
        if ground_item is None:
            words = _("There is no item “%(item)s” in the framework “%(framework)s”.")
            named = f"{framework}@{version}" if version else framework
            self.report.fault(number, "item", words % {"item": item[:60], "framework": named[:80]})
        elif domain not in ground_item.domains:
            words = _("This item is asked for these domains: %(domains)s.")
            domains = ", ".join(sorted(ground_item.domains))
            self.report.fault(number, "domain", words % {"domains": domains})
        elif ground is not None:
            return cell_key(ground.id, ground_item.id, domain), ground
        return None

    def _compared(self, number: int, row: Sequence[str], key: int, ground: Ground) -> Planned | None:
        texts, places = self._texts(number, row, ground)
        if texts is None:
            return None
        stored = self.known.stored
        before, now = stored.digests.get(key, _NOTHING), digest(texts)
        self._basis_hash.update(b"%d" % key + before + now)
        if before == now:
            self.report.counts[Verdict.UNCHANGED] += 1
            return None
        faults = faults_of(texts, places, correctable=key in stored.revisions)
        for column, words in faults:
            self.report.fault(number, column, words)
        if stored.states.get(key) is DraftState.SUBMITTED:
            words = _("This entry waits for its reviewer. Take it back before you change it.")
            self.report.fault(number, "", words)
            return None
        if faults:
            return None
        verdict = Verdict.ADDED if before is _NOTHING else Verdict.CHANGED
        self.report.counts[verdict] += 1
        planned = Planned(number, verdict, key, texts)
        if len(self.report.shown) < MOST_SHOWN:
            self.report.shown.append(planned)
        return planned

    def _texts(
        self, number: int, row: Sequence[str], ground: Ground
    ) -> tuple[tuple[str, ...] | None, Sequence[int]]:
        """The row's fields and citations, with `kind` filled in, instruments by id and no gap between
        citations; and the number that each citation has in the row. None where an instrument is unknown."""
        fields = tuple(row[CONTENT_AT:CITATIONS_AT])
        if not fields[-1]:
            fields = (*fields[:-1], "change")
        cited = row[CITATIONS_AT:]
        if not any(cited):
            return fields + _BLANK_CITATIONS, ()
        found: list[str] = []
        places, good, size = [], True, len(CITATION)
        for n in range(1, MOST_CITATIONS + 1):
            axis, instrument, *rest = cited[(n - 1) * size : n * size]
            if not (axis or instrument or any(rest)):
                continue
            id_, wrong = self.known.instruments.resolve(instrument, ground.line) if instrument else ("", "")
            if wrong:
                self.report.fault(number, f"citation_{n}_instrument", wrong)
                good = False
            found += [axis, id_, *rest]
            places.append(n)
        return (*fields, *found, *_BLANK_CITATIONS[len(found) :]) if good else None, places


def _is_clean(row: Sequence[str]) -> bool:
    """Whether the row's texts are stored as they are: no control characters, nothing blank around, no mark."""
    text = "".join(row)
    return text.isprintable() and "'" not in text and list(map(str.strip, row)) == list(row)


assert FIELDS[-1] == "kind" and len(CELL) == CONTENT_AT
