"""From rows to mappings: what each cell may hold, and how the rows of a group belong together. Pure."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.crosswalk_files.values import JUSTIFICATIONS, NOT_STATED, ItemName, Named, Said
from tracker.crosswalks.content import MOST_ITEMS, MOST_STRENGTH
from tracker.crosswalks.models import CITATION_LENGTH, NAME_LENGTH, RATIONALE_LENGTH
from tracker.frameworks.tree import Fault
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import PRACTITIONER_DOMAINS, Relation

MOST_ROWS = 5_000
LENGTHS = {
    "rationale": RATIONALE_LENGTH,
    "citation": CITATION_LENGTH,
    "author": NAME_LENGTH,
    "reviewer": NAME_LENGTH,
}
# Of an item without a counterpart there is nothing to be sure of or strong about.
NOT_OF_LONE = ("confidence", "strength", "domains")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DECIMAL = re.compile(r"\d*\.?\d+(?:[eE]-?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file. `fields` by the names of Said; `domains` as codes with "," between. None: no item there.

    `relation` None: what stands there is a fault that was told; an item with an empty key likewise.
    """

    where: str
    source: ItemName | None
    target: ItemName | None
    relation: Relation | None
    group: str
    fields: Mapping[str, str]
    other: str = ""


def plain(text: str) -> str:
    """Plain line ends, nothing blank around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def assemble(
    rows: Sequence[Row], columns: Mapping[str, str]
) -> tuple[tuple[Named, ...], list[Fault], list[str]]:
    """(mappings, faults, notes) of rows. `columns`: what the file calls each field, for the faults."""
    reader = _Reader(columns)
    groups: dict[tuple[str, int], list[Row]] = {}
    for number, row in enumerate(rows):
        groups.setdefault((row.group, 0 if row.group else number), []).append(row)
    for members in groups.values():
        reader.take(members)
    return tuple(reader.named), reader.faults, reader.notes


class _Reader:
    def __init__(self, columns: Mapping[str, str]) -> None:
        self.columns = columns
        self.named: list[Named] = []
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self.seen: dict[Any, str] = {}

    def fault(self, where: str, name: str, text: str) -> None:
        self.faults.append(Fault(where, self.columns.get(name, name), text))

    def take(self, rows: list[Row]) -> None:
        first = rows[0]
        sources = tuple(dict.fromkeys(row.source for row in rows if row.source))
        targets = tuple(dict.fromkeys(row.target for row in rows if row.target))
        before = len(self.faults)
        if self._whole(rows, sources, targets):
            self._agree(rows)
        lone = not (sources and targets)
        said = Said(
            tuple(item.key for item in sources),
            tuple(item.key for item in targets),
            Relation.NO_RELATIONSHIP if lone else first.relation or Relation.NO_RELATIONSHIP,
            where=first.where,
            **self._values(first, lone=lone),
        )
        if len(self.faults) == before and first.relation and all(i.key for i in (*sources, *targets)):
            self._once(said, (frozenset(sources), frozenset(targets), first.other))
        names = (self.columns["source"], self.columns["target"])
        self.named.append(Named(said, sources, targets, *names, other=first.other))

    def _once(self, said: Said, of: tuple[object, ...]) -> None:
        key = (*of, said.relation, frozenset(said.domains))
        if key in self.seen:
            text = _("This says the same as %(where)s; a mapping is stated once.")
            self.fault(said.where, "target", text % {"where": self.seen[key]})
        self.seen.setdefault(key, said.where)

    def _agree(self, rows: list[Row]) -> None:
        first = rows[0]
        for row in rows[1:]:
            names = [n for n in first.fields if row.fields.get(n, "") != first.fields[n]]
            # Where one is no relation at all, that was told.
            names += ["relation"] * bool(
                row.relation and first.relation and row.relation is not first.relation
            )
            for name in names:
                text = _("%(where)s says something else here, and is of the same group.")
                self.fault(row.where, name, text % {"where": first.where})

    def _whole(self, rows: list[Row], sources: tuple[ItemName, ...], targets: tuple[ItemName, ...]) -> bool:
        """Whether the rows of a group relate each of its sources to each of its targets, once."""
        first = rows[0]
        if len(rows) == 1:
            if not sources and not targets:
                self.fault(first.where, "source", _("This row names no item."))
            return bool(sources or targets)
        pairs = {(row.source, row.target) for row in rows}
        if None in (side for pair in pairs for side in pair):
            self.fault(first.where, "group", _("An item without a counterpart stands alone, in no group."))
        elif max(len(sources), len(targets)) > MOST_ITEMS:
            self.fault(first.where, "group", _("A side has at most %(most)s items.") % {"most": MOST_ITEMS})
        elif len(pairs) < len(rows):
            self.fault(first.where, "group", _("The group states one of its pairs twice."))
        elif len(pairs) < len(sources) * len(targets):
            told = {"n": len(pairs), "all": len(sources) * len(targets)}
            text = _(
                "A group relates each of its sources to each of its targets: %(n)s of %(all)s rows are here."
            )
            self.fault(first.where, "group", text % told)
        else:
            return True
        return False

    def _values(self, row: Row, *, lone: bool) -> dict[str, Any]:
        given = {name: plain(text) for name, text in row.fields.items()}
        if lone and any(given.get(name) for name in NOT_OF_LONE):
            text = _(
                "%(where)s: an item without a counterpart has no confidence, strength or domains; passed over."
            )
            self.notes.append(text % {"where": row.where})
            given |= dict.fromkeys(NOT_OF_LONE, "")
        for name, most in LENGTHS.items():
            self._check_text(row.where, name, given.get(name, ""), most)
        if not given.get("rationale"):
            self.fault(row.where, "rationale", _("Every mapping says why."))
        values: dict[str, Any] = {name: given.get(name, "") for name in LENGTHS}
        values["justification"] = self._justification(row.where, given.get("justification", ""))
        values["confidence"] = self._confidence(row.where, given.get("confidence", ""))
        values["strength"] = self._strength(row.where, given.get("strength", ""))
        values["domains"] = self._domains(row.where, given.get("domains", ""))
        for name in ("authored_on", "reviewed_on"):
            values[name] = self._day(row.where, name, given.get(name, ""))
        return values

    def _check_text(self, where: str, name: str, text: str, most: int) -> None:
        if len(text) > most:
            told = {"most": most, "size": len(text)}
            self.fault(where, name, _("Use at most %(most)s characters; this has %(size)s.") % told)
        if _CONTROL.search(text):
            self.fault(where, name, _("There are control characters in it."))

    def _justification(self, where: str, text: str) -> str:
        if text and text not in JUSTIFICATIONS:
            self.fault(where, "justification", _not_known(text, JUSTIFICATIONS))
        return "" if text == NOT_STATED else text

    def _confidence(self, where: str, text: str) -> float | None:
        if not text:
            return None
        number = float(text) if _DECIMAL.fullmatch(text) else math.nan
        if not 0 <= number <= 1:
            self.fault(where, "confidence", _("“%(text)s” is no number from 0 to 1.") % {"text": text[:40]})
            return None
        return number

    def _strength(self, where: str, text: str) -> int | None:
        if not text:
            return None
        if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or int(text) > MOST_STRENGTH:
            words = _("“%(text)s” is no whole number from 0 to %(most)s.")
            self.fault(where, "strength", words % {"text": text[:40], "most": MOST_STRENGTH})
            return None
        return int(text)

    def _domains(self, where: str, text: str) -> tuple[Any, ...]:
        given = [part.strip() for part in text.split(",") if part.strip()]
        strange = [code for code in given if code not in PRACTITIONER_DOMAINS]
        if strange:
            self.fault(where, "domains", _not_known(strange[0], PRACTITIONER_DOMAINS))
        return tuple(domain for domain in PRACTITIONER_DOMAINS if domain in given)

    def _day(self, where: str, name: str, text: str) -> date | None:
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            day = None
        if text and (day is None or day.isoformat() != text or not 1900 <= day.year <= 2100):
            told = {"text": text[:40]}
            self.fault(where, name, _("“%(text)s” is no day; write it like 2026-03-31.") % told)
            return None
        return day


def _not_known(text: str, allowed: Sequence[str]) -> str:
    told = {"text": text[:60], "all": ", ".join(str(code) for code in allowed)}
    return _("“%(text)s” is not known here; it can be %(all)s.") % told
