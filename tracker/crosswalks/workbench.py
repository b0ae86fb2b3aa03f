"""A set as it is worked on: what became of each item of its two frameworks. A value to draw."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from tracker.crosswalks.queries import CrosswalkLine, MappingLine, SideItem, StateLine
from tracker.crosswalks.suggestions import Suggestion, suggest
from tracker.frameworks.queries import Framework, Item
from tracker.kit.vocabulary import Relation

SIDES = ("source", "target")
SHOW = ("all", "open", "mapped", "no_counterpart", "awaiting")
OTHER = {"source": "target", "target": "source"}


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item of one side, and what the set says of it. `status` is a code of the vocabulary's "item"."""

    side: str
    item: Item
    mappings: tuple[MappingLine, ...]
    state: StateLine | None

    @property
    def related(self) -> tuple[MappingLine, ...]:
        return tuple(m for m in self.mappings if m.relation is not Relation.NO_RELATIONSHIP)

    @property
    def status(self) -> str:
        """Looked at for all of the other side, that is mapped or without a counterpart; else open."""
        if self.related:
            return "mapped"
        return "no_counterpart" if self.state else "open"

    @property
    def awaiting(self) -> int:
        """How much of what is said of it is not reviewed."""
        return sum(not said.reviewed for said in (*self.mappings, *((self.state,) if self.state else ())))

    @property
    def counterparts(self) -> tuple[SideItem, ...]:
        """The items of the other side that it is related to, each once."""
        field = "targets" if self.side == "source" else "sources"
        return tuple(dict.fromkeys(side for m in self.related for side in getattr(m, field)))

    def fits(self, text: str, show: str) -> bool:
        words = (
            f"{self.item.key} {self.item.text} {self.item.short_label} {self.item.source_number}".casefold()
        )
        if text.casefold() not in words:
            return False
        return show == "all" or (self.awaiting > 0 if show == "awaiting" else self.status == show)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one side is, in items. `settled`: of the mapped and the missing, those with all of it reviewed."""

    items: int
    mapped: int
    no_counterpart: int
    open: int
    settled: int


@dataclass(frozen=True)
class Workbench:
    """A set with both its frameworks, whole."""

    crosswalk: CrosswalkLine
    source: Framework
    target: Framework
    mappings: tuple[MappingLine, ...]
    states: tuple[StateLine, ...]

    def framework(self, side: str) -> Framework:
        return self.source if side == "source" else self.target

    @cached_property
    def lines(self) -> dict[str, tuple[ItemLine, ...]]:
        """The items of each side, in their framework's order."""
        said: dict[tuple[str, int], list[MappingLine]] = defaultdict(list)
        for mapping in self.mappings:
            for side, items in (("source", mapping.sources), ("target", mapping.targets)):
                for item in items:
                    said[side, item.id].append(mapping)
        states = {(state.side, state.item.id): state for state in self.states}
        return {
            side: tuple(
                ItemLine(side, item, tuple(said[side, item.id]), states.get((side, item.id)))
                for item in self.framework(side).items
            )
            for side in SIDES
        }

    def line(self, side: str, item_id: int) -> ItemLine | None:
        return next((line for line in self.lines.get(side, ()) if line.item.id == item_id), None)

    def mapping(self, mapping_id: int) -> MappingLine | None:
        return next((m for m in self.mappings if m.id == mapping_id), None)

    def progress(self, side: str) -> Progress:
        lines = self.lines[side]
        counts = {code: sum(line.status == code for line in lines) for code in SHOW[1:4]}
        settled = sum(line.status != "open" and not line.awaiting for line in lines)
        return Progress(items=len(lines), settled=settled, **counts)

    @property
    def awaiting(self) -> tuple[MappingLine | StateLine, ...]:
        """All that a second person is to look at."""
        said: tuple[MappingLine | StateLine, ...] = (*self.mappings, *self.states)
        return tuple(one for one in said if not one.reviewed)

    @property
    def open(self) -> tuple[ItemLine, ...]:
        """The items of both sides that nobody has settled."""
        return tuple(line for side in SIDES for line in self.lines[side] if line.status == "open")

    def suggestions(self, line: ItemLine) -> list[Suggestion]:
        """Likely counterparts of an item that it is not related to yet. Never stored: somebody decides."""
        known = {m.id for m in line.counterparts}
        others = [item for item in self.framework(OTHER[line.side]).items if item.id not in known]
        return suggest(line.item, others)
